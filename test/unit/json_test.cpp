#include "core/base/json.h"

#include "fakes.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(strings_are_quoted_and_escaped) {
  BOOST_TEST(JsonString("") == R"("")");
  BOOST_TEST(JsonString(R"(a "b" \c/)") == R"("a \"b\" \\c/")");
  BOOST_TEST(JsonString("a\nb\t\x01\x1f\x7f") == "\"a\\u000ab\\u0009\\u0001\\u001f\x7f\"");
  BOOST_TEST(JsonString("größe €") == "\"größe €\"");
}

BOOST_AUTO_TEST_CASE(objects_keep_the_order_of_their_members) {
  JsonObject inner;
  BOOST_TEST(inner.empty());
  BOOST_TEST(inner.Text() == "{}");
  inner.Add("why", "a\"b");
  JsonObject object;
  object.Add("line", 12)
      .Add("list", std::vector<std::string>{"a", "b"})
      .Add("none", std::vector<std::string>{})
      .Add("in", inner);
  BOOST_TEST(object.Text() == R"({"line":12,"list":["a","b"],"none":[],"in":{"why":"a\"b"}})");
  BOOST_TEST(!object.empty());
}

BOOST_AUTO_TEST_CASE(numbers_have_three_decimals) {
  JsonObject object;
  object.Add("whole", 2.0).Add("rounded", 0.0625).Add("large", 1e15).Add("negative", -1.5);
  BOOST_TEST(object.Text() == R"({"whole":2.000,"rounded":0.062,"large":1000000000000000.000,"negative":-1.500})");
}

BOOST_AUTO_TEST_CASE(strings_are_read_as_the_server_writes_them) {
  const auto read = [](std::string_view json) { return JsonStrings(json); };
  BOOST_TEST(read(R"(["a, b", "", "größe", "\"\\\/\b\f\n\r\t\u001e"])") ==
                 (Strings{"a, b", "", "größe", "\"\\/\b\f\n\r\t\x1e"}),
             boost::test_tools::per_element());
  BOOST_TEST(read(R"({"k": "[v]", "n": "{\"}"})") == (Strings{"k", "[v]", "n", "{\"}"}),
             boost::test_tools::per_element());
  for (const char* const none : {"", "[]", "{}"}) BOOST_TEST(read(none).empty());
  BOOST_TEST(read(JsonObject().Add("a", "\x1f\"").Text()) == (Strings{"a", "\x1f\""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
