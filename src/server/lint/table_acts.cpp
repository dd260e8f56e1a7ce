// Of CREATE TABLE and ALTER TABLE.
#include "server/lint/plain_acts.h"

namespace migrate {
namespace {

using lint::ConstraintKind;
using lint::Does;

ConstraintKind KindOf(const Constraint* constraint) {
  switch (constraint->contype) {
    case CONSTR_FOREIGN: return ConstraintKind::kForeignKey;
    case CONSTR_CHECK: return ConstraintKind::kCheck;
    case CONSTR_NOTNULL: return ConstraintKind::kNotNull;
    case CONSTR_UNIQUE: return ConstraintKind::kUnique;
    case CONSTR_PRIMARY: return ConstraintKind::kPrimaryKey;
    case CONSTR_EXCLUSION: return ConstraintKind::kExclusion;
    default: return ConstraintKind::kNone;
  }
}

// The column that CHECK (column IS NOT NULL) is about; null for another.
const char* NeverNullLeaf(const Constraint* constraint) {
  if (constraint->contype != CONSTR_CHECK || constraint->raw_expr == nullptr) return nullptr;
  if (!IsA(constraint->raw_expr, NullTest)) return nullptr;
  auto* const test = castNode(NullTest, constraint->raw_expr);
  auto* const argument = reinterpret_cast<Node*>(test->arg);
  if (test->nulltesttype != IS_NOT_NULL || !IsA(argument, ColumnRef)) return nullptr;
  List* const fields = castNode(ColumnRef, argument)->fields;
  return list_length(fields) == 1 && IsA(linitial(fields), String) ? strVal(linitial(fields)) : nullptr;
}

void AddConstraintActLeaf(const Constraint* constraint, RangeVar* table, bool of_new_column, PlainActs* acts) {
  const ConstraintKind kind = KindOf(constraint);
  if (kind == ConstraintKind::kNone) return;
  PlainAct* const act = AddActLeaf(acts, Does::kAddConstraint, table, constraint->location);
  act->constraint = kind;
  act->name = constraint->conname;
  act->other = NeverNullLeaf(constraint);
  act->not_valid = constraint->skip_validation;
  act->uses_index = constraint->indexname != nullptr;
  act->of_new_column = of_new_column;
}

// Whether a default is not the same for all rows for sure, as far as the text tells. Sums can be long, and are as deep.
bool MayDifferLeaf(Node* value) {
  check_stack_depth();
  if (value == nullptr || IsA(value, A_Const) || IsA(value, SQLValueFunction)) return false;
  if (IsA(value, TypeCast)) return MayDifferLeaf(castNode(TypeCast, value)->arg);
  if (IsA(value, CollateClause)) return MayDifferLeaf(castNode(CollateClause, value)->arg);
  if (IsA(value, A_ArrayExpr)) {
    ListCell* cell;
    foreach (cell, castNode(A_ArrayExpr, value)->elements) {
      if (MayDifferLeaf(static_cast<Node*>(lfirst(cell)))) return true;
    }
    return false;
  }
  if (IsA(value, A_Expr))
    return MayDifferLeaf(castNode(A_Expr, value)->lexpr) || MayDifferLeaf(castNode(A_Expr, value)->rexpr);
  if (!IsA(value, FuncCall)) return true;
  const char* const name = LastNameLeaf(castNode(FuncCall, value)->funcname);
  return strcmp(name, "now") != 0 && strcmp(name, "transaction_timestamp") != 0;
}

bool IsSerial(const char* type) {
  for (const char* serial : {"serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"}) {
    if (strcmp(type, serial) == 0) return true;
  }
  return false;
}

void SetTypeLeaf(TypeName* type, PlainAct* act) {
  if (type == nullptr || type->names == NIL) return;
  act->type = LastNameLeaf(type->names);
  act->is_sized = type->typmods != NIL;
  act->is_serial = list_length(type->names) == 1 && IsSerial(act->type);
  act->new_type = type;
  if (type->location >= 0) act->location = type->location;
}

void AddColumnActsLeaf(AlterTableCmd* command, RangeVar* table, PlainActs* acts) {
  auto* const column = castNode(ColumnDef, command->def);
  PlainAct* const act = AddActLeaf(acts, Does::kAddColumn, table, column->location);
  act->name = column->colname;
  act->if_not_exists = command->missing_ok;
  SetTypeLeaf(column->typeName, act);
  ListCell* cell;
  foreach (cell, column->constraints) {
    auto* const constraint = lfirst_node(Constraint, cell);
    switch (constraint->contype) {
      case CONSTR_NOTNULL: act->not_null = true; break;
      case CONSTR_IDENTITY: act->is_generated = act->rewrites = true; break;
      case CONSTR_GENERATED:
        act->is_generated = true;
        act->rewrites = !IsVirtual(constraint);
        break;
      case CONSTR_DEFAULT:
        act->has_default = true;
        act->default_value = constraint->raw_expr;
        act->rewrites = MayDifferLeaf(constraint->raw_expr);
        break;
      default: AddConstraintActLeaf(constraint, table, true, acts);
    }
  }
}

void AddChangeTypeActLeaf(AlterTableCmd* command, RangeVar* table, PlainActs* acts) {
  auto* const column = castNode(ColumnDef, command->def);
  PlainAct* const act = AddActLeaf(acts, Does::kChangeType, table);
  act->name = command->name;
  act->rewrites = true;
  SetTypeLeaf(column->typeName, act);
  if (column->raw_default != nullptr) act->new_type = nullptr;  // USING: what it computes is not looked at
}

PlainAct* AddNamedLeaf(Does does, AlterTableCmd* command, RangeVar* table, PlainActs* acts) {
  PlainAct* const act = AddActLeaf(acts, does, table);
  act->name = command->name;
  return act;
}

void AddRewriteActLeaf(const char* what, RangeVar* table, PlainActs* acts) {
  AddActLeaf(acts, Does::kRewrite, table)->name = what;
}

void AddCommandActsLeaf(AlterTableCmd* command, RangeVar* table, PlainActs* acts) {
  switch (command->subtype) {
    case AT_AddColumn: AddColumnActsLeaf(command, table, acts); break;
    case AT_AlterColumnType: AddChangeTypeActLeaf(command, table, acts); break;
    case AT_AddConstraint: AddConstraintActLeaf(castNode(Constraint, command->def), table, false, acts); break;
    case AT_SetNotNull: AddNamedLeaf(Does::kSetNotNull, command, table, acts); break;
    case AT_DropNotNull: AddNamedLeaf(Does::kDropNotNull, command, table, acts); break;
    case AT_DropColumn: AddNamedLeaf(Does::kDropColumn, command, table, acts); break;
    case AT_DropConstraint: AddNamedLeaf(Does::kDropConstraint, command, table, acts); break;
    case AT_ValidateConstraint: AddNamedLeaf(Does::kValidate, command, table, acts); break;
    case AT_DetachPartition: {
      auto* const partition = castNode(PartitionCmd, command->def);
      PlainAct* const act = AddActLeaf(acts, Does::kDetach, table, partition->name->location);
      act->name = partition->name->relname;
      act->concurrent = partition->concurrent;
      break;
    }
    case AT_SetLogged: AddRewriteActLeaf("SET LOGGED", table, acts); break;
    case AT_SetUnLogged: AddRewriteActLeaf("SET UNLOGGED", table, acts); break;
    case AT_SetTableSpace: AddRewriteActLeaf("SET TABLESPACE", table, acts); break;
    case AT_SetAccessMethod: AddRewriteActLeaf("SET ACCESS METHOD", table, acts); break;
    default:
      if (SetsExpression(command->subtype)) AddRewriteActLeaf("SET EXPRESSION", table, acts);
  }
}

}  // namespace

// The constraints of a new table hold up nobody.
void AddCreateTableActsLeaf(CreateStmt* create, PlainActs* acts) {
  PlainAct* const act = AddActLeaf(acts, Does::kCreateTable, create->relation, create->relation->location);
  act->if_not_exists = create->if_not_exists;
  act->is_temporary = create->relation->relpersistence == RELPERSISTENCE_TEMP;
  ListCell* cell;
  foreach (cell, create->tableElts) {
    auto* const element = static_cast<Node*>(lfirst(cell));
    if (!IsA(element, ColumnDef)) continue;
    auto* const column = castNode(ColumnDef, element);
    if (column->typeName == nullptr) continue;
    PlainAct* const define = AddActLeaf(acts, Does::kDefineColumn, create->relation, column->location);
    define->name = column->colname;
    SetTypeLeaf(column->typeName, define);
  }
}

void AddAlterTableActsLeaf(AlterTableStmt* alter, PlainActs* acts) {
  if (alter->objtype != OBJECT_TABLE) return;
  ListCell* cell;
  foreach (cell, alter->cmds) AddCommandActsLeaf(lfirst_node(AlterTableCmd, cell), alter->relation, acts);
}

}  // namespace migrate
