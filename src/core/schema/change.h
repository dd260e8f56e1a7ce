// What happened to objects between two descriptions of them. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/schema/object.h"

namespace migrate::schema {

// Where the statement stands that did it: in the file, and how many bytes it has. Without a length it is not known.
struct StatementPlace {
  Position position;
  size_t length = 0;
};

struct Change {
  enum class Action { kCreated, kAltered, kDropped };

  Action action = Action::kCreated;
  Object before;  // nothing in it if it was created
  Object after;   // nothing in it if it was dropped
  StatementPlace statement = {};

  const Object& object() const { return action == Action::kDropped ? before : after; }
};

const char* ActionName(Change::Action action);

// Pairs them by address: another identity is a new name. What was dropped and made again under its name was altered, or
// not changed at all; but what holds data, a table or a column, was dropped and created. What was dropped comes first,
// the rest in the order of `after`.
std::vector<Change> ChangesBetween(std::vector<Object> before, std::vector<Object> after);

}  // namespace migrate::schema
