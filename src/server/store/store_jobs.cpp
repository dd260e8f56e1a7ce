#include "server/store/store_jobs.h"

#include "server/base/guard.h"
#include "server/base/sql.h"

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
Statement kNext = {"SELECT pg_catalog.nextval('migrate.job_id_seq')", Rights::kOwner};
Statement kAddRunning = {
    "INSERT INTO migrate.job AS j (id, direction, target, requested_by, session_user_name, state, pid, started_at) "
    "OVERRIDING SYSTEM VALUE VALUES ($1::pg_catalog.int8, $2, $3, $4::pg_catalog.name, $5::pg_catalog.name, 'running', "
    "pg_catalog.pg_backend_pid(), pg_catalog.clock_timestamp())",
    Rights::kOwner};
// $5 is the message of what failed in a migration: the event that has it is the newest of that run.
Statement kEnd = {
    "UPDATE migrate.job j SET state = $2, sqlstate = $3, message = $4, finished_at = pg_catalog.clock_timestamp(), "
    "failure = (SELECT pg_catalog.max(h.id) FROM migrate.history h WHERE h.event OPERATOR(pg_catalog.=) 'fail' "
    "  AND h.message OPERATOR(pg_catalog.=) $5 AND h.occurred_at OPERATOR(pg_catalog.>=) j.started_at) "
    "WHERE j.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8 AND j.state OPERATOR(pg_catalog.<>) 'canceled'",
    Rights::kOwner};
// A number can be another process's by now: its type says whether it is this job's.
#define MIGRATE_JOB_IS_ALIVE                                                           \
  "EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity(j.pid) a WHERE a.backend_type " \
  "OPERATOR(pg_catalog.=) pg_catalog.concat('migrate job ', j.id))"
// Why a run failed is for members of the role that it ran as, besides those who may read the history.
Statement kState = {
    "SELECT CASE WHEN j.state OPERATOR(pg_catalog.=) 'running' AND NOT " MIGRATE_JOB_IS_ALIVE
    " THEN 'lost' ELSE j.state END, "
    "CASE WHEN h.id IS NULL THEN NULL WHEN h.version OPERATOR(pg_catalog.=) '' THEN h.name WHEN h.name OPERATOR(pg_catalog.=) '' THEN h.version "
    "ELSE pg_catalog.concat(h.version, '_', h.name) END, "
    "'line ' OPERATOR(pg_catalog.||) h.line::pg_catalog.text, j.sqlstate, "
    "CASE WHEN h.id IS NULL THEN j.message WHEN $2 OPERATOR(pg_catalog.=) 'yes' "
    "OR CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_authid r WHERE r.rolname OPERATOR(pg_catalog.=) j.requested_by) "
    "THEN pg_catalog.pg_has_role($3::pg_catalog.name, j.requested_by, 'MEMBER') ELSE false END THEN h.message END "
    "FROM migrate.job j LEFT JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) j.failure "
    "WHERE j.id OPERATOR(pg_catalog.=) $1::pg_catalog.int8",
    Rights::kOwner};
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
// What a process is, is hidden from those who may not see the role's sessions.
Statement kWorkers = {
    "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_get_activity(NULL) a WHERE a.usesysid "
    "OPERATOR(pg_catalog.=) $1::pg_catalog.oid AND a.backend_type OPERATOR(pg_catalog.~~) ANY ('{migrate job %,migrate helper %}')",
    Rights::kOwner};

// A transaction that has looked at the sessions once goes on seeing those.
void ForgetOldActivity() {
  Call([]() noexcept { pgstat_clear_snapshot(); });
}

Error NoSuchJob(int64_t job) {
  return Error(sqlstate::kUndefinedObject, "job " + std::to_string(job) + " does not exist", {},
               "SELECT * FROM migrate.job lists them.");
}

}  // namespace

int64_t AddJob(const std::string& direction, const std::optional<std::string>& target) {
  return IntegerOf(QueryValue(kAdd, {direction, target, TextOf(QueryValue(kCaller))}));
}

void AssignJob(int64_t job, int pid) { Query(kAssign, {std::to_string(job), std::to_string(pid)}); }

int64_t NextJob() { return IntegerOf(QueryValue(kNext)); }

void AddRunningJob(int64_t job, const std::string& direction, const std::optional<std::string>& target,
                   const std::string& session_user) {
  Query(kAddRunning, {std::to_string(job), direction, target, TextOf(QueryValue(kCaller)), session_user});
}

bool ClaimJob(int64_t job) { return !Query(kClaim, {std::to_string(job)}).empty(); }

// Messages may hold data, and the history keeps those of migrations: only what kept one from starting
// is said here; of a migration, which event says it.
void EndJob(int64_t job, const std::string& state, const Error* error) {
  const bool from_migration = error != nullptr && !error->place.empty();
  Query(kEnd, {std::to_string(job), state, error == nullptr ? Parameter(nullptr) : Parameter(error->sqlstate),
               error == nullptr || from_migration ? Parameter(nullptr) : Parameter(error->message),
               from_migration ? Parameter(error->message) : Parameter(nullptr)});
}

JobState ReadJob(int64_t job, bool may_read_history) {
  ForgetOldActivity();
  const auto rows = Query(kState, {std::to_string(job), may_read_history ? "yes" : "no", TextOf(QueryValue(kCaller))});
  if (rows.empty()) throw NoSuchJob(job);
  const Row& row = rows.front();
  return {TextOf(row[0]), TextOf(row[1]), TextOf(row[2]), TextOf(row[3]), TextOf(row[4])};
}

void MarkLostJobs() {
  ForgetOldActivity();
  Query(kLost);
}

int CountWorkers(unsigned role) {
  ForgetOldActivity();
  return static_cast<int>(IntegerOf(QueryValue(kWorkers, {std::to_string(role)})));
}

bool CancelQueuedJob(int64_t job) {
  return !Query(kCancelQueued, {std::to_string(job), TextOf(QueryValue(kCaller))}).empty();
}

int ProcessOfJob(int64_t job) {
  ForgetOldActivity();
  const auto rows = Query(kProcess, {std::to_string(job)});
  if (!rows.empty()) return static_cast<int>(IntegerOf(rows[0][0]));
  throw NoSuchJob(job);
}

}  // namespace migrate
