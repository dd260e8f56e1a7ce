// migrate_reset(): in development, back to where no migration was applied.
#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/plan/replacing.h"
#include "core/schema/made.h"
#include "core/set/order.h"
#include "server/base/extension.h"
#include "server/base/protected_settings.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/run/pg_database.h"
#include "server/schema/describe.h"
#include "server/schema/settle.h"
#include "server/store/store.h"
#include "server/store/store_changes.h"

namespace migrate {
namespace {

constexpr std::string_view kDevelopment[] = {"development", "dev", "local", "test"};
constexpr char kReset[] = "reset";
constexpr char kLeft[] = "left";

void RequireDevelopment() {
  const std::string environment = Environment();
  if (std::any_of(std::begin(kDevelopment), std::end(kDevelopment),
                  [&](std::string_view name) { return EqualsIgnoringCase(name, environment); }))
    return;
  throw Error(sqlstate::kInsufficientPrivilege, "migrate_reset() is for development only",
              "This database is " + Quoted(environment) + ".",
              "If nothing here is worth keeping: ALTER DATABASE … SET migrate.environment = 'development', and connect "
              "again.");
}

// Why a migration stays applied; empty if it does not.
std::string WhyLeft(const KnownMigration& migration) {
  if (migration.baselined()) return "is a baseline";
  if (migration.application->event != "apply") return "was not applied by migrate";
  return migration.application->has_changes ? "" : "its changes were not recorded";
}

Error NotReset(const schema::Settled& settled) {
  constexpr size_t kMostNamed = 10;
  std::vector<std::string> names;
  for (const auto& difference : settled.left) names.push_back(difference.object_class + " " + difference.identity);
  std::string detail =
      "This is in the way, or needed by what no migration has made: " + JoinFirst(names, kMostNamed) + ".";
  for (const auto& error : settled.errors) detail += "\n" + error.sqlstate + ": " + error.message;
  return Error(sqlstate::kWrongState, "the database can't be reset", detail,
               "Drop what was made by hand and needs it, or make a new database.");
}

class Resetting {
 public:
  Resetting() : set_(ReadApplied()) {
    for (const auto& migration : set_.migrations) {
      if (!migration.applied() && !migration.unfinished->partial()) continue;
      const std::string why = migration.applied() ? WhyLeft(migration) : "";
      if (why.empty()) {
        going_.push_back(&migration);
      } else {
        left_.push_back({&migration, why});
      }
    }
    LetGoTogether();
    std::sort(going_.begin(), going_.end(),
              [](const KnownMigration* a, const KnownMigration* b) { return ComesBefore(*b, *a); });
  }

  std::vector<ActionResult> Run() {
    if (!going_.empty()) {
      PgDatabase database;
      database.InIsolation(Script(), [&] { DropMade(); });
      Record(database);
      database.EndRun();
    }
    AddLeft();
    return std::move(results_);
  }

 private:
  struct Left {
    const KnownMigration* migration;
    std::string why;
  };

  // Of a consolidated migration and what it replaces, what ran goes, and the others were recorded with it: left, they
  // would have it recorded again, and not run.
  void LetGoTogether() {
    std::vector<std::pair<VersionRange, const KnownMigration*>> ranges;
    for (const auto& migration : set_.migrations) {
      if (migration.applied() && !migration.options->replaces.empty()) {
        ranges.emplace_back(ParseVersionRange(migration.options->replaces), &migration);
      }
    }
    for (bool was_any = !ranges.empty(); was_any;) {
      const std::set<const KnownMigration*> going(going_.begin(), going_.end());
      const auto goes_with = [&](const Left& left) {
        if (!left.migration->baselined()) return false;
        return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
          const VersionRange& versions = range.first;
          const KnownMigration* const consolidated = range.second;
          if (consolidated != left.migration) {
            return consolidated->application->event == "apply" && versions.Holds(*left.migration) &&
                   going.contains(consolidated);
          }
          return std::any_of(going_.begin(), going_.end(), [&](const auto* other) { return versions.Holds(*other); });
        });
      };
      const auto stays =
          std::stable_partition(left_.begin(), left_.end(), [&](const Left& left) { return !goes_with(left); });
      std::vector<const KnownMigration*> more;
      for (auto at = stays; at != left_.end(); ++at) more.push_back(at->migration);
      left_.erase(stays, left_.end());
      going_.insert(going_.end(), more.begin(), more.end());
      was_any = !more.empty();
    }
  }

  void DropMade() {
    const auto read = [] { return schema::Describe({}); };
    schema::WithoutMade without = schema::TakeOut(ReadMade(), read());
    kept_ = std::move(without.kept);
    const schema::Settled settled = schema::Settle(read, without.objects, {}, {});
    if (!settled.is_exact()) throw NotReset(settled);
    statements_ = static_cast<int>(settled.statements.size());
  }

  // The highest of those that stay is the version then.
  void Record(PgDatabase& database) {
    const KnownMigration* newest = nullptr;
    for (const auto& left : left_) {
      if (left.migration->repeatable) continue;
      if (newest == nullptr || ComesBefore(*newest, *left.migration)) newest = left.migration;
    }
    for (const auto* const migration : going_) {
      database.Record(
          {"rollback", migration, newest == nullptr ? nullptr : &newest->id, 0, statements_, kReset, kReset});
      statements_ = 0;
      results_.push_back(
          {.version = migration->id.version, .name = migration->id.name, .action = kReset, .detail = Value()});
    }
  }

  void AddLeft() {
    for (const auto& left : left_) {
      results_.push_back({.version = left.migration->id.version,
                          .name = left.migration->id.name,
                          .action = kLeft,
                          .detail = left.why});
    }
    for (const auto& object : kept_) {
      results_.push_back({.version = Value(),
                          .name = object.identity,
                          .action = kLeft,
                          .detail = object.kind + " of what no migration has made"});
    }
  }

  const MigrationSet set_;
  std::vector<const KnownMigration*> going_;  // the newest first
  std::vector<Left> left_;
  std::vector<schema::Object> kept_;
  std::vector<ActionResult> results_;
  int statements_ = 0;
};

}  // namespace

Datum Reset(FunctionCallInfo info) {
  const CallScope scope("migrate_reset", CallKind::kWrites);
  RequireDevelopment();
  return ReturnRows(info, Resetting().Run());
}

}  // namespace migrate
