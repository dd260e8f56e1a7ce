#include "core/placeholders.h"

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
