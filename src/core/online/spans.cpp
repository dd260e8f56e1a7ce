#include "core/online/spans.h"

#include <algorithm>
#include <optional>

namespace migrate::online {
namespace {

using Action = schema::Change::Action;

// What applications use by its name, or count on without one.
bool IsMissed(const schema::Object& object) {
  constexpr std::string_view kKinds[] = {"view", "materialized view", "function", "procedure", "trigger", "policy",
                                         "rule", "aggregate"};
  return std::find(std::begin(kKinds), std::end(kKinds), object.kind) != std::end(kKinds);
}

// The last statement that makes or alters the object.
std::optional<size_t> LastFor(const schema::Object& object, const std::vector<Seen>& statements, size_t from) {
  for (size_t i = statements.size(); i-- > from;) {
    for (const auto& change : statements[i].changes) {
      const bool is_it = change.after.kind == object.kind && change.after.identity == object.identity;
      if (change.action != Action::kDropped && is_it) return i;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Span> SpansOf(const std::vector<Seen>& statements) {
  std::vector<Span> spans;
  for (size_t i = 0; i < statements.size(); ++i) {
    for (const auto& change : statements[i].changes) {
      if (change.action != Action::kDropped || !IsMissed(change.before)) continue;
      const auto last = LastFor(change.before, statements, i + 1);
      if (!last) continue;
      if (!spans.empty() && i <= spans.back().last) {
        spans.back().last = std::max(spans.back().last, *last);
      } else {
        spans.push_back({i, *last, change.before.kind + " " + change.before.identity});
      }
    }
  }
  return spans;
}

}  // namespace migrate::online
