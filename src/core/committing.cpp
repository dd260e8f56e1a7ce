#include "core/committing.h"

#include <cstdio>
#include <optional>

#include "core/segments.h"
#include "core/step_runner.h"

namespace migrate {
namespace {

bool FitsOneTransaction(const Step& step) {
  return step.only_records || (step.script().transactional && !step.resumes());
}

std::string Rounded(double milliseconds) {
  char text[32];
  (void) std::snprintf(text, sizeof(text), milliseconds < 10 ? "%.1f" : "%.0f", milliseconds);
  return text;
}

class CommittingRun {
 public:
  CommittingRun(const Plan& plan, Database& database, Transactions& transactions, const CommittingOptions& options)
      : plan_(plan), database_(database), transactions_(transactions), options_(options) {}

  void All() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      const Step* const next = i + 1 < plan_.steps.size() ? &plan_.steps[i + 1] : nullptr;
      RunStep({&plan_.steps[i], i + 1, plan_.steps.size(), 0}, next);
    }
  }

 private:
  // How far the running step has come, and by which script.
  struct Reached {
    std::string checksum;
    int done = 0;
    bool unsure = false;
  };

  // Before it has begun: where an earlier run stopped.
  static Reached Before(const Step& step) {
    if (!step.resumes()) return {step.script().checksum};
    const Unfinished& run = *step.migration->unfinished;
    return {run.checksum, run.done, run.unsure};
  }

  void RunStep(const Place& place, const Step* next) {
    const Step& step = *place.step;
    const StopWatch watch(database_);
    Reached reached = Before(step);
    int statements = step.script().statements;
    double duration = 0;
    try {
      database_.ShowPlace(place);
      if (FitsOneTransaction(step)) {
        statements = RunWhole(place);
      } else {
        RunSegmented(place, reached);
      }
      duration = watch.Milliseconds();
      Finish(step, next, statements, duration);
    } catch (Error& error) {
      Fail(step, reached, watch.Milliseconds(), error);
      throw;
    }
    // No part of the step: what is committed can't fail any more.
    if (options_.notices) Tell(step, statements, duration);
  }

  int RunWhole(const Place& place) {
    const Step& step = *place.step;
    if (step.only_records) return 0;
    if (!started_) {
      RecordStart(step);
      transactions_.Commit();
    }
    const StepTexts texts = ReadTexts(step, database_);
    int statements = 0;
    const auto commit = [&] { transactions_.Commit(); };
    TryForLock(
        step.migration->id, options_.lock_retries, database_, [&] { statements = RunScripts(place, texts, database_); },
        commit, commit);
    return statements;
  }

  void RunSegmented(const Place& place, Reached& reached) {
    SegmentedStep segmented(place, options_.lock_retries, database_, transactions_);
    const auto note = [&] { reached = {segmented.checksum(), segmented.done(), segmented.unsure()}; };
    try {
      segmented.Run();
    } catch (const Error&) {
      note();
      throw;
    }
    note();
  }

  // The next step's start goes along: a commit of its own would double what a small step costs.
  void Finish(const Step& step, const Step* next, int statements, double duration) {
    database_.Record({step.event(), step.migration, step.newest_after, duration, statements});
    started_ = next != nullptr && FitsOneTransaction(*next) && !next->only_records;
    if (started_) RecordStart(*next);
    transactions_.Commit();
  }

  void Tell(const Step& step, int statements, double duration) {
    if (step.only_records) {
      database_.Notice("migration \"" + step.migration->id.Label() + "\" baselined (" + step.detail + ")");
      return;
    }
    database_.Notice("migration \"" + step.migration->id.Label() + "\" " + Done(step) + " (" +
                     std::to_string(statements) + (statements == 1 ? " statement, " : " statements, ") +
                     Rounded(duration) + " ms)");
  }

  void RecordStart(const Step& step) { transactions_.Record({"start", &step, 0, false, 0, 0, nullptr}); }

  // The first error is what the caller must see, whatever happens here.
  void Fail(const Step& step, const Reached& reached, double duration, Error& error) {
    Advise(error, Form::kCommitting);
    // An error of another text than the one that stopped says nothing of its statements.
    const bool of_that_text = reached.checksum == step.script().checksum;
    // Where a human must look first, the error says so itself.
    const bool goes_on = error.hint.find("migrate_repair") == std::string::npos;
    if (goes_on && of_that_text && (reached.done > 0 || reached.unsure)) {
      AddHint(error, step.action == Action::kApply
                         ? "What was committed before stays: CALL migrate_up() goes on behind it."
                         : "What was committed before stays: CALL migrate_down() goes on behind it.");
    }
    try {
      transactions_.RollBack();
      transactions_.Record({"fail", &step, reached.done, reached.unsure, of_that_text ? error.line : 0, duration,
                            &error, reached.checksum});
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
  bool started_ = false;  // the next step's start is recorded already
};

}  // namespace

void ExecuteCommitting(const Plan& plan, Database& database, Transactions& transactions,
                       const CommittingOptions& options) {
  RequireRunnable(plan);
  for (const auto& remark : plan.remarks) database.Notice(remark);
  CommittingRun(plan, database, transactions, options).All();
  database.EndRun();
}

}  // namespace migrate
