#include "core/schema/made.h"

#include <boost/test/unit_test.hpp>

#include "core/base/text.h"

using migrate::Join;
using migrate::schema::Made;
using migrate::schema::Object;
using migrate::schema::TakeOut;

namespace {

Object Of(const char* kind, const char* schema, const char* identity) {
  Object object;
  object.kind = kind;
  object.schema = schema;
  object.name = identity;
  object.identity = identity;
  return object;
}

std::string Identities(const std::vector<Object>& objects) {
  std::vector<std::string> identities;
  for (const auto& object : objects) identities.push_back(object.identity);
  return Join(identities, " ");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(made)

BOOST_AUTO_TEST_CASE(what_was_created_goes_under_the_name_that_it_has_now) {
  Made made;
  made.Follow("created", "table", "app.a", "");
  made.Follow("created", "table", "app.b", "");
  made.Follow("altered", "table", "app.c", "app.a");
  made.Follow("dropped", "table", "app.b", "");
  made.Follow("altered", "table", "app.old", "app.older");
  const auto without = TakeOut(made, {Of("table", "app", "app.b"), Of("table", "app", "app.c"),
                                      Of("table", "app", "app.old"), Of("view", "app", "app.a")});
  BOOST_TEST(Identities(without.objects) == "app.b app.old app.a");
  BOOST_TEST(without.kept.empty());
}

BOOST_AUTO_TEST_CASE(a_column_goes_with_its_table_only) {
  Made made;
  made.Follow("created", "table", "app.new", "");
  made.Follow("created", "table column", "app.new.id", "");
  made.Follow("created", "table column", "app.old.id", "");
  const auto without =
      TakeOut(made, {Of("table", "app", "app.new"), Of("table", "app", "app.old"),
                     Of("table column", "app", "app.new.id"), Of("table column", "app", "app.old.id")});
  BOOST_TEST(Identities(without.objects) == "app.old app.old.id");
  BOOST_TEST(Identities(without.kept) == "app.old.id");
}

BOOST_AUTO_TEST_CASE(a_schema_goes_when_nothing_stands_in_it_any_more) {
  Made made;
  made.Follow("created", "schema", "app", "");
  made.Follow("created", "schema", "mine", "");
  made.Follow("created", "table", "app.a", "");
  const auto without = TakeOut(made, {Of("schema", "", "app"), Of("schema", "", "mine"), Of("table", "app", "app.a"),
                                      Of("table", "mine", "mine.hand")});
  BOOST_TEST(Identities(without.objects) == "mine.hand mine");
}

BOOST_AUTO_TEST_SUITE_END()
