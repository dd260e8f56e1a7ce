// The report as a document for a repository. It says nothing of when it was written or of which database: what has not
// changed stands there as before, and a new migration adds its row and its section at the end.
#include <algorithm>
#include <string_view>

#include "core/base/cancel.h"
#include "core/base/text.h"
#include "core/report/report.h"

namespace migrate::report {
namespace {

bool IsWord(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  const unsigned char c = text[at];
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

// A text that shows as it is, on one line.
std::string Plain(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*[]|~";
  Pass(text.size());
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      escaped += ' ';
    } else {
      // Between letters it marks nothing.
      const bool marks = c == '_' && !(i > 0 && IsWord(text, i - 1) && IsWord(text, i + 1));
      if (marks || kSpecial.find(c) != kSpecial.npos) escaped += '\\';
      escaped += c;
    }
  }
  // At the beginning of a line these make a list or a heading.
  if (!escaped.empty() && std::string_view("#+-=").find(escaped[0]) != std::string_view::npos) escaped.insert(0, "\\");
  return escaped;
}

// A name as code, in a row of a table, too.
std::string Code(std::string_view text) {
  if (text.empty()) return {};
  Pass(text.size());
  std::string shown;
  size_t longest = 0, ticks = 0;
  for (const char c : text) {
    ticks = c == '`' ? ticks + 1 : 0;
    longest = std::max(longest, ticks);
    if (c == '|') shown += '\\';
    shown += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  const std::string fence(longest + 1, '`');
  const bool padded = shown.front() == '`' || shown.back() == '`';
  const std::string blank = padded ? " " : "";
  return fence + blank + shown + blank + fence;
}

// One line of a list; what follows stands below it.
void AddItem(std::string& page, const std::string& text) { page += "- " + text + "\n"; }

void AddRow(std::string& page, const std::vector<std::string>& cells) { page += "| " + Join(cells, " | ") + " |\n"; }

void AddHead(std::string& page, const std::vector<std::string>& names) {
  AddRow(page, names);
  AddRow(page, std::vector<std::string>(names.size(), "---"));
}

std::string WhenByWhom(const std::string& at, const std::string& by) { return at + " UTC by " + Code(by); }

void AddGlance(std::string& page, const Report& report) {
  const Glance glance = GlanceOf(report);
  page += "# Migrations\n\n";
  AddHead(page, {"what", "now"});
  AddRow(page, {"version", report.version.empty() ? "none" : Code(report.version)});
  AddRow(page, {"applied", std::to_string(glance.applied)});
  AddRow(page, {"pending", std::to_string(glance.pending)});
  AddRow(page, {"failed", std::to_string(glance.failed + glance.partial)});
  AddRow(page, {"drifted", report.drift_is_known ? std::to_string(report.drift.size()) : "not known"});
  if (glance.last_applied != nullptr) {
    AddRow(page, {"last applied", WhenByWhom(glance.last_applied->applied_at, glance.last_applied->applied_by)});
  }
}

void AddOverview(std::string& page, const Report& report) {
  if (report.migrations.empty()) {
    page += "\nThere is no migration.\n";
    return;
  }
  page += "\n## Overview\n\n";
  AddHead(page, {"migration", "status", "applied (UTC)", "by", "changes"});
  for (const auto& migration : report.migrations) {
    AddRow(page, {Code(migration.label), migration.status, migration.applied_at, Code(migration.applied_by),
                  migration.changes == 0 ? "" : std::to_string(migration.changes)});
  }
}

void AddPlan(std::string& page, const Report& report) {
  if (report.plan.empty()) return;
  page += "\n## Plan\n\n";
  AddHead(page, {"step", "action", "migration", "detail"});
  for (size_t i = 0; i < report.plan.size(); ++i) {
    const PlannedStep& step = report.plan[i];
    AddRow(page, {std::to_string(i + 1), step.action, Code(step.label), Plain(step.detail)});
  }
}

void AddFailures(std::string& page, const Report& report) {
  if (report.failures.empty()) return;
  page += "\n## Failures\n\n";
  AddHead(page, {"migration", "when (UTC)", "by", "line", "error"});
  for (const auto& failure : report.failures) {
    const std::string error =
        failure.message.empty() ? failure.sqlstate : failure.sqlstate + " " + Plain(failure.message);
    AddRow(page, {Code(failure.migration), failure.at, Code(failure.by),
                  failure.line == 0 ? "" : std::to_string(failure.line), error});
  }
}

void AddDrift(std::string& page, const Report& report) {
  if (report.drift.empty()) return;
  page += "\n## Drift\n\n";
  AddHead(page, {"drift", "object", "by"});
  for (const auto& drift : report.drift) {
    AddRow(page, {drift.drift, drift.object_class + " " + Code(drift.identity), Code(drift.by)});
  }
}

std::string Impact(const std::vector<HeldLock>& locks) {
  std::vector<std::string> held;
  held.reserve(locks.size());
  for (const auto& lock : locks) {
    held.push_back(lock.lock + " on " + Code(lock.table) + " for " + DurationText(lock.ms));
  }
  return Join(held, ", ");
}

void AddMigration(std::string& page, const Migration& migration) {
  page += "\n## " + Plain(migration.label) + "\n\n";
  for (const auto& [name, value] : migration.headers) AddItem(page, Plain(name) + ": " + Plain(value));
  if (migration.applied_at.empty()) {
    AddItem(page, "status: " + migration.status);
  } else {
    std::string text =
        migration.recorded_by.empty() ? "applied: " : "recorded as applied by " + migration.recorded_by + ": ";
    text += WhenByWhom(migration.applied_at, migration.applied_by);
    if (migration.duration_ms) text += ", in " + DurationText(*migration.duration_ms);
    AddItem(page, text);
  }
  if (!migration.rollback.empty()) AddItem(page, "rollback: " + Plain(migration.rollback));
  if (!migration.locks.empty()) AddItem(page, "locks: " + Impact(migration.locks));
  for (const auto& remark : migration.remarks) AddItem(page, Plain(remark));
  for (const auto& [change, with, parts] : Fold(migration.changed)) {
    AddItem(page, change->action + " " + change->object_class + " " + Code(change->identity) +
                      (with.empty() ? "" : ", with " + with));
  }
}

}  // namespace

std::string RenderMarkdown(const Report& report) {
  std::string page;
  AddGlance(page, report);
  AddOverview(page, report);
  AddPlan(page, report);
  AddFailures(page, report);
  AddDrift(page, report);
  for (const auto& migration : report.migrations) {
    if (migration.in_full) AddMigration(page, migration);
  }
  return page;
}

}  // namespace migrate::report
