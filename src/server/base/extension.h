// The extension as an object in the database: its owner, the window in which the product's own
// tables are read and written with the owner's rights, and the lock that lets one migrator in.
#pragma once

#include <string>

#include "server/base/compat.h"

namespace migrate {

// What OpenOwnerWindowLeaf changed, for CloseWindowLeaf.
struct SqlWindow {
  Oid user;
  int security_context;
  int guc_level;
  bool read_only;
};

// Leaves. Between them SQL runs as the owner of schema migrate under a search_path of pg_catalog
// alone, and may write whatever a migration has said of transactions; an error in between is undone by
// the abort that follows it. 55000 if a migration dropped
// the extension or put something else in its place.
void OpenOwnerWindowLeaf(SqlWindow* window);
// The same search_path with the caller's own rights.
void OpenCallerWindowLeaf(SqlWindow* window);
void CloseWindowLeaf(const SqlWindow* window);

// Leaf. Waits, and can be cancelled.
void PauseLeaf(int milliseconds);

enum class CallKind {
  kReads,     // STABLE: sees what the calling query sees, writes nothing, takes no lock
  kWrites,    // one at a time, never on a standby, never from inside a migration
  kCommits,   // likewise, and holds its place over several transactions
  kRequests,  // writes, and leaves the migrating to others
  kWatches,   // writes down what another command did, and never stands in its way
};

// One call of one of our functions. Checks that it may run now, with the errors that docs/errors.md lists:
// 25006 on a standby or in a read-only transaction, 55000 inside a migration, 55P03 while another
// session migrates.
class CallScope {
 public:
  CallScope(const char* function, CallKind kind);
  ~CallScope();
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // The end of a kCommits call that went well. After an error the server frees the lock.
  void Release();

 private:
  struct State;
  State* const saved_;
};

// 25001 unless the procedure was called by itself, so that it can end transactions: not in a block,
// a function, a DO, another procedure, with other statements in one message, or behind others in a
// pipeline.
void RequireTopLevel(FunctionCallInfo info, const char* procedure);

// A rollback has freed the lock of a kCommits call. 55P03 if another session was quicker.
void RetakeMigratorLock();

// What pg_locks says of another session that migrates: "Session 4711 of role app holds it."; empty if
// there is none.
std::string DescribeMigrator();

// Whether the innermost call only reads.
bool CallOnlyReads();

// Marks the time in which migration text runs; a call that writes is refused meanwhile.
class MigrationRunning {
 public:
  MigrationRunning();
  ~MigrationRunning();

 private:
  bool const saved_;
};

// Whether it runs now, in this session.
bool MigrationIsRunning();

// 42501 unless the caller has the rights of the extension's owner. `why`: what such a call does, for the detail.
void RequireOwner(const char* why);

// Whether the caller may read migrate.history itself: messages may hold data.
bool CallerReadsHistory();
// … and migrate.script.
bool CallerReadsTexts();
void RequireReadsTexts();  // 42501

}  // namespace migrate
