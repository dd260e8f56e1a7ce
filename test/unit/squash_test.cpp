#include "core/squash/plan.h"
#include "core/squash/stages.h"
#include "core/squash/text.h"

#include "plans.h"

namespace migrate {
namespace {

using schema::Object;

KnownMigration Consolidated(KnownMigration migration, const std::string& replaces) {
  migration.options.Make().replaces = replaces;
  migration.sort_key = SortKey(migration, migration.number);
  return migration;
}

KnownMigration Repeatable(KnownMigration migration) {
  migration.repeatable = true;
  migration.sort_key = SortKey(migration, migration.number);
  return migration;
}

// "1_a 2_b" of what is replaced, and what a new database runs of it.
std::string Squashed(std::vector<KnownMigration> migrations, const std::string& upto) {
  const SquashPlan squash = PlanSquash(SetOf(std::move(migrations)), upto);
  std::string text = squash.upto + ":";
  for (const auto* const migration : squash.replaced) text += " " + migration->id.Label();
  text += " by";
  for (const auto& step : squash.fresh.steps) {
    if (!step.only_records) text += " " + step.migration->id.Label();
  }
  return text;
}

std::string Refusal(std::vector<KnownMigration> migrations, const std::string& upto) {
  const Error error = Thrown([&] { (void) PlanSquash(SetOf(std::move(migrations)), upto); });
  return error.sqlstate + " " + error.message;
}

Object Of(const char* kind, const char* identity, const std::string& definition) {
  Object object;
  object.kind = kind;
  object.schema = "app";
  object.identity = identity;
  object.definition = definition;
  return object;
}

std::string Definitions(const std::vector<Object>& objects) {
  std::string text;
  for (const auto& object : objects) text += object.definition + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(squash)

BOOST_AUTO_TEST_CASE(a_squash_stands_for_all_up_to_a_version) {
  const std::vector<KnownMigration> applied = {Applied("1_a", 1), Applied("2_b", 2), Applied("10_c", 3),
                                               Pending("11_d", 4), Repeatable(Applied("r", 5))};
  BOOST_TEST(Squashed(applied, "2") == "2: 1_a 2_b by 1_a 2_b");
  BOOST_TEST(Squashed(applied, "c") == "10: 1_a 2_b 10_c by 1_a 2_b 10_c");
  BOOST_TEST(RangeOf(PlanSquash(SetOf(applied), "2").replaced) == "1_a to 2_b");
  BOOST_TEST(SquashName("0007") == "squash_to_0007");
  BOOST_TEST(SquashName("1.2-3") == "squash_to_1_2_3");
}

BOOST_AUTO_TEST_CASE(a_baseline_and_one_of_a_shared_version_are_part_of_it) {
  BOOST_TEST(Squashed({Applied("1_a", 1, {}, "baseline"), Applied("2_b", 2), Applied("2_c", 3)}, "2_b") ==
             "2: 1_a 2_b 2_c by 1_a 2_b 2_c");
}

BOOST_AUTO_TEST_CASE(what_a_squash_replaced_does_not_run_again) {
  const std::vector<KnownMigration> migrations = {Applied("1_a", 1), Applied("2_b", 2),
                                                  Consolidated(Applied("3_one", 3, {}, "baseline"), ".. 2"),
                                                  Applied("4_c", 4)};
  BOOST_TEST(Squashed(migrations, "4") == "4: 1_a 2_b 3_one 4_c by 3_one 4_c");
  BOOST_TEST(Refusal(migrations, "2") == "55000 there is nothing to squash up to version 2");
  BOOST_TEST(Refusal(migrations, "3") == "55000 there is nothing to squash up to version 3");
  std::vector<KnownMigration> gone = migrations;
  gone[0].absent = gone[1].absent = true;
  BOOST_TEST(Squashed(gone, "4") == "4: 1_a 2_b 3_one 4_c by 3_one 4_c");
}

BOOST_AUTO_TEST_CASE(what_is_not_done_here_can_not_be_squashed) {
  const KnownMigration a = Applied("1_a", 1), c = Applied("3_c", 3);
  BOOST_TEST(Refusal({a, Pending("2_b", 2), c}, "3") == "55000 migration \"2_b\" is pending");
  BOOST_TEST(Refusal({a, Changed(Applied("2_b", 2)), c}, "3") ==
             "MG002 migration \"2_b\" has changed since it was applied");
  BOOST_TEST(Refusal({a, Absent(Pending("2_b", 2)), c}, "3") ==
             "55000 migration \"2_b\" is not applied, and gone from its source");
  BOOST_TEST(Refusal({a, Absent(Applied("2_b", 2)), c}, "3") == "55000 migration \"2_b\" is gone from its source");
  KnownMigration failed = Pending("2_b", 2);
  failed.unfinished.Make().event = "fail";
  BOOST_TEST(Refusal({a, failed, c}, "3") == "55000 migration \"2_b\" has failed");
  failed.unfinished.Make().done = 1;
  BOOST_TEST(Refusal({a, failed, c}, "3") == "55000 migration \"2_b\" is applied in part");
  KnownMigration some = Applied("2_b", 2);
  some.options.Make().only = {"staging"};
  BOOST_TEST(Refusal({a, some, c}, "3") == "55000 migration \"2_b\" is not for every environment");
  KnownMigration textless = Applied("2_b", 2);
  textless.up = {};
  textless.application.Make().checksum = "";
  BOOST_TEST(Refusal({a, textless, c}, "3") == "55000 migration \"2_b\" has no text");
}

BOOST_AUTO_TEST_CASE(the_last_one_is_named_and_has_a_version) {
  const std::vector<KnownMigration> migrations = {Applied("1_a", 1), Applied("plain", 2), Repeatable(Applied("r", 3))};
  BOOST_TEST(Refusal(migrations, "7") == "42704 migration \"7\" does not exist");
  BOOST_TEST(Refusal({}, "7") == "42704 migration \"7\" does not exist");
  BOOST_TEST(Refusal(migrations, "plain") == "22023 migration \"plain\" has no place among versions");
  BOOST_TEST(Refusal(migrations, "r") == "22023 migration \"r\" has no place among versions");
  BOOST_TEST(Refusal(migrations, "1") == "55000 there is nothing to squash up to version 1");
  BOOST_TEST(Refusal({Applied("1_a", 1), Applied("2_b", 2, {"plain"}), Applied("plain", 3)}, "2") ==
             "55000 migration \"plain\" has no version, and others need it");
}

BOOST_AUTO_TEST_CASE(what_rows_would_set_off_comes_in_the_second_stage) {
  const Object table = Of("table", "app.t", "CREATE TABLE app.t ();\n-- columns: id");
  const Object key =
      Of("table constraint", "t_pkey on app.t", "ALTER TABLE app.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);");
  const Object foreign =
      Of("table constraint", "f on app.t", "ALTER TABLE app.t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES app.u(id);");
  const Object trigger = Of("trigger", "tr on app.t", "CREATE TRIGGER tr;"), old = Of("trigger", "tr on app.t", "old");
  BOOST_TEST(Definitions(schema::FirstStage({}, {table, key, foreign, trigger})) == Definitions({table, key}));
  const Object secured = Of("table", "app.s",
                            "CREATE TABLE app.s ();\nALTER TABLE app.s ENABLE ROW LEVEL SECURITY;\n"
                            "ALTER TABLE app.s FORCE ROW LEVEL SECURITY;\n-- columns: id");
  BOOST_TEST(schema::FirstStage({}, {secured}).front().definition == "CREATE TABLE app.s ();\n-- columns: id");
  BOOST_TEST(schema::FirstStage({secured}, {secured}).front().definition == secured.definition);
  // What was there before stays as it was.
  BOOST_TEST(Definitions(schema::FirstStage({old}, {table, trigger})) == Definitions({table, old}));
}

BOOST_AUTO_TEST_CASE(a_partition_with_columns_in_its_own_order_is_a_table_first) {
  const std::string owner = "ALTER TABLE app.p OWNER TO me;";
  const Object parent =
      Of("table", "app.t", "CREATE TABLE app.t () PARTITION BY RANGE (id);\n-- columns: id, at\n" + owner);
  const Object check = Of("table constraint", "c on app.t", "ALTER TABLE app.t ADD CONSTRAINT c CHECK ((id > 0));");
  const Object part =
      Of("table", "app.p",
         "CREATE TABLE app.p PARTITION OF app.t FOR VALUES FROM (1) TO (2);\n-- columns: at, id\n" + owner);
  const Object column = Of("table column", "app.p.at", "ALTER TABLE app.p ADD COLUMN at date /* inherited */;");
  const auto stage = schema::FirstStage({}, {parent, check, part, column});
  BOOST_REQUIRE(stage.size() == 5U);
  BOOST_TEST(stage[2].definition == "CREATE TABLE app.p ();\n-- columns: at, id\n" + owner);
  BOOST_TEST(stage[3].identity == "c on app.p");
  BOOST_TEST(stage[3].definition == "ALTER TABLE app.p ADD CONSTRAINT c CHECK ((id > 0));");
  BOOST_TEST(stage[4].definition == "ALTER TABLE app.p ADD COLUMN at date;");
  const Object divided = Of("table", "app.p",
                            "CREATE TABLE app.p PARTITION OF app.t FOR VALUES FROM (1) TO (2) PARTITION BY LIST (at);\n"
                            "-- columns: at, id\n" +
                                owner);
  BOOST_TEST(schema::FirstStage({}, {parent, divided})[1].definition ==
             "CREATE TABLE app.p () PARTITION BY LIST (at);\n-- columns: at, id\n" + owner);
  const Object same =
      Of("table", "app.p",
         "CREATE TABLE app.p PARTITION OF app.t FOR VALUES FROM (1) TO (2);\n-- columns: id, at\n" + owner);
  BOOST_TEST(schema::FirstStage({}, {parent, same})[1].definition == same.definition);
}

BOOST_AUTO_TEST_CASE(schemas_and_extensions_may_be_there) {
  const std::set<std::string> versions = {"hstore VERSION '1.8'", "\"uuid-ossp\" VERSION '1.1'"};
  const auto leave = [&](const std::string& statement) { return schema::WithLeave(statement, versions); };
  BOOST_TEST(leave("CREATE SCHEMA app;") == "CREATE SCHEMA IF NOT EXISTS app;");
  BOOST_TEST(leave("CREATE EXTENSION hstore WITH SCHEMA public VERSION '1.8';") ==
             "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;");
  BOOST_TEST(leave("CREATE EXTENSION hstore WITH SCHEMA public VERSION '1.4';") ==
             "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public VERSION '1.4';");
  BOOST_TEST(leave("CREATE EXTENSION \"uuid-ossp\" WITH SCHEMA public VERSION '1.1';") ==
             "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public;");
  BOOST_TEST(leave("CREATE TABLE a ();") == "CREATE TABLE a ();");
}

BOOST_AUTO_TEST_CASE(the_text_says_what_it_is) {
  SquashParts parts;
  parts.head = SquashHead("0007", "0001_a to 0007_g", {"table app.t"});
  parts.remarks = {"one\nremark"};
  parts.of_server = {{"0001_a", 3, "CREATE ROLE", "CREATE ROLE a"}};
  parts.statements = {"CREATE TABLE t ();"};
  BOOST_TEST(SquashText(parts) ==
             "-- migrate:replaces .. 0007\n-- migrate:expect table app.t\n-- Description: 0001_a to 0007_g in one\n"
             "-- one remark\n\n-- 0001_a, line 3\nCREATE ROLE a;\n\nCREATE TABLE t ();");
}

BOOST_AUTO_TEST_CASE(a_line_that_would_divide_the_text_is_found) {
  SquashParts parts;
  parts.head = SquashHead("2", "1_a to 2_b", {"table t"});
  parts.statements = {"COMMENT ON TABLE t IS 'a\n- migrate:down';"};
  BOOST_TEST(DividingLine(parts, SquashText(parts)) == 0);
  parts.statements = {"COMMENT ON TABLE t IS 'a\n --  migrate:down';"};
  BOOST_TEST(DividingLine(parts, SquashText(parts)) == 6);
}

BOOST_AUTO_TEST_CASE(statements_are_named_by_migration) {
  BOOST_TEST(Join(DataRemarks({{"0001_a", 3, "INSERT", ""}, {"0001_a", 4, "DO", ""}, {"0002_b", 1, "COPY", ""}}),
                  "|") == "0001_a: INSERT in line 3, DO in line 4|0002_b: COPY in line 1");
  BOOST_TEST(DataRemarks({}).empty());
  const std::vector<SquashStatement> many(12, {"0001_a", 3, "INSERT", ""});
  BOOST_TEST(Contains(DataRemarks(many).front(), "and 2 more"));
}

BOOST_AUTO_TEST_CASE(a_row_stands_in_one_line) {
  BOOST_TEST(InOneLine("(1, 'a', NULL)") == "(1, 'a', NULL)");
  BOOST_TEST(InOneLine("('a\n-- migrate:down\nb')") == "(E'a\\n-- migrate:down\\nb')");
  BOOST_TEST(InOneLine("('it''s\r\n', 'x', E'\\\\\n')") == "(E'it''s\\r\\n', 'x', E'\\\\\\n')");
  BOOST_TEST(InOneLine("('plain', '''\n')") == "('plain', E'''\\n')");
  BOOST_TEST(InOneLine("('\n") == "(E'\\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
