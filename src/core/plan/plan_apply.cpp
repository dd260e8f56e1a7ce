// Planning forward: order first, then what stands in the way of each step.
#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "core/base/quote.h"
#include "core/plan/plan_parts.h"
#include "core/plan/renamed.h"
#include "core/plan/replacing.h"
#include "core/plan/requirements.h"
#include "core/set/order.h"
#include "core/set/target.h"

namespace migrate {
namespace {

Error Changed(const KnownMigration& migration) {
  return Error(sqlstate::kTextChanged, "migration " + Quoted(migration.id) + " has changed since it was applied",
               "Its text had checksum " + migration.application->checksum + " and now has " + migration.up.checksum +
                   ".",
               "Load the text that was applied, or accept the new one with migrate_repair(" + Literal(migration.id) +
                   ", 'accept').");
}

// Positions of what is pending, in the order of the set.
std::vector<size_t> FindPending(const std::vector<KnownMigration>& migrations) {
  std::vector<size_t> pending;
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].pending()) pending.push_back(i);
  }
  std::sort(pending.begin(), pending.end(),
            [&](size_t a, size_t b) { return ComesBefore(migrations[a], migrations[b]); });
  return pending;
}

// Ends the order at the target.
void CutAt(const std::string& name, const std::vector<KnownMigration>& migrations, TargetIndex& index,
           std::vector<size_t>& order) {
  const auto hits = index.Find(name);
  if (hits.empty()) {
    std::vector<std::string> labels;
    for (const auto& migration : migrations) labels.push_back(migration.id.Label());
    throw UnknownTarget(name, labels);
  }
  size_t end = 0;
  for (const size_t hit : hits) {
    const KnownMigration& target = migrations[hit];
    if (target.absent && !target.applied()) {
      throw Error(sqlstate::kWrongState, "migration " + Quoted(target.id) + " is absent",
                  "It was gone from \"" + target.source + "\" when that was loaded last.", "Load its file again.");
    }
    const auto at = std::find(order.begin(), order.end(), hit);
    if (at != order.end()) {
      end = std::max(end, static_cast<size_t>(at - order.begin()) + 1);
      continue;
    }
    // An applied target: whatever is pending before it.
    const auto before = [&](size_t i) { return ComesBefore(migrations[i], target); };
    const auto last = std::find_if(order.rbegin(), order.rend(), before);
    end = std::max(end, static_cast<size_t>(order.rend() - last));
  }
  order.resize(end);
}

Error OutOfOrder(const KnownMigration& migration, const MigrationSet& set) {
  return Error(sqlstate::kOutOfOrder, "migration " + Quoted(migration.id) + " is out of order",
               "Version " + set.newest_numbered->version + ", which comes after it, is already applied.",
               "Give it a newer version, or call with allow_out_of_order => true.");
}

std::string WhyRepeated(const KnownMigration& migration) {
  if (!migration.reruns()) return "repeatable";
  return migration.changed() ? "repeatable: its text has changed"
                             : "repeatable: values of its placeholders have changed";
}

// Leaves that one alone in the order, and names what it passes over.
void KeepOnly(const MigrationId& id, Plan& plan, std::vector<size_t>& order) {
  const auto& migrations = plan.set->migrations;
  const auto at = std::find_if(order.begin(), order.end(), [&](size_t i) { return migrations[i].id == id; });
  constexpr size_t kShown = 3;
  std::vector<std::string> older;
  for (auto i = order.begin(); at != order.end() && i != at; ++i) older.push_back(Quoted(migrations[*i].id));
  if (at == order.end()) {
    order.clear();
  } else {
    order = {*at};
  }
  if (older.empty()) return;
  const size_t more = older.size() - std::min(older.size(), kShown);
  older.resize(older.size() - more);
  plan.remarks.push_back("older migrations are pending and stay so: " + Join(older, ", ") +
                         (more > 0 ? " and " + std::to_string(more) + " more" : ""));
}

void AddSteps(const std::vector<size_t>& order, const Requirements& requirements, const Replacements& replacements,
              bool allow_out_of_order, Plan& plan) {
  const MigrationSet& set = *plan.set;
  const Renamed renamed(set);
  std::unordered_set<size_t> planned;
  for (const size_t i : order) {
    const KnownMigration& migration = set.migrations[i];
    std::string detail = migration.version_is_shared ? "version is shared, ordered by name" : "";
    if (migration.repeatable) AddRemark(detail, WhyRepeated(migration));
    if (const std::string remark = replacements.Remark(i); !remark.empty()) AddRemark(detail, remark);
    planned.insert(i);
    if (replacements.IsRecorded(i)) {
      AddStep(plan, Action::kApply, migration, std::move(detail), replacements.Problem(i)).only_records = true;
      continue;
    }
    Rare<Error> obstacle = requirements.Problem(i, planned);
    if (!obstacle) obstacle = renamed.Problem(migration);
    if (IsOutOfOrder(migration, set)) {
      AddRemark(detail, "out of order");
      const bool goes_on = migration.unfinished->partial() && migration.unfinished->action == Action::kApply;
      if (!allow_out_of_order && !obstacle && !goes_on) obstacle = OutOfOrder(migration, set);
    }
    AddStep(plan, Action::kApply, migration, std::move(detail), std::move(obstacle));
  }
}

// Where nothing is applied, nothing runs around it.
void AddHooks(Plan& plan) {
  if (plan.steps.empty()) return;
  for (const auto& migration : plan.set->migrations) {
    if (migration.is_hook() && !migration.absent && !migration.for_others) plan.hooks.push_back(&migration);
  }
  std::sort(plan.hooks.begin(), plan.hooks.end(),
            [](const KnownMigration* a, const KnownMigration* b) { return ComesBefore(*a, *b); });
}

// Says after each step what is the newest then.
void FollowNewest(Plan& plan) {
  const MigrationId* newest = plan.set->newest ? &*plan.set->newest : nullptr;
  std::string key = plan.set->newest_key;
  for (auto& step : plan.steps) {
    const KnownMigration& m = *step.migration;
    const bool counts = !m.repeatable;
    if (counts && (newest == nullptr ||
                   std::tie(key, newest->name, newest->version) < std::tie(m.sort_key, m.id.name, m.id.version))) {
      newest = &m.id;
      key = m.sort_key;
    }
    step.newest_after = newest;
  }
}

}  // namespace

Plan PlanApply(MigrationSet given, const ApplyRequest& request) {
  Plan plan = StartPlan(std::move(given), Action::kApply, request.dry_run);
  const auto& migrations = plan.set->migrations;
  for (const auto& migration : migrations) {
    if (migration.changed() && !migration.repeatable) plan.obstacles.push_back({migration.id, Changed(migration)});
  }
  TargetIndex index(migrations);
  const std::vector<size_t> pending = FindPending(migrations);
  const Requirements requirements(*plan.set, pending, index);
  std::vector<size_t> order = requirements.Sorted(pending);
  if (request.target) CutAt(*request.target, migrations, index, order);
  if (request.only) KeepOnly(*request.only, plan, order);
  const Replacements replacements(migrations, order);
  AddSteps(order, requirements, replacements, request.allow_out_of_order, plan);
  FollowNewest(plan);
  AddHooks(plan);
  return plan;
}

}  // namespace migrate
