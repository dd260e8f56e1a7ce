#include "core/status.h"

#include <algorithm>

#include "core/order.h"
#include "core/plan.h"
#include "core/text.h"

namespace migrate {
namespace {

// A run that left nothing and did not end well.
bool Failed(const Unfinished& run, bool migrating) {
  return run.event == "fail" || (run.event == "start" && !migrating);
}

std::string StatusOf(const KnownMigration& migration, const MigrationSet& set, bool migrating) {
  if (migration.unfinished->partial()) return "partial";
  if ((!migration.applied() || migration.reruns()) && migration.unfinished && Failed(*migration.unfinished, migrating))
    return "failed";
  if (migration.applied()) {
    if (migration.changed()) return migration.repeatable ? "pending" : "changed";
    if (migration.absent) return "missing";
    return migration.baselined() ? "baseline" : "applied";
  }
  if (migration.absent) return "absent";
  return IsOutOfOrder(migration, set) ? "out of order" : "pending";
}

// Where an unfinished run stands or stopped, and why.
std::string ProgressOf(const KnownMigration& migration, bool migrating) {
  const Unfinished& run = *migration.unfinished;
  const std::string what = run.action == Action::kApply ? "applying" : "rolling back";
  const std::string where = WhereItStopped(migration);
  if (run.event == "fail") {
    return what + " stopped" + where + ": " + run.sqlstate + (run.message.empty() ? "" : " " + run.message);
  }
  if (run.event == "repair") return what + " goes on" + where;
  if (migrating) return what + " is under way" + (where.empty() ? "" : "," + where);
  if (!run.partial()) return what + " was begun and undone when its session ended";
  return what + " stopped" + where + ", when its session ended";
}

std::string DetailOf(const KnownMigration& migration, const std::string& status, bool migrating) {
  std::string detail;
  if (migration.unfinished) detail = ProgressOf(migration, migrating);
  if (status == "changed") AddRemark(detail, "applied with checksum " + migration.application->checksum.substr(0, 12));
  if (migration.absent) AddRemark(detail, "gone from its source \"" + migration.source + "\"");
  if (status == "missing" && migration.repeatable) AddRemark(detail, "migrate_remove() drops it, what it made stays");
  if (migration.reruns()) {
    AddRemark(detail, "repeatable, and its text has changed");
  } else if (migration.repeatable) {
    AddRemark(detail, "repeatable");
  }
  if (!migration.options->replaces.empty()) AddRemark(detail, "replaces " + migration.options->replaces);
  if (!migration.options->tags.empty()) AddRemark(detail, "tagged " + Join(migration.options->tags, ", "));
  if (migration.version_is_shared) AddRemark(detail, "version is shared, ordered by name");
  if (!migration.up.transactional) AddRemark(detail, "not transactional: " + migration.up.detail);
  if (migration.reversible_now() == Reversible::kNo && !migration.repeatable) {
    AddRemark(detail, "not reversible: " + migration.irreversible_why_now());
  }
  if (migration.reversible_now() == Reversible::kComment && migration.accepted_down != migration.down_now().checksum) {
    AddRemark(detail, "down script is a closing comment, not accepted yet");
  }
  return detail;
}

}  // namespace

std::vector<StatusRow> MakeStatus(const MigrationSet& set, bool migrating) {
  std::vector<StatusRow> rows;
  rows.reserve(set.migrations.size());
  for (const auto& migration : set.migrations) {
    StatusRow row;
    row.migration = &migration;
    row.status = StatusOf(migration, set, migrating);
    row.reversible = ReversibleName(migration.reversible_now());
    row.detail = DetailOf(migration, row.status, migrating);
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(),
            [](const StatusRow& a, const StatusRow& b) { return ComesBefore(*a.migration, *b.migration); });
  if (const auto problem = GuardProblem(set)) {
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&](const StatusRow& r) { return set.newest && r.migration->id == *set.newest; });
    if (row == rows.end()) row = rows.begin();
    if (row != rows.end()) AddRemark(row->detail, problem->message + ": " + problem->detail);
  }
  return rows;
}

const char* ReversibleName(Reversible reversible) {
  switch (reversible) {
    case Reversible::kScript: return "script";
    case Reversible::kComment: return "comment";
    default: return "no";
  }
}

Reversible ReversibleFromName(const std::string& name) {
  if (name == "script") return Reversible::kScript;
  return name == "comment" ? Reversible::kComment : Reversible::kNo;
}

}  // namespace migrate
