// migrate_lint(): what is risky in migrations, found without running them.
#include "server/door/lint.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/set/order.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/result.h"
#include "server/lint/lint_migration.h"
#include "server/store/store.h"

namespace migrate {
namespace {

struct LintResult {
  Cell version, name, line, rule, level, message, fix, page;
};
constexpr Column<LintResult> kColumns[] = {
    {"version", &LintResult::version}, {"name", &LintResult::name},   {"line", &LintResult::line},
    {"rule", &LintResult::rule},       {"level", &LintResult::level}, {"message", &LintResult::message},
    {"fix", &LintResult::fix},         {"page", &LintResult::page},
};

// Of the findings that a refusal names.
constexpr size_t kMostNamed = 20;

std::vector<KnownMigration> MigrationsOf(const std::optional<std::string>& name) {
  if (name) return FindMigrations(ReadNamed(*name), *name);
  std::vector<KnownMigration> migrations = ReadPending({}).migrations;
  std::erase_if(migrations, [](const KnownMigration& m) { return !m.pending(); });
  std::sort(migrations.begin(), migrations.end(), ComesBefore);
  return migrations;
}

// One line for each error and warning. Whoever can't read the texts is not told what they name.
std::vector<std::string> Complaints(const Plan& plan) {
  std::vector<const KnownMigration*> migrations;
  for (const auto& step : plan.steps) {
    if (step.action == Action::kApply && !step.only_records) migrations.push_back(step.migration);
  }
  const bool shows_texts = CallerReadsTexts();
  std::vector<std::string> complaints;
  for (const auto& [migration, findings] : LintMigrations(migrations)) {
    for (const auto& finding : findings) {
      if (finding.level == lint::Level::kInfo) continue;
      std::string complaint = "migration " + Quoted(migration->id) + ", line " + std::to_string(finding.line) + ": ";
      complaint += finding.rule->name;
      if (shows_texts) complaint += ": " + finding.message;
      complaints.push_back(std::move(complaint));
    }
  }
  return complaints;
}

[[noreturn]] void Refuse(const std::vector<std::string>& complaints) {
  const size_t named = std::min(complaints.size(), kMostNamed);
  std::string detail;
  for (size_t i = 0; i < named; ++i) detail += (i == 0 ? "M" : "\nM") + complaints[i].substr(1) + ".";
  if (named < complaints.size()) detail += "\nAnd " + std::to_string(complaints.size() - named) + " more.";
  const std::string count =
      complaints.size() == 1 ? "1 lint finding" : std::to_string(complaints.size()) + " lint findings";
  throw Error(sqlstate::kLintRefuses, "migrate.lint refuses to apply: " + count, detail,
              "Nothing was run. migrate_lint() says what to do instead. Where it is meant so, write "
              "\"-- migrate:nolint RULE REASON\" at the top of the file.");
}

}  // namespace

std::vector<report::Finding> LintPending() {
  const bool shows_texts = CallerReadsTexts();
  const std::vector<KnownMigration> known = MigrationsOf({});
  std::vector<const KnownMigration*> migrations;
  migrations.reserve(known.size());
  for (const auto& one : known) migrations.push_back(&one);
  std::vector<report::Finding> all;
  for (const auto& [migration, findings] : LintMigrations(migrations)) {
    for (const auto& finding : findings) {
      all.push_back({std::string(lint::LevelName(finding.level)), std::string(finding.rule->name),
                     migration->id.Label(), finding.line, shows_texts ? finding.message : "",
                     std::string(finding.fix)});
    }
  }
  return all;
}

void ObeyLint(const Plan& plan) {
  const LintMode mode = LintBeforeApply();
  if (mode == LintMode::kOff || plan.steps.empty()) return;
  const auto complaints = Complaints(plan);
  if (complaints.empty()) return;
  if (mode == LintMode::kBlock) Refuse(complaints);
  for (const auto& complaint : complaints) RaiseNotice(complaint);
}

Datum ShowLint(FunctionCallInfo info, Argument migration) {
  const auto name = migration.NotEmpty("migration");
  const CallScope scope("migrate_lint", CallKind::kReads);
  RequireReadsTexts();
  const std::vector<KnownMigration> known = MigrationsOf(name);
  std::vector<const KnownMigration*> migrations;
  migrations.reserve(known.size());
  for (const auto& one : known) migrations.push_back(&one);
  std::vector<LintResult> results;
  for (const auto& [linted, findings] : LintMigrations(migrations)) {
    for (const auto& finding : findings) {
      results.push_back({.version = linted->id.version,
                         .name = linted->id.name,
                         .line = std::to_string(finding.line),
                         .rule = std::string(finding.rule->name),
                         .level = std::string(lint::LevelName(finding.level)),
                         .message = finding.message,
                         .fix = std::string(finding.fix),
                         .page = lint::PageOf(*finding.rule)});
    }
  }
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
