#include "core/lint/before.h"

namespace migrate::lint {

// A name that is written once with its schema and once without is taken for the same.
bool Before::Holds(const Names& names, const Act& act) {
  const auto at = names.find(act.table);
  if (at == names.end()) return false;
  return act.schema.empty() || at->second.contains("") || at->second.contains(act.schema);
}

bool Before::IsNew(const Act& act) const { return act.is_temporary || Holds(created_, act); }

bool Before::IsAddedNotValid(const Act& act) const {
  return act.transaction == transaction_ && not_valid_.contains({act.table, act.name});
}

// A constraint that is validated here and was added by an earlier migration has the benefit of the doubt.
bool Before::IsProven(const Act& act) const {
  return act.is_proven || proven_.contains({act.table, act.name}) || validated_.contains(act.table);
}

bool Before::IsLocked(const Act& act) const { return act.transaction == transaction_ && Holds(locked_, act); }

void Before::Note(const Act& act) {
  if (act.transaction != transaction_) {
    transaction_ = act.transaction;
    locked_.clear();
    not_valid_.clear();
  }
  any_slow_ = any_slow_ || act.is_slow;
  switch (act.does) {
    case Does::kCreateTable:
      if (!act.if_not_exists || !act.exists) created_[act.table].insert(act.schema);
      return;
    case Does::kRenameTable:
      if (IsNew(act)) created_[act.other].insert(act.schema);
      return;
    case Does::kAddConstraint:
      if (!act.not_valid) break;
      not_valid_.insert({act.table, act.name});
      if (!act.other.empty()) checks_[{act.table, act.name}] = act.other;
      break;
    case Does::kValidate:
      if (const auto check = checks_.find({act.table, act.name}); check != checks_.end()) {
        proven_.insert({act.table, check->second});
      } else {
        validated_.insert(act.table);
      }
      break;
    case Does::kAddColumn:
    case Does::kChangeType:
    case Does::kSetNotNull:
    case Does::kDropNotNull:
    case Does::kDropColumn:
    case Does::kDropConstraint:
    case Does::kRewrite:
    case Does::kRenameColumn: break;
    default: return;
  }
  // What is left was ALTER TABLE.
  locked_[act.table].insert(act.schema);
}

}  // namespace migrate::lint
