#include "core/run/execute.h"

#include <optional>
#include <utility>

#include "core/online/block.h"
#include "core/run/hooks.h"
#include "core/run/outcome.h"
#include "core/run/rehearsal.h"
#include "core/run/step_runner.h"
#include "core/run/top_level.h"

namespace migrate {
namespace {

const char* WouldDo(const Step& step) {
  if (step.only_records) return "would baseline";
  return step.action == Action::kApply ? "would apply" : "would roll back";
}

class Run {
 public:
  Run(const Plan& plan, Database& database, const RunOptions& options)
      : plan_(plan), database_(database), options_(options), hooks_(plan, database) {
    if (options.dry_run) rehearsal_.emplace(RehearsalKind::kDryRun, database, options.allow_effects);
    if (!options.dry_run && options.plain_indexes) rehearsal_.emplace(RehearsalKind::kPlain, database);
    for (const auto& step : plan.steps) {
      texts_.push_back(ReadTexts(step, database));
      const bool is_online = !step.migration->options->online_of.empty();
      std::string& script = texts_.back().script;
      if (rehearsal_ && is_online) script = online::InOneTransaction(std::move(script));
    }
  }

  std::vector<RunRow> All() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      RunStep({&plan_.steps[i], i + 1, plan_.steps.size(), 0, &hooks_}, texts_[i]);
      texts_[i] = {};
    }
    if (options_.dry_run) AddCounts();
    return std::move(rows_);
  }

 private:
  // Recording is no part of the tries, since by then the step's effects stay.
  void RunStep(const Place& place, const StepTexts& texts) {
    const Step& step = *place.step;
    const bool probes = !options_.dry_run && IsProbed(step);
    if (probes) database_.MeasureProbes();
    const StopWatch watch(database_);
    Ran ran;
    double duration = 0;
    try {
      if (!RunTexts(place, texts, ran)) return AddRows(step, nullptr);
      duration = watch.Milliseconds();
      if (probes) CompareProbes(step, database_);
      AddRemark(ran.remark, Remark(step));
      database_.Record({step.event(), step.migration, step.newest_after, duration, ran.statements, ran.remark,
                        VerdictOf(step, ran.way)});
    } catch (Error& error) {
      SayOutcome(error, step, form(), place.number - 1, false);
      Advise(error, form());
      if (!options_.dry_run) database_.NoteFailure(step, error, watch.Milliseconds());
      throw;
    }
    std::string action = options_.dry_run ? WouldDo(step) : Done(step);
    if (!ran.remark.empty()) action += ", " + ran.remark;
    const RunRow row{step.migration->id, std::move(action), ran.statements, duration, true, std::move(ran.way)};
    AddRows(step, &row);
  }

  // False if it failed and was undone, where the failure is not for sure one of a real run.
  bool RunTexts(const Place& place, const StepTexts& texts, Ran& ran) {
    Rehearsal* const rehearsal = rehearsal_ ? &*rehearsal_ : nullptr;
    try {
      TryForLock(
          place.step->migration->id, options_.lock_retries, database_,
          [&] {
            if (rehearsal) rehearsal->StartStep();
            ran = RunScripts(place, texts, database_, rehearsal);
          },
          [] {}, [] {}, form());
      return true;
    } catch (const Error& error) {
      if (!rehearsal || !rehearsal->NoteFailure(error)) throw;
      return false;
    }
  }

  Form form() const { return options_.dry_run ? Form::kDryRun : Form::kOneTransaction; }

  std::string Remark(const Step& step) const {
    if (!rehearsal_) return {};
    const std::string remark = rehearsal_->notes().Remark();
    const bool kept_together = !rehearsal_->is_dry() && !FitsOneTransaction(step);
    return remark.empty() && kept_together ? "in one transaction" : remark;
  }

  // `done` is the row of the step itself, null if nothing of it stands.
  void AddRows(const Step& step, const RunRow* done) {
    const auto add = [&](const std::string& action) { rows_.push_back({step.migration->id, action, 0, 0, false}); };
    const StepNotes notes = rehearsal_ ? rehearsal_->notes() : StepNotes();
    for (const auto& why : notes.not_tried) add("not tried: " + why);
    not_tried_ += notes.not_tried.size();
    if (!notes.uncertain.empty()) {
      add("uncertain: " + notes.uncertain);
      ++uncertain_;
    } else if (done != nullptr && (notes.any_ran || notes.not_tried.empty())) {
      rows_.push_back(*done);
      ++passed_;
    }
  }

  void AddCounts() {
    const std::string counts = std::to_string(passed_) + " passed, " + std::to_string(not_tried_) + " not tried, " +
                               std::to_string(uncertain_) + " uncertain";
    rows_.push_back({{}, counts, 0, 0, false});
  }

  const Plan& plan_;
  Database& database_;
  const RunOptions& options_;
  const Hooks hooks_;
  std::optional<Rehearsal> rehearsal_;
  std::vector<StepTexts> texts_;  // read before the first step runs
  std::vector<RunRow> rows_;
  size_t passed_ = 0;
  size_t not_tried_ = 0;
  size_t uncertain_ = 0;
};

}  // namespace

std::vector<RunRow> Execute(const Plan& plan, Database& database, const RunOptions& options) {
  RequireRunnable(plan);
  const auto refuses = [&](const Step& step) {
    return options.plain_indexes ? WithoutPlainForm(step, database) : step.script().detail;
  };
  if (!options.dry_run) RequireTransactional(plan, refuses);
  RequireTopLevel(plan, database, options.dry_run ? Form::kDryRun : Form::kOneTransaction);
  for (const auto& remark : plan.remarks) database.Notice(remark);
  if (plan.steps.empty()) return {};
  Run run(plan, database, options);
  std::vector<RunRow> rows;
  const auto run_all = [&] { rows = run.All(); };
  if (options.dry_run && !options.stays) {
    database.Rehearse(run_all);
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
    const size_t expected = migration.options->expects.size();
    if (!migration.verify.exists() && expected == 0) continue;
    const StopWatch watch(database);
    try {
      // All of it inside: what is caught here must have been undone with its subtransaction.
      database.InIsolation({}, [&] {
        if (migration.verify.exists()) {
          const std::string text = database.ReadText(migration.verify.sha256);
          RunVerifyScript(migration, FillPlaceholders(text, migration.placeholders_now()), database);
        }
        if (expected > 0) database.RequireExpectations(migration, false);
      });
    } catch (Error& error) {
      if (error.sqlstate == sqlstate::kQueryCanceled) throw;
      if (error.place.empty()) SetPlace(error, migration.id, Section::kVerify);
      failures.push_back(error);
    }
    rows.push_back(
        {migration.id, "verified", migration.verify.statements + static_cast<int>(expected), watch.Milliseconds()});
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
