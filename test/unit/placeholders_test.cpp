#include "core/text/placeholders.h"

#include "fakes.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(placeholders)

BOOST_AUTO_TEST_CASE(both_forms_are_filled) {
  const Placeholders values = {{"schema", "app"}, {"n", "1"}};
  BOOST_TEST(FillPlaceholders("a ${schema} {{.n}} {{ .schema }} ${other} $${n}", values) == "a app 1 app ${other} $1");
  BOOST_TEST(FillPlaceholders("nothing", values) == "nothing");
  BOOST_TEST(FillPlaceholders("${schema", values) == "${schema");
}

BOOST_AUTO_TEST_CASE(only_what_must_have_a_value_is_missed) {
  PlaceholderRules rules;
  BOOST_TEST(PlaceholdersOf("${a}", 1, rules).empty());
  rules.dollar = true;
  rules.values = {{"a", "x"}, {"unused", "y"}};
  const Placeholders needed = PlaceholdersOf("${a} {{.b}} ${} ${a b} {{c}}", 1, rules);
  BOOST_TEST(needed.size() == 1u);
  BOOST_TEST(needed.at("a") == "x");
}

BOOST_AUTO_TEST_CASE(one_without_a_value_says_where_it_stands) {
  const Error error = Thrown([] { PlaceholdersOf("SELECT 1;\n  ${who}", 5, {{}, true, false}); });
  BOOST_TEST(error.sqlstate == "42704");
  BOOST_TEST(error.message == "placeholder \"who\" has no value");
  BOOST_TEST(error.line == 6);
  BOOST_TEST(error.column == 3);
}

BOOST_AUTO_TEST_CASE(a_colon_and_capitals_count_where_asked_for) {
  PlaceholderRules rules;
  rules.values = {{":ROLE", "app"}, {":DATABASE_OWNER", "me"}, {"a", "x"}};
  const std::string text = "TO :ROLE, :ROLES, :ROLEs; 'HH24:MI' ${a} x::TEXT :DATABASE_OWNER:";
  BOOST_TEST(PlaceholdersOf(text, 1, rules).empty());
  rules.colon = true;
  const Placeholders needed = PlaceholdersOf(text, 1, rules);
  BOOST_TEST(needed.size() == 2u);
  BOOST_TEST(FillPlaceholders(text, needed) == "TO app, :ROLES, :ROLEs; 'HH24:MI' ${a} x::TEXT me:");
  rules.values = {};
  BOOST_TEST(PlaceholdersOf("SELECT 1; -- TO :DATABASE_OWNER\nSELECT 2;", 1, rules).empty());
  BOOST_TEST(Thrown([&] { PlaceholdersOf(text, 1, rules); }).message == "placeholder \":DATABASE_OWNER\" has no value");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
