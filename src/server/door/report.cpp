// migrate_report(): gathers what core makes a document of.
#include "core/report/report.h"

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/quote.h"
#include "core/plan/plan.h"
#include "core/set/status.h"
#include "server/base/extension.h"
#include "server/door/commands.h"
#include "server/door/drift.h"
#include "server/door/plan.h"
#include "server/door/properties.h"
#include "server/door/report_findings.h"
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
    by_migration_.reserve(events.size());
    for (const auto& event : events) {
      if (event.failed() || event.is_part()) continue;
      Ending& ending = by_migration_[Key(event.migration)];
      if (ending.applied != nullptr) continue;
      if (event.applied) {
        ending.applied = &event;
      } else {
        ending.begin = event.id;
      }
    }
  }

  struct Ending {
    int64_t begin = 0;  // since when its present state was being made; until then it was something else
    const RecordedEvent* applied = nullptr;
  };
  Ending Of(const MigrationId& id) const {
    const auto found = by_migration_.find(Key(id));
    return found == by_migration_.end() ? Ending() : found->second;
  }

 private:
  static std::string Key(const MigrationId& id) { return id.version + '\n' + id.name; }

  std::unordered_map<std::string, Ending> by_migration_;
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
  if (const RecordedEvent* const event = endings.Of(known.id).applied) {
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
    chosen[known.id] = {&migration, endings.Of(known.id).begin};
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
    each->second.migration->changed.push_back(
        {TextOf(found.At(row, "action")), TextOf(found.At(row, "class")), TextOf(found.At(row, "identity")),
         static_cast<int>(IntegerOf(found.At(row, "line"))), found.At(row, "before"), found.At(row, "after")});
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

// Takes the texts of the events.
void AddEvents(report::Report& report, Events& events) {
  for (auto& event : events) {
    if (event.is_part()) continue;
    const std::string label = event.migration.Label();
    if (event.failed()) {
      report.failures.push_back({label, std::move(event.action), std::move(event.at), std::move(event.by), event.line,
                                 std::move(event.sqlstate), report.messages_are_shown ? std::move(event.message) : "",
                                 report.messages_are_shown ? std::move(event.detail) : ""});
    } else if (event.event == "apply" || event.event == "rollback") {
      report.runs.push_back(
          {label, std::move(event.event), std::move(event.at), std::move(event.by), event.duration_ms});
    }
  }
}

// Both are in the order of their numbers.
void AddGrowth(report::Report& report, const Events& events) {
  report::Growth sum;
  auto event = events.begin();
  for (const auto& each : ReadGrowth()) {
    while (event != events.end() && event->id < each.event_id) ++event;
    if (event != events.end() && event->id == each.event_id) {
      sum.migration = event->migration.Label();
      sum.at = event->at;
    }
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
    report::Drifted drifted{
        schema::DriftName(drift.kind), std::move(drift.object_class), std::move(drift.identity), {}, {}, {}, {}};
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
  MigrationSet set = ReadOverview(report::kInFull);
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
  AddGrowth(report, events);
  AddEvents(report, events);
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
  report::Report report = Gather();
  if (wanted != kMarkdown) AddFindings(report);
  if (wanted == kHtml) return ReturnText(report::RenderHtml(report));
  return ReturnText(wanted == kMarkdown ? report::RenderMarkdown(report) : report::RenderJson(report));
}

}  // namespace migrate
