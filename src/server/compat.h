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
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/dependency.h"
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
#include "storage/fd.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "tcop/cmdtag.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/resowner.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
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

// 16 has one function for the ownership of every kind of object. Goes with 15.
inline bool OwnsExtension(Oid extension, Oid role) {
#if PG_VERSION_NUM >= 160000
  return object_ownercheck(ExtensionRelationId, extension, role);
#else
  return pg_extension_ownercheck(extension, role);
#endif
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
