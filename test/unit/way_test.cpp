#include "core/schema/way/way.h"

#include "core/schema/way/evaluates.h"
#include "core/schema/way/text.h"
#include "core/schema/way/undo.h"
#include "fakes.h"

namespace migrate::schema {
namespace {

Object Made(const std::string& kind, const std::string& identity, const std::string& definition,
            const std::string& target = "") {
  const size_t dot = identity.find('.');
  const std::string schema = dot == identity.npos ? "" : identity.substr(0, dot);
  Object object{kind, schema, identity.substr(dot + 1), identity, definition, ""};
  object.target = target;
  return object;
}

Object Column(const std::string& identity, const std::string& what) {
  const size_t dot = identity.rfind('.');
  return Made("table column", identity,
              "ALTER TABLE " + identity.substr(0, dot) + " ADD COLUMN " + identity.substr(dot + 1) + " " + what + ";",
              "COLUMN " + identity);
}

Object Table(const std::string& identity, const std::string& more = "", const std::string& create = "") {
  return Made("table", identity, (create.empty() ? "CREATE TABLE " + identity + " ();" : create) + more,
              "TABLE " + identity);
}

// One line a step: its sequences, then what comes behind it in brackets.
std::string Show(const std::vector<Step>& steps) {
  std::string shown;
  for (const auto& step : steps) {
    for (size_t i = 0; i < step.sequences.size(); ++i) {
      shown += i > 0 ? " or " : "";
      for (const auto& statement : step.sequences[i]) shown += statement + " ";
    }
    for (const auto& statement : step.then) shown += "[" + statement + "]";
    for (const auto& statement : step.otherwise) shown += "{" + statement + "}";
    shown += "\n";
  }
  return shown;
}

std::string Way(const std::vector<Object>& now, const std::vector<Object>& wanted, const Ignored& ignored = {}) {
  return Show(StepsBetween(now, wanted, Differences(now, wanted, ignored, true), {ignored, "me"}));
}

// Of the only object on both sides.
std::string Altered(const Object& now, const std::string& definition) {
  Object wanted = now;
  wanted.definition = definition;
  return Way({now}, {wanted});
}

std::string AlteredColumn(const std::string& from, const std::string& to) {
  const Object now = Column("app.t.c", from);
  return Altered(now, Column("app.t.c", to).definition);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(way_test)

BOOST_AUTO_TEST_CASE(a_column_whose_values_come_later_is_made_without_not_null) {
  const std::set<std::pair<std::string, std::string>> filled = {{"table column", "app.t.c"}};
  const auto made = [&](const std::string& what) {
    const std::vector<Object> now = {Table("app.t")}, wanted = {Table("app.t"), Column("app.t.c", what)};
    return Show(StepsBetween(now, wanted, Differences(now, wanted, {}, true), {{}, "me", nullptr, &filled}));
  };
  BOOST_TEST(made("integer NOT NULL") == "ALTER TABLE app.t ADD COLUMN c integer ; \n");
  BOOST_TEST(made("integer CONSTRAINT some NOT NULL") == "ALTER TABLE app.t ADD COLUMN c integer ; \n");
  // Rows that came since have the default.
  BOOST_TEST(made("integer DEFAULT 1 NOT NULL") == "ALTER TABLE app.t ADD COLUMN c integer DEFAULT 1 NOT NULL; \n");
  BOOST_TEST(made("integer") == "ALTER TABLE app.t ADD COLUMN c integer; \n");
}

BOOST_AUTO_TEST_CASE(a_table_is_made_with_its_columns) {
  BOOST_TEST(Way({}, {Table("app.t", "\n-- columns: a, b\nALTER TABLE app.t OWNER TO other;"),
                      Column("app.t.a", "integer"), Column("app.t.b", "text DEFAULT f(1, 2) NOT NULL")}) ==
             "CREATE TABLE app.t (\n  a integer,\n  b text DEFAULT f(1, 2) NOT NULL\n); [ALTER TABLE app.t OWNER TO "
             "other;]{CREATE TABLE app.t ();}\n");
}

BOOST_AUTO_TEST_CASE(what_is_made_belongs_to_its_maker) {
  BOOST_TEST(Way({}, {Table("app.t", "\nALTER TABLE app.t OWNER TO me;")}) == "CREATE TABLE app.t (); \n");
}

BOOST_AUTO_TEST_CASE(what_others_are_made_of_comes_first_and_goes_last) {
  const std::vector<Object> objects = {
      Made("view", "app.v", "CREATE VIEW app.v AS SELECT 1;", "VIEW app.v"),
      Made("table constraint", "fk on app.t",
           "ALTER TABLE app.t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES app.u(a);"),
      Made("table constraint", "pk on app.u", "ALTER TABLE app.u ADD CONSTRAINT pk PRIMARY KEY (a);"),
      Made("type", "app.e", "CREATE TYPE app.e AS ENUM ('a');", "TYPE app.e"),
      Made("schema", "app", "CREATE SCHEMA app;", "SCHEMA app")};
  BOOST_TEST(
      Way({}, objects) ==
      "CREATE SCHEMA app; \nCREATE TYPE app.e AS ENUM ('a'); \nALTER TABLE app.u ADD CONSTRAINT pk PRIMARY KEY (a); \n"
      "ALTER TABLE app.t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES app.u(a); \nCREATE VIEW app.v AS SELECT 1; \n");
  std::vector<Object> there = objects;
  for (auto& object : there) object.address = {1, static_cast<uint32_t>(&object - there.data() + 1), 0};
  BOOST_TEST(Way(there, {}) ==
             "DROP VIEW app.v; \nALTER TABLE app.t DROP CONSTRAINT fk; \nALTER TABLE app.u DROP CONSTRAINT pk; \n"
             "DROP TYPE app.e; \nDROP SCHEMA app; \n");
}

BOOST_AUTO_TEST_CASE(what_hangs_on_a_table_goes_with_it) {
  Object table = Table("app.t"), column = Column("app.t.a", "integer");
  table.address = table.relation = column.relation = {1259, 1, 0};
  column.address = {1259, 1, 1};
  BOOST_TEST(Way({table, column}, {}) == "DROP TABLE app.t; \n");
}

BOOST_AUTO_TEST_CASE(names_may_need_quotes) {
  Object column = Column("app.\"a.b\".\"c \"\"d\"", "integer");
  column.identity = "app.\"a.b\".\"c \"\"d\"";
  BOOST_TEST(Way({column}, {}) == "ALTER TABLE app.\"a.b\" DROP COLUMN \"c \"\"d\"; \n");
  BOOST_TEST(Way({Made("table constraint", "\"a on b\" on app.t",
                       "ALTER TABLE app.t ADD CONSTRAINT \"a on b\" CHECK (true);")},
                 {}) == "ALTER TABLE app.t DROP CONSTRAINT \"a on b\"; \n");
}

BOOST_AUTO_TEST_CASE(columns) {
  BOOST_TEST(AlteredColumn("integer", "integer NOT NULL") == "ALTER TABLE app.t ALTER COLUMN c SET NOT NULL; \n");
  BOOST_TEST(AlteredColumn("integer NOT NULL", "integer") == "ALTER TABLE app.t ALTER COLUMN c DROP NOT NULL; \n");
  BOOST_TEST(AlteredColumn("integer DEFAULT 1", "integer DEFAULT CASE WHEN (a IS NOT NULL) THEN 1 END") ==
             "ALTER TABLE app.t ALTER COLUMN c SET DEFAULT CASE WHEN (a IS NOT NULL) THEN 1 END; \n");
  BOOST_TEST(AlteredColumn("integer DEFAULT 1", "integer") == "ALTER TABLE app.t ALTER COLUMN c DROP DEFAULT; \n");
  BOOST_TEST(AlteredColumn("integer", "text COLLATE \"C\"") ==
             "ALTER TABLE app.t ALTER COLUMN c TYPE text COLLATE \"C\";  or ALTER TABLE app.t ALTER COLUMN c TYPE text "
             "COLLATE \"C\" USING c::text;  or ALTER TABLE app.t ALTER COLUMN c TYPE text COLLATE \"C\" USING "
             "c::text::text; \n");
  BOOST_TEST(AlteredColumn("integer GENERATED ALWAYS AS ((a + 1)) STORED", "integer") ==
             "ALTER TABLE app.t ALTER COLUMN c DROP EXPRESSION; \n");
  BOOST_TEST(
      AlteredColumn("integer GENERATED ALWAYS AS ((a + 1)) STORED", "integer GENERATED ALWAYS AS ((a + 2)) STORED") ==
      "ALTER TABLE app.t ALTER COLUMN c SET EXPRESSION AS ((a + 2));  or ALTER TABLE app.t DROP COLUMN c; ALTER TABLE "
      "app.t ADD COLUMN c integer GENERATED ALWAYS AS ((a + 2)) STORED; \n");
  BOOST_TEST(
      AlteredColumn("integer NOT NULL", "integer CONSTRAINT n NOT NULL NOT VALID") ==
      "ALTER TABLE app.t ALTER COLUMN c DROP NOT NULL; ALTER TABLE app.t ADD CONSTRAINT n NOT NULL c NOT VALID; \n");
}

BOOST_AUTO_TEST_CASE(identity_columns) {
  const std::string sequence = "(SEQUENCE NAME app.s START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9 CACHE 1)";
  const std::string other = "(SEQUENCE NAME app.s2 START WITH 1 INCREMENT BY 2 MINVALUE 1 MAXVALUE 9 CACHE 1 CYCLE)";
  const std::string always = "integer GENERATED ALWAYS AS IDENTITY ",
                    by_default = "integer GENERATED BY DEFAULT AS IDENTITY ";
  BOOST_TEST(AlteredColumn(always + sequence + " NOT NULL", "integer NOT NULL") ==
             "ALTER TABLE app.t ALTER COLUMN c DROP IDENTITY; \n");
  BOOST_TEST(
      AlteredColumn(always + sequence + " NOT NULL", by_default + other + " NOT NULL") ==
      "ALTER SEQUENCE app.s RENAME TO s2; \nALTER TABLE app.t ALTER COLUMN c SET GENERATED BY DEFAULT SET INCREMENT BY 2 SET "
      "CYCLE;  or ALTER TABLE app.t ALTER COLUMN c SET GENERATED BY DEFAULT SET INCREMENT BY 2 SET CYCLE RESTART; \n");
}

BOOST_AUTO_TEST_CASE(tables) {
  const auto altered = [](const std::string& from, const std::string& to) {
    return Altered(Table("app.t", "", "CREATE " + from + ";"), "CREATE " + to + ";");
  };
  BOOST_TEST(altered("TABLE app.t ()", "UNLOGGED TABLE app.t ()") == "ALTER TABLE app.t SET UNLOGGED; \n");
  BOOST_TEST(altered("TABLE app.t () WITH (fillfactor='50', a='1')", "TABLE app.t () WITH (fillfactor='60')") ==
             "ALTER TABLE app.t RESET (a); \nALTER TABLE app.t SET (fillfactor='60'); \n");
  BOOST_TEST(altered("TABLE app.t () INHERITS (app.p)", "TABLE app.t ()") == "ALTER TABLE app.t NO INHERIT app.p; \n");
  BOOST_TEST(
      altered("TABLE app.t ()",
              "TABLE app.t PARTITION OF app.p FOR VALUES WITH (modulus 4, remainder 0) WITH (a='1')") ==
      "ALTER TABLE app.p ATTACH PARTITION app.t FOR VALUES WITH (modulus 4, remainder 0); \nALTER TABLE app.t SET "
      "(a='1'); \n");
  BOOST_TEST(altered("TABLE app.t PARTITION OF app.p FOR VALUES FROM (1) TO (2)", "TABLE app.t ()") ==
             "ALTER TABLE app.p DETACH PARTITION app.t; \n");
}

BOOST_AUTO_TEST_CASE(what_a_definition_says_beside_its_first_statement) {
  const Object now = Table("app.t",
                           "\nALTER TABLE app.t ENABLE ROW LEVEL SECURITY;\nALTER TABLE app.t REPLICA IDENTITY FULL;\n"
                           "COMMENT ON TABLE app.t IS 'x is y';");
  BOOST_TEST(
      Altered(now, "CREATE TABLE app.t ();") ==
      "ALTER TABLE app.t DISABLE ROW LEVEL SECURITY; \nALTER TABLE app.t REPLICA IDENTITY DEFAULT; \nCOMMENT ON TABLE "
      "app.t IS NULL; \n");
  BOOST_TEST(Altered(now, now.definition.substr(0, now.definition.rfind('\n')) + "\nCOMMENT ON TABLE app.t IS 'z';") ==
             "COMMENT ON TABLE app.t IS 'z'; \n");
}

BOOST_AUTO_TEST_CASE(privileges_are_given_anew_in_their_order) {
  const Object now = Table("app.t", "\nGRANT SELECT ON TABLE app.t TO a;\nGRANT INSERT ON TABLE app.t TO a;");
  BOOST_TEST(
      Altered(now, "CREATE TABLE app.t ();\nREVOKE ALL ON TABLE app.t FROM me;\nGRANT SELECT ON TABLE app.t TO b;") ==
      "REVOKE ALL ON TABLE app.t FROM a; REVOKE ALL ON TABLE app.t FROM me; GRANT SELECT ON TABLE app.t TO b; \n");
  const Object function =
      Made("function", "app.f()", "CREATE OR REPLACE FUNCTION app.f() …;\nREVOKE ALL ON FUNCTION app.f() FROM PUBLIC;");
  BOOST_TEST(Altered(function, "CREATE OR REPLACE FUNCTION app.f() …;") ==
             "GRANT ALL ON FUNCTION app.f() TO PUBLIC; \n");
}

BOOST_AUTO_TEST_CASE(default_privileges) {
  const auto of = [](const std::string& what) {
    return Made("default acl", "for role r on functions",
                "ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT EXECUTE ON FUNCTIONS TO " + what + ";");
  };
  BOOST_TEST(
      Way({of("r")}, {}) ==
      "ALTER DEFAULT PRIVILEGES FOR ROLE r REVOKE ALL ON FUNCTIONS FROM r; ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT ALL "
      "ON FUNCTIONS TO r; ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT ALL ON FUNCTIONS TO PUBLIC; \n");
  BOOST_TEST(
      Way({}, {of("r")}) ==
      "ALTER DEFAULT PRIVILEGES FOR ROLE r REVOKE ALL ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES FOR ROLE r REVOKE "
      "ALL ON FUNCTIONS FROM r; ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT EXECUTE ON FUNCTIONS TO r; \n");
}

BOOST_AUTO_TEST_CASE(types) {
  const auto altered = [](const std::string& from, const std::string& to) {
    return Altered(Made("type", "app.e", "CREATE " + from + ";", "TYPE app.e"), "CREATE " + to + ";");
  };
  BOOST_TEST(altered("TYPE app.e AS ENUM ('a', 'c')", "TYPE app.e AS ENUM ('0', 'a', 'b, x', 'c')") ==
             "ALTER TYPE app.e ADD VALUE '0' BEFORE 'a'; \nALTER TYPE app.e ADD VALUE 'b, x' AFTER 'a'; \n");
  BOOST_TEST(altered("TYPE app.e AS ENUM ('a', 'c')", "TYPE app.e AS ENUM ('a', 'd')")
                 .starts_with("ALTER TYPE app.e RENAME VALUE 'c' TO 'd'; "));
  BOOST_TEST(
      altered("TYPE app.e AS (a integer, b numeric(5,2))", "TYPE app.e AS (a text, b numeric(5,2), c date)")
          .starts_with("ALTER TYPE app.e ALTER ATTRIBUTE a TYPE text; \nALTER TYPE app.e ADD ATTRIBUTE c date; "));
  BOOST_TEST(altered("DOMAIN app.e AS integer DEFAULT 1 NOT NULL", "DOMAIN app.e AS integer") ==
             "ALTER DOMAIN app.e DROP DEFAULT; \nALTER DOMAIN app.e DROP NOT NULL; \n");
}

BOOST_AUTO_TEST_CASE(routines_and_views_are_replaced_before_they_are_made_anew) {
  const Object view = Made("view", "app.v", "CREATE VIEW app.v AS SELECT 1;", "VIEW app.v");
  BOOST_TEST(Altered(view, "CREATE VIEW app.v AS SELECT 2;") ==
             "CREATE OR REPLACE VIEW app.v AS SELECT 2;  or DROP VIEW app.v; CREATE VIEW app.v AS SELECT 2; \n");
  BOOST_TEST(Way({}, {Made("function", "app.f()", "CREATE OR REPLACE FUNCTION app.f() …;")}) ==
             "CREATE FUNCTION app.f() …; \n");
}

BOOST_AUTO_TEST_CASE(what_holds_a_masked_value_is_left_out) {
  const Object server =
      Made("server", "srv", "CREATE SERVER srv FOREIGN DATA WRAPPER f OPTIONS (host 'a', key '***');", "SERVER srv");
  BOOST_TEST(Way({}, {server}).empty());
  BOOST_TEST(Altered(server, "CREATE SERVER srv FOREIGN DATA WRAPPER f OPTIONS (host 'b', key '***');") ==
             "ALTER SERVER srv OPTIONS (SET host 'b'); \n");
  BOOST_TEST(ClearingSteps({&server}).empty());
}

BOOST_AUTO_TEST_CASE(what_is_ignored_is_not_changed) {
  const Object now = Table(
      "app.t", "\nALTER TABLE app.t OWNER TO a;\nGRANT SELECT ON TABLE app.t TO a;\nCOMMENT ON TABLE app.t IS 'a';");
  Ignored ignored;
  ignored.owners = ignored.grants = ignored.comments = true;
  Object wanted = Table("app.t", "\nALTER TABLE app.t FORCE ROW LEVEL SECURITY;");
  BOOST_TEST(Way({now}, {wanted}, ignored) == "ALTER TABLE app.t FORCE ROW LEVEL SECURITY; \n");
}

BOOST_AUTO_TEST_CASE(renames) {
  const auto steps = [](const std::vector<Object>& now, const std::vector<Object>& wanted,
                        std::vector<Rename> renames) { return Show(RenameSteps(now, wanted, renames)); };
  BOOST_TEST(steps({Table("app.b")}, {Table("app.a")}, {{"table", "app.b", "app.a"}}) ==
             "ALTER TABLE app.b RENAME TO a; \n");
  BOOST_TEST(steps({Table("x.a")}, {Table("app.a")}, {{"table", "x.a", "app.a"}}) ==
             "ALTER TABLE x.a SET SCHEMA app; \n");
  BOOST_TEST(steps({Column("app.t.b", "integer")}, {Column("app.t.a", "integer")},
                   {{"table column", "app.t.b", "app.t.a"}}) == "ALTER TABLE app.t RENAME COLUMN b TO a; \n");
  // Its table is back under its name already.
  BOOST_TEST(steps({Column("app.t.b", "integer")}, {Column("app.t.a", "integer")},
                   {{"table column", "app.u.b", "app.t.a"}}) == "ALTER TABLE app.t RENAME COLUMN b TO a; \n");
  const auto key = [](const std::string& name) {
    return Made("table constraint", name + " on app.t", "ALTER TABLE app.t ADD CONSTRAINT " + name + " UNIQUE (a);",
                "CONSTRAINT x");
  };
  BOOST_TEST(steps({key("b")}, {key("a")}, {{"table constraint", "b on app.t", "a on app.t"}}) ==
             "ALTER TABLE app.t RENAME CONSTRAINT b TO a; \n");
}

BOOST_AUTO_TEST_CASE(two_that_swap_their_names) {
  const std::vector<Object> objects = {Table("app.a"), Table("app.b")};
  std::vector<Rename> renames = {{"table", "app.a", "app.b"}, {"table", "app.b", "app.a"}};
  BOOST_TEST(Show(RenameSteps(objects, objects, renames)) == "ALTER TABLE app.a RENAME TO migrate_renamed_1; \n");
  BOOST_TEST(Show(RenameSteps({Table("app.migrate_renamed_1"), Table("app.b")}, objects, renames)) ==
             "ALTER TABLE app.b RENAME TO a; \n");
  BOOST_TEST(Show(RenameSteps({Table("app.migrate_renamed_1"), Table("app.a")}, objects, renames)) ==
             "ALTER TABLE app.migrate_renamed_1 RENAME TO b; \n");
  BOOST_TEST(RenameSteps(objects, objects, renames).empty());
}

BOOST_AUTO_TEST_CASE(what_comes_from_a_parent_is_renamed_with_it) {
  const auto objects = [](const std::string& name) {
    return std::vector<Object>{
        Table("app.p"),
        Made("table", "app.q", "CREATE TABLE app.q () INHERITS (app.p);", "TABLE app.q"),
        Column("app.p." + name, "integer"),
        Column("app.q." + name, "integer"),
        Column("app.r." + name, "integer /* inherited */"),
    };
  };
  std::vector<Rename> renames;
  for (const std::string table : {"app.q.", "app.r.", "app.p."}) {
    renames.push_back({"table column", table + "b", table + "a"});
  }
  BOOST_TEST(Show(RenameSteps(objects("b"), objects("a"), renames)) == "ALTER TABLE app.p RENAME COLUMN b TO a; \n");
  BOOST_TEST(RenameSteps(objects("a"), objects("a"), renames).empty());
}

BOOST_AUTO_TEST_CASE(what_has_taken_the_name_goes) {
  std::vector<Rename> renames = {{"table", "app.t_old", "app.t"}};
  BOOST_TEST(Show(RenameSteps({Table("app.t"), Table("app.t_old")}, {Table("app.t")}, renames)) ==
             "DROP TABLE app.t; ALTER TABLE app.t_old RENAME TO t;  or "
             "ALTER TABLE app.t RENAME TO migrate_gone_1; ALTER TABLE app.t_old RENAME TO t; \n");
  const auto type = [](const std::string& name) {
    return Made("type", name, "CREATE TYPE " + name + " AS ENUM ();", "TYPE " + name);
  };
  renames = {{"type", "app.old", "app.t"}};
  BOOST_TEST(Show(RenameSteps({Table("app.t"), type("app.old")}, {type("app.t")}, renames)) ==
             "DROP TABLE app.t; ALTER TYPE app.old RENAME TO t;  or "
             "ALTER TABLE app.t RENAME TO migrate_gone_1; ALTER TYPE app.old RENAME TO t; \n");
}

BOOST_AUTO_TEST_CASE(what_evaluates_expressions_says_on_what) {
  const auto on = [](const char* statement) {
    const auto evaluated = EvaluatedBy(statement);
    return evaluated ? (evaluated->is_domain ? "domain " : "") + evaluated->name : std::string();
  };
  BOOST_TEST(on("ALTER TABLE app.\"my ADD\" ADD COLUMN a int DEFAULT app.f();") == "app.\"my ADD\"");
  BOOST_TEST(on("ALTER TABLE app.t ADD CONSTRAINT c CHECK (a > 0);") == "app.t");
  BOOST_TEST(on("ALTER TABLE app.t ALTER COLUMN a TYPE text USING a::text;") == "app.t");
  BOOST_TEST(on("ALTER TABLE ONLY app.p ATTACH PARTITION app.q FOR VALUES IN (1);") == "app.p");
  BOOST_TEST(on("ALTER DOMAIN app.d ADD CONSTRAINT c CHECK (VALUE > 0);") == "domain app.d");
  BOOST_TEST(on("ALTER TABLE app.t ADD CONSTRAINT c PRIMARY KEY (a);") == "");
  BOOST_TEST(on("ALTER TABLE app.t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES app.u(a);") == "");
  BOOST_TEST(on("ALTER TABLE app.t ADD COLUMN a int GENERATED ALWAYS AS IDENTITY;") == "");
  BOOST_TEST(on("ALTER TABLE app.t ALTER COLUMN a SET DEFAULT app.f();") == "");
  BOOST_TEST(on("ALTER TABLE app.t RENAME TO u;") == "");
  BOOST_TEST(on("CREATE INDEX i ON app.t (app.f(a));") == "");
  const auto view = UnfilledViewOf("CREATE MATERIALIZED VIEW app.m AS\n SELECT 1;");
  BOOST_TEST(view->name == "app.m");
  BOOST_TEST(view->statement == "CREATE MATERIALIZED VIEW app.m AS\n SELECT 1\nWITH NO DATA;");
  BOOST_TEST(!UnfilledViewOf("CREATE VIEW app.m AS SELECT 1;"));
}

BOOST_AUTO_TEST_CASE(a_text_has_the_settings_that_its_statements_need) {
  BOOST_TEST(TextOf({"DROP VIEW a", "DROP TABLE b;"}) == "DROP VIEW a;\nDROP TABLE b;");
  BOOST_TEST(TextOf({"CREATE OR REPLACE FUNCTION f() …;"}) ==
             "SET LOCAL check_function_bodies = off;\nCREATE OR REPLACE FUNCTION f() …;");
  for (const char* const statement : {"DROP TABLE a;", "COMMENT ON TABLE a IS 'ADD';", "ALTER TABLE a DROP COLUMN b;",
                                      "ALTER TABLE a RENAME TO b;", "ALTER TABLE a OWNER TO b;"}) {
    BOOST_TEST(!ReadsSettings(statement), statement);
  }
  for (const char* const statement : {"CREATE TABLE a ();", "ALTER TABLE a ADD COLUMN b int;",
                                      "ALTER TABLE a ALTER COLUMN b SET DEFAULT 'RENAME';"}) {
    BOOST_TEST(ReadsSettings(statement), statement);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
