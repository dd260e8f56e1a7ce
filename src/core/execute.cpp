#include "core/execute.h"

#include "core/step_runner.h"

namespace migrate {
namespace {

const char* WouldDo(const Step& step) {
  if (step.only_records) return "would baseline";
  return step.action == Action::kApply ? "would apply" : "would roll back";
}

class Run {
 public:
  Run(const Plan& plan, Database& database, const RunOptions& options)
      : plan_(plan), database_(database), options_(options) {
    for (const auto& step : plan.steps) texts_.push_back(ReadTexts(step, database));
  }

  std::vector<RunRow> All() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      rows_.push_back(RunStep({&plan_.steps[i], i + 1, plan_.steps.size(), 0}, texts_[i]));
      texts_[i] = {};
    }
    return std::move(rows_);
  }

 private:
  // Recording is no part of the tries, since by then the step's effects stay.
  RunRow RunStep(const Place& place, const StepTexts& texts) {
    const Step& step = *place.step;
    const StopWatch watch(database_);
    int statements = 0;
    double duration = 0;
    try {
      TryForLock(
          step.migration->id, options_.lock_retries, database_,
          [&] { statements = RunScripts(place, texts, database_); }, [] {}, [] {});
      duration = watch.Milliseconds();
      database_.Record({step.event(), step.migration, step.newest_after, duration, statements});
    } catch (Error& error) {
      Advise(error, Form::kOneTransaction);
      if (!options_.dry_run) database_.NoteFailure(step, error, watch.Milliseconds());
      throw;
    }
    return {step.migration->id, (options_.dry_run ? WouldDo(step) : Done(step)), statements, duration};
  }

  const Plan& plan_;
  Database& database_;
  const RunOptions& options_;
  std::vector<StepTexts> texts_;  // read before the first step runs
  std::vector<RunRow> rows_;
};

}  // namespace

std::vector<RunRow> Execute(const Plan& plan, Database& database, const RunOptions& options) {
  RequireRunnable(plan);
  RequireTransactional(plan);
  for (const auto& remark : plan.remarks) database.Notice(remark);
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
      database.InIsolation({}, [&] {
        const std::string text = database.ReadText(migration.verify.checksum);
        RunVerifyScript(migration, FillPlaceholders(text, migration.placeholders_now()), database);
      });
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

}  // namespace migrate
