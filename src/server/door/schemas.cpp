#include "server/door/schemas.h"

#include "core/base/error.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

Statement kElements = {"SELECT e FROM pg_catalog.unnest($1::pg_catalog.text[]) e", Rights::kCaller};
Statement kUnknownRoles = {
    R"sql(SELECT pg_catalog.quote_ident(name) FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS u (name, place)
      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) name) ORDER BY place)sql",
    Rights::kCaller};

}  // namespace

std::vector<std::string> ElementsOf(const Argument& array, const char* name) {
  std::vector<std::string> elements;
  if (array.is_null) return elements;
  for (const auto& row : Query(kElements, {array.view()})) {
    if (!row[0]) throw Error(sqlstate::kNullNotAllowed, std::string(name) + " must not contain nulls");
    elements.push_back(*row[0]);
  }
  return elements;
}

std::vector<std::string> UnknownRoles(const std::vector<std::string>& roles) {
  std::vector<std::string> unknown;
  for (const auto& row : Query(kUnknownRoles, {roles})) unknown.push_back(TextOf(row[0]));
  return unknown;
}

}  // namespace migrate
