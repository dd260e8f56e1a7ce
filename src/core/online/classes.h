// One function for each class of change that has a gentler form. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/online/form.h"
#include "core/schema/object.h"

namespace migrate::online {

// A step that is gentler than what it stands for.
Step Gentler(const char* kind, std::string text, std::string note = {});

// Several statements in one transaction.
std::string Together(const std::vector<std::string>& statements);

// A constraint, as "name on app.orders" is one, and what its definition says of it.
struct Constraint {
  std::string name, table;
  std::string_view says;  // UNIQUE (note) and the like; points into the definition
};
Constraint ConstraintOf(const schema::Object& object);

// The statements of a definition behind the first one.
std::vector<std::string> FurtherOf(const schema::Object& object);
std::string FirstOf(const schema::Object& object);

// The table of an index, by its definition.
std::string TableOfIndex(std::string_view definition);

// CREATE INDEX … without blocking writers.
std::string Concurrently(const std::string& create_index);

// An index under another name.
std::string Named(const std::string& create_index, const std::string& name);

// What a UNIQUE or PRIMARY KEY constraint says besides its columns: " DEFERRABLE", or nothing.
std::string TraitsOf(const Constraint& key);

// Of the step that makes it.
const char* KindOfKey(const Constraint& key);

// ALTER TABLE … ADD CONSTRAINT … USING INDEX of the constraint's own name.
std::string OverIndex(const Constraint& key);

std::vector<Step> KeySteps(const schema::Object& object, const KeyIndexes& indexes);
std::vector<Step> ValidatedSteps(const schema::Object& object);  // of a foreign key or a check
std::vector<Step> IndexSteps(const schema::Object& object);
std::vector<Step> NotNullSteps(const std::string& column, std::string_view not_null, const Terms& terms);

// A new column whose values are computed for each row.
std::vector<Step> NewColumnSteps(const schema::Change& column, const schema::Change* sequence, const Table& table,
                                 const Terms& terms);

// Why it has none; empty if it has.
std::string WhyNoNewColumn(const schema::Object& column, const Table& table, const Terms& terms);

// Statements that belong into the swap: what stood on the column is dropped before, and made again behind.
struct Around {
  std::vector<std::string> before, after;
  // What they change; nothing if that is more than tables, views and parts of these.
  std::optional<std::vector<std::string>> relations = std::vector<std::string>();
};
std::vector<Step> RetypeSteps(const Retyped& retyped, const schema::Change& column, const Terms& terms,
                              const Around& around);
std::string WhyNoRetype(const Retyped& retyped, const schema::Change& column, const Terms& terms);

}  // namespace migrate::online
