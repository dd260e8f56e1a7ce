// Every PostgreSQL header and every difference between its versions, 15 to 19. Nobody else includes
// a server header or asks for PG_VERSION_NUM. Include it after the headers of core and C++: port.h
// redefines names such as snprintf.
#pragma once

extern "C" {
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/reloptions.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/toast_compression.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/objectaccess.h"
#include "catalog/objectaddress.h"
#include "catalog/partition.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_conversion.h"
#include "catalog/pg_database.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_default_acl.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_description.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_event_trigger.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_foreign_data_wrapper.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_foreign_table.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_partitioned_table.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_publication.h"
#include "catalog/pg_publication_namespace.h"
#include "catalog/pg_publication_rel.h"
#include "catalog/pg_range.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_seclabel.h"
#include "catalog/pg_sequence.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_subscription.h"
#include "catalog/pg_transform.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_config_map.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_ts_parser.h"
#include "catalog/pg_ts_template.h"
#include "catalog/pg_type.h"
#include "catalog/pg_user_mapping.h"
#include "catalog/toasting.h"
#include "commands/async.h"
#include "commands/comment.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "commands/prepare.h"
#include "commands/progress.h"
#include "commands/sequence.h"
#include "commands/tablecmds.h"
#include "commands/tablespace.h"
#include "commands/trigger.h"
#include "common/cryptohash.h"
#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "common/sha2.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "foreign/foreign.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "optimizer/optimizer.h"
#include "parser/analyze.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_target.h"
#include "parser/parse_type.h"
#include "parser/parser.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "storage/dsm.h"
#include "storage/fd.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/shm_mq.h"
#include "storage/sinval.h"
#include "tcop/cmdtag.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/datum.h"
#include "utils/float.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/partcache.h"
#include "utils/portal.h"
#include "utils/resowner.h"
#include "utils/rls.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/varlena.h"
#include "utils/wait_event.h"

#include <sys/stat.h>
}

// Its inline functions count up what is volatile, which C++20 discourages.
#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wdeprecated-volatile"
#else
#pragma GCC diagnostic ignored "-Wvolatile"
#endif
extern "C" {
#include "utils/pgstat_internal.h"
}
#pragma GCC diagnostic pop

#if PG_VERSION_NUM < 150000
#error "migrate needs PostgreSQL 15 or newer"
#endif
#if PG_VERSION_NUM >= 200000
#error "migrate does not know PostgreSQL 20 or newer yet"
#endif

// As in "PostgreSQL 17".
inline constexpr int kServerMajor = PG_VERSION_NUM / 10000;

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

// 19 wants to be told when a description has all of its columns. Goes with 18.
#if PG_VERSION_NUM < 190000
inline void TupleDescFinalize(TupleDesc) {}
#endif

// From 16 on a membership can leave out SET ROLE. Leaf. Goes with 15.
inline bool MayBecome(Oid member, Oid role) {
#if PG_VERSION_NUM >= 160000
  return member_can_set_role(member, role);
#else
  return is_member_of_role(member, role);
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

// 19 reads every string as standard_conforming_strings on would, and has no variable to tell. Goes with 18.
#if PG_VERSION_NUM >= 190000
inline constexpr bool kStringsCanChange = false;
inline bool StandardStrings() { return true; }
inline void SetStandardStrings(bool) {}
#else
inline constexpr bool kStringsCanChange = true;
inline bool StandardStrings() { return standard_conforming_strings; }
inline void SetStandardStrings(bool on) { standard_conforming_strings = on; }
#endif

// CLUSTER, which 19 made a form of its new REPACK; and WAIT FOR, which is new in 19, too. The older branch goes
// with 18.
struct Repack {
  const char* name;
  const RangeVar* table;  // null for all that were clustered before
  List** options;         // null where there can be none
};
#if PG_VERSION_NUM >= 190000
inline constexpr NodeTag kRepackTag = T_RepackStmt;
inline constexpr NodeTag kWaitTag = T_WaitStmt;
inline Repack RepackOf(Node* node) {
  auto* const repack = castNode(RepackStmt, node);
  const char* const name = repack->command == REPACK_COMMAND_CLUSTER ? "CLUSTER" : "REPACK";
  return {name, repack->relation == nullptr ? nullptr : repack->relation->relation, &repack->params};
}
#else
inline constexpr NodeTag kRepackTag = T_ClusterStmt;
inline constexpr NodeTag kWaitTag = T_Invalid;
inline Repack RepackOf(Node* node) { return {"CLUSTER", castNode(ClusterStmt, node)->relation, nullptr}; }
#endif

// ALTER SUBSCRIPTION … REFRESH PUBLICATION. 19 renamed it, for it can refresh sequences, too. Goes with 18.
#if PG_VERSION_NUM >= 190000
inline constexpr AlterSubscriptionType kRefreshPublication = ALTER_SUBSCRIPTION_REFRESH_PUBLICATION;
#else
inline constexpr AlterSubscriptionType kRefreshPublication = ALTER_SUBSCRIPTION_REFRESH;
#endif

// Whether a generated column is computed when it is read, so that no row is written for it. New in 18. The older branch
// goes with 17.
#if PG_VERSION_NUM >= 180000
inline bool IsVirtual(const Constraint* generated) { return generated->generated_kind == ATTRIBUTE_GENERATED_VIRTUAL; }
#else
inline bool IsVirtual(const Constraint*) { return false; }
#endif

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

// The same from the newest lock on, in each of the table's partitions: `visit(partition, tag, modes)`, until it returns
// false for that one. A lock keeps its place when it becomes stronger. The older branch goes with 15.
template <typename Visit>
inline void VisitNewestOwnLocks(Visit visit) {
  for (int i = 0; i < NUM_LOCK_PARTITIONS; ++i) {
    bool more = true;
    LWLockAcquire(LockHashPartitionLockByIndex(i), LW_SHARED);
#if PG_VERSION_NUM >= 160000
    const dlist_node* const end = &MyProc->myProcLocks[i].head;
    for (const dlist_node* at = end->prev; at != nullptr && at != end && more; at = at->prev) {
      const auto* lock =
          reinterpret_cast<const PROCLOCK*>(reinterpret_cast<const char*>(at) - offsetof(PROCLOCK, procLink));
      more = visit(i, lock->tag.myLock->tag, lock->holdMask);
    }
#else
    SHM_QUEUE* const queue = &MyProc->myProcLocks[i];
    for (auto* lock = reinterpret_cast<PROCLOCK*>(SHMQueuePrev(queue, queue, offsetof(PROCLOCK, procLink)));
         lock != nullptr && more;
         lock = reinterpret_cast<PROCLOCK*>(SHMQueuePrev(queue, &lock->procLink, offsetof(PROCLOCK, procLink)))) {
      more = visit(i, lock->tag.myLock->tag, lock->holdMask);
    }
#endif
    LWLockRelease(LockHashPartitionLockByIndex(i));
  }
}

// Whether this session has the relation locked in this mode. 17 wants to know whether a stronger one will do, too. The
// older branch goes with 16.
inline bool IsLockedInMode(Oid relation, LOCKMODE mode) {
  LOCKTAG tag;
  SET_LOCKTAG_RELATION(tag, IsSharedRelation(relation) ? InvalidOid : MyDatabaseId, relation);
#if PG_VERSION_NUM >= 170000
  return LockHeldByMe(&tag, mode, false);
#else
  return LockHeldByMe(&tag, mode);
#endif
}

// Calls `visit(relation, mode)` for each lock of this session that the shared table does not have, since nobody else
// can mind it: of modes up to RowExclusiveLock. 18 replaced one group of slots by many. The older branch goes with 17.
template <typename Visit>
inline void VisitOwnFastLocks(Visit visit) {
  constexpr int kSlots = 16, kModes = 3;
#if PG_VERSION_NUM >= 180000
  const int groups = FastPathLockGroupsPerBackend;
  const uint64* const bits = MyProc->fpLockBits;
#else
  const int groups = 1;
  const uint64* const bits = &MyProc->fpLockBits;
#endif
  LWLockAcquire(&MyProc->fpInfoLock, LW_SHARED);
  for (int slot = 0; slot < groups * kSlots; ++slot) {
    const uint64 modes = bits[slot / kSlots] >> (kModes * (slot % kSlots));
    for (int mode = AccessShareLock; mode <= kModes; ++mode) {
      if (((modes >> (mode - AccessShareLock)) & 1) != 0) visit(MyProc->fpRelId[slot], mode);
    }
  }
  LWLockRelease(&MyProc->fpInfoLock);
}

// How often this session has scanned the table since its counts were sent last. 16 renamed it. Goes with 15.
inline int64 CountOfScans(Oid table) {
  const PgStat_TableStatus* const counts = find_tabstat_entry(table);
  if (counts == nullptr) return 0;
#if PG_VERSION_NUM >= 160000
  return counts->counts.numscans;
#else
  return counts->t_counts.t_numscans;
#endif
}

// The table whose rows a subtransaction has changed. 16 renamed it. Goes with 15.
inline Oid TableOf(const PgStat_TableXactStatus& changes) {
#if PG_VERSION_NUM >= 160000
  return changes.parent->id;
#else
  return changes.parent->t_id;
#endif
}

// ALTER COLUMN … SET EXPRESSION, which computes all rows anew. New in 17. The older branch goes with 16.
#if PG_VERSION_NUM >= 170000
inline bool SetsExpression(AlterTableType type) { return type == AT_SetExpression; }
#else
inline bool SetsExpression(AlterTableType) { return false; }
#endif
