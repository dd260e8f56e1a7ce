#include "core/expect/expectation.h"

#include <boost/test/unit_test.hpp>

#include "core/base/error.h"
#include "core/base/text.h"

using migrate::Error;
using migrate::Join;
using migrate::expect::Expectation;
using migrate::expect::Feature;
using migrate::expect::ParseExpectation;

namespace {

std::string Shown(std::string_view text) {
  const Expectation expectation = ParseExpectation(text, 1);
  std::vector<std::string> shown = {expectation.Shown()};
  for (const auto& part : expectation.parts) shown.push_back(part.Shown());
  return Join(shown, "; ");
}

std::string Refused(std::string_view text) {
  try {
    (void) ParseExpectation(text, 7);
  } catch (const Error& error) {
    BOOST_TEST(error.line == 7);
    BOOST_TEST(error.sqlstate == "42601");
    return error.message;
  }
  return "it was taken";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(expectation)

BOOST_AUTO_TEST_CASE(a_table_and_what_it_has) {
  BOOST_TEST(Shown("table app.users") == "table app.users");
  BOOST_TEST(Shown("TABLE Users WITH Column Email NOT NULL, row  security, policy \"own rows\"") ==
             "table Users; a column \"email\"; row security; a policy \"own rows\"");
  BOOST_TEST(
      Shown("table t with primary key, primary key (a, b), unique (c), index i, index on (d, \"E\"), trigger x") ==
      "table t; a primary key; a primary key (a, b); a unique index or constraint (c); an index \"i\"; an index on "
      "(d, E); a trigger \"x\"");
  BOOST_TEST(Shown("table t with foreign key (a), foreign key (b, c) to app.other (x, y), foreign key (d) to other") ==
             "table t; a foreign key (a); a foreign key (b, c) to app.other (x, y); a foreign key (d) to other");
}

BOOST_AUTO_TEST_CASE(a_column_may_have_a_type) {
  const Expectation expectation = ParseExpectation(
      "table t with column a numeric(10, 2) not null, column b double precision, column \"not null\"", 1);
  BOOST_REQUIRE_EQUAL(expectation.parts.size(), 3);
  BOOST_TEST(expectation.parts[0].type == "numeric(10, 2)");
  BOOST_TEST(expectation.parts[0].not_null);
  BOOST_TEST(expectation.parts[1].type == "double precision");
  BOOST_TEST(!expectation.parts[1].not_null);
  BOOST_TEST(expectation.parts[2].name == "not null");
  BOOST_TEST(!expectation.parts[2].not_null);
}

BOOST_AUTO_TEST_CASE(names_are_those_of_sql) {
  const Expectation expectation = ParseExpectation("table \"My, App\".\"a \"\"b\"\"\"", 1);
  BOOST_TEST(expectation.name.text == "\"My, App\".\"a \"\"b\"\"\"");
  BOOST_TEST(expectation.name.last == "a \"b\"");
}

BOOST_AUTO_TEST_CASE(other_objects_have_a_name_only) {
  BOOST_TEST(Shown("function app.total(integer, numeric(10,2))") == "function app.total(integer, numeric(10,2))");
  BOOST_TEST(Shown("extension pgcrypto") == "extension pgcrypto");
  BOOST_TEST(Shown("type app.state") == "type app.state");
  BOOST_TEST(Shown("view v") == "view v");
}

BOOST_AUTO_TEST_CASE(what_is_none_is_refused) {
  BOOST_TEST(Refused("tables users") ==
             "no expectation: it begins with table, view, function, type, schema, sequence or extension");
  BOOST_TEST(Refused("table") == "no expectation: the name is missing");
  BOOST_TEST(
      Refused("table users with") ==
      "no expectation: a table has column, primary key, unique, index, index on, foreign key, row security, policy "
      "or trigger");
  BOOST_TEST(
      Refused("table users with column a, ") ==
      "no expectation: a table has column, primary key, unique, index, index on, foreign key, row security, policy "
      "or trigger");
  BOOST_TEST(Refused("table users with unique") == "no expectation: columns in parentheses are missing");
  BOOST_TEST(Refused("table users with unique (a") == "no expectation: a parenthesis is missing");
  BOOST_TEST(Refused("table users with foreign key (a) to b (c, d)") ==
             "no expectation: a foreign key has as many columns on both sides");
  BOOST_TEST(Refused("table \"users") == "no expectation: a quoted name does not end");
  BOOST_TEST(Refused("view v with column a") == "no expectation: something stands behind its end");
  BOOST_TEST(Refused("table users has column a") == "no expectation: something stands behind its end");
  BOOST_TEST(Refused("function total") ==
             "no expectation: a function is named with its arguments, as in app.total(integer)");
}

BOOST_AUTO_TEST_SUITE_END()
