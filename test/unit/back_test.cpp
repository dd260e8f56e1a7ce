#include "core/schema/way/back.h"

#include "fakes.h"

namespace migrate::schema {
namespace {

Object Table(const std::string& name, const std::string& columns = "") {
  return {"table", "app", name, "app." + name, "CREATE TABLE app." + name + " ();\n-- columns: " + columns, ""};
}

Object Column(const std::string& table, const std::string& name, const std::string& what) {
  const std::string add = "ALTER TABLE app." + table + " ADD COLUMN " + name + " " + what + ";";
  return {"table column", "app", name, "app." + table + "." + name, add, ""};
}

Object Enum(const std::string& labels) {
  return {"type", "app", "e", "app.e", "CREATE TYPE app.e AS ENUM (" + labels + ");", ""};
}

Change Made(const Object& object) { return {Change::Action::kCreated, {}, object}; }
Change Altered(const Object& before, const Object& after) { return {Change::Action::kAltered, before, after}; }
Change Dropped(const Object& object) { return {Change::Action::kDropped, object, {}}; }

std::string Names(const std::vector<Object>& objects) {
  std::string names;
  for (const auto& object : objects) names += object.identity + " ";
  return names;
}

std::string Renames(const Back& back) {
  std::string shown;
  for (const auto& rename : back.renames) shown += rename.from + " -> " + rename.to + " ";
  return shown;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(back_test)

BOOST_AUTO_TEST_CASE(what_was_made_goes_and_what_was_dropped_comes_back) {
  const Back back = TakenBack({{Made(Table("a")), Dropped(Table("b"))}}, {Table("a"), Table("c")});
  BOOST_TEST(Names(back.wanted) == "app.c app.b ");
  BOOST_TEST(Names(back.going) == "app.a ");
  BOOST_TEST(Join(back.lost, ", ") == "table app.b");
  BOOST_TEST(back.obstacles.empty());
}

BOOST_AUTO_TEST_CASE(names_that_were_swapped_at_once_are_swapped_back) {
  const std::vector<Object> now = {Table("a"), Table("b")};
  const Back back = TakenBack({{Altered(Table("a"), Table("b")), Altered(Table("b"), Table("a"))}}, now);
  BOOST_TEST(Renames(back) == "app.b -> app.a app.a -> app.b ");
  BOOST_TEST(back.going.empty());
}

BOOST_AUTO_TEST_CASE(parts_are_put_together) {
  const Back renamed = TakenBack({{Altered(Table("a"), Table("b"))}, {Altered(Table("b"), Table("c"))}}, {Table("c")});
  BOOST_TEST(Renames(renamed) == "app.c -> app.a ");
  const Back gone = TakenBack({{Made(Table("a"))}, {Dropped(Table("a"))}}, {});
  BOOST_TEST(gone.wanted.empty());
  BOOST_TEST(gone.lost.empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_as_it_was_left_is_in_the_way) {
  const auto obstacle = [](const Object& left, const std::vector<Object>& now) {
    return Join(TakenBack({{Made(left)}}, now).obstacles, ", ");
  };
  BOOST_TEST(obstacle(Table("a"), {}) == "table app.a is gone");
  BOOST_TEST(obstacle(Column("a", "c", "integer"), {Column("a", "c", "text")}) == "table column app.a.c was changed");
  BOOST_TEST(obstacle(Table("a"), {Table("a"), Column("a", "c", "text")}) == "table column app.a.c was added");
  BOOST_TEST(obstacle(Table("a", "x, y"), {Table("a", "y, x")}).empty());
  BOOST_TEST(obstacle(Enum("'a'"), {Enum("'a', 'b'")}).empty());
  BOOST_TEST(obstacle(Enum("'a', 'b'"), {Enum("'a'")}) == "type app.e was changed");
  Object unknown = Table("a");
  unknown.definition.clear();
  BOOST_TEST(Join(TakenBack({{Dropped(unknown)}}, {}).obstacles, "") == "table app.a was not described");
  BOOST_TEST(Join(TakenBack({{Dropped(Table("a"))}}, {Table("a")}).obstacles, "") == "table app.a is there again");
}

BOOST_AUTO_TEST_CASE(values_that_would_change_are_told) {
  const Object wide = Column("a", "c", "numeric NOT NULL"), narrow = Column("a", "c", "numeric(5,2) NOT NULL");
  const Back retyped = TakenBack({{Altered(narrow, wide)}}, {wide});
  BOOST_TEST(retyped.retyped.size() == 1u);
  BOOST_TEST(retyped.retyped.front().then == "numeric(5,2)");
  const Object computed = Column("a", "c", "numeric GENERATED ALWAYS AS ((b * 2)) STORED"),
               plain = Column("a", "c", "numeric");
  BOOST_TEST(Names(TakenBack({{Altered(computed, plain)}}, {plain}).going) == "app.a.c ");
  BOOST_TEST(TakenBack({{Altered(plain, computed)}}, {computed}).going.empty());
}

BOOST_AUTO_TEST_CASE(verdicts) {
  const auto verdict = [](const std::vector<Object>& here, const std::vector<Object>& there) {
    return VerdictOf(Differences(here, there, {}, true));
  };
  BOOST_TEST(verdict({}, {}) == "exact");
  BOOST_TEST(verdict({Table("a", "x, y")}, {Table("a", "y, x")}) == "equal but for column order");
  BOOST_TEST(verdict({Enum("'a', 'b'")}, {Enum("'a'")}) == "superset: labels of app.e");
  BOOST_TEST(verdict({Enum("'a'")}, {Enum("'a', 'b'")}).empty());
  BOOST_TEST(verdict({Table("a")}, {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
