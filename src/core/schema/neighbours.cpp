#include "core/schema/neighbours.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "core/base/cancel.h"
#include "core/base/text.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

bool IsNamePart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (c & 0x80) != 0;
}

// Where the name ends that begins here; `from` if none does.
size_t NameEnd(std::string_view text, size_t from) {
  if (from < text.size() && text[from] == '"') return QuotedEnd(text, from);
  while (from < text.size() && IsNamePart(text[from])) ++from;
  return from;
}

// Calls `use` for each two names with a dot between them, in strings and bodies, too.
template <typename Use>
void EachQualified(std::string_view text, Use use) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = NameEnd(text, at);
    if (end == at) {
      ++at;
      continue;
    }
    const size_t next = end < text.size() && text[end] == '.' ? NameEnd(text, end + 1) : 0;
    if (next > end + 1) use(text.substr(at, next - at));
    at = next > end + 1 ? end + 1 : end;
  }
}

std::string_view FirstQualified(std::string_view text) {
  const size_t end = NameEnd(text, 0);
  const size_t next = end > 0 && end < text.size() && text[end] == '.' ? NameEnd(text, end + 1) : 0;
  return next > end + 1 ? text.substr(0, next) : std::string_view();
}

// The table of an index; nothing for the index of a constraint, whose definition does not say.
std::string_view TableOfIndex(const Object& index) {
  const std::string_view text = index.definition;
  if (!text.starts_with("CREATE ")) return {};
  const size_t on = FindWords(text, "ON");
  if (on == text.npos) return {};
  std::string_view rest = TrimLeft(text.substr(on + 2));
  if (rest.starts_with("ONLY ")) rest.remove_prefix(5);
  return FirstQualified(rest);
}

// What the object counts as; empty if that has no qualified name, or one that definitions don't mention as it is.
std::string_view UnitOf(const Object& object) {
  const std::string_view kind = object.kind;
  if (object.schema.empty() || kind == "schema" || kind.starts_with("operator") || kind.starts_with("publication"))
    return {};
  if (kind == "index") return TableOfIndex(object);
  const auto [name, of] = SplitAt(object.identity, "on");
  return FirstQualified(of.empty() ? std::string_view(object.identity) : of);
}

// Units, and what has none by its identity behind a blank, which no unit has.
std::string NodeOf(const Object& object) {
  const std::string_view unit = UnitOf(object);
  return unit.empty() ? " " + object.kind + " " + object.identity : std::string(unit);
}

using Edges = std::map<std::string, std::set<std::string>, std::less<>>;

// All that can be reached, from what is there on.
void Reach(const Edges& edges, std::set<std::string, std::less<>>& nodes) {
  std::vector<std::string> open(nodes.begin(), nodes.end());
  while (!open.empty()) {
    const auto found = edges.find(open.back());
    open.pop_back();
    if (found == edges.end()) continue;
    for (const auto& next : found->second) {
      if (nodes.insert(next).second) open.push_back(next);
    }
  }
}

}  // namespace

void AddNeighbours(const std::vector<Object>& objects, const std::vector<Difference>& differences, Neighbours& found) {
  std::set<std::pair<std::string_view, std::string_view>> differing;
  for (const auto& one : differences) differing.emplace(one.object_class, one.identity);
  std::set<std::string, std::less<>> nodes, reached;
  for (const auto& object : objects) {
    nodes.insert(NodeOf(object));
    if (differing.contains({object.kind, object.identity})) reached.insert(NodeOf(object));
  }
  Edges needs, needed_by;
  for (const auto& object : objects) {
    Pass(object.definition.size() + 1);
    const std::string node = NodeOf(object);
    EachQualified(object.definition, [&](std::string_view name) {
      if (name == node || !nodes.contains(name)) return;
      needs[node].emplace(name);
      needed_by[std::string(name)].insert(node);
    });
  }
  Reach(needed_by, reached);
  Reach(needs, reached);
  found.merge(reached);
}

std::vector<Object> Among(const std::vector<Object>& objects, const Neighbours& neighbours) {
  std::vector<Object> among;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(among), [&](const Object& object) {
    const std::string_view unit = UnitOf(object);
    return unit.empty() || neighbours.contains(unit);
  });
  return among;
}

}  // namespace migrate::schema
