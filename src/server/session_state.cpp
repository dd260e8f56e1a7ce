#include "server/session_state.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "server/guard.h"
#include "server/sql.h"

namespace migrate {
namespace {

Statement kPrepared = {"SELECT p.name FROM pg_catalog.pg_prepared_statement() p", Rights::kCaller};

// A portal without a name is the server's own; ours and PL/pgSQL's are called <unnamed portal n>.
Statement kCursors = {
    "SELECT c.name FROM pg_catalog.pg_cursor() c WHERE c.name OPERATOR(pg_catalog.<>) '' AND c.name "
    "OPERATOR(pg_catalog.!~~) '<unnamed portal%'",
    Rights::kCaller};

// Class, object, subobject and mode: what LockAcquire needs.
Statement kLocks = {
    R"(SELECT pg_catalog.format('%s %s %s %s', l.classid, l.objid, l.objsubid, l.mode)
         FROM pg_catalog.pg_lock_status() l
        WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted
          AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())",
    Rights::kCaller};

// DROP statements of everything in the session's temporary schema.
Statement kTemporary = {
    R"(SELECT pg_catalog.format('DROP %s IF EXISTS %I.%I CASCADE',
           CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,
           n.nspname, c.relname)
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
          AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'S', 'c']::pg_catalog."char"[])
       UNION ALL
       SELECT pg_catalog.format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::pg_catalog.regprocedure)
         FROM pg_catalog.pg_proc p
        WHERE p.pronamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
       UNION ALL
       SELECT pg_catalog.format('DROP TYPE IF EXISTS %I.%I CASCADE', n.nspname, t.typname)
         FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
        WHERE t.typnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
          AND t.typtype OPERATOR(pg_catalog.=) ANY (ARRAY['e', 'd', 'r']::pg_catalog."char"[]))",
    Rights::kCaller};

std::set<std::string> Names(Statement& statement) {
  std::set<std::string> names;
  for (const auto& row : Query(statement)) names.insert(TextOf(row.front()));
  return names;
}

// Most sessions have no temporary schema yet: then there is nothing to look for.
std::set<std::string> TemporaryObjects() {
  const bool any = Call([]() noexcept {
    Oid schema, toast;
    GetTempNamespaceState(&schema, &toast);
    return OidIsValid(schema);
  });
  return any ? Names(kTemporary) : std::set<std::string>();
}

std::vector<std::string> Without(const std::set<std::string>& all, const std::set<std::string>& some) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(rest));
  return rest;
}

void DropPreparedLeaf(const char* name) { DropPreparedStatement(name, false); }

void CloseCursorLeaf(const char* name) {
  Portal portal = GetPortalByName(name);
  if (PortalIsValid(portal) && portal->portalPinned == false) PortalDrop(portal, false);
}

bool ReadLockLeaf(const char* description, LOCKTAG* tag, LOCKMODE* mode) {
  unsigned int class_id, object_id, subobject_id;
  char mode_name[64];
  if (sscanf(description, "%u %u %u %63s", &class_id, &object_id, &subobject_id, mode_name) != 4) return false;
  SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, class_id, object_id, static_cast<uint16>(subobject_id));
  *mode = strcmp(mode_name, "ShareLock") == 0 ? ShareLock : ExclusiveLock;
  return true;
}

// Frees a session lock however often it was taken. A lock of the transaction looks the same from
// outside; LockRelease warns that the session does not own it, which nobody needs to read.
void FreeLockLeaf(const char* description) {
  LOCKTAG tag;
  LOCKMODE mode;
  if (!ReadLockLeaf(description, &tag, &mode)) return;
  const int level = NewGUCNestLevel();
  for (const char* name : {"client_min_messages", "log_min_messages"}) {
    (void) set_config_option(name, "error", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  }
  while (LockRelease(&tag, mode, true)) {
  }
  AtEOXact_GUC(false, level);
}

void RetakeLockLeaf(const char* description) {
  LOCKTAG tag;
  LOCKMODE mode;
  if (!ReadLockLeaf(description, &tag, &mode)) return;
  if (LockAcquire(&tag, mode, true, true) == LOCKACQUIRE_NOT_AVAIL) {
    ereport(WARNING, (errmsg("a migration freed an advisory lock of this session, and another session has it now")));
  }
}

void ExecuteLeaf(const char* sql) {
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
  const int level = NewGUCNestLevel();
  (void) set_config_option("client_min_messages", "error", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  const int code = SPI_execute(sql, false, 0);
  if (code < 0) elog(ERROR, "could not execute \"%s\": %s", sql, SPI_result_code_string(code));
  AtEOXact_GUC(false, level);
  SPI_finish();
}

}  // namespace

SessionState::SessionState()
    : prepared_(Names(kPrepared)), cursors_(Names(kCursors)), locks_(Names(kLocks)), temporary_(TemporaryObjects()) {}

void SessionState::DropTemporary() const {
  for (const auto& item : Without(TemporaryObjects(), temporary_)) {
    const char* const sql = item.c_str();
    Call([=]() noexcept { ExecuteLeaf(sql); });
  }
}

void SessionState::DropNamed() const {
  for (const auto& item : Without(Names(kPrepared), prepared_)) {
    const char* const name = item.c_str();
    Call([=]() noexcept { DropPreparedLeaf(name); });
  }
  for (const auto& item : Without(Names(kCursors), cursors_)) {
    const char* const name = item.c_str();
    Call([=]() noexcept { CloseCursorLeaf(name); });
  }
}

void SessionState::RestoreLocks() const {
  const auto locks = Names(kLocks);
  for (const auto& item : Without(locks, locks_)) {
    const char* const lock = item.c_str();
    Call([=]() noexcept { FreeLockLeaf(lock); });
  }
  for (const auto& item : Without(locks_, locks)) {
    const char* const lock = item.c_str();
    Call([=]() noexcept { RetakeLockLeaf(lock); });
  }
}

}  // namespace migrate
