#include "core/schema/difference.h"

#include "core/schema/parts.h"
#include "core/schema/snapshot.h"
#include "fakes.h"

namespace migrate::schema {
namespace {

std::string Show(const std::optional<std::string>& text) { return text.value_or("-"); }

// One line for each difference: kind, class, identity, here, there.
std::string Compared(const std::vector<Object>& here, const std::vector<Object>& there, const Ignored& ignored = {},
                     bool comparable = true) {
  constexpr const char* kWords[] = {"only here", "only there", "differs", "not comparable"};
  std::string shown;
  for (const auto& one : Differences(here, there, ignored, comparable)) {
    shown += kWords[static_cast<int>(one.kind)];
    shown += " " + one.object_class + " " + one.identity + " {" + Show(one.here) + "} {" + Show(one.there) + "}\n";
  }
  return shown;
}

Object Table(const std::string& name, const std::string& rest) {
  return {"table", "app", name, "app." + name, "CREATE TABLE app." + name + " ();\n" + rest, ""};
}

Object Column(const std::string& table, const std::string& name) {
  return {"table column",
          "app",
          name,
          "app." + table + "." + name,
          "ALTER TABLE app." + table + " ADD COLUMN " + name + ";",
          ""};
}

std::string Parts(std::string_view definition) {
  std::string shown;
  for (const auto& part : PartsOf(definition)) {
    constexpr const char* kTopics[] = {"object", "columns", "owner", "grants", "comment"};
    shown += std::string(kTopics[static_cast<int>(part.topic)]) + "{" + std::string(part.text) + "}";
  }
  return shown;
}

std::string Roles(std::string_view statement) {
  std::string shown;
  for (const auto& part : PartsOf(statement)) {
    for (const auto& role : RolesIn(part)) shown += "<" + role + ">";
  }
  return shown;
}

// "17:text" for the hash of a text on 17.
std::string PlainHash(const Object& object, int major) { return std::to_string(major) + ":" + object.definition; }

}  // namespace

BOOST_AUTO_TEST_SUITE(difference)

BOOST_AUTO_TEST_CASE(a_definition_is_cut_into_what_its_parts_say) {
  BOOST_TEST(Parts("CREATE TABLE app.t ();\n-- columns: a, b\nALTER TABLE app.t OWNER TO boss;\n"
                   "GRANT SELECT ON TABLE app.t TO clerk;\nCOMMENT ON TABLE app.t IS 'x';") ==
             "object{CREATE TABLE app.t ();}columns{-- columns: a, b}owner{ALTER TABLE app.t OWNER TO boss;}"
             "grants{GRANT SELECT ON TABLE app.t TO clerk;}comment{COMMENT ON TABLE app.t IS 'x';}");
  BOOST_TEST(Parts("-- integer;\nALTER VIEW app.v ALTER COLUMN a SET DEFAULT 1;") ==
             "object{-- integer}object{ALTER VIEW app.v ALTER COLUMN a SET DEFAULT 1;}");
  BOOST_TEST(Parts("-- no columns") == "columns{-- no columns}");
  BOOST_TEST(
      Parts("REVOKE ALL ON app.t FROM boss;\nALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b;") ==
      "grants{REVOKE ALL ON app.t FROM boss;}"
      "grants{ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b;}");
  BOOST_TEST(Parts("") == "");
}

BOOST_AUTO_TEST_CASE(bodies_and_texts_hold_anything) {
  const std::string body =
      "CREATE FUNCTION app.f()\nAS $function$\nCOMMENT ON TABLE t IS 'x';\n-- columns: a\n"
      "ALTER TABLE t OWNER TO z;\n$function$;";
  BOOST_TEST(Parts(body + "\nCOMMENT ON FUNCTION app.f() IS 'it''s;\nGRANT ALL ON t TO x;';") ==
             "object{" + body + "}comment{COMMENT ON FUNCTION app.f() IS 'it''s;\nGRANT ALL ON t TO x;';}");
  const std::string atomic = "CREATE FUNCTION app.f()\nBEGIN ATOMIC\n SELECT 1;\n SELECT 2;\nEND;";
  BOOST_TEST(Parts(atomic + "\nALTER FUNCTION app.f() OWNER TO boss;") ==
             "object{" + atomic + "}owner{ALTER FUNCTION app.f() OWNER TO boss;}");
  BOOST_TEST(Parts("COMMENT ON TABLE t IS E'a\\\\''b;';\nGRANT ALL ON t TO x;") ==
             "comment{COMMENT ON TABLE t IS E'a\\\\''b;';}grants{GRANT ALL ON t TO x;}");
}

BOOST_AUTO_TEST_CASE(an_owner_is_set_at_the_end_of_its_statement_only) {
  BOOST_TEST(Parts("ALTER FUNCTION app.f(\"OWNER TO x\" integer) OWNER TO \"a \"\"b; c\";") ==
             "owner{ALTER FUNCTION app.f(\"OWNER TO x\" integer) OWNER TO \"a \"\"b; c\";}");
  BOOST_TEST(Parts("ALTER TABLE t ADD COLUMN c text DEFAULT 'OWNER TO x';") ==
             "object{ALTER TABLE t ADD COLUMN c text DEFAULT 'OWNER TO x';}");
  BOOST_TEST(Parts("ALTER TABLE t ADD CHECK (x OWNER TO y);") == "object{ALTER TABLE t ADD CHECK (x OWNER TO y);}");
}

BOOST_AUTO_TEST_CASE(columns_are_read_as_they_were_written) {
  const auto columns = [](std::string_view line) {
    std::string shown;
    for (const auto name : ColumnsIn({line, Topic::kColumnOrder})) shown += "<" + std::string(name) + ">";
    return shown;
  };
  BOOST_TEST(columns("-- columns: a, b") == "<a><b>");
  BOOST_TEST(columns("-- columns: \"a, b\", U&\"c\\000A\"\"\", d") == "<\"a, b\"><U&\"c\\000A\"\"\"><d>");
  BOOST_TEST(columns("-- no columns") == "");
  BOOST_TEST(columns("-- columns: a,\"") == "<a><\">");
}

BOOST_AUTO_TEST_CASE(roles_are_those_that_statements_name) {
  BOOST_TEST(Roles("ALTER TABLE app.t OWNER TO boss;") == "<boss>");
  BOOST_TEST(Roles("ALTER TABLE app.t OWNER TO \"The \"\"Boss\"\"\";") == "<The \"Boss\">");
  BOOST_TEST(Roles("GRANT SELECT (a, b), UPDATE (c) ON TABLE app.t TO clerk WITH GRANT OPTION GRANTED BY \"x y\";") ==
             "<clerk><x y>");
  BOOST_TEST(Roles("GRANT EXECUTE ON FUNCTION app.f(\"TO\" integer) TO PUBLIC;") == "");
  BOOST_TEST(Roles("GRANT USAGE ON SCHEMA \"public\" TO \"PUBLIC\";") == "<PUBLIC>");
  BOOST_TEST(Roles("REVOKE ALL ON TABLE app.t FROM boss;") == "<boss>");
  BOOST_TEST(Roles("ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA app GRANT SELECT ON TABLES TO b;") == "<a><b>");
  BOOST_TEST(
      Roles("CREATE POLICY p ON app.t FOR SELECT TO a, \"b, c\", d USING ((x = 'TO e'::text)) WITH CHECK (true);") ==
      "<a><b, c><d>");
  BOOST_TEST(Roles("CREATE USER MAPPING FOR clerk SERVER far OPTIONS (\"user\" '***');") == "<clerk>");
  BOOST_TEST(Roles("COMMENT ON TABLE t IS 'GRANT ALL ON x TO y';") == "");
  BOOST_TEST(Roles("CREATE VIEW app.v AS SELECT 1 FROM clerk;") == "");
  const std::vector<Object> objects = {Table("t", "ALTER TABLE app.t OWNER TO b;\nGRANT SELECT ON TABLE app.t TO a;"),
                                       Table("u", "ALTER TABLE app.u OWNER TO b;")};
  BOOST_TEST((RolesOf(objects, {}) == std::vector<std::string>{"a", "b"}));
  BOOST_TEST((RolesOf(objects, {.owners = true}) == std::vector<std::string>{"a"}));
  BOOST_TEST((RolesOf(objects, {.owners = true, .grants = true}).empty()));
}

BOOST_AUTO_TEST_CASE(an_object_is_the_same_by_class_and_identity) {
  BOOST_TEST(Compared({Table("a", "")}, {Table("a", "")}) == "");
  BOOST_TEST(
      Compared({Table("a", ""), Table("c", "")}, {Table("b", "")}) ==
      "only here table app.a {CREATE TABLE app.a ();\n} {-}\nonly there table app.b {-} {CREATE TABLE app.b ();\n}\n"
      "only here table app.c {CREATE TABLE app.c ();\n} {-}\n");
  Object view = Table("a", "");
  view.kind = "view";
  BOOST_TEST(
      Compared({Table("a", "")}, {view}) ==
      "only here table app.a {CREATE TABLE app.a ();\n} {-}\nonly there view app.a {-} {CREATE TABLE app.a ();\n}\n");
}

BOOST_AUTO_TEST_CASE(what_differs_shows_the_statements_that_differ) {
  const Object here = Table("a", "ALTER TABLE app.a OWNER TO x;\nGRANT SELECT ON TABLE app.a TO y;");
  const Object there = Table("a", "ALTER TABLE app.a OWNER TO z;");
  BOOST_TEST(Compared({here}, {there}) ==
             "differs table app.a {ALTER TABLE app.a OWNER TO x;\nGRANT SELECT ON TABLE app.a TO y;} "
             "{ALTER TABLE app.a OWNER TO z;}\n");
  BOOST_TEST(Compared({here}, {there}, {}, false).starts_with("not comparable table app.a {ALTER"));
  BOOST_TEST(Compared({here}, {there}, {.owners = true}) ==
             "differs table app.a {GRANT SELECT ON TABLE app.a TO y;} {-}\n");
  BOOST_TEST(Compared({here}, {there}, {.owners = true, .grants = true}) == "");
  BOOST_TEST(Compared({Table("a", "GRANT A TO x;\nGRANT B TO y;")}, {Table("a", "GRANT B TO y;\nGRANT A TO x;")}) ==
             "");
  BOOST_TEST(Compared({Table("a", "GRANT A TO x;\nGRANT A TO x;")}, {Table("a", "GRANT A TO x;")}) ==
             "differs table app.a {GRANT A TO x;} {-}\n");
}

BOOST_AUTO_TEST_CASE(the_order_of_columns_is_that_of_those_that_both_have) {
  const Object ab = Table("t", "-- columns: a, b"), ba = Table("t", "-- columns: b, a");
  const Object axb = Table("t", "-- columns: a, x, b"), none = Table("t", "-- no columns");
  BOOST_TEST(Compared({ab}, {ba}) == "differs table app.t {-- columns: a, b} {-- columns: b, a}\n");
  BOOST_TEST(Compared({ab}, {ba}, {.column_order = true}) == "");
  BOOST_TEST(Compared({ab}, {axb}) == "");
  BOOST_TEST(Compared({ba}, {axb}) == "differs table app.t {-- columns: b, a} {-- columns: a, x, b}\n");
  BOOST_TEST(Compared({none}, {ab}) == "");
}

BOOST_AUTO_TEST_CASE(what_consists_of_nothing_else_vanishes) {
  const Object defaults = {"default acl",
                           "",
                           "x",
                           "for role a on tables",
                           "ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b;",
                           ""};
  BOOST_TEST(Compared({defaults}, {}).starts_with("only here default acl"));
  BOOST_TEST(Compared({defaults}, {}, {.grants = true}) == "");
  const Object index = {"index", "app", "k", "app.k", "-- of constraint k;\nCOMMENT ON INDEX app.k IS 'x';", ""};
  BOOST_TEST(Compared({}, {index}).starts_with("only there index app.k {-} {-- of constraint k;\nCOMMENT"));
  BOOST_TEST(Compared({}, {index}, {.comments = true}) == "");
  const Object column = {"view column", "app", "c", "app.v.c", "-- integer;\nCOMMENT ON COLUMN app.v.c IS 'x';", ""};
  BOOST_TEST(Compared({}, {column}, {.comments = true}) == "only there view column app.v.c {-} {-- integer}\n");
}

BOOST_AUTO_TEST_CASE(the_order_of_grants_counts_if_asked_for) {
  const std::string a = "GRANT SELECT ON TABLE app.t TO a;", b = "GRANT SELECT ON TABLE app.t TO b;";
  const auto here = Table("t", a + "\n" + b), there = Table("t", b + "\n" + a);
  BOOST_TEST(Compared({here}, {there}) == "");
  Ignored ignored;
  ignored.grant_order = false;
  BOOST_TEST(Compared({here}, {here}, ignored) == "");
  const std::string differs = Compared({here}, {there}, ignored);
  BOOST_TEST(differs.starts_with("differs table app.t "));
  BOOST_TEST(differs.find("CREATE TABLE") == std::string::npos);
  ignored.grants = true;
  BOOST_TEST(Compared({here}, {there}, ignored) == "");
}

BOOST_AUTO_TEST_CASE(differences_come_in_the_order_of_the_schema) {
  const Object index = {"index", "app", "i", "app.i", "", ""}, type = {"type", "app", "z", "app.z", "", ""};
  const Object other = {"table", "base", "t", "base.t", "", ""}, cast = {"cast", "", "c", "c", "", ""};
  std::string order;
  for (const auto& one : Differences({Table("b", ""), Column("b", "x"), Column("b", "y"), index},
                                     {cast, type, Table("a", ""), Column("a", "x"), Table("b", ""), Column("b", "x"),
                                      Column("b", "new"), Column("b", "y"), Table("c", ""), other},
                                     {}, true)) {
    order += one.identity + " ";
  }
  BOOST_TEST(order == "c app.z app.a app.a.x app.b.new app.i app.c base.t ");
}

BOOST_AUTO_TEST_CASE(what_can_not_be_ignored_is_refused) {
  BOOST_TEST(IgnoredOf({"column order"}).column_order);
  BOOST_TEST(IgnoredOf({"owners", "grants", "comments"}).comments);
  BOOST_TEST(!IgnoredOf({}).owners);
  const Error error = Thrown([] { (void) IgnoredOf({"owners", "Grants"}); });
  BOOST_TEST(error.sqlstate == "22023");
  BOOST_TEST(error.message == "\"Grants\" can't be ignored");
}

BOOST_AUTO_TEST_CASE(a_snapshot_tells_its_server_and_that_it_was_edited) {
  const auto object = [](const char* name, const char* definition, const char* hash) {
    return Object{"table", "app", name, name, definition, hash};
  };
  BOOST_TEST(CheckSnapshot({}, 17, PlainHash) == 17);
  BOOST_TEST(CheckSnapshot({object("a", "x", "17:x")}, 17, PlainHash) == 17);
  BOOST_TEST(CheckSnapshot({object("a", "x", "15:x"), object("b", "y", "15:y")}, 17, PlainHash) == 15);
  BOOST_TEST(CheckSnapshot({object("a", "x", "25:x")}, 17, PlainHash) == 25);
  const auto detail = [](const std::vector<Object>& objects) {
    const Error error = Thrown([&] { (void) CheckSnapshot(objects, 17, PlainHash); });
    BOOST_TEST(error.sqlstate == "22023");
    return error.message + ". " + error.detail;
  };
  BOOST_TEST(detail({object("a", "x", "y")}) ==
             "the snapshot was edited. The hash is not that of the definition: table a.");
  BOOST_TEST(detail({object("a", "x", "26:x"), object("b", "x", "16:x"), object("c", "x", "17:x")}) ==
             "the snapshot was edited. The hash is not that of the definition: table a, and 1 more.");
  BOOST_TEST(detail({object("a", "x", "17:x"), object("b", "x", "17:x"), object("a", "y", "17:y")}) ==
             "the snapshot has an object twice. It is table a.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
