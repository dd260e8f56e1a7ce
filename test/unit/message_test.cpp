#include "core/base/message.h"

#include "core/schema/object_texts.h"
#include "core/schema/scope.h"
#include "fakes.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(texts_come_back) {
  for (const std::vector<std::string>& texts :
       {std::vector<std::string>{}, {""}, {"a"}, {"", ""}, {"a", "", "b\nc"}, {"ü", std::string(100000, 'x')}}) {
    BOOST_TEST(Divided(Joined(texts)) == texts, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(an_error_comes_back) {
  Error error("42P01", "message", "detail", "hint");
  error.context = "context";
  error.place = "place";
  error.constraint_name = "constraint";
  error.line = 3;
  error.column = 5;
  error.cursor_position = 7;
  const Error back = ErrorOf(Divided(Joined(TextsOf(error))));
  BOOST_TEST(back.sqlstate == "42P01");
  BOOST_TEST(back.message + back.detail + back.hint + back.context + back.place == "messagedetailhintcontextplace");
  BOOST_TEST(back.constraint_name == "constraint");
  BOOST_TEST(back.line * 100 + back.column * 10 + back.cursor_position == 357);
}

BOOST_AUTO_TEST_CASE(objects_and_lists_come_back) {
  schema::TextWriter writer;
  writer.Put(std::vector<schema::Object>{{"table", "app", "t", "app.t", "CREATE TABLE app.t ();", ""}});
  writer.Put("text");
  writer.Put(std::vector<std::string>{"a", ""});
  writer.Put(std::vector<std::string>{});
  const std::vector<std::string> texts = writer.Take();
  schema::TextReader reader(texts);
  const auto objects = reader.Objects();
  BOOST_TEST(objects.size() == 1U);
  BOOST_TEST(objects[0].kind + objects[0].schema + objects[0].name + objects[0].identity == "tableapptapp.t");
  BOOST_TEST(objects[0].definition == "CREATE TABLE app.t ();");
  BOOST_TEST(reader.Text() == "text");
  BOOST_TEST(reader.List().size() == 2U);
  BOOST_TEST(reader.List().empty());
}

BOOST_AUTO_TEST_CASE(a_scope_takes_one_side_for_the_other) {
  const auto object = [](const char* schema, const char* identity) {
    return schema::Object{"table", schema, "", identity, "", ""};
  };
  const std::vector<schema::Object> now = {object("", "x"), object("a", "a.t"), object("b", "b.t"), object("c", "c.t")};
  const std::vector<schema::Object> wanted = {object("", "x"), object("", "y"), object("", "z"), object("b", "b.u")};
  const schema::Scope scope{{"b"}, {{"table", "y"}}};
  std::string shown;
  for (const auto& one : schema::WithWanted(now, wanted, scope)) shown += one.identity + " ";
  BOOST_TEST(shown == "x y a.t b.u c.t ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
