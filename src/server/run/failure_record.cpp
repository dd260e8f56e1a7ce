#include "server/run/failure_record.h"

#include "core/base/text.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/transaction.h"
#include "server/base/worker.h"
#include "server/store/store.h"

namespace migrate {

void RecordFailureAfterwards(const Step& step, const Error& error, double duration_ms) {
  if (Call([]() noexcept { return superuser() || superuser_arg(GetSessionUserId()); })) return;
  try {
    // Its error must be undone before the caller's transaction can go on.
    InSubtransaction(Ending::kKeep, [&] {
      (void) StartWorker("migrate_apply", Task::kRecordFailure, 0,
                         {step.migration->id.version, step.migration->id.name,
                          step.action == Action::kApply ? "apply" : "rollback", step.script().sha256, error.sqlstate,
                          error.message, error.detail, std::to_string(error.line), NumberText(duration_ms)});
    });
  } catch (const Error& second) {
    if (second.sqlstate == sqlstate::kQueryCanceled) throw;
  }
}

// In the worker. What was applied since, or stopped half way, has a later word than this failure.
void RecordFailure(const std::vector<std::string>& request) {
  CallScope scope("migrate_apply", CallKind::kCommits);
  const MigrationId id{request.at(0), request.at(1)};
  const Action action = request.at(2) == "apply" ? Action::kApply : Action::kRollBack;
  Error error(request.at(4), request.at(5), request.at(6));
  for (const auto& migration : ReadNamed(id.Label()).migrations) {
    if (migration.id != id || migration.applied() != (action == Action::kRollBack)) continue;
    if (migration.unfinished->partial()) continue;
    Progress progress{"fail", action, request.at(3)};
    progress.line = std::stoi(request.at(7));
    progress.duration_ms = std::stod(request.at(8));
    progress.error = &error;
    WriteProgress(migration, CurrentActor(""), progress);
  }
  CommitTransaction();
  scope.Release();
}

}  // namespace migrate
