#include "core/run/committing.h"

#include <optional>
#include <utility>

#include "core/run/hooks.h"
#include "core/run/outcome.h"
#include "core/run/segments.h"
#include "core/run/step_runner.h"
#include "core/run/top_level.h"

namespace migrate {
namespace {

class CommittingRun {
 public:
  CommittingRun(const Plan& plan, Database& database, Transactions& transactions, const CommittingOptions& options)
      : plan_(plan), database_(database), transactions_(transactions), options_(options), hooks_(plan, database) {}

  void All() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      const Step* const next = i + 1 < plan_.steps.size() ? &plan_.steps[i + 1] : nullptr;
      RunStep({&plan_.steps[i], i + 1, plan_.steps.size(), 0, &hooks_}, next);
      if (stop_) Stop(i + 1);
    }
  }

 private:
  // How far the running step has come, and by which script.
  struct Reached {
    std::string sha256;
    int done = 0;
    bool unsure = false;
  };

  // Nothing has failed, and the next step has not begun.
  [[noreturn]] void Stop(size_t done) {
    stop_->message += ": stopped before migration " + Quoted(plan_.steps[done].migration->id);
    AddHint(*stop_, "What was applied before stays.");
    throw *stop_;
  }

  // Before it has begun: where an earlier run stopped.
  static Reached Before(const Step& step) {
    if (!step.resumes()) return {step.script().sha256};
    const Unfinished& run = *step.migration->unfinished;
    return {run.sha256, run.done, run.unsure};
  }

  void RunStep(const Place& place, const Step* next) {
    const Step& step = *place.step;
    const bool is_whole = FitsOneTransaction(step);
    StopWatch watch(database_);
    Reached reached = Before(step);
    Ran ran = {step.script().statements, {}};
    double duration = 0;
    std::optional<Error> slower;
    try {
      database_.ShowPlace(place);
      if (IsProbed(step)) database_.MeasureProbes();
      watch = StopWatch(database_);
      if (is_whole) {
        ran = RunWhole(place);
      } else {
        RunSegmented(place, reached);
      }
      duration = watch.Milliseconds();
      if (IsProbed(step) && is_whole) CompareProbes(step, database_);
      if (IsProbed(step) && !is_whole) slower = database_.CompareProbes(*step.migration, true);
      Finish(step, slower ? nullptr : next, ran, duration);
    } catch (Error& error) {
      Fail(place, reached, watch.Milliseconds(), error);
      throw;
    }
    // No part of the step: what is committed can't fail any more.
    if (options_.notices) Tell(step, ran, duration);
    if (slower) StopBehind(step, *slower);
  }

  // What has failed can't be undone: the step is recorded, and the next one is not begun.
  [[noreturn]] static void StopBehind(const Step& step, Error error) {
    SetPlace(error, step.migration->id, step.section());
    throw Error(std::move(error));
  }

  Ran RunWhole(const Place& place) {
    const Step& step = *place.step;
    if (step.only_records) return {};
    if (!started_) {
      RecordStart(step);
      transactions_.Commit();
    }
    const StepTexts texts = ReadTexts(step, database_);
    Ran ran;
    const auto commit = [&] { transactions_.Commit(); };
    TryForLock(
        step.migration->id, options_.lock_retries, database_, [&] { ran = RunScripts(place, texts, database_); },
        commit, commit);
    return ran;
  }

  void RunSegmented(const Place& place, Reached& reached) {
    SegmentedStep segmented(place, options_.lock_retries, database_, transactions_);
    const auto note = [&] { reached = {segmented.sha256(), segmented.done(), segmented.unsure()}; };
    try {
      segmented.Run();
    } catch (const Error&) {
      note();
      throw;
    }
    note();
  }

  // The next step's start goes along: a commit of its own would double what a small step costs.
  // What was left to the commit fails here, such as a constraint that only a node of a cluster checks.
  void Finish(const Step& step, const Step* next, const Ran& ran, double duration) {
    try {
      database_.Record({step.event(), step.migration, step.newest_after, duration, ran.statements, ran.remark,
                        VerdictOf(step, ran.way)});
      if (next != nullptr) stop_ = database_.WhyStop();
      started_ = !stop_ && next != nullptr && FitsOneTransaction(*next) && !next->only_records;
      if (started_) RecordStart(*next);
      transactions_.Commit();
    } catch (Error& error) {
      SetPlace(error, step.migration->id, step.section());
      throw;
    }
  }

  void Tell(const Step& step, const Ran& ran, double duration) {
    if (step.only_records) {
      database_.Notice("migration " + Quoted(step.migration->id) + " baselined (" + step.detail + ")");
      return;
    }
    database_.Notice("migration " + Quoted(step.migration->id) + " " + Done(step) + " (" +
                     Took(ran.statements, duration) + (ran.remark.empty() ? "" : ", " + ran.remark) + ")");
  }

  void RecordStart(const Step& step) { transactions_.Record({"start", &step, 0, false, 0, 0, nullptr}); }

  // The first error is what the caller must see, whatever happens here.
  void Fail(const Place& place, const Reached& reached, double duration, Error& error) {
    const Step& step = *place.step;
    if (error.place.empty()) SetPlace(error, step.migration->id, step.section());
    // An error of another text than the one that stopped says nothing of its statements.
    const bool of_that_text = reached.sha256 == step.script().sha256;
    // Where a human must look first, the error says so itself.
    const bool goes_on = error.hint.find("migrate_repair") == std::string::npos;
    SayOutcome(error, step, Form::kCommitting, place.number - 1, reached.done > 0 || reached.unsure || !goes_on);
    Advise(error, Form::kCommitting);
    if (goes_on && of_that_text && (reached.done > 0 || reached.unsure)) {
      AddHint(error, step.action == Action::kApply
                         ? "What was committed before stays: CALL migrate_up() goes on behind it."
                         : "What was committed before stays: CALL migrate_down() goes on behind it.");
    }
    try {
      transactions_.RollBack();
      transactions_.Record({"fail", &step, reached.done, reached.unsure, of_that_text ? error.line : 0, duration,
                            &error, reached.sha256});
      transactions_.Commit();
    } catch (const Error& second) {
      try {
        transactions_.RollBack();
      } catch (const Error&) {
      }
      AddHint(error, "The failure could not be recorded: " + second.message + ".");
    }
  }

  const Plan& plan_;
  Database& database_;
  Transactions& transactions_;
  const CommittingOptions& options_;
  const Hooks hooks_;
  std::optional<Error> stop_;  // why the next step is not begun
  bool started_ = false;       // the next step's start is recorded already
};

}  // namespace

void ExecuteCommitting(const Plan& plan, Database& database, Transactions& transactions,
                       const CommittingOptions& options) {
  RequireRunnable(plan);
  RequireTopLevel(plan, database, Form::kCommitting);
  for (const auto& remark : plan.remarks) database.Notice(remark);
  CommittingRun(plan, database, transactions, options).All();
  database.EndRun();
}

}  // namespace migrate
