#include "core/target.h"
#include "server/advancing.h"
#include "server/commands.h"
#include "server/extension.h"
#include "server/guard.h"
#include "server/lookup.h"
#include "server/store.h"
#include "server/store_jobs.h"
#include "server/timers.h"
#include "server/transaction.h"
#include "server/worker.h"

namespace migrate {
namespace {

constexpr char kUp[] = "up";
constexpr char kDown[] = "down";

}  // namespace

Datum Start(Argument target, Argument direction) {
  const auto wanted = target.NotEmpty("target");
  const std::string way = direction.Required("direction");
  if (way != kUp && way != kDown) {
    throw Error(sqlstate::kInvalidParameter, "unknown direction \"" + way + "\"", {}, "Give 'up' or 'down'.");
  }
  const CallScope scope("migrate_start", CallKind::kRequests);
  if (wanted && !(way == kDown && *wanted == kZero)) RequireKnown(ReadNamed(*wanted), *wanted);
  MarkLostJobs();
  const int64_t job = AddJob(way, wanted);
  AssignJob(job, StartWorker("migrate_start", Task::kJob, job, {way, wanted.value_or("")}));
  return Int64GetDatum(job);
}

Datum Cancel(Count job) {
  if (job.is_null) throw Error(sqlstate::kNullNotAllowed, "job must not be null");
  const CallScope scope("migrate_cancel", CallKind::kRequests);
  if (CancelQueuedJob(job.value)) return BoolGetDatum(true);
  const int pid = ProcessOfJob(job.value);
  // The server's own function: who may cancel what is its business.
  const bool canceled = pid != 0 && Call([=]() noexcept {
                          return DatumGetBool(DirectFunctionCall1(pg_cancel_backend, Int32GetDatum(pid)));
                        });
  return BoolGetDatum(canceled);
}

// In the worker. Each state is committed by itself.
void RunJob(int64_t job, const std::vector<std::string>& request) {
  if (!ClaimJob(job)) return;
  CommitTransaction();
  const std::optional<std::string> target =
      request.at(1).empty() ? std::nullopt : std::optional<std::string>(request.at(1));
  try {
    if (request.at(0) == kUp) {
      Advance("migrate_up", ApplyRequest{target, false});
    } else {
      Advance("migrate_down", RollbackRequest{target, 1});
    }
    EndJob(job, "finished", nullptr);
  } catch (const Error& error) {
    // The code is the same when a time limit ran out, but nobody wanted that.
    const bool canceled = error.sqlstate == sqlstate::kQueryCanceled && !StatementTimedOut();
    RollBackTransaction();
    EndJob(job, canceled ? "canceled" : "failed", &error);
    CommitTransaction();
    throw;
  }
  CommitTransaction();
}

}  // namespace migrate
