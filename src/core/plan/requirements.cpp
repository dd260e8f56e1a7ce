#include "core/plan/requirements.h"
#include "core/base/quote.h"

#include "core/plan/plan_parts.h"

namespace migrate {

Requirements::Requirements(const MigrationSet& set, const std::vector<size_t>& pending, TargetIndex& index)
    : migrations_(set.migrations), required_(set.migrations.size()) {
  for (const size_t i : pending) Resolve(i, index);
  FindCircles();
}

void Requirements::Resolve(size_t migration, TargetIndex& index) {
  auto& required = required_[migration];
  for (const auto& name : migrations_[migration].requirements) {
    try {
      const auto found = index.Find(name);
      if (found.empty()) missing_.emplace(migration, name);
      required.insert(required.end(), found.begin(), found.end());
    } catch (const Error& ambiguous) {
      ambiguous_.emplace(migration, ambiguous);
    }
  }
}

void Requirements::FindCircles() {
  for (const size_t i : FindCircle(required_)) {
    circle_ += (circle_.empty() ? "" : " requires ") + Quoted(migrations_[i].id);
    in_circle_.insert(i);
  }
}

std::vector<size_t> Requirements::Sorted(const std::vector<size_t>& order) const {
  const std::unordered_set<size_t> pending(order.begin(), order.end());
  Edges plain = required_;
  for (auto& required : plain) {
    std::erase_if(required, [&](size_t i) { return !pending.contains(i) || migrations_[i].numbered(); });
  }
  return AfterRequired(order, plain);
}

Rare<Error> Requirements::Problem(size_t i, const std::unordered_set<size_t>& planned) const {
  const MigrationId& id = migrations_[i].id;
  if (in_circle_.contains(i)) {
    return Error(sqlstate::kInvalidDefinition, "migrations require each other in a circle", circle_ + ".",
                 "Remove one of the requirements.");
  }
  if (const auto missing = missing_.find(i); missing != missing_.end()) {
    return Error(sqlstate::kUndefinedObject,
                 "migration " + Quoted(id) + " requires \"" + missing->second + "\", which does not exist", {},
                 "Load the migration that it requires, or correct its requirement.");
  }
  if (const auto ambiguous = ambiguous_.find(i); ambiguous != ambiguous_.end()) {
    Error error = ambiguous->second;
    error.message = "migration " + Quoted(id) + " requires what is ambiguous: " + error.message;
    return error;
  }
  for (const size_t required : required_[i]) {
    const KnownMigration& other = migrations_[required];
    if (other.applied() || other.skipped() || other.is_hook() || planned.contains(required)) continue;
    const auto problem = [&](const char* why, const char* hint) {
      return Error(sqlstate::kWrongState,
                   "migration " + Quoted(id) + " requires " + Quoted(other.id) + ", which " + why, {}, hint);
    };
    if (other.absent) return problem("is absent from its source", "Load its file again.");
    if (ComesBefore(other, migrations_[i])) return problem("is pending", "Apply that one first.");
    return problem("comes after it", "Give one of them another version.");
  }
  return {};
}

}  // namespace migrate
