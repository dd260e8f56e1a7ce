#include "server/run/effects.h"

#include "server/run/domain_effects.h"
#include "server/run/lasting_effects.h"
#include "server/run/plain_form.h"
#include "server/run/references.h"

namespace migrate {
namespace {

using namespace explain;

Oid FindLeaf(const RangeVar* name) {
  return name == nullptr ? InvalidOid : RangeVarGetRelidExtended(name, NoLock, RVR_MISSING_OK, nullptr, nullptr);
}

// With its partitions and children.
void AddTreeLeaf(Effects* effects, Oid relation, int mode, Work work, bool with_children, AttrNumber column = 0) {
  if (!OidIsValid(relation)) return;
  AddEffectLeaf(effects, relation, mode, work, column);
  if (!with_children || !has_subclass(relation)) return;
  ListCell* cell;
  foreach (cell, find_all_inheritors(relation, NoLock, nullptr)) {
    if (lfirst_oid(cell) != relation) AddEffectLeaf(effects, lfirst_oid(cell), mode, work, 0);
  }
}

// A default that is the same for all rows is kept in the catalog; a function may give each row another.
bool MayDifferByRow(Node* value) {
  if (value == nullptr || IsA(value, A_Const) || IsA(value, SQLValueFunction)) return false;
  if (IsA(value, TypeCast)) return MayDifferByRow(castNode(TypeCast, value)->arg);
  if (!IsA(value, FuncCall)) return true;
  const char* const name = strVal(llast(castNode(FuncCall, value)->funcname));
  return strcmp(name, "now") != 0 && strcmp(name, "transaction_timestamp") != 0;
}

bool IsSerial(const ColumnDef* column) {
  if (column->typeName == nullptr || list_length(column->typeName->names) != 1) return false;
  const char* const name = strVal(linitial(column->typeName->names));
  for (const char* serial : {"serial", "serial4", "bigserial", "serial8", "smallserial", "serial2"}) {
    if (strcmp(name, serial) == 0) return true;
  }
  return false;
}

void AddColumnLeaf(ColumnDef* column, Oid table, int mode, bool with_children, Effects* effects) {
  effects->acts |= kAddsColumn;
  Work work = IsSerial(column) ? kRewrites : 0;
  ListCell* cell;
  foreach (cell, column->constraints) {
    auto* const constraint = lfirst_node(Constraint, cell);
    if (constraint->contype == CONSTR_DEFAULT && MayDifferByRow(constraint->raw_expr)) work |= kRewrites;
    if (constraint->contype == CONSTR_IDENTITY || constraint->contype == CONSTR_GENERATED) work |= kRewrites;
    if (constraint->contype == CONSTR_CHECK) work |= kScans;
    if (constraint->contype == CONSTR_UNIQUE || constraint->contype == CONSTR_PRIMARY) work |= kBuilds;
    if (constraint->contype == CONSTR_FOREIGN) {
      AddTreeLeaf(effects, FindLeaf(constraint->pktable), ShareRowExclusiveLock, 0, true);
    }
  }
  if (work != 0) AddTreeLeaf(effects, table, mode, work, with_children);
}

void AddConstraintLeaf(Constraint* constraint, Oid table, int mode, bool with_children, Effects* effects) {
  const uint32_t scan = constraint->skip_validation ? 0 : kScans | kIsSure;
  switch (constraint->contype) {
    case CONSTR_FOREIGN:
      effects->acts |= kAddsForeignKey;
      AddTreeLeaf(effects, table, mode, scan, with_children);
      AddTreeLeaf(effects, FindLeaf(constraint->pktable), ShareRowExclusiveLock, 0, true);
      break;
    case CONSTR_CHECK:
      effects->acts |= kAddsCheck;
      AddTreeLeaf(effects, table, mode, scan, with_children);
      break;
    case CONSTR_NOTNULL:
      effects->acts |= kSetsNotNull;
      AddTreeLeaf(effects, table, mode, scan, with_children);
      break;
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
    case CONSTR_EXCLUSION:
      if (constraint->indexname != nullptr) break;
      effects->acts |= kAddsUnique;
      AddTreeLeaf(effects, table, mode, kBuilds | kIsSure, with_children);
      break;
    default: break;
  }
}

// The table that a foreign key refers to loses its triggers.
void DropConstraintLeaf(Oid table, const char* name, Effects* effects) {
  const Oid constraint = get_relation_constraint_oid(table, name, true);
  if (!OidIsValid(constraint)) return;
  HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
  if (!HeapTupleIsValid(tuple)) return;
  const Oid referenced = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->confrelid;
  ReleaseSysCache(tuple);
  AddTreeLeaf(effects, referenced, AccessExclusiveLock, 0, false);
}

void AddPartitionLeaf(AlterTableCmd* command, Effects* effects) {
  auto* const partition = castNode(PartitionCmd, command->def);
  const bool attaches = command->subtype == AT_AttachPartition;
  effects->acts |= attaches ? kAttaches : kDetaches;
  AddTreeLeaf(effects, FindLeaf(partition->name), AccessExclusiveLock, attaches ? kScans : 0, true);
}

void AddCommandLeaf(AlterTableCmd* command, Oid table, int mode, bool with_children, Effects* effects) {
  const auto add = [=](uint32_t act, Work work, AttrNumber column = 0) {
    effects->acts |= act;
    AddTreeLeaf(effects, table, mode, work, with_children, column);
  };
  switch (command->subtype) {
    case AT_AddColumn: AddColumnLeaf(castNode(ColumnDef, command->def), table, mode, with_children, effects); break;
    case AT_AddConstraint:
      AddConstraintLeaf(castNode(Constraint, command->def), table, mode, with_children, effects);
      break;
    case AT_SetNotNull:
      if (!IsNeverNullLeaf(table, command->name)) add(kSetsNotNull, kScans | kIsSure);
      break;
    case AT_ValidateConstraint: add(0, kScans | kIsSure); break;
    case AT_AlterColumnType: add(kChangesType, kRewrites); break;
    case AT_SetTableSpace:
    case AT_SetLogged:
    case AT_SetUnLogged: add(kRewritesTable, kRewrites | kIsSure); break;
    case AT_SetAccessMethod: add(kRewritesTable, kRewrites); break;
    case AT_DropColumn:
      if (const AttrNumber column = get_attnum(table, command->name); column != InvalidAttrNumber) {
        add(kDropsColumn, kDestroys, column);
      }
      break;
    case AT_DropConstraint: DropConstraintLeaf(table, command->name, effects); break;
    case AT_AttachPartition:
    case AT_DetachPartition: AddPartitionLeaf(command, effects); break;
    case AT_AddInherit:
    case AT_DropInherit:
      AddTreeLeaf(effects, FindLeaf(castNode(RangeVar, command->def)), ShareUpdateExclusiveLock, 0, false);
      break;
    default:
      if (SetsExpression(command->subtype)) add(kRewritesTable, kRewrites);
  }
}

void AlterTableLeaf(AlterTableStmt* alter, Effects* effects) {
  const Oid table = FindLeaf(alter->relation);
  if (!OidIsValid(table)) return;
  const int mode = AlterTableGetLockLevel(alter->cmds);
  const bool with_children = alter->relation->inh;
  AddTreeLeaf(effects, table, mode, 0, with_children);
  ListCell* cell;
  foreach (cell, alter->cmds) AddCommandLeaf(lfirst_node(AlterTableCmd, cell), table, mode, with_children, effects);
}

void DropLeaf(DropStmt* drop, Effects* effects) {
  const bool of_table =
      drop->removeType == OBJECT_TRIGGER || drop->removeType == OBJECT_RULE || drop->removeType == OBJECT_POLICY;
  const bool is_relation = drop->removeType == OBJECT_TABLE || drop->removeType == OBJECT_VIEW ||
                           drop->removeType == OBJECT_MATVIEW || drop->removeType == OBJECT_INDEX ||
                           drop->removeType == OBJECT_SEQUENCE || drop->removeType == OBJECT_FOREIGN_TABLE;
  if (!of_table && !is_relation) return;
  const bool is_index = drop->removeType == OBJECT_INDEX;
  const int mode = drop->concurrent ? ShareUpdateExclusiveLock : AccessExclusiveLock;
  if (is_index) effects->acts |= kDropsIndex;
  ListCell* cell;
  foreach (cell, drop->objects) {
    List* name = lfirst_node(List, cell);
    if (of_table) name = list_truncate(list_copy(name), list_length(name) - 1);
    const Oid relation = name == NIL ? InvalidOid : FindLeaf(makeRangeVarFromNameList(name));
    if (!OidIsValid(relation)) continue;
    const bool has_rows = drop->removeType == OBJECT_TABLE;
    if (has_rows) effects->acts |= kDropsTable;
    AddTreeLeaf(effects, relation, mode, has_rows ? kDestroys : 0, is_relation);
    if (is_index) AddEffectLeaf(effects, IndexGetRelation(relation, true), mode, 0);
    if (get_rel_relispartition(relation) && has_rows) {
      AddEffectLeaf(effects, get_partition_parent(relation, true), AccessExclusiveLock, 0);
    }
  }
}

void ReindexLeaf(ReindexStmt* reindex, Effects* effects) {
  effects->acts |= kReindexes;
  const Oid relation = FindLeaf(reindex->relation);
  if (!OidIsValid(relation)) return;
  const bool is_concurrent = HasOption(reindex->params, "concurrently", false);
  const bool is_index = reindex->kind == REINDEX_OBJECT_INDEX;
  const Oid table = is_index ? IndexGetRelation(relation, true) : relation;
  const Work work = is_concurrent ? kBuilds : kBuilds | kIsSure;
  AddTreeLeaf(effects, table, is_concurrent ? ShareUpdateExclusiveLock : ShareLock, work, true);
  if (is_index && !is_concurrent) AddEffectLeaf(effects, relation, AccessExclusiveLock, kForLong);
  // Whoever reads the table opens its indexes.
  if (!is_index && !is_concurrent) AddEffectLeaf(effects, table, AccessExclusiveLock, kForLong);
}

void AddVacuumLeaf(VacuumStmt* vacuum, Effects* effects) {
  const bool is_full = vacuum->is_vacuumcmd && HasOption(vacuum->options, "full", false);
  if (is_full) effects->acts |= kRewritesTable;
  ListCell* cell;
  foreach (cell, vacuum->rels) {
    const Oid table = FindLeaf(lfirst_node(VacuumRelation, cell)->relation);
    AddTreeLeaf(effects, table, is_full ? AccessExclusiveLock : ShareUpdateExclusiveLock, is_full ? kRewrites : 0,
                true);
  }
  effects->is_unknown = effects->is_unknown || (is_full && vacuum->rels == NIL);
}

void CreateTableLeaf(CreateStmt* create, Effects* effects) {
  ListCell* cell;
  foreach (cell, create->inhRelations) {
    const Oid parent = FindLeaf(lfirst_node(RangeVar, cell));
    const bool is_partition = create->partbound != nullptr;
    AddEffectLeaf(effects, parent, is_partition ? AccessExclusiveLock : ShareUpdateExclusiveLock, 0);
    if (is_partition && get_rel_relkind(parent) == RELKIND_PARTITIONED_TABLE) {
      AddEffectLeaf(effects, get_default_partition_oid(parent), AccessExclusiveLock, kScans);
    }
  }
  const auto refers = [=](List* constraints) {
    ListCell* at;
    foreach (at, constraints) {
      auto* const constraint = static_cast<Constraint*>(lfirst(at));
      if (!IsA(constraint, Constraint) || constraint->contype != CONSTR_FOREIGN) continue;
      AddTreeLeaf(effects, FindLeaf(constraint->pktable), ShareRowExclusiveLock, 0, true);
    }
  };
  foreach (cell, create->tableElts) {
    auto* const element = static_cast<Node*>(lfirst(cell));
    if (IsA(element, ColumnDef)) refers(castNode(ColumnDef, element)->constraints);
    if (IsA(element, Constraint)) refers(list_make1(element));
  }
  refers(create->constraints);
}

// Rows that are changed are locked. Of what an INSERT adds nobody knows yet.
void ChangeRowsLeaf(const RangeVar* name, bool locks, Effects* effects) {
  if (locks) effects->acts |= kChangesRows;
  const Oid table = FindLeaf(name);
  AddTreeLeaf(effects, table, RowExclusiveLock, locks ? kLocksRows : 0, name != nullptr && name->inh);
  AddReferencesLeaf(table, effects);
}

// Whether it does so for its own sake, as SELECT f() does.
bool CallsFunction(const SelectStmt* select) {
  ListCell* cell;
  foreach (cell, select->targetList) {
    Node* const value = lfirst_node(ResTarget, cell)->val;
    if (value != nullptr && IsA(value, FuncCall) && !ActsOutside(castNode(FuncCall, value))) return true;
  }
  foreach (cell, select->fromClause) {
    if (IsA(lfirst(cell), RangeFunction)) return true;
  }
  return false;
}

void SelectLeaf(SelectStmt* select, Effects* effects) {
  effects->is_unknown = effects->is_unknown || CallsFunction(select);
  if (select->lockingClause == NIL) return;
  ListCell* cell;
  foreach (cell, select->fromClause) {
    auto* const from = static_cast<Node*>(lfirst(cell));
    if (IsA(from, RangeVar)) AddTreeLeaf(effects, FindLeaf(castNode(RangeVar, from)), RowShareLock, kLocksRows, true);
  }
}

bool AddRowsLeaf(Node* node, Effects* effects) {
  switch (nodeTag(node)) {
    case T_InsertStmt: ChangeRowsLeaf(castNode(InsertStmt, node)->relation, false, effects); return true;
    case T_UpdateStmt: ChangeRowsLeaf(castNode(UpdateStmt, node)->relation, true, effects); return true;
    case T_DeleteStmt: ChangeRowsLeaf(castNode(DeleteStmt, node)->relation, true, effects); return true;
    case T_MergeStmt: ChangeRowsLeaf(castNode(MergeStmt, node)->relation, true, effects); return true;
    case T_CopyStmt: ChangeRowsLeaf(castNode(CopyStmt, node)->relation, false, effects); return true;
    case T_SelectStmt: SelectLeaf(castNode(SelectStmt, node), effects); return true;
    case T_DoStmt:
    case T_CallStmt: effects->is_unknown = true; return true;
    default: return false;
  }
}

// Statements that lock the relation that they name, and no more.
bool AddSimpleLeaf(Node* node, Effects* effects) {
  const auto add = [=](const RangeVar* name, int mode) { AddTreeLeaf(effects, FindLeaf(name), mode, 0, false); };
  switch (nodeTag(node)) {
    case T_RenameStmt: {
      auto* const rename = castNode(RenameStmt, node);
      const bool is_index = rename->renameType == OBJECT_INDEX;
      AddTreeLeaf(effects, FindLeaf(rename->relation), is_index ? ShareUpdateExclusiveLock : AccessExclusiveLock, 0,
                  rename->renameType == OBJECT_COLUMN);
      return true;
    }
    case T_AlterObjectSchemaStmt:
      add(castNode(AlterObjectSchemaStmt, node)->relation, AccessExclusiveLock);
      return true;
    case T_CreateTrigStmt: add(castNode(CreateTrigStmt, node)->relation, ShareRowExclusiveLock); return true;
    case T_RuleStmt: add(castNode(RuleStmt, node)->relation, AccessExclusiveLock); return true;
    case T_CreatePolicyStmt: add(castNode(CreatePolicyStmt, node)->table, AccessExclusiveLock); return true;
    case T_AlterPolicyStmt: add(castNode(AlterPolicyStmt, node)->table, AccessExclusiveLock); return true;
    case T_ViewStmt: add(castNode(ViewStmt, node)->view, AccessExclusiveLock); return true;
    case T_AlterSeqStmt: add(castNode(AlterSeqStmt, node)->sequence, ShareRowExclusiveLock); return true;
    default: return false;
  }
}

void LockLeaf(LockStmt* lock, Effects* effects) {
  ListCell* cell;
  foreach (cell, lock->relations) {
    auto* const name = lfirst_node(RangeVar, cell);
    AddTreeLeaf(effects, FindLeaf(name), lock->mode, kForLong, name->inh);
  }
}

void TruncateLeaf(TruncateStmt* truncate, Effects* effects) {
  effects->acts |= kTruncates;
  ListCell* cell;
  foreach (cell, truncate->relations) {
    auto* const name = lfirst_node(RangeVar, cell);
    AddTreeLeaf(effects, FindLeaf(name), AccessExclusiveLock, kDestroys, name->inh);
  }
}

}  // namespace

bool IsNeverNullLeaf(Oid table, const char* column) {
  const AttrNumber number = get_attnum(table, column);
  if (number == InvalidAttrNumber || !ConditionalLockRelationOid(table, AccessShareLock)) return false;
  bool never = false;
  Relation relation = try_relation_open(table, NoLock);
  if (relation != nullptr) {
    const auto* const attribute = TupleDescAttr(RelationGetDescr(relation), number - 1);
    auto* const test = makeNode(NullTest);
    test->arg = reinterpret_cast<Expr*>(
        makeVar(1, number, attribute->atttypid, attribute->atttypmod, attribute->attcollation, 0));
    test->nulltesttype = IS_NOT_NULL;
    test->argisrow = false;
    test->location = -1;
    never = PartConstraintImpliedByRelConstraint(relation, list_make1(test));
    relation_close(relation, NoLock);
  }
  UnlockRelationOid(table, AccessShareLock);
  return never;
}

void AddEffectLeaf(Effects* effects, Oid relation, int mode, Work work, AttrNumber column) {
  if (!OidIsValid(relation)) return;
  if (effects->count == effects->room) {
    const int room = effects->room == 0 ? 16 : effects->room * 2;
    const Size bytes = sizeof(Effect) * static_cast<Size>(room);
    effects->items = static_cast<Effect*>(effects->room == 0 ? MemoryContextAlloc(effects->context, bytes)
                                                             : repalloc(effects->items, bytes));
    effects->room = room;
  }
  effects->items[effects->count++] = {relation, mode, work, column, CountOfScans(relation)};
}

void AddEffectsLeaf(Node* node, Effects* effects) {
  if (AddSimpleLeaf(node, effects) || AddRowsLeaf(node, effects)) return;
  switch (nodeTag(node)) {
    case T_AlterTableStmt: AlterTableLeaf(castNode(AlterTableStmt, node), effects); break;
    case T_DropStmt: DropLeaf(castNode(DropStmt, node), effects); break;
    case T_ReindexStmt: ReindexLeaf(castNode(ReindexStmt, node), effects); break;
    case T_VacuumStmt: AddVacuumLeaf(castNode(VacuumStmt, node), effects); break;
    case T_CreateStmt: CreateTableLeaf(castNode(CreateStmt, node), effects); break;
    case T_AlterDomainStmt: AddDomainEffectsLeaf(castNode(AlterDomainStmt, node), effects); break;
    case T_LockStmt: LockLeaf(castNode(LockStmt, node), effects); break;
    case T_TruncateStmt: TruncateLeaf(castNode(TruncateStmt, node), effects); break;
    case T_IndexStmt: {
      auto* const index = castNode(IndexStmt, node);
      effects->acts |= kCreatesIndex;
      AddTreeLeaf(effects, FindLeaf(index->relation), index->concurrent ? ShareUpdateExclusiveLock : ShareLock,
                  index->concurrent ? kBuilds : kBuilds | kIsSure, index->relation->inh);
      break;
    }
    case T_RefreshMatViewStmt: {
      auto* const refresh = castNode(RefreshMatViewStmt, node);
      effects->acts |= kRefreshes;
      AddEffectLeaf(effects, FindLeaf(refresh->relation), refresh->concurrent ? ExclusiveLock : AccessExclusiveLock,
                    refresh->skipData ? 0 : kRewrites);
      break;
    }
    case kRepackTag: {
      effects->acts |= kRewritesTable;
      const RangeVar* const table = RepackOf(node).table;
      const bool is_concurrent = HasPlainForm(node);  // then its last lock is brief
      if (is_concurrent) AddTreeLeaf(effects, FindLeaf(table), ShareUpdateExclusiveLock, kRewrites, true);
      AddTreeLeaf(effects, FindLeaf(table), AccessExclusiveLock, is_concurrent ? 0 : kRewrites | kIsSure, true);
      effects->is_unknown = effects->is_unknown || table == nullptr;
      break;
    }
    default: break;
  }
}

}  // namespace migrate
