#include "server/store_jobs.h"

#include "server/guard.h"
#include "server/sql.h"

namespace migrate {
namespace {

Statement kAdd = {
    "INSERT INTO migrate.job AS j (direction, target, requested_by) "
    "VALUES ($1, $2, $3::pg_catalog.name) RETURNING j.id",
    Rights::kOwner};
Statement kCaller = {"SELECT CURRENT_USER", Rights::kCaller};
Statement kAssign = {
    "UPDATE migrate.job j SET pid = $2::pg_catalog.int4 WHERE j.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8",
    Rights::kOwner};
Statement kClaim = {
    "UPDATE migrate.job j SET state = 'running', pid = pg_catalog.pg_backend_pid(), finished_at = NULL, "
    "started_at = pg_catalog.clock_timestamp() "
    "WHERE j.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8 AND j.started_at IS NULL "
    "AND j.state OPERATOR(pg_catalog.<>) 'canceled' RETURNING j.id",
    Rights::kOwner};
Statement kEnd = {
    "UPDATE migrate.job j SET state = $2, sqlstate = $3, message = $4, finished_at = pg_catalog.clock_timestamp() "
    "WHERE j.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8",
    Rights::kOwner};
// A number can be another process's by now: its type says whether it is this job's.
#define MIGRATE_JOB_IS_ALIVE                                                           \
  "EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity(j.pid) a WHERE a.backend_type " \
  "OPERATOR(pg_catalog.=) pg_catalog.concat('migrate job ', j.id))"
// A worker that has just been started is not among the server's activities yet.
Statement kLost = {
    "UPDATE migrate.job j SET state = 'lost', finished_at = pg_catalog.clock_timestamp() "
    "WHERE (j.state OPERATOR(pg_catalog.=) 'running' OR (j.state OPERATOR(pg_catalog.=) 'queued' "
    "AND j.requested_at OPERATOR(pg_catalog.<) (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) "
    "pg_catalog.make_interval(mins => 1)))) AND NOT " MIGRATE_JOB_IS_ALIVE,
    Rights::kOwner};
// As pg_cancel_backend: a member of the role that it would run as.
Statement kCancelQueued = {
    "UPDATE migrate.job j SET state = 'canceled', finished_at = pg_catalog.clock_timestamp() "
    "WHERE j.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8 AND j.state OPERATOR(pg_catalog.=) 'queued' "
    "AND CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_authid r WHERE r.rolname OPERATOR(pg_catalog.=) j.requested_by) "
    "THEN pg_catalog.pg_has_role($2::pg_catalog.name, j.requested_by, 'MEMBER') END RETURNING j.id",
    Rights::kOwner};
Statement kProcess = {
    "SELECT CASE WHEN j.state OPERATOR(pg_catalog.=) ANY (ARRAY['queued', 'running']) AND " MIGRATE_JOB_IS_ALIVE
    " THEN j.pid ELSE 0 END FROM migrate.job j WHERE j.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8",
    Rights::kOwner};

// A transaction that has looked at the sessions once goes on seeing those.
void ForgetOldActivity() {
  Call([]() noexcept { pgstat_clear_snapshot(); });
}

}  // namespace

int64_t AddJob(const std::string& direction, const std::optional<std::string>& target) {
  return IntegerOf(QueryValue(kAdd, {direction, target, TextOf(QueryValue(kCaller))}));
}

void AssignJob(int64_t job, int pid) { Query(kAssign, {std::to_string(job), std::to_string(pid)}); }

bool ClaimJob(int64_t job) { return !Query(kClaim, {std::to_string(job)}).empty(); }

// Messages may hold data, and the history keeps those of migrations: only what kept one from starting
// is said here.
void EndJob(int64_t job, const std::string& state, const Error* error) {
  const bool from_migration = error != nullptr && error->context.find("migration \"") != std::string::npos;
  Query(kEnd, {std::to_string(job), state, error == nullptr ? Parameter(nullptr) : Parameter(error->sqlstate),
               error == nullptr || from_migration ? Parameter(nullptr) : Parameter(error->message)});
}

void MarkLostJobs() {
  ForgetOldActivity();
  Query(kLost);
}

bool CancelQueuedJob(int64_t job) {
  return !Query(kCancelQueued, {std::to_string(job), TextOf(QueryValue(kCaller))}).empty();
}

int ProcessOfJob(int64_t job) {
  ForgetOldActivity();
  const auto rows = Query(kProcess, {std::to_string(job)});
  if (!rows.empty()) return static_cast<int>(IntegerOf(rows[0][0]));
  throw Error(sqlstate::kUndefinedObject, "job " + std::to_string(job) + " does not exist", {},
              "SELECT * FROM migrate.job lists them.");
}

}  // namespace migrate
