#include "adopting.h"

namespace migrate::adopt {
namespace {

// By which other name it is looked for; empty if there is none.
std::string AlsoOf(const Recorded& recorded) { return recorded.also.empty() ? "" : recorded.also.front().Label(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(adopt)

BOOST_AUTO_TEST_CASE(a_table_is_known_by_its_columns) {
  BOOST_TEST(ShapeName(Table("supabase_migrations", "schema_migrations", {"version", "statements:_text", "name"})) ==
             "supabase");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version", "dirty"})) == "golang-migrate");
  BOOST_TEST(ShapeName(Table("hdb_catalog", "schema_migrations", {"version", "dirty"})) == "hasura");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version"})) == "dbmate");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version"}, {"ar_internal_metadata"})) == "rails");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version", "inserted_at"})) == "ecto");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version", "inserted_at", "by"})) == "none");
  BOOST_TEST(ShapeName(Table("public", "migrations", {"id", "timestamp", "name"})) == "typeorm");
  BOOST_TEST(ShapeName(Table("public", "migrations", {"version", "name", "applied_at"})) == "migrations");
  BOOST_TEST(ShapeName(Table("public", "schema_version", {"version", "applied_at", "description"})) ==
             "schema_version");
  BOOST_TEST(ShapeName(Table("public", "schema_version",
                             {"installed_rank", "version", "description", "type", "script", "checksum", "installed_by",
                              "installed_on", "success"})) == "flyway");
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_one_says_why) {
  const Candidate odd = Table("public", "schema_migrations", {"version", "done_at"});
  BOOST_TEST(LooksAlike(odd));
  BOOST_TEST(WhyNoShape(odd, "dbmate") == "for dbmate it has a column \"done_at\"");
  BOOST_TEST(WhyNoShape(Table("public", "schema_migrations", {"version:"}), "dbmate") ==
             "for dbmate column \"version\" is not of a built-in type");
  BOOST_TEST(!LooksAlike(Table("public", "changes", {"id"})));
  BOOST_TEST((ShapeOf(Table("app", "my_history", {"version"}), "rails", true) == &kRails));
  BOOST_TEST((ShapeOf(Table("app", "my_history", {"version"}), "rails") == nullptr));
}

BOOST_AUTO_TEST_CASE(columns_that_a_tool_did_not_have_yet_are_null) {
  const Candidate old = Table("supabase_migrations", "schema_migrations", {"version"});
  BOOST_TEST(SelectOf(kSupabase, old) ==
             "SELECT t.\"version\"::pg_catalog.text, NULL, NULL, NULL, NULL FROM "
             "\"supabase_migrations\".\"schema_migrations\" t ORDER BY t.version USING OPERATOR(pg_catalog.<)");
  const Candidate odd = Table("a\"b", "pgmigrations", {"id", "name", "run_on:uuid"});
  BOOST_TEST(odd.Name() == "\"a\"\"b\".pgmigrations");
  BOOST_TEST(
      Contains(SelectOf(kNodePgMigrate, odd), "NULL, t.\"id\"::pg_catalog.text FROM \"a\"\"b\".\"pgmigrations\" t"));
}

BOOST_AUTO_TEST_CASE(times_are_kept_in_many_types) {
  const auto time = [](const std::string& type) {
    return SelectOf(kNodePgMigrate, Table("a", "pgmigrations", {"id", "name", "run_on:" + type}));
  };
  BOOST_TEST(Contains(time("timestamp"), "t.\"run_on\"::pg_catalog.timestamptz::pg_catalog.text"));
  BOOST_TEST(Contains(time("int8"), "pg_catalog.to_timestamp(t.\"run_on\")"));
  BOOST_TEST(Contains(time("varchar"), "CASE WHEN t.\"run_on\"::pg_catalog.text OPERATOR(pg_catalog.~)"));
}

BOOST_AUTO_TEST_CASE(a_dirty_version_is_not_applied) {
  Check(kGolangMigrate, {{"3", "false"}}, {"3 applied up to"});
  Check(kGolangMigrate, {{"3", "true"}}, {"3 failed up to"});
  BOOST_TEST(Contains(kGolangMigrate.read({{"3", "true"}}).recorded[0].why, "\"force\""));
  Check(kHasuraBefore2, {{"3", "false"}, {"4", "true"}}, {"3 applied", "4 failed"});
}

BOOST_AUTO_TEST_CASE(the_newest_row_of_a_goose_version_counts) {
  Check(kGoose, {{"1", "0", "true", {}}, {"2", "1", "true", {}}, {"3", "2", "true", {}}, {"4", "2", "false", {}}},
        {"1 applied", "2 rolled back"});
  Check(kGoose, {{"1", "5", "false", {}}, {"2", "5", "true", "then"}}, {"5 applied"});
}

BOOST_AUTO_TEST_CASE(flyway_undoes_fails_and_repeats) {
  const auto row = [](const char* version, const char* type, const char* script, const char* success,
                      const char* checksum = "1") {
    return Cells{"1",    *version == '\0' ? Cell() : Cell(version), "some thing", type, script, checksum, "app", "then",
                 success};
  };
  Check(kFlyway,
        {row("1", "BASELINE", "<< Flyway Baseline >>", "true"), row("2.0", "SQL", "db/V2_0__add_b.sql", "true"),
         row("3", "SQL", "V3__c.sql", "false"), row("4", "SQL", "V4__d.sql", "true"),
         row("4", "UNDO_SQL", "U4__d.sql", "true"), row("5", "JDBC", "db.migration.V5__E", "true"),
         row("", "SQL", "R__views.sql", "true", "1"), row("", "SQL", "R__views.sql", "true", "2")},
        {"1 applied up to", "2.0_add_b applied", "3_c failed", "4_d rolled back", "5_some_thing not SQL",
         "views applied"});
  BOOST_TEST(kFlyway.read({row("", "SQL", "R__views.sql", "true", "1"), row("", "SQL", "R__views.sql", "true", "2")})
                 .recorded[0]
                 .checksum == "2");
}

BOOST_AUTO_TEST_CASE(changesets_are_named_as_liquibase_names_them) {
  const auto row = [](const char* id, const char* file, const char* type = "EXECUTED") {
    return Cells{id, "ann", file, "then", "1", type, "9:abc"};
  };
  const Rows rows = {row("x", "db/0001_a.sql"),          row("0002_b", "all.xml"), row("1", "classpath:db/c/d.sql"),
                     row("2", "classpath:db/c/d.sql"),   row("1", "e.sql"),        row("2", "e.sql", "MARK_RAN"),
                     row("0003_c", "all.xml", "FAILED"), row("3", "e.sql")};
  Check(kLiquibase, rows,
        {"db/0001_a.sql::x::ann applied", "all.xml::0002_b::ann applied", "db/c/d.sql::1::ann applied",
         "db/c/d.sql::2::ann applied", "e.sql::1::ann applied", "e.sql::2::ann applied", "all.xml::0003_c::ann failed",
         "e.sql::3::ann applied"});
  const auto loaded = [](const char* name) {
    Loaded migration;
    migration.id.name = name;
    return migration;
  };
  // Its name, or that in a folder below, or that of a file which was written anew.
  const std::vector<Loaded> known = {LoadedOf("0001_a"),        LoadedOf("0002_b"),      loaded("d.sql::1::ann"),
                                     loaded("c/d.sql::2::ann"), loaded("e.sql::1::ann"), loaded("e.sql::2::ann")};
  const auto decisions = Match(kLiquibase.read(rows), known);
  for (size_t i = 0; i < known.size(); ++i) BOOST_TEST(decisions[i].loaded.value_or(99) == i);
  BOOST_TEST(!decisions[7].loaded.has_value());
  BOOST_TEST(Contains(decisions[5].recorded.note, "recorded it without running it"));
}

BOOST_AUTO_TEST_CASE(a_rework_in_sqitch_is_a_migration_of_its_own) {
  const auto row = [](const char* id, const char* change, const char* project, Cell lacking = {}) {
    return Cells{id, change, project, "hash", "then", "Ann", "@v1", lacking};
  };
  Check(kSqitch, {row("1", "a", "app"), row("2", "b", "app"), row("3", "a", "app"), row("4", "b", "other")},
        {"a applied", "b applied", "a#2 applied", "b failed"});
  BOOST_TEST(kSqitch.read({row("1", "a", "app", "z")}).remarks[0] == "change \"a\" requires z, which is not deployed");
}

BOOST_AUTO_TEST_CASE(prisma_attempts) {
  const auto row = [](const char* name, Cell finished, Cell rolled_back = {}) {
    return Cells{name, "sum", "then", finished, rolled_back, "1"};
  };
  Check(kPrisma,
        {row("1_a", {}, "then"), row("1_a", "then"), row("2_b", {}), row("3_c", {}, "then"), row("4_d", "then"),
         row("4_d", {})},
        {"1_a applied", "2_b failed", "3_c rolled back", "4_d applied"});
}

BOOST_AUTO_TEST_CASE(names_lose_what_is_not_theirs) {
  Check(kKnex, {{"20240101_a.js", "then", "1", "1"}}, {"20240101_a applied"});
  Check(kNodePgMigrate, {{"1700000000000_add-b", "then", "1"}}, {"1700000000000_add-b applied"});
  Check(kGraphile, {{"000001-a.sql", "then", "sha1:x", {}}}, {"000001_a applied"});
  Check(kTypeOrm, {{"AddB1700000000000", "1700000000000", "1"}}, {"1700000000000_AddB applied"});
  Check(kSqlx, {{"1", "add b", "then", "true", "ab"}, {"2", "c", "then", "false", "ab"}},
        {"1_add_b applied", "2_c failed"});
  Check(kMigrations, {{"001", "a", "then"}, {"2_b", {}, "then"}}, {"001_a applied", "2_b applied"});
  Check(kSchemaVersion, {{"1", "then", "the first one"}}, {"1 applied"});
  Check(kDiesel, {{"20240131120000", "then"}}, {"20240131120000 applied"});
  Check(kSupabase, {{"1", "a", "SELECT 1;", {}, {}}, {"", {}, "SELECT 1;", {}, {}}}, {"1_a applied", " failed"});
}

BOOST_AUTO_TEST_CASE(tables_of_the_same_name_are_told_apart_by_their_columns) {
  const auto migrations = [](const Strings& columns) { return ShapeName(Table("public", "migrations", columns)); };
  BOOST_TEST(migrations({"id", "migration", "batch"}) == "laravel");
  BOOST_TEST(migrations({"id", "name", "run_on"}) == "db-migrate");
  BOOST_TEST(migrations({"id", "name", "hash", "executed_at"}) == "postgres-migrations");
  BOOST_TEST(migrations({"id", "name"}) == "none");
  BOOST_TEST(ShapeName(Table("public", "schema_version", {"version"})) == "tern");
  BOOST_TEST(ShapeName(Table("app", "__EFMigrationsHistory", {"migration_id", "product_version"})) == "ef-core");
  BOOST_TEST(ShapeName(Table("public", "changelog", {"id", "applied_at", "description"})) == "mybatis");
  BOOST_TEST(!LooksAlike(Table("public", "changelog", {"id", "change"})));
  Candidate own = Table("app", "our_migrations", {"step"});
  BOOST_TEST(!LooksAlike(own));
  own.could_be = true;
  BOOST_TEST(LooksAlike(own));
  BOOST_TEST(WhyNoShape(own) == "");
}

BOOST_AUTO_TEST_CASE(a_class_is_the_file_that_has_its_digits) {
  const auto other = [](const char* name) { return AlsoOf(RecordedOfFile(name)); };
  BOOST_TEST(RecordedOfFile("db/20240131-a.js").id.Label() == "20240131_a");
  BOOST_TEST(other("db/20240131-a.js") == "");
  BOOST_TEST(other("Migration20240131120000_add.ts") == "20240131120000_add");
  BOOST_TEST(other("App\\Version20240131120000") == "20240131120000");
  BOOST_TEST(other("m20240131_000001_a") == "20240131_000001_a");
  BOOST_TEST(other("add2") == "");
  BOOST_TEST(other("drop_20240131") == "");
  BOOST_TEST(other("plain") == "");
}

BOOST_AUTO_TEST_CASE(many_tools_record_a_name_and_a_time) {
  Check(kSequelize, {{"20240101-a.js", {}}}, {"20240101_a applied"});
  Check(kDbMigrate, {{"/20240101000000-a", "then", "1"}}, {"20240101000000_a applied"});
  Check(kEfCore, {{"20240101000000_A", "8.0.1"}}, {"20240101000000_A applied"});
  BOOST_TEST(kEfCore.read({{"20240101000000_A", "8.0.1"}}).recorded[0].at == "");
  BOOST_TEST(kKysely.read({{"a", "then"}}).recorded[0].at == "then");
  BOOST_TEST(AlsoOf(kYoyo.read({{"0001.create-foo", "then", "hash"}}).recorded[0]) == "0001_create-foo");
  BOOST_TEST(AlsoOf(kDbUp.read({{"App.Scripts.0001_a.sql", "then", "1"}}).recorded[0]) == "0001_a");
  BOOST_TEST(AlsoOf(kDbUp.read({{"1.2_a.sql", "then", "1"}}).recorded[0]) == "");
  Check(kTern, {{"3"}}, {"3 applied up to"});
  Check(kTern, {{"0"}}, {});
  Check(kRefinery, {{"1", "then", "a", "17"}}, {"1_a applied"});
  Check(kEcto, {{"20240101000000", "then"}}, {"20240101000000 applied"});
  Check(kPostgresMigrations, {{"0", "create-migrations-table", "x", "then"}, {"1", "a", "x", "then"}}, {"1_a applied"});
  Check(kPostgrator, {{"0", {}, {}, {}}, {"1", "a", "undefined", "then"}}, {"1_a applied"});
  BOOST_TEST((kPostgrator.read({{"1", "a", "undefined", "then"}}).recorded[0].proof == Proof::kNone));
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_elsewhere_is_not_applied) {
  const auto atlas = [](const char* version, const char* type, const char* applied, const char* total, Cell error) {
    return Cells{version, "a", type, applied, total, "then", error, {}, {}};
  };
  Check(kAtlas,
        {atlas(".atlas_cloud_identifier", "2", "0", "0", {}), atlas("1", "1", "0", "0", {}),
         atlas("2", "2", "3", "3", {}), atlas("3", "2", "1", "3", "no"), atlas("4", "6", "1", "3", "no")},
        {"1_a applied up to", "2_a applied", "3_a failed", "4_a applied"});
  Check(kPlay,
        {{"1", "then", "SELECT ';;';", "", "applied", {}, "x"}, {"2", "then", "x", "", "applying_up", "no", "x"}},
        {"1 applied", "2 failed"});
  BOOST_TEST(kPlay.read({{"1", "then", "SELECT ';;';", "", "applied", {}, "x"}}).recorded[0].text == "SELECT ';';");
  Check(kPgroll,
        {{"public", "01_a", "then", "true", "pgroll"},
         {"public", "02_b", "then", "false", "pgroll"},
         {"public", "sql_1", "then", "true", "inferred"}},
        {"01_a applied", "02_b failed", "sql_1 applied"});
}

BOOST_AUTO_TEST_CASE(a_name_may_be_part_of_the_checksum) {
  Recorded recorded;
  recorded.proof = Proof::kNamedSha1;
  recorded.checksum = "13";  // "0001-a.sql" and the text
  BOOST_TEST(Difference(recorded, {"0001", "a"}, "abc", kHashers) == "");
  BOOST_TEST(
      Contains(Difference(recorded, {"00000001", "a"}, "abc", kHashers), "SHA-1, with the file's name, of the text"));
}

BOOST_AUTO_TEST_CASE(several_databases_and_several_heads_are_remarked) {
  BOOST_TEST(kHasura.read({{{}, "1", "false", "default"}, {{}, "2", "true", "other"}}).remarks.size() == 1u);
  Check(kHasura, {{{}, "1", "false", "default"}, {{}, "2", "true", "default"}}, {"1 applied", "2 failed"});
  BOOST_TEST(kAlembic.read({{"abc"}, {"def"}}).remarks.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_checksum_of_lines_knows_no_line_ends) {
  BOOST_TEST(LineCrc32("123456789") == 0xCBF43926u);
  BOOST_TEST(LineCrc32("\xEF\xBB\xBF"
                       "1234\r\n56789\n") == 0xCBF43926u);
  BOOST_TEST(LineCrc32("") == 0u);
  Recorded recorded;
  recorded.proof = Proof::kLineCrc32;
  recorded.checksum = "-873187034";
  BOOST_TEST(Difference(recorded, {}, "123456789", kHashers) == "");
  BOOST_TEST(
      Contains(Difference(recorded, {}, "12345678", kHashers), "of the text that ran is -873187034, of the loaded"));
}

BOOST_AUTO_TEST_CASE(a_digest_agrees_whatever_the_line_ends) {
  Recorded recorded;
  recorded.proof = Proof::kSha256;
  for (const char* const length : {"4", "5", "7", "8"}) {
    recorded.checksum = length;
    BOOST_TEST(Difference(recorded, {}, "a\r\nb\r", kHashers) == "");
  }
  recorded.checksum = "9";
  BOOST_TEST(Difference(recorded, {}, "abc", kHashers) == "SHA-256 of the text that ran is 9, of the loaded one 3");
}

BOOST_AUTO_TEST_CASE(statements_agree_whatever_stands_between_them) {
  Recorded recorded;
  recorded.proof = Proof::kStatements;
  recorded.text = "-- one\nSELECT 1;\n-- two\nSELECT ';';";
  BOOST_TEST(Difference(recorded, {}, "SELECT 1;\r\n\r\nSELECT ';'", kHashers) == "");
  BOOST_TEST(Difference(recorded, {}, "SELECT 1;", kHashers) ==
             "statement 2 that ran is \"SELECT ';'\", of the loaded text none");
  BOOST_TEST(Contains(Difference(recorded, {}, "SELECT 1; SELECT 2; SELECT 3", kHashers), "loaded text \"SELECT 2\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::adopt
