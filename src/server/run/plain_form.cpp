#include "server/run/plain_form.h"

#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

Statement kSize = {
    R"(SELECT pg_catalog.format('%I.%I (%s)', n.nspname, c.relname, pg_catalog.pg_size_pretty(s.bytes))
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
           CROSS JOIN LATERAL (
             SELECT pg_catalog.sum(pg_catalog.pg_table_size(t.relid)) AS bytes
               FROM (SELECT c.oid::pg_catalog.regclass AS relid
                     UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) p) t) s
        WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
          AND s.bytes OPERATOR(pg_catalog.>) $2::pg_catalog.numeric)",
    Rights::kCaller};

constexpr const char* kConcurrently = "concurrently";

List* RepackOptions(Node* node) {
  List** const options = RepackOf(node).options;
  return options == nullptr ? NIL : *options;
}

// Looked for as the statement itself does, its rights included.
Oid OwnedLeaf(const RangeVar* name) {
  return RangeVarGetRelidExtended(name, NoLock, RVR_MISSING_OK, RangeVarCallbackOwnsRelation, nullptr);
}

bool IsTemporary(Oid relation) { return get_rel_persistence(relation) == RELPERSISTENCE_TEMP; }

// DefineIndex and index_create.
Oid CheckCreateLeaf(const IndexStmt* index) {
  const Oid table = OwnedLeaf(index->relation);
  if (!OidIsValid(table)) return table;
  if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("cannot create index on partitioned table \"%s\" concurrently", get_rel_name(table))));
  }
  if (IsCatalogRelationOid(table)) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("concurrent index creation on system catalog tables is not supported")));
  }
  return table;
}

// RemoveRelations.
Oid CheckDropLeaf(const DropStmt* drop) {
  if (list_length(drop->objects) != 1) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("DROP INDEX CONCURRENTLY does not support dropping multiple objects")));
  }
  if (drop->behavior == DROP_CASCADE) {
    ereport(ERROR,
            (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("DROP INDEX CONCURRENTLY does not support CASCADE")));
  }
  const RangeVar* const name = makeRangeVarFromNameList(linitial_node(List, drop->objects));
  const Oid index = RangeVarGetRelid(name, NoLock, true);
  if (!OidIsValid(index)) return index;
  const char kind = get_rel_relkind(index);
  if (kind == RELKIND_PARTITIONED_INDEX && !IsTemporary(index)) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("cannot drop partitioned index \"%s\" concurrently", name->relname)));
  }
  return kind == RELKIND_INDEX ? IndexGetRelation(index, true) : InvalidOid;
}

bool IsExclusion(Oid index) {
  HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
  if (!HeapTupleIsValid(tuple)) return false;
  const bool is_exclusion = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indisexclusion;
  ReleaseSysCache(tuple);
  return is_exclusion;
}

// ReindexRelationConcurrently, and index_concurrently_create_copy.
Oid CheckReindexLeaf(const ReindexStmt* reindex) {
  const bool is_index = reindex->kind == REINDEX_OBJECT_INDEX;
  const Oid named = RangeVarGetRelid(reindex->relation, NoLock, true);
  const Oid table = is_index && OidIsValid(named) ? IndexGetRelation(named, true) : named;
  if (!OidIsValid(table) || IsTemporary(table)) return table;
  if (IsCatalogRelationOid(table)) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot reindex system catalogs concurrently")));
  }
  if (is_index && IsExclusion(named)) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("concurrent index creation for exclusion constraints is not supported")));
  }
  return table;
}

// ATExecDetachPartition.
Oid CheckDetachLeaf(const AlterTableStmt* alter) {
  const Oid table = RangeVarGetRelid(alter->relation, NoLock, true);
  if (!OidIsValid(table)) return table;
  if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE && OidIsValid(get_default_partition_oid(table))) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("cannot detach partitions concurrently when a default partition exists")));
  }
  return table;
}

void RefuseRepackLeaf(Relation table, int code, const char* detail) {
  ereport(ERROR,
          (errcode(code),
           errmsg("cannot execute %s on relation \"%s\"", "REPACK (CONCURRENTLY)", RelationGetRelationName(table)),
           errdetail_internal("%s", detail)));
}

// check_concurrent_repack_requirements of 19.
Oid CheckRepackLeaf(const RangeVar* name) {
  const Oid found = RangeVarGetRelid(name, NoLock, true);
  if (!OidIsValid(found)) return found;
  if (get_rel_relkind(found) == RELKIND_PARTITIONED_TABLE) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("%s is not supported for partitioned tables", "REPACK (CONCURRENTLY)"),
                    errhint("Consider running the command on individual partitions.")));
  }
  if (get_rel_relkind(found) != RELKIND_RELATION) return found;
  Relation table = table_open(found, AccessShareLock);
  const int state = ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
  if (IsCatalogRelation(table)) {
    RefuseRepackLeaf(table, ERRCODE_FEATURE_NOT_SUPPORTED, "This operation is not supported for system catalogs.");
  }
  if (table->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT) {
    RefuseRepackLeaf(table, state, "This operation is only supported for permanent relations.");
  }
  const char identity = table->rd_rel->relreplident;
  if (identity == REPLICA_IDENTITY_NOTHING || identity == REPLICA_IDENTITY_FULL) {
    RefuseRepackLeaf(table, state,
                     psprintf("This operation does not support tables with %s.", identity == REPLICA_IDENTITY_NOTHING
                                                                                     ? "REPLICA IDENTITY NOTHING"
                                                                                     : "REPLICA IDENTITY FULL"));
  }
  if (!OidIsValid(RelationGetReplicaIndex(table))) {
    RefuseRepackLeaf(table, state, psprintf("Relation \"%s\" has no identity index.", RelationGetRelationName(table)));
  }
  table_close(table, NoLock);
  return found;
}

// What DetachAddConstraintIfNeeded does.
const char* DetachedConstraintLeaf(const RangeVar* name) {
  const Oid partition = RangeVarGetRelid(name, AccessShareLock, true);
  if (!OidIsValid(partition) || !get_rel_relispartition(partition)) return nullptr;
  Relation relation = table_open(partition, NoLock);
  List* const bounds = RelationGetPartitionQual(relation);
  const bool is_needed = bounds != NIL && !PartConstraintImpliedByRelConstraint(relation, bounds);
  table_close(relation, NoLock);
  if (!is_needed) return nullptr;
  const Datum constraint = DirectFunctionCall1(pg_get_partition_constraintdef, ObjectIdGetDatum(partition));
  return psprintf("ALTER TABLE %s ADD CHECK (%s)",
                  quote_qualified_identifier(get_namespace_name(get_rel_namespace(partition)), get_rel_name(partition)),
                  TextDatumGetCString(constraint));
}

List* Without(List* options, const char* name) {
  List* left = NIL;
  ListCell* cell;
  foreach (cell, options) {
    if (strcmp(lfirst_node(DefElem, cell)->defname, name) != 0) left = lappend(left, lfirst(cell));
  }
  return left;
}

}  // namespace

bool HasOption(List* options, const char* name, bool by_default) {
  ListCell* cell;
  foreach (cell, options) {
    DefElem* option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, name) == 0) return defGetBoolean(option);
  }
  return by_default;
}

PartitionCmd* ConcurrentDetach(Node* node) {
  if (!IsA(node, AlterTableStmt)) return nullptr;
  ListCell* cell;
  foreach (cell, castNode(AlterTableStmt, node)->cmds) {
    AlterTableCmd* command = lfirst_node(AlterTableCmd, cell);
    if (command->subtype != AT_DetachPartition || !IsA(command->def, PartitionCmd)) continue;
    if (castNode(PartitionCmd, command->def)->concurrent) return castNode(PartitionCmd, command->def);
  }
  return nullptr;
}

bool HasPlainForm(Node* node) {
  switch (nodeTag(node)) {
    case T_IndexStmt: return castNode(IndexStmt, node)->concurrent;
    case T_DropStmt: return castNode(DropStmt, node)->concurrent;
    case T_AlterTableStmt: return ConcurrentDetach(node) != nullptr;
    // That of a schema or a database refuses a block in any form.
    case T_ReindexStmt:
      return castNode(ReindexStmt, node)->relation != nullptr &&
             HasOption(castNode(ReindexStmt, node)->params, kConcurrently, false);
    case kRepackTag:
      return RepackOf(node).table != nullptr && HasOption(RepackOptions(node), kConcurrently, false) &&
             !HasOption(RepackOptions(node), "analyze", false) && !HasOption(RepackOptions(node), "analyse", false);
    default: return false;
  }
}

Oid CheckConcurrentLeaf(Node* node) {
  switch (nodeTag(node)) {
    case T_IndexStmt: return CheckCreateLeaf(castNode(IndexStmt, node));
    case T_DropStmt: return CheckDropLeaf(castNode(DropStmt, node));
    case T_ReindexStmt: return CheckReindexLeaf(castNode(ReindexStmt, node));
    case T_AlterTableStmt: return CheckDetachLeaf(castNode(AlterTableStmt, node));
    case kRepackTag: return CheckRepackLeaf(RepackOf(node).table);
    default: return InvalidOid;
  }
}

void MakePlainLeaf(Node* node) {
  switch (nodeTag(node)) {
    case T_IndexStmt: castNode(IndexStmt, node)->concurrent = false; break;
    case T_DropStmt: castNode(DropStmt, node)->concurrent = false; break;
    case T_AlterTableStmt: ConcurrentDetach(node)->concurrent = false; break;
    case T_ReindexStmt: {
      auto* const reindex = castNode(ReindexStmt, node);
      reindex->params = Without(reindex->params, kConcurrently);
      break;
    }
    case kRepackTag: *RepackOf(node).options = Without(RepackOptions(node), kConcurrently); break;
    default: break;
  }
}

void KeepPartitionConstraint(Node* node) {
  const PartitionCmd* const detach = ConcurrentDetach(node);
  if (detach == nullptr) return;
  const char* const sql = Call([=]() noexcept { return DetachedConstraintLeaf(detach->name); });
  if (sql != nullptr) QueryOnce(sql);
}

std::string LargerThan(Oid table, int kilobytes) {
  if (!OidIsValid(table)) return {};
  return TextOf(QueryValue(kSize, {std::to_string(table), std::to_string(int64_t{kilobytes} * 1024)}));
}

}  // namespace migrate
