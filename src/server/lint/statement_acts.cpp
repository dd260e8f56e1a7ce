// Of all statements but CREATE TABLE and ALTER TABLE.
#include "server/lint/plain_acts.h"
#include "server/run/plain_form.h"

namespace migrate {
namespace {

using lint::Does;

PlainAct* AddNamedLeaf(PlainActs* acts, Does does, const char* name) {
  PlainAct* const act = AddActLeaf(acts, does);
  act->name = name;
  return act;
}

PlainAct* AddTypeActLeaf(PlainActs* acts, Does does, List* type, const char* name) {
  PlainAct* const act = AddNamedLeaf(acts, does, name);
  act->table = LastNameLeaf(type);
  if (list_length(type) > 1) act->schema = strVal(linitial(type));
  return act;
}

void AddIndexActLeaf(IndexStmt* index, PlainActs* acts) {
  PlainAct* const act = AddActLeaf(acts, Does::kCreateIndex, index->relation);
  act->name = index->idxname;
  act->concurrent = index->concurrent;
  act->is_unique = index->unique;
  act->keys = list_length(index->indexParams);
}

void AddDropActsLeaf(DropStmt* drop, PlainActs* acts) {
  ListCell* cell;
  foreach (cell, drop->objects) {
    auto* const object = static_cast<Node*>(lfirst(cell));
    switch (drop->removeType) {
      case OBJECT_TABLE: AddActLeaf(acts, Does::kDropTable, makeRangeVarFromNameList(castNode(List, object))); break;
      case OBJECT_INDEX:
        AddActLeaf(acts, Does::kDropIndex, makeRangeVarFromNameList(castNode(List, object)))->concurrent =
            drop->concurrent;
        break;
      case OBJECT_SCHEMA:
        AddNamedLeaf(acts, Does::kDropSchema, strVal(object))->cascade = drop->behavior == DROP_CASCADE;
        break;
      default: return;
    }
  }
}

void AddRenameActLeaf(RenameStmt* rename, PlainActs* acts) {
  const bool of_table = rename->renameType == OBJECT_COLUMN && rename->relationType == OBJECT_TABLE;
  if (rename->renameType == OBJECT_SCHEMA) {
    AddNamedLeaf(acts, Does::kRenameSchema, rename->subname)->other = rename->newname;
  } else if (of_table || rename->renameType == OBJECT_TABLE) {
    PlainAct* const act = AddActLeaf(acts, of_table ? Does::kRenameColumn : Does::kRenameTable, rename->relation);
    act->name = of_table ? rename->subname : rename->relation->relname;
    act->other = rename->newname;
  }
}

void AddLabelActLeaf(AlterEnumStmt* alter, PlainActs* acts) {
  if (alter->oldVal != nullptr) {
    AddTypeActLeaf(acts, Does::kRenameLabel, alter->typeName, alter->oldVal)->other = alter->newVal;
  } else {
    AddTypeActLeaf(acts, Does::kAddLabel, alter->typeName, alter->newVal)->is_placed = alter->newValNeighbor != nullptr;
  }
}

// A default is no constraint.
void AddDomainActLeaf(CreateDomainStmt* create, PlainActs* acts) {
  ListCell* cell;
  foreach (cell, create->constraints) {
    auto* const constraint = lfirst_node(Constraint, cell);
    if (constraint->contype != CONSTR_CHECK && constraint->contype != CONSTR_NOTNULL) continue;
    PlainAct* const act = AddNamedLeaf(acts, Does::kCreateDomain, LastNameLeaf(create->domainname));
    act->location = constraint->location;
    return;
  }
}

void AddAlterDomainActLeaf(AlterDomainStmt* alter, PlainActs* acts) {
  if (alter->subtype != 'C') return;  // ADD CONSTRAINT
  PlainAct* const act = AddNamedLeaf(acts, Does::kConstrainDomain, LastNameLeaf(alter->typeName));
  act->not_valid = castNode(Constraint, alter->def)->skip_validation;
}

void AddTruncateActsLeaf(TruncateStmt* truncate, PlainActs* acts) {
  if (truncate->relations == NIL) return;
  auto* const first = linitial_node(RangeVar, truncate->relations);
  AddActLeaf(acts, Does::kTruncate, first)->cascade = truncate->behavior == DROP_CASCADE;
}

void AddVacuumActLeaf(Node* node, PlainActs* acts) {
  if (nodeTag(node) == kRepackTag) {
    const char* const name = RepackOf(node).name;
    if (strcmp(name, "CLUSTER") == 0) AddNamedLeaf(acts, Does::kVacuum, name);
    return;
  }
  auto* const vacuum = castNode(VacuumStmt, node);
  if (vacuum->is_vacuumcmd && HasOption(vacuum->options, "full", false)) {
    AddNamedLeaf(acts, Does::kVacuum, "VACUUM FULL");
  }
}

void AddReindexActLeaf(ReindexStmt* reindex, PlainActs* acts) {
  PlainAct* const act = AddNamedLeaf(acts, Does::kReindex, reindex->name);
  act->concurrent = HasOption(reindex->params, "concurrently", false);
  act->is_system = reindex->kind == REINDEX_OBJECT_SYSTEM;
}

void AddNewTableLeaf(IntoClause* into, bool if_not_exists, PlainActs* acts) {
  if (into == nullptr || into->rel == nullptr) return;
  PlainAct* const act = AddActLeaf(acts, Does::kCreateTable, into->rel, into->rel->location);
  act->if_not_exists = if_not_exists;
  act->is_temporary = into->rel->relpersistence == RELPERSISTENCE_TEMP;
}

bool RefersToOther(CreateStmt* create) {
  ListCell* cell;
  foreach (cell, create->tableElts) {
    auto* const element = static_cast<Node*>(lfirst(cell));
    if (IsA(element, Constraint) && castNode(Constraint, element)->contype == CONSTR_FOREIGN) return true;
    if (!IsA(element, ColumnDef)) continue;
    ListCell* inner;
    foreach (inner, castNode(ColumnDef, element)->constraints) {
      if (lfirst_node(Constraint, inner)->contype == CONSTR_FOREIGN) return true;
    }
  }
  return false;
}

// Whether it takes a lock that makes others wait behind it, where it has to wait itself.
bool IsSlow(Node* node) {
  switch (nodeTag(node)) {
    case T_CreateStmt: return RefersToOther(castNode(CreateStmt, node));
    case T_AlterTableStmt:
    case T_RenameStmt:
    case T_AlterObjectSchemaStmt:
    case T_AlterDomainStmt:
    case T_DropStmt:
    case T_IndexStmt:
    case T_ReindexStmt:
    case T_TruncateStmt:
    case T_VacuumStmt:
    case T_LockStmt:
    case T_CreateTrigStmt:
    case T_RuleStmt:
    case T_CreatePolicyStmt:
    case T_AlterPolicyStmt:
    case T_RefreshMatViewStmt:
    case kRepackTag: return true;
    case T_ViewStmt: return castNode(ViewStmt, node)->replace;
    default: return false;
  }
}

}  // namespace

PlainAct* AddActLeaf(PlainActs* acts, lint::Does does, RangeVar* relation, int location) {
  auto* const act = static_cast<PlainAct*>(palloc(sizeof(PlainAct)));
  *act = PlainAct();
  act->does = does;
  act->location = location;
  if (relation != nullptr) {
    act->schema = relation->schemaname;
    act->table = relation->relname;
    act->relation = relation;
  }
  *(acts->last == nullptr ? &acts->first : &acts->last->next) = act;
  acts->last = act;
  return act;
}

const char* LastNameLeaf(List* names) { return names == NIL ? "" : strVal(llast(names)); }

void AddStatementActsLeaf(Node* node, PlainActs* acts) {
  if (IsSlow(node)) AddActLeaf(acts, Does::kOther)->is_slow = true;
  switch (nodeTag(node)) {
    case T_CreateStmt: AddCreateTableActsLeaf(castNode(CreateStmt, node), acts); break;
    case T_CreateTableAsStmt:
      AddNewTableLeaf(castNode(CreateTableAsStmt, node)->into, castNode(CreateTableAsStmt, node)->if_not_exists, acts);
      break;
    case T_SelectStmt: AddNewTableLeaf(castNode(SelectStmt, node)->intoClause, false, acts); break;
    case T_AlterTableStmt: AddAlterTableActsLeaf(castNode(AlterTableStmt, node), acts); break;
    case T_IndexStmt: AddIndexActLeaf(castNode(IndexStmt, node), acts); break;
    case T_DropStmt: AddDropActsLeaf(castNode(DropStmt, node), acts); break;
    case T_DropdbStmt: AddNamedLeaf(acts, Does::kDropDatabase, castNode(DropdbStmt, node)->dbname); break;
    case T_RenameStmt: AddRenameActLeaf(castNode(RenameStmt, node), acts); break;
    case T_AlterEnumStmt: AddLabelActLeaf(castNode(AlterEnumStmt, node), acts); break;
    case T_CreateDomainStmt: AddDomainActLeaf(castNode(CreateDomainStmt, node), acts); break;
    case T_AlterDomainStmt: AddAlterDomainActLeaf(castNode(AlterDomainStmt, node), acts); break;
    case T_TruncateStmt: AddTruncateActsLeaf(castNode(TruncateStmt, node), acts); break;
    case T_ReindexStmt: AddReindexActLeaf(castNode(ReindexStmt, node), acts); break;
    case kRepackTag:
    case T_VacuumStmt: AddVacuumActLeaf(node, acts); break;
    case T_UpdateStmt:
      AddActLeaf(acts, Does::kChangeRows, castNode(UpdateStmt, node)->relation)->name = "UPDATE";
      break;
    case T_DeleteStmt:
      AddActLeaf(acts, Does::kChangeRows, castNode(DeleteStmt, node)->relation)->name = "DELETE";
      break;
    default: break;
  }
  AddRepeatedColumnsLeaf(node, acts);
}

}  // namespace migrate
