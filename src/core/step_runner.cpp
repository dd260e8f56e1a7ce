#include "core/step_runner.h"

#include <algorithm>
#include <cmath>

namespace migrate {
namespace {

constexpr int kFirstPauseMs = 100;
constexpr int kLongestPauseMs = 10000;

int RunScript(Place place, const std::string& text, Database& database) {
  const Step& step = *place.step;
  int statements = 0;
  try {
    ScriptReader reader(text, step.script().first_line, ScriptUse::kMigration, database.Parser(), true,
                        NoticesOf(step.migration->id, database));
    while (const auto statement = reader.Next()) {
      place.statement = ++statements;
      database.ShowPlace(place);
      AtStatement(*statement, [&] { database.Run(*statement); });
    }
    database.FireDeferredTriggers();
  } catch (Error& error) {
    AddContext(error, PlaceInMigration(step.migration->id, step.section(), error));
    throw;
  }
  return statements;
}

}  // namespace

void Advise(Error& error, Form form) {
  const bool one = form == Form::kOneTransaction;
  if (error.sqlstate == sqlstate::kUnsafeNewEnumValue) {
    AddHint(error,
            one ? "Migrations of one call share a transaction: use CALL migrate_up(), or apply the one that adds "
                  "the label in a call of its own."
                : "The label can be used once its own transaction is over: move its use to the next migration.");
  } else if (error.sqlstate == sqlstate::kOutOfMemory) {
    AddHint(error, one ? "Migrations of one call hold their locks together: use CALL migrate_up(), or raise "
                         "max_locks_per_transaction."
                       : "Divide the migration, or raise max_locks_per_transaction.");
  } else if (error.sqlstate == sqlstate::kSerializationFailure) {
    AddHint(error,
            "Another session migrated after this transaction took its snapshot: try again in a new transaction.");
  } else if (error.sqlstate == sqlstate::kLockNotAvailable) {
    AddHint(error,
            "Another session holds the lock: try again when it has finished, or raise migrate.lock_timeout "
            "or migrate.lock_retries.");
  }
}

void RunVerifyScript(const KnownMigration& migration, const std::string& text, Database& database) {
  try {
    database.Undone(
        [&] {
          ScriptReader reader(text, migration.verify.first_line, ScriptUse::kVerify, database.Parser(), true);
          while (const auto statement = reader.Next()) {
            AtStatement(*statement, [&] {
              if (database.Check(*statement) || migration.verify.errors_only) return;
              throw Error(sqlstate::kVerifyFailed, "verify script of migration \"" + migration.id.Label() + "\" failed",
                          "A check returned false.", "Find out what is missing; the check stands at the line below.");
            });
          }
        },
        !migration.verify.errors_only);
  } catch (Error& error) {
    AddContext(error, PlaceInMigration(migration.id, Section::kVerify, error));
    throw;
  }
}

void TryForLock(const MigrationId& id, int retries, Database& database, const std::function<void()>& body,
                const std::function<void()>& undo, const std::function<void()>& release) {
  for (int attempt = 1;; ++attempt) {
    try {
      return body();
    } catch (Error& error) {
      if (error.sqlstate != sqlstate::kLockNotAvailable) throw;
      undo();
      database.NameBlockers(error);
      if (attempt > retries) throw;
      const int pause = BackOff(attempt, database.Random());
      database.Notice("migration \"" + id.Label() + "\": " + error.message + "; trying again in " +
                      std::to_string(pause) + " ms (" + std::to_string(attempt) + " of " + std::to_string(retries) +
                      ")" + (error.detail.empty() ? "" : "\n" + error.detail));
      release();
      database.Pause(pause);
    }
  }
}

ScriptReader::NoticeFunction NoticesOf(const MigrationId& id, Database& database) {
  return
      [&id, &database](const std::string& message) { database.Notice("migration \"" + id.Label() + "\", " + message); };
}

const char* Done(const Step& step) {
  if (step.only_records) return "baselined";
  return step.action == Action::kApply ? "applied" : "rolled back";
}

StepTexts ReadTexts(const Step& step, Database& database) {
  const bool verifies = step.action == Action::kApply && step.migration->verify.exists();
  try {
    if (step.only_records) return {};
    const Placeholders values = step.placeholders();
    return {FillPlaceholders(database.ReadText(step.script().checksum), values),
            verifies ? FillPlaceholders(database.ReadText(step.migration->verify.checksum), values) : std::string()};
  } catch (Error& error) {
    AddContext(error, PlaceInMigration(step.migration->id, step.section(), error));
    throw;
  }
}

int RunScripts(const Place& place, const StepTexts& texts, Database& database) {
  int statements = 0;
  if (place.step->only_records) return statements;
  database.InIsolation(place.step->script(), [&] {
    statements = RunScript(place, texts.script, database);
    if (!texts.verify.empty()) RunVerifyScript(*place.step->migration, texts.verify, database);
  });
  return statements;
}

int BackOff(int attempt, double random) {
  const double exponential = std::min<double>(kLongestPauseMs, kFirstPauseMs * std::pow(2.0, attempt - 1));
  return static_cast<int>(exponential * (0.5 + random / 2));
}

}  // namespace migrate
