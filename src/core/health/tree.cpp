#include "core/health/tree.h"

#include <algorithm>
#include <vector>

namespace migrate::health {
namespace {

// As bytes of a constant.
constexpr std::string_view kUserMetadata = " 117 115 101 114 95 109 101 116 97 100 97 116 97 ";

struct Node {
  bool is_query = false;
  bool has_tables = true;  // known before its expressions come
};

// The digits behind `field`, if that stands there; else nothing.
std::string_view NumberBehind(std::string_view rest, std::string_view field) {
  if (!rest.starts_with(field)) return {};
  rest.remove_prefix(field.size());
  return rest.substr(0, rest.find_first_not_of("0123456789"));
}

}  // namespace

TreeFacts ReadTree(std::string_view tree, const Askers& askers) {
  TreeFacts facts;
  facts.names_user_metadata = tree.find(kUserMetadata) != std::string_view::npos;
  std::vector<Node> open;
  const auto in_query = [&] {
    return std::any_of(open.begin(), open.end(), [](const Node& node) { return node.is_query; });
  };
  const auto is_run_once = [&] {
    return std::any_of(open.begin(), open.end(), [](const Node& node) { return node.is_query && !node.has_tables; });
  };
  for (size_t at = tree.find_first_of("{}:\\"); at != std::string_view::npos; at = tree.find_first_of("{}:\\", at)) {
    const std::string_view rest = tree.substr(at);
    if (rest[0] == '\\') {
      ++at;  // what stands behind it is part of a name
    } else if (rest[0] == '{') {
      open.push_back({rest.starts_with("{QUERY ")});
      facts.has_column = facts.has_column || rest.starts_with("{VAR ");
    } else if (rest[0] == '}') {
      if (!open.empty()) open.pop_back();
    } else if (rest.starts_with(":rtable <>")) {
      if (!open.empty()) open.back().has_tables = false;
    } else if (const auto relation = NumberBehind(rest, ":relid "); !relation.empty()) {
      if (relation != "0" && in_query()) facts.reads.emplace(relation);
    } else if (const auto function = NumberBehind(rest, ":funcid "); !function.empty()) {
      const auto asker = askers.find(function);
      if (asker != askers.end() && !is_run_once()) facts.calls.insert(asker->second);
    }
    ++at;
  }
  return facts;
}

}  // namespace migrate::health
