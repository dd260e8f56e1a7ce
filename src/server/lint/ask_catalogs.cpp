// What the catalogs know of the tables that a statement works on, where that makes a finding certain or needless.
#include "server/lint/plain_acts.h"
#include "server/run/effects.h"

namespace migrate {
namespace {

using lint::Does;

Oid FindLeaf(const RangeVar* name) {
  return name == nullptr ? InvalidOid : RangeVarGetRelidExtended(name, NoLock, RVR_MISSING_OK, nullptr, nullptr);
}

void AskTableLeaf(Oid table, PlainAct* act) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(tuple)) return;
  const auto* const form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
  act->exists = true;
  act->is_temporary = act->is_temporary || form->relpersistence == RELPERSISTENCE_TEMP;
  act->is_partitioned = form->relkind == RELKIND_PARTITIONED_TABLE;
  ReleaseSysCache(tuple);
}

// Whether a default has to be computed for each row, as ALTER TABLE asks. Nothing is run: constants stay as they are.
bool DiffersByRowLeaf(Node* value) {
  ParseState* const state = make_parsestate(nullptr);
  Node* const expression = transformExpr(state, static_cast<Node*>(copyObjectImpl(value)), EXPR_KIND_COLUMN_DEFAULT);
  const bool differs = contain_volatile_functions(expression);
  free_parsestate(state);
  return differs;
}

// Whether the values of a column can stay as they are; ATColumnChangeRequiresRewrite of the server, without domains.
bool KeepsValues(Node* expression) {
  for (;;) {
    if (IsA(expression, Var)) return true;
    if (IsA(expression, RelabelType)) {
      expression = reinterpret_cast<Node*>(castNode(RelabelType, expression)->arg);
    } else if (IsA(expression, FuncExpr)) {
      auto* const call = castNode(FuncExpr, expression);
      const bool is_moment = call->funcid == F_TIMESTAMPTZ_TIMESTAMP || call->funcid == F_TIMESTAMP_TIMESTAMPTZ;
      if (!is_moment || TimestampTimestampTzRequiresRewrite()) return false;
      expression = static_cast<Node*>(linitial(call->args));
    } else {
      return false;
    }
  }
}

void AskTypeLeaf(Oid table, PlainAct* act) {
  const AttrNumber number = get_attnum(table, act->name);
  if (number == InvalidAttrNumber) return;
  Oid old_type, old_collation, type;
  int32 old_size, size;
  get_atttypetypmodcoll(table, number, &old_type, &old_size, &old_collation);
  typenameTypeIdAndMod(nullptr, act->new_type, &type, &size);
  auto* const old_value = reinterpret_cast<Node*>(makeVar(1, number, old_type, old_size, old_collation, 0));
  ParseState* const state = make_parsestate(nullptr);
  Node* value =
      coerce_to_target_type(state, old_value, old_type, type, size, COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
  if (value == nullptr) return;
  assign_expr_collations(state, value);
  value = reinterpret_cast<Node*>(expression_planner(reinterpret_cast<Expr*>(value)));
  act->rewrites = !KeepsValues(value);
  free_parsestate(state);
}

}  // namespace

bool WantsCatalogs(const PlainAct& act) { return act.relation != nullptr && act.does != Does::kDefineColumn; }

void AskCatalogsLeaf(PlainAct* act) {
  const Oid table = FindLeaf(act->relation);
  if (OidIsValid(table)) AskTableLeaf(table, act);
  if (act->default_value != nullptr && act->rewrites) act->rewrites = DiffersByRowLeaf(act->default_value);
  if (!OidIsValid(table)) return;
  if (act->does == Does::kChangeType && act->new_type != nullptr) AskTypeLeaf(table, act);
  if (act->does == Does::kSetNotNull) act->is_proven = IsNeverNullLeaf(table, act->name);
}

}  // namespace migrate
