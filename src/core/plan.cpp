#include "core/plan.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "core/order.h"
#include "core/target.h"

namespace migrate {
namespace {

std::string Quoted(const MigrationId& id) { return "\"" + id.Label() + "\""; }
std::string Literal(const MigrationId& id) { return "'" + id.Label() + "'"; }

void AddSentence(std::string& text, const std::string& sentence) {
  if (!text.empty()) text += "; ";
  text += sentence;
}

const char* CallOf(Action action) { return action == Action::kApply ? "CALL migrate_up()" : "CALL migrate_down()"; }

Error NonTransactional(const Step& step) {
  return Error(sqlstate::kActiveTransaction,
               "migration " + Quoted(step.migration.id) + " can't run inside a transaction",
               "It holds what refuses a transaction block: " + step.script.detail + ".",
               std::string("Use ") + CallOf(step.action) + ", outside of BEGIN, or migrate_start() from anywhere.");
}

Error StoppedHalfWay(const KnownMigration& migration) {
  const Unfinished& run = migration.unfinished;
  const bool applies = run.action == Action::kApply;
  return Error(sqlstate::kWrongState, "migration " + Quoted(migration.id) + " stopped half way",
               std::string(applies ? "Applying" : "Rolling back") + " it came through " + std::to_string(run.done) +
                   (run.done == 1 ? " statement." : " statements."),
               std::string("Use ") + CallOf(run.action) + " to go on there, or migrate_repair(" +
                   Literal(migration.id) + ", 'forget') once nothing of it is left.");
}

// What stopped half way in the other direction has to be finished first, and so does what can't go on
// because its text is gone.
void AddUnfinished(const MigrationSet& set, Action action, Plan& plan) {
  for (const auto& migration : set.migrations) {
    if (!migration.unfinished.partial()) continue;
    const bool gone = migration.absent && !migration.applied();
    if (migration.unfinished.action == action && !gone) continue;
    plan.obstacles.push_back({migration.id, StoppedHalfWay(migration)});
  }
}

Error Changed(const KnownMigration& migration) {
  return Error(sqlstate::kTextChanged, "migration " + Quoted(migration.id) + " has changed since it was applied",
               "Its text had checksum " + migration.applied_checksum + " and now has " + migration.up.checksum + ".",
               "Load the text that was applied, or accept the new one with migrate_repair(" + Literal(migration.id) +
                   ", 'accept').");
}

// Says how the step runs, where that is not in one transaction from its start.
void Describe(Step& step) {
  if (!step.script.transactional) AddSentence(step.detail, step.script.detail);
  if (step.resumes()) {
    AddSentence(step.detail, "goes on after statement " + std::to_string(step.migration.unfinished.done));
  }
}

// Builds the plan of an apply: order first, then what stands in the way of each step.
class ApplyPlanner {
 public:
  ApplyPlanner(const MigrationSet& set, const ApplyRequest& request)
      : set_(set), request_(request), index_(set.migrations) {}

  Plan Make() {
    AddGeneralObstacles();
    ResolveRequirements();
    SortPending();
    CutAtTarget();
    for (const size_t i : order_) AddStep(i);
    FollowNewest();
    return std::move(plan_);
  }

 private:
  void AddGeneralObstacles() {
    if (auto problem = GuardProblem(set_)) {
      plan_.obstacles.push_back({set_.newest.value_or(MigrationId{}), std::move(*problem)});
    }
    for (const auto& migration : set_.migrations) {
      if (migration.changed()) plan_.obstacles.push_back({migration.id, Changed(migration)});
    }
    AddUnfinished(set_, Action::kApply, plan_);
  }

  void ResolveRequirements() {
    const auto& all = set_.migrations;
    required_.resize(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
      if (!Pending(i)) continue;
      for (const auto& name : all[i].requirements) {
        try {
          const auto found = index_.Find(name);
          if (found.empty()) missing_[i].push_back(name);
          required_[i].insert(required_[i].end(), found.begin(), found.end());
        } catch (const Error& ambiguous) {
          ambiguous_.emplace(i, ambiguous);
        }
      }
    }
    for (const size_t i : FindCircle(required_)) {
      circle_ += (circle_.empty() ? "" : " requires ") + Quoted(all[i].id);
      in_circle_.insert(i);
    }
  }

  // In the order of the set, but a plain name that is required comes before what requires it.
  void SortPending() {
    std::vector<size_t> pending;
    for (size_t i = 0; i < set_.migrations.size(); ++i) {
      if (Pending(i)) pending.push_back(i);
    }
    std::sort(pending.begin(), pending.end(),
              [&](size_t a, size_t b) { return ComesBefore(set_.migrations[a], set_.migrations[b]); });
    std::vector<std::vector<size_t>> names = required_;
    for (auto& required : names) {
      std::erase_if(required, [&](size_t i) { return !Pending(i) || set_.migrations[i].numbered(); });
    }
    order_ = AfterRequired(pending, names);
  }

  void CutAtTarget() {
    if (!request_.target) return;
    const auto hits = index_.Find(*request_.target);
    if (hits.empty()) throw UnknownTarget(*request_.target, Labels());
    size_t end = 0;
    for (const size_t hit : hits) {
      const KnownMigration& target = set_.migrations[hit];
      if (target.absent && !target.applied()) {
        throw Error(sqlstate::kWrongState, "migration " + Quoted(target.id) + " is absent",
                    "It was gone from \"" + target.source + "\" when that was loaded last.", "Load its file again.");
      }
      const auto at = std::find(order_.begin(), order_.end(), hit);
      if (at != order_.end()) {
        end = std::max(end, static_cast<size_t>(at - order_.begin()) + 1);
        continue;
      }
      // An applied target: whatever is pending before it.
      const auto before = [&](size_t i) { return ComesBefore(set_.migrations[i], target); };
      const auto last = std::find_if(order_.rbegin(), order_.rend(), before);
      end = std::max(end, static_cast<size_t>(order_.rend() - last));
    }
    order_.resize(end);
  }

  void AddStep(size_t i) {
    const KnownMigration& migration = set_.migrations[i];
    Step step;
    step.migration = migration;
    step.script = migration.up;
    step.detail = migration.version_is_shared ? "version is shared, ordered by name" : "";
    step.obstacle = RequirementProblem(i);
    if (IsOutOfOrder(migration, set_)) {
      AddSentence(step.detail, "out of order");
      if (!request_.allow_out_of_order && !step.obstacle && !step.resumes()) {
        step.obstacle =
            Error(sqlstate::kOutOfOrder, "migration " + Quoted(migration.id) + " is out of order",
                  "Version " + set_.newest_numbered->version + ", which comes after it, is already applied.",
                  "Give it a newer version, or call with allow_out_of_order => true.");
      }
    }
    Describe(step);
    planned_.insert(i);
    plan_.steps.push_back(std::move(step));
  }

  std::optional<Error> RequirementProblem(size_t i) const {
    const KnownMigration& migration = set_.migrations[i];
    if (in_circle_.contains(i)) {
      return Error(sqlstate::kInvalidDefinition, "migrations require each other in a circle", circle_ + ".",
                   "Remove one of the requirements.");
    }
    if (const auto missing = missing_.find(i); missing != missing_.end()) {
      return Error(sqlstate::kUndefinedObject,
                   "migration " + Quoted(migration.id) + " requires \"" + missing->second.front() +
                       "\", which does not exist",
                   {}, "Load the migration that it requires, or correct its requirement.");
    }
    if (const auto ambiguous = ambiguous_.find(i); ambiguous != ambiguous_.end()) {
      Error error = ambiguous->second;
      error.message = "migration " + Quoted(migration.id) + " requires what is ambiguous: " + error.message;
      return error;
    }
    for (const size_t required : required_[i]) {
      const KnownMigration& other = set_.migrations[required];
      if (other.applied() || planned_.contains(required)) continue;
      const std::string why = other.absent ? "is absent from its source" : "comes after it";
      return Error(sqlstate::kWrongState,
                   "migration " + Quoted(migration.id) + " requires " + Quoted(other.id) + ", which " + why, {},
                   other.absent ? "Load its file again." : "Give one of them another version.");
    }
    return std::nullopt;
  }

  void FollowNewest() {
    MigrationId newest = set_.newest.value_or(MigrationId{});
    std::string key = set_.newest_key;
    for (auto& step : plan_.steps) {
      const KnownMigration& m = step.migration;
      if (std::tie(key, newest.name, newest.version) < std::tie(m.sort_key, m.id.name, m.id.version)) {
        newest = m.id;
        key = m.sort_key;
      }
      step.newest_after = newest;
    }
  }

  std::vector<std::string> Labels() const {
    std::vector<std::string> labels;
    for (const auto& migration : set_.migrations) labels.push_back(migration.id.Label());
    return labels;
  }

  bool Pending(size_t i) const { return !set_.migrations[i].applied() && !set_.migrations[i].absent; }

  const MigrationSet& set_;
  const ApplyRequest& request_;
  TargetIndex index_;
  Plan plan_;
  std::vector<std::vector<size_t>> required_;
  std::unordered_map<size_t, std::vector<std::string>> missing_;
  std::unordered_map<size_t, Error> ambiguous_;
  std::string circle_;
  std::unordered_set<size_t> in_circle_;
  std::vector<size_t> order_;
  std::unordered_set<size_t> planned_;
};

std::optional<Error> RollbackProblem(const KnownMigration& migration, const Step& step) {
  if (migration.baselined()) {
    return Error(sqlstate::kWrongState, "migration " + Quoted(migration.id) + " is a baseline",
                 "It was there before this database was migrated here, so there is nothing to undo.",
                 "Roll back no further than to " + Quoted(migration.id) + ".");
  }
  const Reversible reversible = migration.reversible_now();
  const std::string& why = migration.irreversible_why_now();
  if (reversible == Reversible::kNo) {
    return Error(sqlstate::kIrreversible, "migration " + Quoted(migration.id) + " can't be rolled back",
                 why.empty() ? "" : "Reason: " + why + ".", "Write a migration that goes forward instead.");
  }
  if (reversible == Reversible::kComment && migration.accepted_down != step.script.checksum) {
    return Error(sqlstate::kIrreversible, "the down script of migration " + Quoted(migration.id) + " is not accepted",
                 "It was found in a closing comment of the migration.",
                 "Read it, then call migrate_repair(" + Literal(migration.id) + ", 'accept down').");
  }
  return std::nullopt;
}

// The applied migrations that are to go, the last applied first.
std::vector<const KnownMigration*> ChooseRollback(const MigrationSet& set, const RollbackRequest& request) {
  std::vector<const KnownMigration*> chosen;
  for (const auto& migration : set.migrations) {
    if (migration.applied()) chosen.push_back(&migration);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const KnownMigration* a, const KnownMigration* b) { return a->event_number > b->event_number; });
  if (!request.target) {
    chosen.resize(std::min(chosen.size(), static_cast<size_t>(request.steps)));
  } else if (*request.target != kZero) {
    const KnownMigration* target = nullptr;
    for (const size_t hit : TargetIndex(set.migrations).Find(*request.target)) {
      const KnownMigration& candidate = set.migrations[hit];
      if (!candidate.applied()) continue;
      if (!target || ComesBefore(*target, candidate)) target = &candidate;
    }
    if (!target) {
      throw Error(sqlstate::kWrongState, "migration \"" + *request.target + "\" is not applied", {},
                  "The target of a rollback stays: name one that is applied, or \"zero\".");
    }
    std::erase_if(chosen, [&](const KnownMigration* m) { return !ComesBefore(*target, *m); });
  }
  return chosen;
}

// Says after each step what is the newest of those that are left.
void FollowNewest(const MigrationSet& set, Plan& plan) {
  const auto before = [](const KnownMigration* a, const KnownMigration* b) { return ComesBefore(*a, *b); };
  std::set<const KnownMigration*, decltype(before)> left(before);
  for (const auto& migration : set.migrations) {
    if (migration.applied()) left.insert(&migration);
  }
  for (auto& step : plan.steps) {
    left.erase(&step.migration);
    if (!left.empty()) step.newest_after = (*left.rbegin())->id;
  }
}

// What stays applied although it requires something that goes. A name that has become ambiguous
// since it was applied holds nothing up.
void AddDependents(const MigrationSet& set, Plan& plan) {
  const TargetIndex index(set.migrations);
  const auto find = [&](const std::string& name) {
    try {
      return index.Find(name);
    } catch (const Error&) {
      return std::vector<size_t>();
    }
  };
  std::unordered_map<int64_t, Step*> leaving;
  for (auto& step : plan.steps) leaving[step.migration.number] = &step;
  for (const auto& migration : set.migrations) {
    if (!migration.applied() || leaving.contains(migration.number)) continue;
    for (const auto& name : migration.requirements) {
      for (const size_t required : find(name)) {
        const auto step = leaving.find(set.migrations[required].number);
        if (step == leaving.end() || step->second->obstacle) continue;
        step->second->obstacle =
            Error(sqlstate::kWrongState,
                  "migration " + Quoted(set.migrations[required].id) + " is required by " + Quoted(migration.id),
                  "That one would stay applied.", "Roll back " + Quoted(migration.id) + " first.");
      }
    }
  }
}

}  // namespace

Plan PlanApply(const MigrationSet& set, const ApplyRequest& request) { return ApplyPlanner(set, request).Make(); }

Plan PlanRollback(const MigrationSet& set, const RollbackRequest& request) {
  Plan plan;
  if (auto problem = GuardProblem(set)) {
    plan.obstacles.push_back({set.newest.value_or(MigrationId{}), std::move(*problem)});
  }
  AddUnfinished(set, Action::kRollBack, plan);
  for (const KnownMigration* migration : ChooseRollback(set, request)) {
    Step step;
    step.action = Action::kRollBack;
    step.migration = *migration;
    step.script = migration->down_now();
    if (migration->changed()) step.detail = "text has changed: uses the down script kept when it was applied";
    step.obstacle = RollbackProblem(*migration, step);
    Describe(step);
    plan.steps.push_back(std::move(step));
  }
  FollowNewest(set, plan);
  AddDependents(set, plan);
  return plan;
}

std::optional<Error> GuardProblem(const MigrationSet& set) {
  const MigrationId newest = set.newest.value_or(MigrationId{});
  if (set.guard.present == set.has_history && (!set.guard.present || set.guard.id == newest)) return std::nullopt;
  const auto shown = [](const MigrationId& id) { return id.Label().empty() ? "nothing is applied" : Quoted(id); };
  return Error(sqlstate::kGuardAltered, "the version guard was altered by hand",
               "migrate.schema_version says " + (set.guard.present ? shown(set.guard.id) : "nothing") +
                   ", the history says " + (set.has_history ? shown(newest) : "nothing") + ".",
               newest.Label().empty()
                   ? "Find out who altered it; migrate_repair writes it anew."
                   : "Find out who altered it; migrate_repair(" + Literal(newest) + ", 'accept') writes it anew.");
}

std::string PlanHash(const Plan& plan, Hasher& hasher) {
  for (const auto& step : plan.steps) {
    const bool applies = step.action == Action::kApply;
    for (const std::string& field :
         {std::string(applies ? "apply" : "roll back"), step.migration.id.version, step.migration.id.name,
          step.script.checksum, applies ? step.migration.verify.checksum : std::string()}) {
      hasher.Add(field);
      hasher.Add(std::string_view("\0", 1));
    }
  }
  return hasher.Finish();
}

void RequireRunnable(const Plan& plan) {
  if (!plan.obstacles.empty()) throw plan.obstacles.front().error;
  for (const auto& step : plan.steps) {
    if (step.obstacle) throw *step.obstacle;
  }
}

void RequireTransactional(const Plan& plan) {
  for (const auto& step : plan.steps) {
    if (!step.script.transactional) throw NonTransactional(step);
    if (step.resumes()) throw StoppedHalfWay(step.migration);
  }
}

}  // namespace migrate
