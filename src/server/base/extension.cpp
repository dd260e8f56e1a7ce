#include "server/base/extension.h"

#include "core/base/error.h"
#include "core/base/quote.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/base/sql.h"
#include "server/base/transaction.h"

namespace migrate {
namespace {

constexpr char kExtension[] = "migrate";
constexpr char kSchema[] = "migrate";
constexpr int kPollMs = 50;

// The extension and its schema. A migration can drop them and put others in their place: what this
// call found first is compared with what is there before each write.
struct Identity {
  Oid extension;
  Oid schema;
};

struct CallState {
  Identity seen;
  bool only_reads;
};

CallState call = {};
bool migration_running = false;
Oid session_lock = InvalidOid;  // the extension whose lock a kCommits call holds

Identity CurrentIdentityLeaf() { return {get_extension_oid(kExtension, true), get_namespace_oid(kSchema, true)}; }

Oid SchemaOwnerLeaf(Oid schema) {
  HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
  if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for schema %u", schema);
  const Oid owner = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspowner;
  ReleaseSysCache(tuple);
  return owner;
}

void SetForWindowLeaf(const char* name, const char* value) {
  (void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

bool TryLockLeaf(Oid extension, bool of_session) {
  LOCKTAG tag;
  SET_LOCKTAG_OBJECT(tag, MyDatabaseId, ExtensionRelationId, extension, 0);
  return LockAcquire(&tag, ShareUpdateExclusiveLock, of_session, true) != LOCKACQUIRE_NOT_AVAIL;
}

void UnlockLeaf(Oid extension) {
  LOCKTAG tag;
  SET_LOCKTAG_OBJECT(tag, MyDatabaseId, ExtensionRelationId, extension, 0);
  (void) LockRelease(&tag, ShareUpdateExclusiveLock, true);
}

Statement kHolder = {
    R"(SELECT CASE WHEN l.pid IS NULL
                THEN pg_catalog.format('The prepared transaction "%s" of role %s holds it.', x.gid, x.owner)
                ELSE pg_catalog.format('Session %s of role %s holds it%s.', l.pid, COALESCE(a.usename, 'unknown'),
           CASE WHEN a.application_name OPERATOR(pg_catalog.<>) ''
                THEN pg_catalog.format(' (application "%s")', a.application_name) ELSE '' END) END
         FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
           LEFT JOIN pg_catalog.pg_prepared_xacts x
             ON pg_catalog.concat('-1/', x.transaction) OPERATOR(pg_catalog.=) l.virtualtransaction
        WHERE l.locktype OPERATOR(pg_catalog.=) 'object' AND l.granted
          AND l.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d
               WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
          AND l.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
          AND l.objid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
          AND l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock'
          AND (l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()) IS NOT TRUE
        LIMIT 1)",
    Rights::kCaller};

Oid ExtensionLeaf() {
  AcceptInvalidationMessages();
  return get_extension_oid(kExtension, false);
}

// A kCommits call waits between transactions: with a snapshot it would hold up the concurrent index
// build that it may be waiting for.
void LockMigrator(bool of_session) {
  const int patience = of_session ? CommittingWaitTimeoutMs() : WaitTimeoutMs();
  Oid extension = Call([]() noexcept { return ExtensionLeaf(); });
  for (int waited = 0;; waited += kPollMs) {
    if (Call([=]() noexcept { return TryLockLeaf(extension, of_session); })) {
      // Who held it before may have made the extension anew: then this lock keeps nobody out.
      const Oid now = Call([]() noexcept { return ExtensionLeaf(); });
      if (now == extension) {
        session_lock = of_session ? extension : InvalidOid;
        return;
      }
      if (of_session) Call([=]() noexcept { UnlockLeaf(extension); });
      extension = now;
      continue;
    }
    if (waited >= patience) break;
    if (of_session && waited == 0) RaiseNotice("waiting for another session that migrates. " + DescribeMigrator());
    if (of_session) CommitTransaction();
    Call([]() noexcept { PauseLeaf(kPollMs); });
  }
  throw Error(sqlstate::kLockNotAvailable, "another session is migrating this database", DescribeMigrator(),
              "Try again when it has finished, or set migrate.wait_timeout.");
}

void RequireWritable(const char* function) {
  if (Call([]() noexcept { return RecoveryInProgress(); })) {
    throw Error(sqlstate::kReadOnlyTransaction, std::string(function) + "() can't run on a standby",
                "This server is in recovery and only reads.", "Connect to the primary.");
  }
  if (XactReadOnly) {
    throw Error(sqlstate::kReadOnlyTransaction, std::string(function) + "() can't run in a read-only transaction", {},
                "Start the transaction with READ WRITE, or call by POST instead of GET.");
  }
}

}  // namespace

void OpenCallerWindowLeaf(SqlWindow* window) {
  GetUserIdAndSecContext(&window->user, &window->security_context);
  window->guc_level = NewGUCNestLevel();
  window->read_only = XactReadOnly;
  SetForWindowLeaf("search_path", "pg_catalog, pg_temp");
  // Values pass as text: in a form that reads back exactly.
  if (DateStyle != USE_ISO_DATES) SetForWindowLeaf("DateStyle", "ISO");
  if (extra_float_digits < 1) SetForWindowLeaf("extra_float_digits", "1");
}

void OpenOwnerWindowLeaf(SqlWindow* window) {
  const Identity now = CurrentIdentityLeaf();
  Identity& seen = call.seen;
  if (!OidIsValid(seen.extension)) seen = now;
  if (!OidIsValid(now.extension) || !OidIsValid(now.schema) || now.extension != seen.extension ||
      now.schema != seen.schema || getExtensionOfObject(NamespaceRelationId, now.schema) != now.extension) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("extension \"migrate\" was dropped or replaced while it was running"),
                    errdetail("Its tables can't be written, so nothing of this call may stay."),
                    errhint("Drop the extension outside of a migration.")));
  }
  OpenCallerWindowLeaf(window);
  SetUserIdAndSecContext(SchemaOwnerLeaf(now.schema),
                         window->security_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
  // A call that writes has begun read-write: see RequireWritable. The setting can't be turned back behind a query.
  if (!call.only_reads) XactReadOnly = false;
  // Texts are compressed; by the server's own default that takes longer than all the rest of loading them. Where it was
  // built without this one, it says so to nobody.
  if (default_toast_compression != TOAST_LZ4_COMPRESSION) {
    (void) set_config_option("default_toast_compression", "lz4", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
                             DEBUG5, false);
  }
}

// Timers and notifications wake the session up, too.
void PauseLeaf(int milliseconds) {
  const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), milliseconds);
  for (TimestampTz now = GetCurrentTimestamp(); now < end; now = GetCurrentTimestamp()) {
    const long left = static_cast<long>((end - now + 999) / 1000);
    (void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left, PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
    CHECK_FOR_INTERRUPTS();
  }
}

void CloseWindowLeaf(const SqlWindow* window) {
  SetUserIdAndSecContext(window->user, window->security_context);
  XactReadOnly = window->read_only;
  AtEOXact_GUC(false, window->guc_level);
}

struct CallScope::State : CallState {};

CallScope::CallScope(const char* function, CallKind kind) : saved_(new State{call}) {
  call = {{InvalidOid, InvalidOid}, kind == CallKind::kReads};
  if (kind == CallKind::kWatches) return;
  try {
    RequireKnownSettings();
    if (kind == CallKind::kReads) return;
    if (migration_running) {
      throw Error(sqlstate::kWrongState, std::string(function) + "() can't be called from inside a migration",
                  "The plan is fixed before the first migration runs.", "Call it before or after.");
    }
    RequireWritable(function);
    if (kind == CallKind::kCommits) CommitTransaction();
    if (kind != CallKind::kRequests) LockMigrator(kind == CallKind::kCommits);
  } catch (...) {
    call = *saved_;
    delete saved_;
    throw;
  }
}

void CallScope::Release() {
  const Oid extension = session_lock;
  session_lock = InvalidOid;
  if (OidIsValid(extension)) Call([=]() noexcept { UnlockLeaf(extension); });
}

CallScope::~CallScope() {
  call = *saved_;
  delete saved_;
}

void RequireTopLevel(FunctionCallInfo info, const char* procedure) {
  const bool is_call = info->context != nullptr && IsA(info->context, CallContext);
  const bool atomic = !is_call || castNode(CallContext, info->context)->atomic;
  // A DO block or a procedure is not atomic either, but its own connection would be lost with a commit.
  const bool inside = Call([]() noexcept { return SPI_inside_nonatomic_context(); });
  const bool behind_others = (MyXactFlags & XACT_FLAGS_PIPELINING) != 0;
  if (!atomic && !inside && !behind_others) return;
  const bool up = std::string(procedure) == "migrate_up";
  throw Error(sqlstate::kActiveTransaction, std::string(procedure) + "() can't commit here",
              "It was called in a transaction block, a function, a DO block, another procedure, or together with other "
              "statements.",
              std::string("Use CALL ") + procedure + "() by itself; " +
                  (up ? "migrate_apply()" : "migrate_rollback()") +
                  " runs inside a transaction, and migrate_start() in the background.");
}

void RetakeMigratorLock() {
  const Oid extension = session_lock;
  if (!OidIsValid(extension)) return;
  if (Call([=]() noexcept { return TryLockLeaf(extension, true); })) return;
  throw Error(sqlstate::kLockNotAvailable, "another session has begun to migrate this database", DescribeMigrator(),
              "Call migrate_status() when it has finished.");
}

std::string DescribeMigrator() {
  const Oid extension = Call([]() noexcept { return get_extension_oid(kExtension, false); });
  return TextOf(QueryValue(kHolder, {std::to_string(extension)}));
}

bool CallOnlyReads() { return call.only_reads; }

MigrationRunning::MigrationRunning() : saved_(migration_running) { migration_running = true; }
MigrationRunning::~MigrationRunning() { migration_running = saved_; }

bool MigrationIsRunning() { return migration_running; }

namespace {

Oid ExtensionOwnerLeaf(Oid extension) {
  Oid owner = InvalidOid;
  Relation catalog = table_open(ExtensionRelationId, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(extension));
  SysScanDesc scan = systable_beginscan(catalog, ExtensionOidIndexId, true, nullptr, 1, &key);
  HeapTuple const tuple = systable_getnext(scan);
  if (HeapTupleIsValid(tuple)) owner = reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->extowner;
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
  return owner;
}

bool CallerReads(const char* table) {
  return Call([=]() noexcept {
    const Oid relation = get_relname_relid(table, get_namespace_oid(kSchema, false));
    return pg_class_aclcheck(relation, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
  });
}

}  // namespace

void RequireOwner(const char* why) {
  const Oid owner = Call([]() noexcept { return ExtensionOwnerLeaf(get_extension_oid(kExtension, false)); });
  if (Call([=]() noexcept { return has_privs_of_role(GetUserId(), owner); })) return;
  const char* const name = Call([=]() noexcept { return GetUserNameFromId(owner, true); });
  throw Error(sqlstate::kInsufficientPrivilege, "must be owner of extension migrate",
              std::string(why) + "." +
                  (name == nullptr ? std::string() : std::string(" The owner is ") + Quoted(name) + "."),
              "Ask the owner or a superuser.");
}

bool CallerReadsHistory() { return CallerReads("history"); }

bool CallerReadsTexts() { return CallerReads("script"); }

void RequireReadsTexts() {
  if (CallerReadsTexts()) return;
  throw Error(sqlstate::kInsufficientPrivilege, "permission denied for the texts of migrations",
              "They may hold secrets: who calls needs SELECT on migrate.script.",
              "GRANT USAGE ON SCHEMA migrate and SELECT ON migrate.script to the role.");
}

}  // namespace migrate
