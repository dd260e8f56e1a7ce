// What the schema is to be like when the recorded changes of a migration are taken back. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/schema/change.h"
#include "core/schema/object.h"
#include "core/schema/way/way.h"

namespace migrate::schema {

// A column whose type changes back.
struct Retyped {
  std::string table;
  std::string column;
  std::string now, then;
};

struct Back {
  std::vector<Object> wanted;
  std::vector<Rename> renames;
  std::vector<std::string> obstacles;  // objects that are no longer as the migration left them, or were never described
  std::vector<std::string> obstructing;  // their identities
  std::vector<std::string> lost;         // what comes back empty: tables, columns, sequences
  std::vector<Object> going;             // tables and columns that are there now and go with what they hold
  std::vector<Object> replaced;          // those of them in the place of what comes back under the same name
  std::vector<Retyped> retyped;
};

// `parts`: what was recorded together, in the order in which it happened. `now`: the whole schema. Not an obstacle:
// another order of columns, and an enum that has got more labels.
Back TakenBack(const std::vector<std::vector<Change>>& parts, const std::vector<Object>& now);

// A column whose values are computed from others.
bool IsComputed(const Object& object);

// What a way back can leave.
bool IsColumnOrder(const Difference& difference);
bool IsOfMoreLabels(const Difference& difference);  // an enum has all labels that it is to have, and others

// What a way back has led to: "exact", "equal but for …", "superset: …"; empty if anything else differs.
std::string VerdictOf(const std::vector<Difference>& left);

}  // namespace migrate::schema
