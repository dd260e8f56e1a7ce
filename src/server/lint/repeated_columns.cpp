// Columns that stand twice where the server wants each once: the grammar lets it pass, the statement fails.
#include "server/lint/plain_acts.h"

namespace migrate {
namespace {

// One of a list. Part of a column (a.b, a[1]) may be given beside other parts of it.
struct Item {
  const char* name;
  int location;
  bool is_part;
};

struct Items {
  Item* items;
  int count;
};

int CompareItems(const void* a, const void* b) {
  const auto* const first = static_cast<const Item*>(a);
  const auto* const second = static_cast<const Item*>(b);
  const int order = strcmp(first->name, second->name);
  return order != 0 ? order : first->location - second->location;
}

Items RoomLeaf(List* list) {
  return {static_cast<Item*>(palloc(sizeof(Item) * static_cast<Size>(list_length(list) + 1))), 0};
}

// Tells each column once, where it stands for the second time.
void AddRepeatsLeaf(Items found, PlainActs* acts) {
  if (found.count < 2) return;
  qsort(found.items, static_cast<size_t>(found.count), sizeof(Item), CompareItems);
  for (int i = 0, next; i < found.count; i = next) {
    bool is_whole = false;
    for (next = i; next < found.count && strcmp(found.items[i].name, found.items[next].name) == 0; ++next) {
      is_whole = is_whole || !found.items[next].is_part;
    }
    if (next - i < 2 || !is_whole) continue;
    PlainAct* const act = AddActLeaf(acts, lint::Does::kRepeatColumn, nullptr, found.items[i + 1].location);
    act->name = found.items[i].name;
  }
}

// Of INSERT and UPDATE.
void AddTargetsLeaf(List* targets, PlainActs* acts) {
  Items found = RoomLeaf(targets);
  ListCell* cell;
  foreach (cell, targets) {
    const auto* const target = lfirst_node(ResTarget, cell);
    if (target->name == nullptr) continue;
    found.items[found.count++] = {target->name, target->location, target->indirection != NIL};
  }
  AddRepeatsLeaf(found, acts);
}

// Of what CREATE TABLE and CREATE VIEW name themselves.
void AddNamesLeaf(List* names, PlainActs* acts) {
  Items found = RoomLeaf(names);
  ListCell* cell;
  foreach (cell, names) {
    auto* const node = static_cast<Node*>(lfirst(cell));
    if (IsA(node, String)) found.items[found.count++] = {strVal(node), -1, false};
    if (IsA(node, ColumnDef)) {
      found.items[found.count++] = {castNode(ColumnDef, node)->colname, castNode(ColumnDef, node)->location, false};
    }
  }
  AddRepeatsLeaf(found, acts);
}

// What the server calls a column of a query; null where that would take it too deep.
const char* NameOfLeaf(ResTarget* target) {
  constexpr int kDeepest = 1000;
  if (target->name != nullptr) return target->name;
  Node* value = target->val;
  for (int depth = 0; value != nullptr && (IsA(value, TypeCast) || IsA(value, CollateClause)); ++depth) {
    if (depth == kDeepest) return nullptr;
    value = IsA(value, TypeCast) ? castNode(TypeCast, value)->arg : castNode(CollateClause, value)->arg;
  }
  return FigureColname(target->val);
}

// … and of those that a query gives them.
void AddResultsLeaf(Node* query, PlainActs* acts) {
  if (query == nullptr || !IsA(query, SelectStmt)) return;
  const SelectStmt* select = castNode(SelectStmt, query);
  while (select->larg != nullptr) select = select->larg;
  Items found = RoomLeaf(select->targetList);
  ListCell* cell;
  foreach (cell, select->targetList) {
    auto* const target = lfirst_node(ResTarget, cell);
    const bool is_star = target->val != nullptr && IsA(target->val, ColumnRef) &&
                         IsA(llast(castNode(ColumnRef, target->val)->fields), A_Star);
    if (is_star) continue;
    const char* const name = NameOfLeaf(target);
    if (name == nullptr) continue;
    found.items[found.count++] = {name, target->location, false};
  }
  AddRepeatsLeaf(found, acts);
}

void AddInsertLeaf(InsertStmt* insert, PlainActs* acts) {
  AddTargetsLeaf(insert->cols, acts);
  if (insert->onConflictClause != nullptr) AddTargetsLeaf(insert->onConflictClause->targetList, acts);
}

void AddWithLeaf(WithClause* with, PlainActs* acts) {
  if (with == nullptr) return;
  ListCell* cell;
  foreach (cell, with->ctes) AddRepeatedColumnsLeaf(lfirst_node(CommonTableExpr, cell)->ctequery, acts);
}

void AddMergeLeaf(MergeStmt* merge, PlainActs* acts) {
  ListCell* cell;
  foreach (cell, merge->mergeWhenClauses) AddTargetsLeaf(lfirst_node(MergeWhenClause, cell)->targetList, acts);
}

}  // namespace

void AddRepeatedColumnsLeaf(Node* node, PlainActs* acts) {
  check_stack_depth();
  if (node == nullptr) return;
  switch (nodeTag(node)) {
    case T_InsertStmt:
      AddInsertLeaf(castNode(InsertStmt, node), acts);
      AddWithLeaf(castNode(InsertStmt, node)->withClause, acts);
      break;
    case T_UpdateStmt:
      AddTargetsLeaf(castNode(UpdateStmt, node)->targetList, acts);
      AddWithLeaf(castNode(UpdateStmt, node)->withClause, acts);
      break;
    case T_DeleteStmt: AddWithLeaf(castNode(DeleteStmt, node)->withClause, acts); break;
    case T_SelectStmt:
      if (castNode(SelectStmt, node)->intoClause != nullptr) AddResultsLeaf(node, acts);
      AddWithLeaf(castNode(SelectStmt, node)->withClause, acts);
      break;
    case T_MergeStmt:
      AddMergeLeaf(castNode(MergeStmt, node), acts);
      AddWithLeaf(castNode(MergeStmt, node)->withClause, acts);
      break;
    case T_CreateStmt: AddNamesLeaf(castNode(CreateStmt, node)->tableElts, acts); break;
    case T_CreateTableAsStmt: {
      auto* const create = castNode(CreateTableAsStmt, node);
      if (create->into->colNames != NIL) {
        AddNamesLeaf(create->into->colNames, acts);
      } else {
        AddResultsLeaf(create->query, acts);
      }
      break;
    }
    case T_ViewStmt: {
      auto* const view = castNode(ViewStmt, node);
      if (view->aliases != NIL) {
        AddNamesLeaf(view->aliases, acts);
      } else {
        AddResultsLeaf(view->query, acts);
      }
      break;
    }
    default: break;
  }
}

}  // namespace migrate
