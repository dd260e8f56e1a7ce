#include "core/execute.h"

#include <algorithm>
#include <cmath>

#include "core/script.h"

namespace migrate {
namespace {

constexpr int kFirstPauseMs = 100;
constexpr int kLongestPauseMs = 10000;

class StopWatch {
 public:
  explicit StopWatch(Database& database) : database_(database), start_(database.Microseconds()) {}
  double Milliseconds() const { return static_cast<double>(database_.Microseconds() - start_) / 1000.0; }

 private:
  Database& database_;
  int64_t start_;
};

// The texts of one step, read before the first step runs.
struct StepTexts {
  std::string script;
  std::string verify;
};

// Says what a user can do about errors whose own hint can't know that a migration was running.
void Advise(Error& error) {
  if (error.sqlstate == sqlstate::kUnsafeNewEnumValue) {
    AddHint(error,
            "Migrations of one call share a transaction: apply the one that adds the label in a call of its own.");
  } else if (error.sqlstate == sqlstate::kOutOfMemory) {
    AddHint(error,
            "Migrations of one call hold their locks together: apply fewer of them by giving a target, or "
            "raise max_locks_per_transaction.");
  } else if (error.sqlstate == sqlstate::kSerializationFailure) {
    AddHint(error,
            "Another session migrated after this transaction took its snapshot: try again in a new transaction.");
  } else if (error.sqlstate == sqlstate::kLockNotAvailable) {
    AddHint(error,
            "Another session holds the lock: try again when it has finished, or raise migrate.lock_timeout "
            "or migrate.lock_retries.");
  }
}

// Runs `body` for a statement and gives its error the place in the migration.
template <typename Body>
void AtStatement(const ScriptStatement& statement, Body body) {
  try {
    body();
  } catch (Error& error) {
    Locate(error, statement);
    throw;
  }
}

void RunVerifyScript(const KnownMigration& migration, const std::string& text, Database& database) {
  try {
    database.Undone(
        [&] {
          ScriptReader reader(text, migration.verify.first_line, ScriptUse::kVerify, database.Parser(), true);
          while (const auto statement = reader.Next()) {
            AtStatement(*statement, [&] {
              if (database.Check(*statement)) return;
              throw Error(sqlstate::kVerifyFailed, "verify script of migration \"" + migration.id.Label() + "\" failed",
                          "A check returned false.", "Find out what is missing; the check stands at the line below.");
            });
          }
        },
        true);
  } catch (Error& error) {
    AddContext(error, PlaceInMigration(migration.id, Section::kVerify, error));
    throw;
  }
}

class Run {
 public:
  Run(const Plan& plan, Database& database, const RunOptions& options)
      : plan_(plan), database_(database), options_(options) {
    for (const auto& step : plan.steps) {
      const bool verifies = step.action == Action::kApply && step.migration.verify.exists();
      try {
        texts_.push_back({database.ReadText(step.script.checksum),
                          verifies ? database.ReadText(step.migration.verify.checksum) : std::string()});
      } catch (Error& error) {
        AddContext(error, PlaceInMigration(step.migration.id, step.section(), error));
        throw;
      }
    }
  }

  std::vector<RunRow> All() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      rows_.push_back(RunStep(plan_.steps[i], texts_[i]));
      texts_[i] = {};
    }
    return std::move(rows_);
  }

 private:
  RunRow RunStep(const Step& step, const StepTexts& texts) {
    const StopWatch watch(database_);
    const int statements = RunScripts(step, texts);
    const double duration = watch.Milliseconds();
    const bool applies = step.action == Action::kApply;
    try {
      database_.Record({applies ? "apply" : "rollback", &step.migration, step.newest_after, duration, statements});
    } catch (Error& error) {
      Advise(error);
      throw;
    }
    const char* action =
        options_.dry_run ? (applies ? "would apply" : "would roll back") : (applies ? "applied" : "rolled back");
    return {step.migration.id, action, statements, duration};
  }

  // Tries again when a lock was not to be had in time: nothing of this step is held between the tries.
  // Recording is no part of it, since by then the step's effects stay.
  int RunScripts(const Step& step, const StepTexts& texts) {
    for (int attempt = 1;; ++attempt) {
      try {
        int statements = 0;
        database_.InIsolation(step.script.lock_timeout, [&] {
          statements = RunScript(step, texts.script);
          if (!texts.verify.empty()) RunVerifyScript(step.migration, texts.verify, database_);
        });
        return statements;
      } catch (Error& error) {
        if (error.sqlstate != sqlstate::kLockNotAvailable || attempt > options_.lock_retries) {
          Advise(error);
          throw;
        }
        const int pause = BackOff(attempt, database_.Random());
        database_.Notice("migration \"" + step.migration.id.Label() + "\": " + error.message + "; trying again in " +
                         std::to_string(pause) + " ms (" + std::to_string(attempt) + " of " +
                         std::to_string(options_.lock_retries) + ")");
        database_.Pause(pause);
      }
    }
  }

  int RunScript(const Step& step, const std::string& text) {
    int statements = 0;
    try {
      const auto notice = [&](const std::string& message) {
        database_.Notice("migration \"" + step.migration.id.Label() + "\", " + message);
      };
      ScriptReader reader(text, step.script.first_line, ScriptUse::kMigration, database_.Parser(), true, notice);
      while (const auto statement = reader.Next()) {
        AtStatement(*statement, [&] { database_.Run(*statement); });
        ++statements;
      }
      database_.FireDeferredTriggers();
    } catch (Error& error) {
      AddContext(error, PlaceInMigration(step.migration.id, step.section(), error));
      throw;
    }
    return statements;
  }

  const Plan& plan_;
  Database& database_;
  const RunOptions& options_;
  std::vector<StepTexts> texts_;
  std::vector<RunRow> rows_;
};

}  // namespace

std::vector<RunRow> Execute(const Plan& plan, Database& database, const RunOptions& options) {
  RequireRunnable(plan);
  Run run(plan, database, options);
  std::vector<RunRow> rows;
  const auto run_all = [&] { rows = run.All(); };
  if (options.dry_run) {
    database.Undone(run_all, false);
  } else {
    run_all();
  }
  database.EndRun();
  return rows;
}

std::vector<RunRow> Verify(const std::vector<KnownMigration>& migrations, Database& database) {
  std::vector<RunRow> rows;
  std::vector<Error> failures;
  for (const auto& migration : migrations) {
    if (!migration.verify.exists()) continue;
    const StopWatch watch(database);
    try {
      // All of it inside: what is caught here must have been undone with its subtransaction.
      database.InIsolation({},
                           [&] { RunVerifyScript(migration, database.ReadText(migration.verify.checksum), database); });
    } catch (Error& error) {
      if (error.sqlstate == sqlstate::kQueryCanceled) throw;
      const std::string place = PlaceInMigration(migration.id, Section::kVerify, error);
      if (!error.context.ends_with(place)) AddContext(error, place);
      failures.push_back(error);
    }
    rows.push_back({migration.id, "verified", migration.verify.statements, watch.Milliseconds()});
  }
  database.EndRun();
  if (failures.size() == 1) throw failures.front();
  if (!failures.empty()) {
    Error all(sqlstate::kVerifyFailed,
              std::to_string(failures.size()) + " of " + std::to_string(rows.size()) + " verify scripts failed");
    for (const auto& failure : failures) {
      if (!all.detail.empty()) all.detail += '\n';
      all.detail += failure.context.substr(failure.context.rfind('\n') + 1) + ": " + failure.message;
    }
    throw all;
  }
  return rows;
}

int BackOff(int attempt, double random) {
  const double exponential = std::min<double>(kLongestPauseMs, kFirstPauseMs * std::pow(2.0, attempt - 1));
  return static_cast<int>(exponential * (0.5 + random / 2));
}

}  // namespace migrate
