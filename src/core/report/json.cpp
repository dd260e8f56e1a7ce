// The report for programs.
#include "core/base/json.h"
#include "core/report/report.h"

namespace migrate::report {
namespace {

template <typename List, typename Make>
std::string ArrayOf(const List& list, const Make& make) {
  std::string text = "[";
  for (const auto& each : list) {
    if (text.size() > 1) text += ',';
    text += make(each);
  }
  return text += ']';
}

// An empty text is null.
std::string TextOrNull(const std::string& text) { return text.empty() ? "null" : JsonString(text); }
std::string TextOrNull(const std::optional<std::string>& text) { return text ? JsonString(*text) : "null"; }
std::string NumberOrNull(int number) { return number == 0 ? "null" : std::to_string(number); }

std::string OfChange(const Change& change) {
  return JsonObject()
      .Add("action", change.action)
      .Add("class", change.object_class)
      .Add("identity", change.identity)
      .AddJson("line", NumberOrNull(change.line))
      .AddJson("before", TextOrNull(change.before))
      .AddJson("after", TextOrNull(change.after))
      .Text();
}

std::string OfLock(const HeldLock& lock) {
  return JsonObject()
      .Add("migration", lock.migration)
      .Add("event", lock.event)
      .Add("table", lock.table)
      .Add("lock", lock.lock)
      .Add("ms", lock.ms)
      .Text();
}

std::string OfMigration(const Migration& migration) {
  JsonObject object;
  object.Add("version", migration.version)
      .Add("name", migration.name)
      .Add("status", migration.status)
      .AddJson("note", TextOrNull(migration.note))
      .AddJson("applied_at", TextOrNull(migration.applied_at))
      .AddJson("applied_by", TextOrNull(migration.applied_by))
      .AddJson("recorded_by", TextOrNull(migration.recorded_by));
  if (migration.duration_ms) {
    object.Add("duration_ms", *migration.duration_ms);
  } else {
    object.AddJson("duration_ms", "null");
  }
  object.Add("change_count", migration.changes);
  if (!migration.in_full) return object.Text();
  object.Add("remarks", migration.remarks)
      .AddJson("headers", ArrayOf(migration.headers,
                                  [](const auto& header) {
                                    return JsonObject().Add("name", header.first).Add("value", header.second).Text();
                                  }))
      .AddJson("rollback", TextOrNull(migration.rollback))
      .AddJson("changes", ArrayOf(migration.changed, OfChange));
  return object.Text();
}

std::string OfStep(const PlannedStep& step) {
  return JsonObject()
      .Add("action", step.action)
      .Add("version", step.version)
      .Add("name", step.name)
      .AddJson("verdict", TextOrNull(step.verdict))
      .AddJson("detail", TextOrNull(step.detail))
      .Text();
}

std::string OfDrift(const Drifted& drift) {
  return JsonObject()
      .Add("drift", drift.drift)
      .Add("class", drift.object_class)
      .Add("identity", drift.identity)
      .AddJson("expected", TextOrNull(drift.expected))
      .AddJson("found", TextOrNull(drift.found))
      .AddJson("changed_by", TextOrNull(drift.by))
      .AddJson("changed_at", TextOrNull(drift.at))
      .Text();
}

std::string OfFailure(const Failure& failure) {
  return JsonObject()
      .Add("migration", failure.migration)
      .Add("action", failure.action)
      .Add("at", failure.at)
      .Add("by", failure.by)
      .AddJson("line", NumberOrNull(failure.line))
      .AddJson("sqlstate", TextOrNull(failure.sqlstate))
      .AddJson("message", TextOrNull(failure.message))
      .AddJson("detail", TextOrNull(failure.detail))
      .Text();
}

std::string OfFinding(const Finding& finding) {
  return JsonObject()
      .Add("level", finding.level)
      .Add("rule", finding.rule)
      .Add("about", finding.about)
      .Add("line", finding.line)
      .Add("message", finding.message)
      .Add("fix", finding.fix)
      .Text();
}

std::string OfRun(const Run& run) {
  return JsonObject()
      .Add("migration", run.migration)
      .Add("event", run.event)
      .Add("at", run.at)
      .Add("by", run.by)
      .Add("duration_ms", run.duration_ms)
      .Text();
}

std::string OfGrowth(const Growth& growth) {
  return JsonObject()
      .Add("migration", growth.migration)
      .Add("at", growth.at)
      .Add("tables", growth.tables)
      .Add("columns", growth.columns)
      .Add("indexes", growth.indexes)
      .Add("policies", growth.policies)
      .Text();
}

}  // namespace

std::string RenderJson(const Report& report) {
  const Glance glance = GlanceOf(report);
  JsonObject object;
  object.Add("database", report.database)
      .AddJson("version", TextOrNull(report.version))
      .Add("applied", glance.applied)
      .Add("pending", glance.pending)
      .Add("failed", glance.failed)
      .Add("partial", glance.partial);
  if (report.drift_is_known) {
    object.Add("drifted", static_cast<int>(report.drift.size()));
  } else {
    object.AddJson("drifted", "null");
  }
  object.AddJson("last_applied", glance.last_applied == nullptr ? "null" : JsonString(glance.last_applied->label))
      .AddJson("last_applied_at", glance.last_applied == nullptr ? "null" : JsonString(glance.last_applied->applied_at))
      .AddJson("last_applied_by", glance.last_applied == nullptr ? "null" : JsonString(glance.last_applied->applied_by))
      .AddJson("messages_are_shown", report.messages_are_shown ? "true" : "false")
      .AddJson("plan", ArrayOf(report.plan, OfStep))
      .AddJson("lint", ArrayOf(report.lint, OfFinding))
      .AddJson("health", ArrayOf(report.health, OfFinding))
      .AddJson("failures", ArrayOf(report.failures, OfFailure))
      .AddJson("drift", ArrayOf(report.drift, OfDrift))
      .AddJson("runs", ArrayOf(report.runs, OfRun))
      .AddJson("locks", ArrayOf(report.locks, OfLock))
      .AddJson("growth", ArrayOf(Thinned(report.growth), OfGrowth))
      .AddJson("migrations", ArrayOf(report.migrations, OfMigration));
  return object.Text();
}

}  // namespace migrate::report
