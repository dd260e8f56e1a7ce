#include <optional>
#include <string>
#include <vector>

#include "core/set/target.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/timers.h"
#include "server/base/transaction.h"
#include "server/base/worker.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/progress.h"
#include "server/door/result.h"
#include "server/door/up.h"
#include "server/store/store.h"
#include "server/store/store_jobs.h"

namespace migrate {
namespace {

constexpr char kUp[] = "up";
constexpr char kDown[] = "down";

struct JobResult {
  Cell state, migration, place, sqlstate, message;
};
constexpr Column<JobResult> kColumns[] = {
    {"state", &JobResult::state},       {"migration", &JobResult::migration}, {"place", &JobResult::place},
    {"sqlstate", &JobResult::sqlstate}, {"message", &JobResult::message},
};

std::string SessionUser() {
  const char* const name = Call([]() noexcept { return GetUserNameFromId(GetSessionUserId(), false); });
  return name;
}

// What the caller has written is not there yet for a job that begins at once, and what it has locked is in its way.
void RequireNothingWritten() {
  const bool has_written = Call([]() noexcept { return TransactionIdIsValid(GetTopTransactionIdIfAny()); });
  if (!has_written) return;
  throw Error(sqlstate::kActiveTransaction, "migrate_start() can't wait in a transaction that has changed something",
              "The job begins at once then, and does not see what is not committed.",
              "Commit first, or call it without wait_ms.");
}

std::optional<int> WaitOf(Count wait_ms) {
  if (wait_ms.is_null) return std::nullopt;
  if (wait_ms.value < 0) {
    throw Error(sqlstate::kInvalidParameter, "wait_ms must not be negative", {}, "Leave it out not to wait.");
  }
  return static_cast<int>(wait_ms.value);
}

}  // namespace

Datum Start(Argument target, Argument direction, Count wait_ms) {
  const auto wanted = target.NotEmpty("target");
  const std::string way = direction.Required("direction");
  if (way != kUp && way != kDown) {
    throw Error(sqlstate::kInvalidParameter, "unknown direction \"" + way + "\"", {}, "Give 'up' or 'down'.");
  }
  const auto wait = WaitOf(wait_ms);
  const CallScope scope("migrate_start", CallKind::kRequests);
  if (wait) RequireNothingWritten();
  if (wanted && !(way == kDown && *wanted == kZero)) RequireKnown(ReadNamed(*wanted), *wanted);
  const std::vector<std::string> request = {way, wanted.value_or(""), wait ? SessionUser() : ""};
  if (wait) {
    const int64_t job = NextJob();
    StartWorker("migrate_start", Task::kJob, job, request, wait);
    return Int64GetDatum(job);
  }
  MarkLostJobs();
  const int64_t job = AddJob(way, wanted);
  AssignJob(job, StartWorker("migrate_start", Task::kJob, job, request));
  return Int64GetDatum(job);
}

Datum ShowJob(FunctionCallInfo info, Count job) {
  if (job.is_null) throw Error(sqlstate::kNullNotAllowed, "id must not be null");
  const CallScope scope("migrate_job", CallKind::kReads);
  JobState state = ReadJob(job.value, CallerReadsHistory());
  if (state.state == "running") DescribeRunning(job.value, state.label, state.place);
  const std::vector<JobResult> results = {{.state = state.state,
                                           .migration = TextValue(state.label),
                                           .place = TextValue(state.place),
                                           .sqlstate = TextValue(state.sqlstate),
                                           .message = TextValue(state.message)}};
  return ReturnRows(info, results, kColumns);
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
  const std::optional<std::string> target =
      request.at(1).empty() ? std::nullopt : std::optional<std::string>(request.at(1));
  if (!request.at(2).empty()) {
    AddRunningJob(job, request.at(0), target, request.at(2));
  } else if (!ClaimJob(job)) {
    return;
  }
  CommitTransaction();
  if (request.at(0) == kUp) {
    Advance("migrate_up", ApplyRequest{target, false});
  } else {
    Advance("migrate_down", RollbackRequest{target, 1}, false);
  }
  EndJob(job, "finished", nullptr);
}

// The code is the same when a time limit ran out, but nobody wanted that.
void FailJob(int64_t job, const Error& error) {
  const bool canceled = error.sqlstate == sqlstate::kQueryCanceled && !StatementTimedOut();
  EndJob(job, canceled ? "canceled" : "failed", &error);
}

}  // namespace migrate
