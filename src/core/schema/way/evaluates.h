// Which statements of a way evaluate expressions that somebody else may have written, and on what. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migrate::schema {

// What a statement evaluates expressions on: a relation, or a domain.
struct Evaluated {
  bool is_domain = false;
  std::string name;
};

// Nothing where none is evaluated, or where the server itself does it as the owner: building an index, checking a
// foreign key.
std::optional<Evaluated> EvaluatedBy(std::string_view statement);

// CREATE MATERIALIZED VIEW: its name, and the statement without its rows. They are fetched when it has its owner, as
// whom the server fetches them.
struct UnfilledView {
  std::string name;
  std::string statement;
};
std::optional<UnfilledView> UnfilledViewOf(std::string_view statement);

}  // namespace migrate::schema
