#include "core/squash/plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/plan/replacing.h"
#include "core/set/order.h"
#include "core/set/target.h"

namespace migrate {
namespace {

constexpr char kHoldsDone[] = "A squash holds what migrations have done in this database.";

Error Refused(const KnownMigration& migration, const std::string& what, const std::string& detail,
              const std::string& hint) {
  return Error(sqlstate::kWrongState, "migration " + Quoted(migration.id) + " " + what, detail, hint);
}

// What `upto` means, as the version that the range ends with.
const KnownMigration& LastOf(const MigrationSet& set, const std::string& upto) {
  const auto hits = TargetIndex(set.migrations).Find(upto);
  if (hits.empty()) {
    std::vector<std::string> labels;
    for (const auto& migration : set.migrations) labels.push_back(migration.id.Label());
    throw UnknownTarget(upto, labels);
  }
  const KnownMigration& last = set.migrations[hits.front()];
  if (last.numbered()) return last;
  throw Error(sqlstate::kInvalidParameter, "migration " + Quoted(last.id) + " has no place among versions",
              last.repeatable ? "It is repeatable. No squash holds any of these: they run behind it as before." : "",
              "Name one that has a version.");
}

void RequireApplied(const KnownMigration& migration) {
  if (migration.unfinished->partial()) {
    throw Refused(migration, "is applied in part",
                  WhereItStopped(migration).empty() ? "" : "It stopped" + WhereItStopped(migration) + ".",
                  "Finish it first: CALL migrate_up().");
  }
  if (migration.applied()) return;
  if (migration.absent) {
    throw Refused(migration, "is not applied, and gone from its source", kHoldsDone,
                  "Forget it first: migrate_remove(" + Literal(migration.id) + ").");
  }
  if (migration.unfinished) {
    throw Refused(migration, "has failed", kHoldsDone, "Mend and apply it first, or squash what comes before it.");
  }
  throw Refused(migration, "is pending", kHoldsDone, "Apply it first, or squash what comes before it.");
}

void RequireUsable(const KnownMigration& migration) {
  if (!migration.options->only.empty()) {
    throw Refused(migration, "is not for every environment",
                  "It is for " + Join(migration.options->only, ", ") + ", and a squash is for all.",
                  "Squash what comes before it.");
  }
  RequireApplied(migration);
  if (migration.changed()) {
    throw Error(sqlstate::kTextChanged, "migration " + Quoted(migration.id) + " has changed since it was applied",
                "There is no telling which of its texts a squash is to stand for.",
                "Load the text that was applied, or accept the new one with migrate_repair(" + Literal(migration.id) +
                    ", 'accept').");
  }
  if (!migration.up.exists()) {
    throw Refused(migration, "has no text", "Another tool's history names it, and its file was never loaded.",
                  "Load its file first.");
  }
}

// As it is where nothing was applied.
MigrationSet WithoutHistory(const MigrationSet& set) {
  MigrationSet fresh;
  fresh.migrations = set.migrations;
  fresh.search_path = set.search_path;
  for (auto& migration : fresh.migrations) {
    migration.application = {};
    migration.unfinished = {};
    migration.for_others = false;
  }
  return fresh;
}

Error NothingToSquash(const SquashPlan& squash, const MigrationId& one, const std::string& hint) {
  return Error(sqlstate::kWrongState, "there is nothing to squash up to version " + squash.upto,
               "A new database runs one migration for all of it: " + Quoted(one) + ".", hint);
}

void RequireNotSquashed(const SquashPlan& squash) {
  for (const auto& other : squash.known) {
    if (other.options->replaces.empty() || other.absent) continue;
    const VersionRange range = ParseVersionRange(other.options->replaces);
    const bool holds_all = std::all_of(squash.replaced.begin(), squash.replaced.end(),
                                       [&](const auto* migration) { return range.Holds(*migration); });
    if (!holds_all) continue;
    throw NothingToSquash(squash, other.id,
                          other.applied() ? "Name a later version."
                                          : "Name a later version, or remove that one first: migrate_remove(" +
                                                Literal(other.id) + ").");
  }
}

void RequireWhole(const SquashPlan& squash) {
  std::set<MigrationId> planned;
  int runs = 0;
  for (const auto& step : squash.fresh.steps) {
    if (step.obstacle) throw *step.obstacle;
    planned.insert(step.migration->id);
    if (!step.only_records) ++runs;
    if (!step.migration->numbered()) {
      throw Refused(*step.migration, "has no version, and others need it",
                    "It runs before them, and what a migration replaces is a range of versions.",
                    "Squash what comes before it.");
    }
  }
  std::vector<VersionRange> ranges;
  for (const auto& migration : squash.known) {
    if (!migration.options->replaces.empty() && planned.contains(migration.id)) {
      ranges.push_back(ParseVersionRange(migration.options->replaces));
    }
  }
  for (const auto* const migration : squash.replaced) {
    const bool is_replaced =
        std::any_of(ranges.begin(), ranges.end(), [&](const VersionRange& range) { return range.Holds(*migration); });
    if (planned.contains(migration->id) || is_replaced) continue;
    throw Refused(*migration, "is gone from its source", "A new database would not run it, and this one has run it.",
                  "Load its file again first.");
  }
  if (runs > 1) return;
  throw NothingToSquash(squash, squash.fresh.steps.front().migration->id, "Name a later version.");
}

}  // namespace

SquashPlan PlanSquash(const MigrationSet& set, const std::string& upto) {
  SquashPlan squash;
  const KnownMigration& last = LastOf(set, upto);
  squash.upto = last.id.version;
  squash.known = set.migrations;
  const VersionRange range = ParseVersionRange(".. " + squash.upto);
  for (const auto& migration : squash.known) {
    if (range.Holds(migration)) squash.replaced.push_back(&migration);
  }
  std::sort(squash.replaced.begin(), squash.replaced.end(),
            [](const KnownMigration* a, const KnownMigration* b) { return ComesBefore(*a, *b); });
  for (const auto* const migration : squash.replaced) RequireUsable(*migration);
  RequireNotSquashed(squash);
  squash.fresh = PlanApply(WithoutHistory(set), {.target = squash.upto});
  RequireWhole(squash);
  return squash;
}

std::string SquashName(const std::string& upto) {
  std::string name = "squash_to_" + upto;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

std::string RangeOf(const std::vector<const KnownMigration*>& replaced) {
  const std::string first = replaced.front()->id.Label(), last = replaced.back()->id.Label();
  return first == last ? first : first + " to " + last;
}

}  // namespace migrate
