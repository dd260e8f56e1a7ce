#include "server/base/timers.h"

#include <vector>

#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

constexpr int kTicksPerLockTimeout = 5;
constexpr int kLongestTickMs = 100;

// Set by signal handlers, which may do no more than that.
LOCKTAG awaited_lock;
volatile LOCKMODE awaited_mode = NoLock;
volatile sig_atomic_t timed_out = false;

TimeoutId tick_timer = MAX_TIMEOUTS;
TimeoutId statement_timer = MAX_TIMEOUTS;

// It still ticks while the process ends and has given up its place already.
void NoteAwaitedLock() {
  if (MyProc == nullptr) return;
  const LOCK* const lock = MyProc->waitLock;
  if (lock == nullptr) return;
  awaited_lock = lock->tag;
  awaited_mode = MyProc->waitLockMode;
}

// As StatementCancelHandler in src/backend/tcop/postgres.c; the caller sets the latch.
void CancelStatement() {
  timed_out = true;
  InterruptPending = true;
  QueryCancelPending = true;
}

void RegisterTimersLeaf() {
  if (tick_timer != MAX_TIMEOUTS) return;
  statement_timer = RegisterTimeout(USER_TIMEOUT, CancelStatement);
  tick_timer = RegisterTimeout(USER_TIMEOUT, NoteAwaitedLock);
}

int ParseDurationLeaf(const char* duration) {
  int milliseconds;
  if (!parse_int(duration, &milliseconds, GUC_UNIT_MS, nullptr)) elog(ERROR, "invalid duration \"%s\"", duration);
  return milliseconds;
}

// Who holds what keeps this lock from being granted, by the names of their virtual transactions.
struct Holders {
  VirtualTransactionId* transactions;
  int count;
  const char* lock;  // "AccessExclusiveLock on relation 16384 of database 5"
  Oid relation;
};

Holders HoldersLeaf() {
  Holders holders = {};
  StringInfoData text;
  initStringInfo(&text);
  const LOCKTAG tag = awaited_lock;
  appendStringInfo(&text, "%s on ", GetLockmodeName(tag.locktag_lockmethodid, awaited_mode));
  const bool is_relation = tag.locktag_type == LOCKTAG_RELATION || tag.locktag_type == LOCKTAG_TUPLE ||
                           tag.locktag_type == LOCKTAG_RELATION_EXTEND || tag.locktag_type == LOCKTAG_PAGE;
  if (is_relation && tag.locktag_field1 == MyDatabaseId) holders.relation = tag.locktag_field2;
  const char* const name = OidIsValid(holders.relation) ? get_rel_name(holders.relation) : nullptr;
  if (name != nullptr) {
    appendStringInfoString(&text,
                           quote_qualified_identifier(get_namespace_name(get_rel_namespace(holders.relation)), name));
  } else {
    DescribeLockTag(&text, &tag);
  }
  holders.lock = text.data;
  holders.transactions = GetLockConflicts(&tag, awaited_mode, &holders.count);
  return holders;
}

// $1 the holders' virtual transactions, $2 the relation.
Statement kBlockers = {
    R"(SELECT pg_catalog.format('session %s of role %s%s%s%s%s', l.pid, COALESCE(a.usename, 'unknown'),
                CASE WHEN a.application_name OPERATOR(pg_catalog.<>) ''
                     THEN pg_catalog.format(' (application "%s")', a.application_name) END,
                CASE WHEN a.state IS NOT NULL THEN pg_catalog.format(', %s', a.state) END,
                CASE WHEN a.xact_start IS NOT NULL THEN pg_catalog.format(', its transaction open for %s s',
                  pg_catalog.round(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) a.xact_start), 1)) END,
                (SELECT pg_catalog.format(', with %s', pg_catalog.string_agg(DISTINCT h.mode, ', '))
                   FROM pg_catalog.pg_locks h WHERE h.pid OPERATOR(pg_catalog.=) l.pid AND h.granted
                    AND h.relation OPERATOR(pg_catalog.=) NULLIF($2, '0')::pg_catalog.oid
                 HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0))
         FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
        WHERE l.locktype OPERATOR(pg_catalog.=) 'virtualxid' AND l.granted
          AND l.virtualxid OPERATOR(pg_catalog.=) ANY ($1) AND l.virtualtransaction OPERATOR(pg_catalog.=) l.virtualxid
        ORDER BY a.xact_start USING OPERATOR(pg_catalog.<))",
    Rights::kCaller};

// $1 the holders' virtual transactions. Whoever they wait for is asked in turn, as far as it goes.
Statement kHoldsUpItself = {
    R"(WITH RECURSIVE waits(pid) AS (
         SELECT l.pid FROM pg_catalog.pg_locks l
          WHERE l.locktype OPERATOR(pg_catalog.=) 'virtualxid' AND l.granted
            AND l.virtualxid OPERATOR(pg_catalog.=) ANY ($1) AND l.virtualtransaction OPERATOR(pg_catalog.=) l.virtualxid
         UNION
         SELECT b.pid FROM waits w, LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) b(pid))
       SELECT EXISTS (SELECT FROM waits w WHERE w.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()))",
    Rights::kCaller};

std::vector<std::string> NamesOf(const Holders& holders) {
  std::vector<std::string> transactions;
  for (int i = 0; i < holders.count; ++i) {
    const VirtualTransactionId& holder = holders.transactions[i];
    transactions.push_back(std::to_string(SessionNumber(holder)) + "/" + std::to_string(holder.localTransactionId));
  }
  return transactions;
}

}  // namespace

int MillisecondsOf(const std::string& duration, int otherwise) {
  if (duration.empty()) return otherwise;
  const char* const text = duration.c_str();
  return Call([=]() noexcept { return ParseDurationLeaf(text); });
}

void WatchLocksLeaf(int lock_timeout) {
  awaited_mode = NoLock;
  RegisterTimersLeaf();
  const int limited = Min(Max(lock_timeout / kTicksPerLockTimeout, 1), kLongestTickMs);
  const int period = lock_timeout == 0 ? kLongestTickMs : limited;
  enable_timeout_every(tick_timer, TimestampTzPlusMilliseconds(GetCurrentTimestamp(), period), period);
}

void StopWatchingLocksLeaf() {
  if (tick_timer != MAX_TIMEOUTS) disable_timeout(tick_timer, false);
}

void StartStatementTimer(int timeout) {
  timed_out = false;
  Call([=]() noexcept {
    RegisterTimersLeaf();
    enable_timeout_after(statement_timer, timeout);
  });
}

void StopStatementTimer() {
  Call([]() noexcept { disable_timeout(statement_timer, false); });
}

bool StatementTimedOut() { return timed_out; }

Error StatementTimeoutError(const Error& canceled, int timeout) {
  Error error = canceled;
  error.message = "canceling statement of a migration due to its timeout of " + std::to_string(timeout) + " ms";
  AddHint(
      error,
      "Raise migrate.statement_timeout, or give the migration one of its own: \"-- migrate:statement-timeout 10min\".");
  return error;
}

bool HoldsUpItself() {
  if (awaited_mode == NoLock) return false;
  const Holders holders = Call([]() noexcept { return HoldersLeaf(); });
  return BooleanOf(QueryValue(kHoldsUpItself, {NamesOf(holders)}));
}

std::string DescribeBlockers() {
  if (awaited_mode == NoLock) return {};
  const Holders holders = Call([]() noexcept { return HoldersLeaf(); });
  std::string text = std::string("It waited for ") + holders.lock;
  awaited_mode = NoLock;
  const auto rows = Query(kBlockers, {NamesOf(holders), std::to_string(holders.relation)});
  if (rows.empty()) return text + ", which is free by now or held by a prepared transaction.";
  for (size_t i = 0; i < rows.size(); ++i) text += (i == 0 ? ", held by " : "; ") + TextOf(rows[i][0]);
  return text + ".";
}

}  // namespace migrate
