#include "core/schema/definition.h"

#include <boost/test/unit_test.hpp>
#include <memory>

#include "core/schema/grants.h"

namespace migrate::schema {
namespace {

// Shows what was hashed.
class PlainHasher : public Hasher {
 public:
  void Add(std::string_view bytes) override { all_ += bytes; }
  std::string Finish() override { return "<" + all_ + ">"; }

 private:
  std::string all_;
};
std::unique_ptr<Hasher> NewHasher() { return std::make_unique<PlainHasher>(); }

Described Table(const char* identity, const char* definition) {
  Described table;
  table.address = {1259, 1, 0};
  table.relation = table.address;
  table.object = {"table", "app", "t", identity, definition, ""};
  table.target = std::string("TABLE ") + identity;
  return table;
}

Described Column(const char* name, int number) {
  Described column;
  column.address = {1259, 1, number};
  column.relation = {1259, 1, 0};
  column.object = {"table column", "app", name, std::string("app.t.") + name, "", ""};
  column.target = "COLUMN app.t." + std::string(name);
  return column;
}

std::string Grants(std::vector<std::string> privileges, std::vector<std::string> by_default, Described object) {
  object.privileges = std::move(privileges);
  object.by_default = std::move(by_default);
  return Join(GrantStatements(object), "; ");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(privileges_are_told_as_the_way_from_the_default) {
  Described table = Table("app.t", "CREATE TABLE app.t ()");
  table.owner = "boss";
  BOOST_TEST(Grants({"boss=arwd/boss"}, {"boss=arwd/boss"}, table) == "");
  BOOST_TEST(Grants({"boss=arwd/boss", "clerk=r/boss", "=r/boss"}, {"boss=arwd/boss"}, table) ==
             "GRANT SELECT ON TABLE app.t TO clerk; GRANT SELECT ON TABLE app.t TO PUBLIC");
  BOOST_TEST(Grants({"boss=arwd/boss", "clerk=r*w/boss"}, {"boss=arwd/boss"}, table) ==
             "GRANT UPDATE ON TABLE app.t TO clerk; GRANT SELECT ON TABLE app.t TO clerk WITH GRANT OPTION");
  BOOST_TEST(Grants({"boss=r/boss"}, {"boss=arwd/boss"}, table) ==
             "REVOKE ALL ON TABLE app.t FROM boss; GRANT SELECT ON TABLE app.t TO boss");
  BOOST_TEST(Grants({"boss=arwd/boss", "Clerk=r/boss", "7up=r/boss"}, {"boss=arwd/boss"}, table) ==
             "GRANT SELECT ON TABLE app.t TO \"Clerk\"; GRANT SELECT ON TABLE app.t TO \"7up\"");
  BOOST_TEST(Grants({""}, {"boss=arwd/boss"}, table) == "REVOKE ALL ON TABLE app.t FROM boss");
  BOOST_TEST(Grants({"boss=arwd/boss", "clerk=r/other"}, {"boss=arwd/boss"}, table) ==
             "GRANT SELECT ON TABLE app.t TO clerk GRANTED BY other");
  BOOST_TEST(Grants({"\"a=b/\"\"c\"=rm/boss"}, {}, table) == "GRANT SELECT, MAINTAIN ON TABLE app.t TO \"a=b/\"\"c\"");
}

BOOST_AUTO_TEST_CASE(grants_have_their_own_names_of_things) {
  Described view = Table("app.v", "");
  view.target = "MATERIALIZED VIEW app.v";
  BOOST_TEST(Grants({"clerk=r/boss"}, {}, view) == "GRANT SELECT ON TABLE app.v TO clerk");
  view.target = "AGGREGATE app.total(integer)";
  BOOST_TEST(Grants({"clerk=X/boss"}, {}, view) == "GRANT EXECUTE ON FUNCTION app.total(integer) TO clerk");
  view.target = "SERVER far";
  BOOST_TEST(Grants({"clerk=U/boss"}, {}, view) == "GRANT USAGE ON FOREIGN SERVER far TO clerk");
  Described column = Column("x", 1);
  BOOST_TEST(Grants({"clerk=rw/boss"}, {}, column) == "GRANT SELECT (x), UPDATE (x) ON TABLE app.t TO clerk");
  column.object.identity = "\"a.b\".t.\"x.\"\"y\"";
  BOOST_TEST(Grants({"clerk=r/boss"}, {}, column) == "GRANT SELECT (\"x.\"\"y\") ON TABLE \"a.b\".t TO clerk");
}

BOOST_AUTO_TEST_CASE(a_definition_has_all_that_makes_the_object) {
  Described table = Table("app.t", "CREATE TABLE app.t ()");
  table.owner = "boss";
  const std::vector<Remark> remarks = {{{1259, 1, 0}, Remark::Kind::kComment, "", "it's"},
                                       {{1259, 1, 2}, Remark::Kind::kComment, "", "a column"},
                                       {{1259, 1, 0}, Remark::Kind::kLabel, "selinux", "x"},
                                       {{1255, 1, 0}, Remark::Kind::kComment, "", "of a function"}};
  const auto objects = Complete({Column("b", 2), Column("a", 5), table}, remarks);
  BOOST_REQUIRE(objects.size() == 3u);
  BOOST_TEST(objects[0].definition ==
             "CREATE TABLE app.t ();\n-- columns: b, a\nALTER TABLE app.t OWNER TO boss;\n"
             "COMMENT ON TABLE app.t IS 'it''s';\nSECURITY LABEL FOR selinux ON TABLE app.t IS 'x';");
  BOOST_TEST(objects[1].identity == "app.t.b");
  BOOST_TEST(objects[1].definition == "COMMENT ON COLUMN app.t.b IS 'a column';");
  BOOST_TEST(objects[2].identity == "app.t.a");
  BOOST_TEST(objects[2].definition == "");
}

BOOST_AUTO_TEST_CASE(the_hash_of_an_object_is_that_of_its_definition) {
  std::vector<Object> objects = {{"table", "app", "a", "app.a", "x", ""}};
  AddHashes(objects, NewHasher);
  BOOST_TEST(objects[0].hash == "<x>");
}

BOOST_AUTO_TEST_CASE(a_table_without_columns_says_so) {
  const auto objects = Complete({Table("app.t", "CREATE TABLE app.t ()")}, {});
  BOOST_TEST(objects[0].definition == "CREATE TABLE app.t ();\n-- no columns");
}

BOOST_AUTO_TEST_CASE(the_columns_are_on_one_line_whatever_their_names) {
  const auto objects = Complete({Column("a", 1), Column("B, c", 2), Column("d\n\"\\\r", 3), Column("e\\\"", 4),
                                 Column("ü_1", 5), Table("app.t", "")},
                                {});
  BOOST_TEST(objects[0].definition == R"(-- columns: a, "B, c", U&"d\000A""\\\000D", "e\""", ü_1)");
}

BOOST_AUTO_TEST_CASE(an_object_that_depends_on_an_extension_says_so) {
  Described function = Table("app.f()", "");
  function.object.kind = "function";
  function.target = "FUNCTION app.f()";
  const auto objects = Complete({function}, {{{1259, 1, 0}, Remark::Kind::kExtension, "hstore", ""}});
  BOOST_TEST(objects[0].definition == "ALTER FUNCTION app.f() DEPENDS ON EXTENSION hstore;");
}

BOOST_AUTO_TEST_CASE(of_a_member_of_an_extension_the_grants_are_shown) {
  Described member = Table("app.t", "CREATE TABLE app.t ()");
  member.owner = "boss";
  member.extension = "ext";
  member.privileges = {"boss=arwd/boss", "clerk=r/boss"};
  member.by_default = {"boss=arwd/boss"};
  const Remark comment = {member.address, Remark::Kind::kComment, "", "the extension's own"};
  const auto shown = Complete({member}, {comment});
  BOOST_TEST(shown.at(0).kind == "extension member");
  BOOST_TEST(shown.at(0).identity == "table app.t");
  BOOST_TEST(shown.at(0).definition == "-- of extension ext\nGRANT SELECT ON TABLE app.t TO clerk;");
  member.privileges = member.by_default;
  BOOST_TEST(Complete({member}, {comment}).empty());
}

BOOST_AUTO_TEST_CASE(the_hash_of_all_depends_on_what_is_shown_and_on_nothing_else) {
  const auto hash = [](const std::vector<Object>& objects) { return HashOf(objects, *NewHasher()); };
  const Object a = {"table", "app", "a", "app.a", "x", ""}, b = {"table", "app", "b", "app.b", "y", ""};
  BOOST_TEST(hash({a, b}) != hash({a}));
  Object other = b;
  other.definition = "z";
  BOOST_TEST(hash({a, other}) != hash({a, b}));
  other = b;
  other.kind = "view";
  BOOST_TEST(hash({a, other}) != hash({a, b}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
