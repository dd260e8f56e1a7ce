// A definition taken apart again: its statements and comment lines, and what each of them says. Cut by the lexer, so
// that the body of a function and the text of a comment may hold anything. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrate::schema {

enum class Topic { kObject, kColumnOrder, kOwner, kGrants, kComment };

struct Part {
  std::string_view text;  // of the definition; a statement with its semicolon, a comment line without one
  Topic topic = Topic::kObject;

  bool is_statement() const { return !text.starts_with("--"); }
};

// The parts in their order. They point into the definition.
std::vector<Part> PartsOf(std::string_view definition);

// The names in the line that keeps the order of a table's columns, as they stand there; nothing for any other part.
std::vector<std::string_view> ColumnsIn(const Part& part);

// The roles that a part names as owner, as grantor or grantee, in a policy or in a user mapping: without quotes, PUBLIC
// left out.
std::vector<std::string> RolesIn(const Part& part);

}  // namespace migrate::schema
