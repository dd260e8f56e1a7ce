// What a migration expects of the schema: lines `-- migrate:expect table app.users with column email not null, row
// security`. What they say, and how it is said that something is missing. Pure; the server looks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrate::expect {

// A name of SQL, perhaps with its schema.
struct Name {
  std::string text;  // as it is written
  std::string last;  // its last part, without quotes
};

enum class Feature { kColumn, kPrimaryKey, kUnique, kIndex, kIndexOn, kForeignKey, kRowSecurity, kPolicy, kTrigger };

// What a table is expected to have.
struct Part {
  Feature feature = Feature::kColumn;
  std::string name;  // of a column, an index, a policy or a trigger
  std::string type;  // of a column; empty for any
  bool not_null = false;
  std::vector<std::string> columns;         // of a key or an index
  Name target;                              // of a foreign key; empty for any
  std::vector<std::string> target_columns;  // empty for any

  // "a column email", "a foreign key (author) to app.users".
  std::string Shown() const;
};

struct Expectation {
  std::string kind;  // table, view, function, type, schema, sequence or extension
  Name name;         // of a function with its arguments
  std::vector<Part> parts;

  std::string Shown() const;  // "table app.users"
};

// 42601 for what is no expectation.
Expectation ParseExpectation(std::string_view text, int line);

}  // namespace migrate::expect
