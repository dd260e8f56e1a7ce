#include "core/run/top_level.h"

#include <algorithm>

#include "core/run/step_runner.h"

namespace migrate {
namespace {

// The first statement of the step that must run at the top level, with its line; empty if none must.
std::string FirstAtTopLevel(const Step& step, Database& database) {
  if (FitsOneTransaction(step)) return {};
  const StepTexts texts = ReadTexts(step, database);
  ScriptReader reader(texts.script, step.script().first_line, UseOf(step.script()), database.Parser());
  int done = step.resumes() ? step.migration->unfinished->done : 0;
  while (const auto statement = reader.Next()) {
    if (done-- > 0 || !statement->may_half) continue;
    return "line " + std::to_string(statement->position.line) + ": " + statement->parsed.tag;
  }
  return {};
}

Error Refusal(const Step& step, Form form, const std::string& detail) {
  const std::string way_out = form == Form::kDryRun ? "" : "Use migrate_start(), which runs it in the background. ";
  return Error(sqlstate::kFeatureNotSupported, "migration " + Quoted(step.migration->id) + " can't run in this call",
               detail, way_out + "pgaudit allows it below CALL from 1.7.1, 16.1 and 17.1 on.");
}

}  // namespace

// What can't be told from an ordinary statement in one transaction needs no top level there.
void RequireTopLevel(const Plan& plan, Database& database, Form form) {
  const bool all = database.Distributes();
  const bool commits = form == Form::kCommitting;
  const auto asks = [&](const Step& step) { return all ? !step.only_records : commits && !FitsOneTransaction(step); };
  if (std::none_of(plan.steps.begin(), plan.steps.end(), asks)) return;
  const std::string why = database.WhyNotTopLevel();
  if (why.empty()) return;
  for (const auto& step : plan.steps) {
    if (!asks(step)) continue;
    if (all) {
      throw Refusal(step, form,
                    "On Citus statements must run at the top level, which another extension forbids here: " + why +
                        ".");
    }
    const std::string statement = FirstAtTopLevel(step, database);
    if (statement.empty()) continue;
    throw Refusal(
        step, form,
        Join({statement, " must run at the top level, which another extension forbids here: ", why, "."}, ""));
  }
}

}  // namespace migrate
