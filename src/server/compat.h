// Every PostgreSQL header and every difference between its versions, 15 to 18. Nobody else includes
// a server header or asks for PG_VERSION_NUM. Include it after the headers of core and C++: port.h
// redefines names such as snprintf.
#pragma once

extern "C" {
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/toast_compression.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/async.h"
#include "commands/copy.h"
#include "commands/defrem.h"
#include "commands/extension.h"
#include "commands/prepare.h"
#include "commands/progress.h"
#include "commands/trigger.h"
#include "common/cryptohash.h"
#include "common/pg_prng.h"
#include "common/sha2.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "optimizer/optimizer.h"
#include "optimizer/prep.h"
#include "parser/analyze.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "parser/parsetree.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "tcop/cmdtag.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"
#include "utils/inval.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/resowner.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/wait_event.h"

#include <sys/stat.h>
}

#if PG_VERSION_NUM < 150000
#error "migrate needs PostgreSQL 15 or newer"
#endif
#if PG_VERSION_NUM >= 190000
#error "migrate does not know PostgreSQL 19 or newer yet"
#endif

// 18 dropped PortalRun's run_once, which had no effect for a portal that is run once. Goes with 17.
inline bool RunPortal(Portal portal, bool is_top_level, DestReceiver* receiver, QueryCompletion* completion) {
#if PG_VERSION_NUM >= 180000
  return PortalRun(portal, FETCH_ALL, is_top_level, receiver, receiver, completion);
#else
  return PortalRun(portal, FETCH_ALL, is_top_level, true, receiver, receiver, completion);
#endif
}

// 16 wants to be told where to put the number of settings. Goes with 15.
inline config_generic** AllSettings(int* count) {
#if PG_VERSION_NUM >= 160000
  return get_guc_variables(count);
#else
  *count = GetNumConfigOptions();
  return get_guc_variables();
#endif
}

// The number of this session's transaction, which changes with each. 17 moved it. Goes with 16.
inline LocalTransactionId CurrentTransactionNumber() {
#if PG_VERSION_NUM >= 170000
  return MyProc->vxid.lxid;
#else
  return MyProc->lxid;
#endif
}

// The first half of a virtual transaction's name. 17 renamed it. Goes with 16.
inline int SessionNumber(const VirtualTransactionId& transaction) {
#if PG_VERSION_NUM >= 170000
  return transaction.procNumber;
#else
  return transaction.backendId;
#endif
}

// From 17 on a worker may run as a role that may not log in. The older branch goes with 16.
#if PG_VERSION_NUM >= 170000
inline constexpr bool kWorkerMaySkipLogin = true;
inline constexpr uint32 kWorkerConnectionFlags = BGWORKER_BYPASS_ROLELOGINCHECK;
#else
inline constexpr bool kWorkerMaySkipLogin = false;
inline constexpr uint32 kWorkerConnectionFlags = 0;
#endif

// Calls `visit(tag, modes)` for each lock of this session in the shared table, until it returns false.
// 16 replaced the queue by a list. The older branch goes with 15.
template <typename Visit>
inline void VisitOwnLocks(Visit visit) {
  bool more = true;
  for (int i = 0; i < NUM_LOCK_PARTITIONS && more; ++i) {
    LWLockAcquire(LockHashPartitionLockByIndex(i), LW_SHARED);
#if PG_VERSION_NUM >= 160000
    // The server's macros for lists are no C++.
    const dlist_node* const end = &MyProc->myProcLocks[i].head;
    for (const dlist_node* at = end->next; at != nullptr && at != end && more; at = at->next) {
      const auto* lock =
          reinterpret_cast<const PROCLOCK*>(reinterpret_cast<const char*>(at) - offsetof(PROCLOCK, procLink));
      more = visit(lock->tag.myLock->tag, lock->holdMask);
    }
#else
    SHM_QUEUE* const queue = &MyProc->myProcLocks[i];
    for (auto* lock = reinterpret_cast<PROCLOCK*>(SHMQueueNext(queue, queue, offsetof(PROCLOCK, procLink)));
         lock != nullptr && more;
         lock = reinterpret_cast<PROCLOCK*>(SHMQueueNext(queue, &lock->procLink, offsetof(PROCLOCK, procLink)))) {
      more = visit(lock->tag.myLock->tag, lock->holdMask);
    }
#endif
    LWLockRelease(LockHashPartitionLockByIndex(i));
  }
}

// Checks that the current user may insert into these columns, as DoCopy does. 16 moved what is
// required from the range table entry to RTEPermissionInfo. The older branch goes with 15.
inline void RequireInsertPrivilege(ParseState* state, ParseNamespaceItem* item, List* columns) {
#if PG_VERSION_NUM >= 160000
  RTEPermissionInfo* required = item->p_perminfo;
#else
  RangeTblEntry* required = item->p_rte;
#endif
  required->requiredPerms = ACL_INSERT;
  ListCell* cell;
  foreach (cell, columns) {
    required->insertedCols =
        bms_add_member(required->insertedCols, lfirst_int(cell) - FirstLowInvalidHeapAttributeNumber);
  }
#if PG_VERSION_NUM >= 160000
  (void) ExecCheckPermissions(state->p_rtable, list_make1(required), true);
#else
  (void) ExecCheckRTPerms(state->p_rtable, true);
#endif
}
