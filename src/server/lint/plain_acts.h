// What a statement does, as leaves find it out: plain values, in the memory of its parse tree. See core/lint/act.h.
#pragma once

#include "core/lint/act.h"
#include "server/base/compat.h"

namespace migrate {

struct PlainAct : lint::ActTraits {
  int location = -1;  // in the statement's text, in bytes; -1 for its beginning
  const char* schema = nullptr;
  const char* table = nullptr;
  const char* name = nullptr;
  const char* type = nullptr;
  const char* other = nullptr;
  // What the catalogs may tell more of.
  RangeVar* relation = nullptr;
  Node* default_value = nullptr;
  TypeName* new_type = nullptr;
  PlainAct* next = nullptr;
};

struct PlainActs {
  PlainAct* first = nullptr;
  PlainAct* last = nullptr;
};

// Leaf. Adds one, empty but for what it is told.
PlainAct* AddActLeaf(PlainActs* acts, lint::Does does, RangeVar* relation = nullptr, int location = -1);

// Leaf. What a name of several parts ends with.
const char* LastNameLeaf(List* names);

// Leaves. What the statement does, by its parse tree alone.
void AddStatementActsLeaf(Node* node, PlainActs* acts);
void AddCreateTableActsLeaf(CreateStmt* create, PlainActs* acts);
void AddAlterTableActsLeaf(AlterTableStmt* alter, PlainActs* acts);
// … columns that stand twice where they may stand once.
void AddRepeatedColumnsLeaf(Node* node, PlainActs* acts);

// Leaf. Puts in what the catalogs know of one; may fail where they know less than the migration takes for granted.
bool WantsCatalogs(const PlainAct& act);
void AskCatalogsLeaf(PlainAct* act);

}  // namespace migrate
