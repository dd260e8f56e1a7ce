#include "core/run/hooks.h"

#include <algorithm>

#include "core/run/rehearsal.h"
#include "core/run/step_runner.h"
#include "core/text/script.h"

namespace migrate {
namespace {

// Whether its time is around this step. Nothing runs around what is only recorded.
bool IsTime(Hook when, const Place& place) {
  if (place.step->action != Action::kApply || place.step->only_records) return false;
  if (when == Hook::kBeforeAll) return place.number == 1;
  return when != Hook::kAfterAll || place.number == place.steps;
}

void RunScript(const KnownMigration& hook, const std::string& text, Database& database, Rehearsal* rehearsal) {
  try {
    ScriptReader reader(text, hook.up.first_line, ScriptUse::kMigration, database.Parser(), true,
                        NoticesOf(hook.id, database));
    database.InHook([&] {
      while (const auto statement = reader.Next()) {
        if (rehearsal != nullptr && rehearsal->LeavesOut(*statement, "hook " + Quoted(hook.id))) continue;
        AtStatement(*statement, [&] { database.RunHook(*statement); });
      }
    });
  } catch (Error& error) {
    SetPlace(error, hook.id, Section::kUp);
    if (error.hint.empty()) error.hint = "It comes from a hook: put that right, and load it again.";
    error.line = error.column = 0;  // they are none of the migration's
    throw;
  }
}

}  // namespace

Hooks::Hooks(const Plan& plan, Database& database) {
  for (const auto* const hook : plan.hooks) {
    scripts_.push_back({hook, FillPlaceholders(database.ReadText(hook->up.sha256), hook->options->placeholders)});
  }
}

bool Hooks::Any(Hook when, const Place& place) const {
  return IsTime(when, place) && std::any_of(scripts_.begin(), scripts_.end(), [&](const Script& script) {
           return script.migration->options->hook == when;
         });
}

void Hooks::RunBefore(const Place& place, Database& database, Rehearsal* rehearsal) const {
  Run(Hook::kBeforeAll, place, database, rehearsal);
  Run(Hook::kBeforeEach, place, database, rehearsal);
}

void Hooks::RunAfter(const Place& place, Database& database, Rehearsal* rehearsal) const {
  Run(Hook::kAfterEach, place, database, rehearsal);
  Run(Hook::kAfterAll, place, database, rehearsal);
}

void Hooks::Run(Hook when, const Place& place, Database& database, Rehearsal* rehearsal) const {
  if (!Any(when, place)) return;
  for (const auto& script : scripts_) {
    if (script.migration->options->hook == when) RunScript(*script.migration, script.text, database, rehearsal);
  }
  database.FireDeferredTriggers();
}

}  // namespace migrate
