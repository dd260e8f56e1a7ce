// What a run leaves in the history, and what others are told of it.
#include <utility>

#include "core/base/text.h"
#include "server/base/guard.h"
#include "server/base/notify.h"
#include "server/base/settings.h"
#include "server/run/failure_record.h"
#include "server/run/pg_database.h"
#include "server/store/store_approvals.h"
#include "server/store/store_changes.h"
#include "server/store/store_kept.h"
#include "server/store/store_probes.h"
#include "server/store/supabase_history.h"

namespace migrate {

void PgDatabase::Record(const Event& event) {
  const State state = event.kind == "rollback" ? State::kPending : State::kApplied;
  const auto changes = recorder_.Take();
  const auto kept = keeper_.Take(changes ? &*changes : nullptr);
  std::string remark = event.remark;
  AddRemark(remark, permit_.remark);
  const int64_t id = WriteEvent(event.kind, *event.migration, state, actor_, event.duration_ms, event.statements,
                                remark, TakeLockReport(), CountOf(changes));
  if (permit_.approval != 0) MoveApproval(permit_.approval, permit_.rests[++recorded_]);
  if (changes) {
    WriteChanges(id, *changes);
    Changed(*changes);
  }
  WriteProbeResults(id, probes_.Take());
  WriteKept(id, event.migration->id, kept);
  ForgetKept(std::exchange(brought_back_, {}));
  if (settings_.keep_days > 0) FreeKeptBefore(settings_.keep_days);
  guard_.Write(event.newest == nullptr ? MigrationId{} : *event.newest);
  if (settings_.supabase) {
    const bool applied = state == State::kApplied;
    const SupabaseChange change = applied ? SupabaseChange::kApplied : SupabaseChange::kForgotten;
    own_role_.Keep([&] { TellSupabase(*event.migration, change); });
  }
  if (settings_.notify) Announce({event.kind, event.migration->id, actor_.role, event.duration_ms, event.verdict});
}

// migrate_progress() reads this text: see kProgress in door/progress.cpp.
void PgDatabase::ShowPlace(const Place& place) {
  const Step& step = *place.step;
  const std::string text = std::string("migrate ") + (step.action == Action::kApply ? "apply " : "rollback ") +
                           std::to_string(place.number) + "/" + std::to_string(place.steps) + " statement " +
                           std::to_string(place.statement) + "/" + std::to_string(step.script().statements) +
                           " version \"" + step.migration->id.version + "\" name \"" + step.migration->id.name + "\"";
  const char* const activity = text.c_str();
  Call([=]() noexcept { pgstat_report_activity(STATE_RUNNING, activity); });
}

void PgDatabase::NoteFailure(const Step& step, const Error& error, double duration_ms) {
  if (RecordFailuresEnabled()) RecordFailureAfterwards(step, error, duration_ms);
}

void PgDatabase::Notice(const std::string& message) { RaiseNotice(message); }

}  // namespace migrate
