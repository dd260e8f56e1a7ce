// migrate_explain(): what each pending statement would do to others.
#include <optional>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/explain/verdict.h"
#include "core/online/block.h"
#include "core/run/execute.h"
#include "core/run/step_runner.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/explain.h"
#include "server/door/make_plan.h"
#include "server/door/result.h"
#include "server/run/explanation.h"

namespace migrate {
namespace {

using explain::Explained;
using explain::State;

constexpr size_t kMessageCharacters = 300;

struct ExplainResult {
  Cell version, name, line, statement, duration_ms, verdict, seen;
};
constexpr Column<ExplainResult> kColumns[] = {
    {"version", &ExplainResult::version},
    {"name", &ExplainResult::name},
    {"line", &ExplainResult::line},
    {"statement", &ExplainResult::statement},
    {"duration_ms", &ExplainResult::duration_ms},
    {"verdict", &ExplainResult::verdict},
    {"seen", &ExplainResult::seen},
};

// How the run ended before its end.
struct End {
  State state = State::kRan;  // of the statement that it ended with
  std::string why, detail;
  std::string rest;  // why those behind it were not tried
};

// Cancelled, shut down, too late: not what was asked.
bool IsNoAnswer(const Error& error, const ObservedDatabase& database) {
  const std::string kind = error.sqlstate.substr(0, 2);
  if (error.sqlstate == sqlstate::kQueryCanceled) return !database.was_stopped() && !database.TimedOut();
  return kind == "57" || kind == "58" || error.sqlstate == sqlstate::kSerializationFailure;
}

// Whether another session is to blame.
bool IsLock(const Error& error) {
  return error.sqlstate == sqlstate::kLockNotAvailable || error.sqlstate == sqlstate::kDeadlockDetected;
}

class Explaining {
 public:
  Explaining(const Plan& plan, bool only_reads, bool allow_effects)
      : plan_(plan),
        only_reads_(only_reads),
        allow_effects_(allow_effects),
        shows_texts_(CallerReadsTexts()),
        database_(RehearseSizeKb(), ExplainHoldMs()) {}

  std::vector<Explained> All() {
    if (!only_reads_) Try();
    Explanation explanation(database_);
    size_t observed = 0;
    for (size_t step = 1; step <= plan_.steps.size(); ++step) {
      const size_t first = observed;
      while (observed < database_.statements().size() && database_.statements()[observed].step == step) ++observed;
      AddStep(step, first, observed, explanation);
    }
    return std::move(rows_);
  }

 private:
  void Try() {
    try {
      (void) Execute(plan_, database_, {.dry_run = true, .allow_effects = allow_effects_});
    } catch (const Error& error) {
      database_.EndRun();
      if (!IsOfLast(error) || IsNoAnswer(error, database_)) throw;
      SetEnd(error);
    }
  }

  // Whether it comes from the migration of the statement that ran last, so that there is a row to tell it.
  bool IsOfLast(const Error& error) const {
    if (database_.statements().empty()) return false;
    const Step& step = plan_.steps[database_.statements().back().step - 1];
    return database_.was_stopped() || error.context.find(Quoted(step.migration->id)) != std::string::npos;
  }

  void SetEnd(const Error& error) {
    const Observed& last = database_.statements().back();
    end_.emplace();
    if (database_.was_stopped()) return SetStopped(last);
    end_->state = IsLock(error) ? State::kNotTried : State::kFails;
    end_->why =
        IsLock(error) ? error.message : error.sqlstate + ": " + explain::Shortened(error.message, kMessageCharacters);
    end_->detail = error.detail;
    const MigrationId& id = plan_.steps[last.step - 1].migration->id;
    end_->rest = "behind " + (id.version.empty() ? id.name : id.version);
    if (last.position.line > 0) end_->rest += ", line " + std::to_string(last.position.line);
  }

  // Whoever waits for a strong lock makes others wait, too.
  void SetStopped(const Observed& last) {
    const std::string hold =
        Call([]() noexcept { return GetConfigOptionByName("migrate.explain_hold", nullptr, false); });
    const auto& lock = database_.blocking();
    end_->rest = lock ? "would hold " + Explanation(database_).NameOf(*lock) + " longer than " + hold
                      : "takes longer than " + hold;
    if (!last.was_stopped) return;
    Error waited;
    database_.NameBlockers(waited);
    end_->detail = waited.detail;
    end_->state = waited.detail.empty() ? State::kEstimated : State::kNotTried;
    end_->why = !waited.detail.empty() ? "it did not get its lock within " + hold
                : lock                 ? "it was stopped after " + hold
                                       : end_->rest;
  }

  // Of a step that ran to its end no text is needed any more.
  void AddStep(size_t number, size_t first, size_t last, Explanation& explanation) {
    const Step& step = plan_.steps[number - 1];
    if (step.only_records) return;
    bool all_ran = last - first == static_cast<size_t>(step.script().statements);
    for (size_t i = first; i < last; ++i) all_ran = all_ran && Ran(i);
    if (all_ran) {
      for (size_t i = first; i < last; ++i) rows_.push_back(OfObserved(step, i, explanation));
      return;
    }
    const bool is_left_out = first < last && database_.statements()[first].number == 0;
    const StepTexts texts = ReadTexts(step, database_);
    const ScriptUse use = step.script().transactional ? ScriptUse::kMigration : UseOf(step.script());
    database_.PgDatabase::InIsolation(step.script(), [&] {
      ScriptReader reader(texts.script, step.script().first_line, use, database_.Parser(), true);
      size_t observed = first;
      for (int i = 1; const auto statement = reader.Next(); ++i) {
        if (is_left_out) {
          rows_.push_back(OfRead(step, *statement, database_.statements()[first].not_tried, explanation));
          continue;
        }
        const bool was_noted = observed < last && database_.statements()[observed].number == i;
        const bool was_begun = was_noted && !database_.statements()[observed].text.empty();
        const std::string why = was_noted ? database_.statements()[observed].not_tried : WhyNot(first, observed);
        // What an earlier run has done is not to be done again.
        const bool is_done = !was_noted && observed == first && observed < last;
        if (was_begun) rows_.push_back(OfObserved(step, observed, explanation));
        if (!was_begun && !is_done) rows_.push_back(OfRead(step, *statement, why, explanation));
        if (was_noted) ++observed;
      }
    });
  }

  bool Ran(size_t index) const {
    const Observed& observed = database_.statements()[index];
    return observed.not_tried.empty() && !EndsWith(index);
  }

  // Whether the run ended with it.
  bool EndsWith(size_t index) const { return end_ && index + 1 == database_.statements().size(); }

  Explained OfObserved(const Step& step, size_t index, Explanation& explanation) {
    const Observed& observed = database_.statements()[index];
    Explained row{.id = step.migration->id,
                  .line = observed.position.line,
                  .statement = shows_texts_ ? observed.text : observed.tag,
                  .duration_ms = static_cast<double>(observed.ended - observed.began) / 1000.0,
                  .state = observed.is_plain ? State::kRanPlain : State::kRan,
                  .why = observed.not_tried,
                  .seen = explanation.Seen(index)};
    if (!observed.not_tried.empty()) {
      row.state = observed.expected.empty() ? State::kNotTried : State::kEstimated;
    }
    if (EndsWith(index) && end_->state != State::kRan) {
      row.state = end_->state;
      row.why = end_->why;
      row.detail = end_->detail;
      row.is_known = !row.seen.locks.empty();
    }
    return row;
  }

  // Of a statement that was not begun, by its parse tree; `why` it was not.
  Explained OfRead(const Step& step, const ScriptStatement& statement, const std::string& why,
                   Explanation& explanation) {
    Effects effects = {CurrentMemoryContext, nullptr, 0, 0, 0, false};
    Effects* const filled = &effects;
    Node* const node = static_cast<const ParsedTree*>(statement.parsed.tree)->raw->stmt;
    const auto error = TryCall([=]() noexcept { AddEffectsLeaf(node, filled); });
    return {.id = step.migration->id,
            .line = statement.position.line,
            .statement =
                shows_texts_ ? explain::Shortened(statement.text, explain::kStatementCharacters) : statement.parsed.tag,
            .duration_ms = {},
            .state = only_reads_ ? State::kEstimated : State::kNotTried,
            .why = why,
            .detail = {},
            .is_known = !error && (!effects.is_unknown || online::IsBlock(statement.text)),
            .seen = explanation.Expected(effects)};
  }

  // Why nothing of a statement was tried that stands behind `last` of those observed in its step, if there are any.
  std::string WhyNot(size_t first, size_t last) const {
    if (only_reads_) return "this session only reads";
    if (end_ && database_.was_stopped()) return end_->rest;
    if (first < last) return "behind line " + std::to_string(database_.statements()[last - 1].position.line);
    return end_ ? end_->rest : "it was left out";
  }

  const Plan& plan_;
  const bool only_reads_;
  const bool allow_effects_;
  const bool shows_texts_;
  ObservedDatabase database_;
  std::optional<End> end_;
  std::vector<Explained> rows_;
};

}  // namespace

std::vector<Explained> ExplainPlan(const Plan& plan, bool only_reads, bool allow_effects) {
  return Explaining(plan, only_reads, allow_effects).All();
}

Datum Explain(FunctionCallInfo info, Argument target, Flag details, Flag allow_effects) {
  const ApplyRequest request = ApplyRequestOf(target, {false, false}, true);
  const bool with_details = details.Required("details");
  const bool with_effects = allow_effects.Required("allow_effects");
  const bool only_reads = XactReadOnly || Call([]() noexcept { return RecoveryInProgress(); });
  const CallScope scope("migrate_explain", only_reads ? CallKind::kReads : CallKind::kWrites);
  const Plan plan = MakePlan(request);
  RequireRunnable(plan);
  std::vector<ExplainResult> results;
  if (plan.steps.empty()) return ReturnRows(info, results, kColumns);
  const double brief = BriefLockMs();
  for (const auto& row : ExplainPlan(plan, only_reads, with_effects)) {
    results.push_back({.version = row.id.version,
                       .name = row.id.name,
                       .line = std::to_string(row.line),
                       .statement = row.statement,
                       .duration_ms = row.duration_ms ? NumberValue(*row.duration_ms) : Value(),
                       .verdict = VerdictOf(row, brief),
                       .seen = with_details ? Value(DetailsOf(row, brief)) : Value()});
  }
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
