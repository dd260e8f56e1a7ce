#include "core/schema/column.h"

#include "core/base/text.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

constexpr std::string_view kInherited = "/* inherited */";

}  // namespace

Column ColumnOf(std::string_view statement, std::string_view name) {
  constexpr std::string_view kKeywords[] = {"OPTIONS", "COLLATE", "DEFAULT", "GENERATED", "CONSTRAINT", "NOT NULL"};
  statement = WithoutSemicolon(statement);
  Column column;
  column.is_inherited = statement.ends_with(kInherited);
  if (column.is_inherited) statement = TrimRight(statement.substr(0, statement.size() - kInherited.size()));
  Clauses clauses = ClausesIn(statement, kKeywords);
  const size_t added = FindWords(clauses[""], "ADD COLUMN");
  column.type = Trim(clauses[""].substr(added + std::string_view("ADD COLUMN ").size() + name.size()));
  column.options = clauses["OPTIONS"];
  column.collation = clauses["COLLATE"];
  column.default_value = clauses["DEFAULT"];
  const std::string_view generated = clauses["GENERATED"];
  (FindWords(generated, "AS IDENTITY") == generated.npos ? column.generated : column.identity) = generated;
  // With the name of the constraint, if it has one of its own, and with NO INHERIT and NOT VALID.
  if (clauses.contains("CONSTRAINT")) {
    column.not_null = statement.substr(FindWords(statement, "CONSTRAINT"));
  } else if (clauses.contains("NOT NULL")) {
    column.not_null = "NOT NULL";
    if (!clauses["NOT NULL"].empty()) column.not_null = statement.substr(statement.rfind("NOT NULL"));
  }
  return column;
}

Column ColumnOf(const Object& object) {
  const auto parts = PartsOf(object.definition);
  return parts.empty() ? Column() : ColumnOf(parts.front().text, SplitName(object.identity).second);
}

}  // namespace migrate::schema
