// migrate_report(): gathers what core makes a document of.
#include "core/report/report.h"

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/base/quote.h"
#include "core/plan/plan.h"
#include "core/set/status.h"
#include "server/base/extension.h"
#include "server/door/commands.h"
#include "server/door/drift.h"
#include "server/door/plan.h"
#include "server/door/properties.h"
#include "server/door/result.h"
#include "server/door/status.h"
#include "server/store/store.h"
#include "server/store/store_changes.h"
#include "server/store/store_report.h"
#include "server/store/supabase_history.h"

namespace migrate {
namespace {

constexpr char kHtml[] = "html", kMarkdown[] = "markdown", kJson[] = "json";

// So many locks are looked at: those of the newest migrations, and more than a plot shows.
constexpr int kMostLocks = 2000;

Statement kDatabase = {"SELECT pg_catalog.current_database()", Rights::kCaller};

using Events = std::vector<RecordedEvent>;

// The events that made each migration what it is: what it changed is what was recorded behind the one before the last.
class Endings {
 public:
  explicit Endings(const Events& events) {
    for (const auto& event : events) {
      if (!event.failed()) by_migration_[event.migration].push_back(&event);
    }
  }

  // Since when its present state was being made; until then it was something else.
  int64_t Begin(const KnownMigration& migration) const {
    int64_t begin = 0;
    const auto found = by_migration_.find(migration.id);
    if (found == by_migration_.end()) return begin;
    for (const auto* event : found->second) {
      if (migration.applied() && event->id >= migration.application->event_number) break;
      begin = event->id;
    }
    return begin;
  }

  // The one that applied it.
  const RecordedEvent* Applied(const KnownMigration& migration) const {
    const auto found = by_migration_.find(migration.id);
    if (!migration.applied() || found == by_migration_.end()) return nullptr;
    for (const auto* event : found->second) {
      if (event->id == migration.application->event_number) return event;
    }
    return nullptr;
  }

 private:
  std::map<MigrationId, std::vector<const RecordedEvent*>> by_migration_;
};

// What a line says of it.
report::Migration Briefly(const StatusRow& row, const Endings& endings) {
  const KnownMigration& known = *row.migration;
  report::Migration migration;
  migration.version = known.id.version;
  migration.name = known.id.name;
  migration.label = known.id.Label();
  migration.status = row.status;
  migration.note = row.note;
  if (!known.applied()) return migration;
  migration.changes = known.application->changes;
  migration.applied_at = known.application->applied_at;
  migration.applied_by = known.application->applied_by;
  if (const RecordedEvent* const event = endings.Applied(known)) {
    migration.applied_at = event->at;
    migration.applied_by = event->by;
    if (event->event != "apply") migration.recorded_by = event->event;
    if (event->event == "apply") migration.duration_ms = event->duration_ms;
  }
  return migration;
}

// Those that are told in full, and where their present state begins.
struct InFull {
  report::Migration* migration = nullptr;
  int64_t begin = 0;
};
using AllInFull = std::map<MigrationId, InFull>;

AllInFull ChooseInFull(report::Report& report, const std::vector<StatusRow>& statuses, const Endings& endings,
                       bool migrating) {
  AllInFull chosen;
  for (size_t i = 0; i < statuses.size(); ++i) {
    report::Migration& migration = report.migrations[i];
    const bool failed = migration.status == "failed" || migration.status == "partial";
    if (!failed && i + report::kInFull < statuses.size()) continue;
    const KnownMigration& known = *statuses[i].migration;
    migration.in_full = true;
    migration.remarks = Remarks(statuses[i], migrating);
    migration.rollback = RollbackOutlook(known);
    chosen[known.id] = {&migration, endings.Begin(known)};
  }
  return chosen;
}

void AddChanges(const AllInFull& chosen, bool with_definitions) {
  std::vector<MigrationId> ids;
  for (const auto& each : chosen) ids.push_back(each.first);
  const NamedRows found = ReadChanges(ids, with_definitions);
  for (const auto& row : found.rows) {
    const auto each = chosen.find({TextOf(found.At(row, "version")), TextOf(found.At(row, "name"))});
    if (each == chosen.end() || IntegerOf(found.At(row, "id")) <= each->second.begin) continue;
    each->second.migration->changed.push_back({TextOf(found.At(row, "action")), TextOf(found.At(row, "class")),
                                               TextOf(found.At(row, "identity")),
                                               static_cast<int>(IntegerOf(found.At(row, "line"))),
                                               found.At(row, "before"), found.At(row, "after")});
  }
}

void AddHeaders(const AllInFull& chosen) {
  std::vector<MigrationId> ids;
  for (const auto& each : chosen) ids.push_back(each.first);
  for (auto& [id, headers] : ReadHeaders(ids)) chosen.at(id).migration->headers = std::move(headers);
}

void AddLocks(report::Report& report, const AllInFull& chosen) {
  for (auto& lock : ReadLocks(kMostLocks)) {
    report::HeldLock held{lock.migration.Label(), lock.event, std::move(lock.table), std::move(lock.lock), lock.ms};
    const auto each = chosen.find(lock.migration);
    if (each != chosen.end() && lock.event_id > each->second.begin && lock.event != "fail") {
      each->second.migration->locks.push_back(held);
    }
    report.locks.push_back(std::move(held));
  }
}

void AddEvents(report::Report& report, Events& events) {
  for (auto& event : events) {
    const std::string label = event.migration.Label();
    if (event.failed()) {
      report.failures.push_back({label, std::move(event.action), std::move(event.at), std::move(event.by), event.line,
                                 std::move(event.sqlstate), report.messages_are_shown ? std::move(event.message) : "",
                                 report.messages_are_shown ? std::move(event.detail) : ""});
    } else if (event.event == "apply" || event.event == "rollback") {
      report.runs.push_back({label, std::move(event.event), std::move(event.at), std::move(event.by), event.duration_ms});
    }
  }
}

void AddGrowth(report::Report& report) {
  report::Growth sum;
  for (auto& each : ReadGrowth()) {
    sum.migration = each.migration.Label();
    sum.at = std::move(each.at);
    sum.tables += each.tables;
    sum.columns += each.columns;
    sum.indexes += each.indexes;
    sum.policies += each.policies;
    report.growth.push_back(sum);
  }
}

void AddDrift(report::Report& report, bool with_definitions) {
  auto drifts = LookForDrift();
  report.drift_is_known = drifts.has_value();
  if (!drifts) return;
  for (auto& drift : *drifts) {
    report::Drifted drifted{schema::DriftName(drift.kind), std::move(drift.object_class), std::move(drift.identity), {}, {}, {}, {}};
    if (with_definitions) {
      drifted.expected = std::move(drift.expected);
      drifted.found = std::move(drift.found);
    }
    if (drift.doing) {
      drifted.by = std::move(drift.doing->by);
      drifted.at = std::move(drift.doing->at);
    }
    report.drift.push_back(std::move(drifted));
  }
}

void AddPlan(report::Report& report) {
  for (auto& line : PlanLines({})) {
    report.plan.push_back({line.action, line.id.version, line.id.name, line.id.Label(), line.detail});
  }
}

report::Report Gather() {
  report::Report report;
  const MayRead may_read = {CallerReadsHistory(), CallerReadsTexts()};
  report.database = TextOf(QueryValue(kDatabase));
  report.messages_are_shown = may_read.history;
  MigrationSet set = ReadAll();
  CountParts(set);
  for (auto& m : set.migrations) {
    if (m.unfinished && !may_read.history) m.unfinished.Make().message.clear();
  }
  const bool migrating = IsMigrating(set);
  auto statuses = MakeStatus(set, migrating);
  std::deque<KnownMigration> only_there;
  CompareWithSupabaseIfOn(statuses, only_there);
  TellOfDrift(set, statuses);
  report.version = set.guard.id.Label();
  Events events = ReadEvents();
  const Endings endings(events);
  for (const auto& row : statuses) report.migrations.push_back(Briefly(row, endings));
  const AllInFull chosen = ChooseInFull(report, statuses, endings, migrating);
  AddChanges(chosen, may_read.texts);
  if (may_read.texts) AddHeaders(chosen);
  AddLocks(report, chosen);
  AddEvents(report, events);
  AddGrowth(report);
  AddDrift(report, may_read.texts);
  AddPlan(report);
  return report;
}

}  // namespace

Datum ShowReport(Argument format) {
  const std::string wanted = format.Required("format");
  const CallScope scope("migrate_report", CallKind::kReads);
  if (wanted != kHtml && wanted != kMarkdown && wanted != kJson) {
    throw Error(sqlstate::kInvalidParameter, "unknown format " + Quoted(wanted), {},
                "The formats are html, markdown and json.");
  }
  const report::Report report = Gather();
  if (wanted == kHtml) return ReturnText(report::RenderHtml(report));
  return ReturnText(wanted == kMarkdown ? report::RenderMarkdown(report) : report::RenderJson(report));
}

}  // namespace migrate
