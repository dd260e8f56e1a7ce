#include "core/set/assemble.h"

#include "fakes.h"

namespace migrate {
namespace {

std::vector<LoadedMigration> Load(std::vector<SourceFile> files) {
  FakeParser parser;
  Assembly assembly = AssembleMigrations(ReadFiles(std::move(files)).parts, {parser, NewFakeHasher});
  assembly.problems.ThrowAny();
  return std::move(assembly.migrations);
}

LoadedMigration LoadOne(const std::string& content, const std::string& path = "0003_x.sql") {
  std::vector<LoadedMigration> migrations = Load({{path, content}});
  BOOST_TEST(migrations.size() == 1u);
  return migrations.at(0);
}

Error Refused(std::vector<SourceFile> files) {
  return Thrown([&] { Load(std::move(files)); });
}

void IsIrreversible(const Migration& migration, std::string_view why) {
  BOOST_TEST((migration.reversible == Reversible::kNo));
  BOOST_TEST(migration.irreversible_why == why);
  BOOST_TEST(!migration.down.exists());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(assemble)

BOOST_AUTO_TEST_CASE(a_file_becomes_a_migration) {
  const LoadedMigration migration = LoadOne(
      "-- Author: Ann\n-- migrate:requires 0002, accounts\n-- migrate:up\nSELECT 1;\nSELECT 2;\n"
      "-- migrate:down\n\nSELECT 3;\n-- migrate:verify\nSELECT 4;\n");
  BOOST_TEST(migration.id.Label() == "0003_x");
  BOOST_TEST(migration.up.statements == 2);
  BOOST_TEST(migration.up.first_line == 1);
  BOOST_TEST(migration.up.checksum == "#-- Author: Ann\n-- migrate:requires 0002, accounts\nSELECT 1;\nSELECT 2;");
  BOOST_TEST(migration.down_text == "\nSELECT 3;\n");
  BOOST_TEST(migration.down.first_line == 7);
  BOOST_TEST(migration.verify.checksum == "#SELECT 4;");
  BOOST_TEST((migration.reversible == Reversible::kScript));
  BOOST_TEST(migration.requirements == (std::vector<std::string>{"0002", "accounts"}),
             boost::test_tools::per_element());
  BOOST_TEST(migration.metadata[0].second == "Ann");
}

BOOST_AUTO_TEST_CASE(a_pair_of_files_is_one_migration_with_the_same_checksums) {
  const LoadedMigration pair = Load({{"3_x.down.sql", "SELECT 2;"}, {"3_x.up.sql", "SELECT 1;"}}).at(0);
  const LoadedMigration single = LoadOne("-- migrate:up\r\nSELECT 1;\r\n\r\n-- migrate:down\r\nSELECT 2;\r\n");
  BOOST_TEST(pair.up.checksum == single.up.checksum);
  BOOST_TEST(pair.down.checksum == single.down.checksum);
  BOOST_TEST((pair.reversible == Reversible::kScript));
}

BOOST_AUTO_TEST_CASE(a_problem_names_the_file_it_stands_in) {
  FakeParser parser;
  const auto origins = [&](std::vector<SourceFile> files) {
    std::string list;
    const Assembly assembly = AssembleMigrations(ReadFiles(std::move(files)).parts, {parser, NewFakeHasher});
    for (const auto& problem : assembly.problems.all()) list += problem.origin + ";";
    return list;
  };
  BOOST_TEST(origins({{"1_a.down.sql", "SELECT 1;"}, {"1_a.up.sql", "WRONG"}}) == "1_a.up.sql;");
  BOOST_TEST(origins({{"1_a.down.sql", "WRONG"}, {"1_a.up.sql", "SELECT 1;"}}) == "1_a.down.sql;");
}

BOOST_AUTO_TEST_CASE(a_rollbacks_folder_is_matched_by_version) {
  auto migrations = Load({{"rollbacks/2_whatever.sql", "SELECT 3;"},
                          {"migrations/002_b.sql", "SELECT 2;"},
                          {"migrations/001_a.sql", "SELECT 1;"}});
  BOOST_TEST(migrations.size() == 2u);
  IsIrreversible(migrations[0], "it has no down script");
  BOOST_TEST(migrations[1].down.checksum == "#SELECT 3;");
  migrations = Load({{"0000_a.sql", ""}, {"0000_b.sql", ""}, {"rollbacks/0000_rollback_b.sql", "SELECT 3;"}});
  BOOST_TEST(!migrations[0].down.exists());
  BOOST_TEST(migrations[1].down.exists());
  const Error error = Refused({{"0000_a.sql", ""}, {"0000_b.sql", ""}, {"rollbacks/0000.sql", "SELECT 3;"}});
  BOOST_TEST(error.sqlstate == "42704");
  BOOST_TEST(error.message == "file \"rollbacks/0000.sql\" belongs to no migration");
  BOOST_TEST(Refused({{"rollbacks/7_x.sql", "SELECT 3;"}}).sqlstate == "42704");
}

BOOST_AUTO_TEST_CASE(empty_and_comment_only_files_are_migrations) {
  for (const char* content : {"", "\xEF\xBB\xBF", "-- nothing to do\n", "-- migrate:up\n"}) {
    const LoadedMigration migration = LoadOne(content);
    BOOST_TEST(migration.up.statements == 0);
    BOOST_TEST(migration.up.exists());
    IsIrreversible(migration, "it has no down script");
  }
}

BOOST_AUTO_TEST_CASE(a_down_section_may_be_commented_out) {
  LoadedMigration migration = LoadOne("SELECT 1;\n-- migrate:down\n-- SELECT 2;\n--\n-- =====\n-- SELECT 3;\n");
  BOOST_TEST((migration.reversible == Reversible::kScript));
  BOOST_TEST(migration.down.statements == 2);
  BOOST_TEST(migration.down.first_line == 3);
  migration = LoadOne("-- migrate:down\n-- migrate:lock-timeout 1s\n-- SELECT 2;\n-- migrate:up\nSELECT 1;");
  BOOST_TEST(migration.down.statements == 1);
  BOOST_TEST(migration.down.timeouts->lock == "1s");
  const auto pair = Load({{"1.sql", "SELECT 1;"}, {"1.down.sql", "-- migrate:down\n-- SELECT 2;"}});
  BOOST_TEST(pair[0].down.statements == 1);
}

// What its tool would not run is not run: a step without statements.
BOOST_AUTO_TEST_CASE(in_another_tools_file_a_commented_out_down_script_does_nothing) {
  const std::string up = "SELECT 1;\n";
  const std::string down = "-- SELECT 2;\n";
  const struct {
    const char* what;
    std::vector<SourceFile> files;
  } cases[] = {
      {"goose", {{"1_x.sql", "-- +goose Up\n" + up + "-- +goose Down\n" + down}}},
      {"goose, empty", {{"1_x.sql", "-- +goose Up\n" + up + "-- +goose Down\n"}}},
      {"goose, prose", {{"1_x.sql", "-- +goose Up\n" + up + "-- +goose Down\n-- nothing to do: see 2\n"}}},
      {"goose, blocks",
       {{"1_x.sql",
         "-- +goose Up\n" + up + "-- +goose Down\n-- +goose StatementBegin\n" + down + "-- +goose StatementEnd\n"}}},
      {"sql-migrate", {{"1_x.sql", "-- +migrate Up\n" + up + "-- +migrate Down\n" + down}}},
      {"dbmate", {{"1_x.sql", "-- migrate:up\n" + up + "-- migrate:down\n" + down}}},
      {"pairs", {{"1_x.up.sql", up}, {"1_x.down.sql", down}}},
      {"pairs, empty", {{"1_x.up.sql", up}, {"1_x.down.sql", ""}}},
      {"pairs, other names", {{"1_x.sql", up}, {"1_x.rollback.sql", down}}},
      {"a folder rollbacks", {{"1_x.sql", up}, {"rollbacks/1_x.sql", down}}},
      {"diesel", {{"1_x/up.sql", up}, {"1_x/down.sql", "-- This file should undo anything in `up.sql`\n"}}},
      {"prisma", {{"1_x/migration.sql", up}, {"1_x/down.sql", down}}},
      {"mybatis", {{"1_x.sql", "-- // x\n" + up + "-- //@UNDO\n" + down}}},
      {"tern", {{"1_x.sql", up + "---- create above / drop below ----\n" + down}}},
      {"sqitch",
       {{"sqitch.plan", "%syntax-version=1.0.0\n%project=p\n\nx 2024-01-01T00:00:00Z A <a@b> # x\n"},
        {"deploy/x.sql", up},
        {"revert/x.sql", down}}},
      {"flyway", {{"V1__x.sql", up}, {"U1__x.sql", down}}},
      {"node-pg-migrate", {{"1_x.sql", "-- Up Migration\n" + up + "-- Down Migration\n" + down}}},
      {"play", {{"1.sql", "# --- !Ups\n" + up + "# --- !Downs\n" + down}}},
      {"headings", {{"1_x.sql", "-- rambler up\n" + up + "-- rambler down\n" + down}}},
  };
  for (const auto& c : cases) {
    const auto migrations = Load(c.files);
    BOOST_TEST(migrations.size() == 1u, c.what);
    BOOST_TEST((migrations[0].reversible == Reversible::kScript), c.what);
    BOOST_TEST(migrations[0].down.exists(), c.what);
    BOOST_TEST(migrations[0].down.statements == 0, c.what);
  }
}

BOOST_AUTO_TEST_CASE(our_lines_are_ours_in_another_tools_file_too) {
  const std::string text = "SELECT 1;\n-- migrate:down\n-- SELECT 2;\n-- migrate:verify\n-- SELECT 3;\n";
  for (const auto& file : std::vector<SourceFile>{
           {"1_x.up.sql", text}, {"V1__x.sql", text}, {"20250101000000_x.sql", text}, {"1_x.sql", text}}) {
    const auto migration = Load({file}).at(0);
    BOOST_TEST(migration.down.statements == 1, file.path);
    BOOST_TEST(migration.verify.statements == 1, file.path);
  }
  // dbmate has two of our lines; any other makes the file ours, and no other file.
  const std::string up = "-- migrate:up\n", down = "SELECT 1;\n-- migrate:down\n-- SELECT 2;\n";
  BOOST_TEST(Load({{"1_x.sql", up + down}}).at(0).down.statements == 0);
  BOOST_TEST(Load({{"1_x.sql", "-- migrate:up transaction:false\n" + down}}).at(0).down.statements == 0);
  BOOST_TEST(Load({{"1_x.sql", up + text}}).at(0).down.statements == 1);
  BOOST_TEST(Load({{"1_x.sql", up + "-- migrate:lock-timeout 1s\n" + down}}).at(0).down.statements == 1);
  BOOST_TEST(Load({{"1_x.sql", up + "SELECT '\n -- migrate:verify';\n" + down}}).at(0).down.statements == 0);
  const auto folder = Load({{"1_x.sql", up + down}, {"2_y.sql", up + text}});
  BOOST_TEST(folder.at(0).down.statements == 0);
  BOOST_TEST(folder.at(1).down.statements == 1);
}

BOOST_AUTO_TEST_CASE(in_another_tools_file_a_header_line_orders_nothing) {
  const std::string plan = "%syntax-version=1.0.0\n%project=p\n\nx 2024-01-01T00:00:00Z A <a@b> # x\n";
  BOOST_TEST(
      Load({{"sqitch.plan", plan}, {"deploy/x.sql", "-- Dependencies: y\nSELECT 1;"}}).at(0).requirements.empty());
  BOOST_TEST(Load({{"x.sql", "-- Dependencies: y\nSELECT 1;"}}).at(0).requirements == (Strings{"y"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_down_script_that_does_nothing_is_none_where_there_should_be_none) {
  IsIrreversible(Load({{"1_x.up.sql", "-- migrate:irreversible drops it\nSELECT 1;"}, {"1_x.down.sql", "-- no"}}).at(0),
                 "drops it");
  const auto repeatable =
      Load({{"R__x.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\n"}, {"1_y.sql", "-- +goose Up\n"}});
  IsIrreversible(repeatable.at(1), "it is repeatable");
}

BOOST_AUTO_TEST_CASE(comments_beside_down_statements_stay_comments) {
  const LoadedMigration migration = LoadOne("SELECT 1;\n-- migrate:down\n-- SELECT 2;\nSELECT 3;");
  BOOST_TEST(migration.down.statements == 1);
  BOOST_TEST(migration.down_text == "-- SELECT 2;\nSELECT 3;");
}

BOOST_AUTO_TEST_CASE(a_text_is_known_by_its_normal_form_and_by_its_bytes) {
  const LoadedMigration normal = LoadOne("SELECT 1;\nSELECT 2;");
  BOOST_TEST(normal.up.sha256 == normal.up.checksum);
  const LoadedMigration other = LoadOne("SELECT 1; \r\nSELECT 2;\n");
  BOOST_TEST(other.up.checksum == normal.up.checksum);
  BOOST_TEST(other.up.sha256 == "#SELECT 1; \r\nSELECT 2;\n");
  BOOST_TEST(LoadOne("SELECT 1;\n-- migrate:down\nSELECT 2;\n").down.sha256 == "#SELECT 2;\n");
}

BOOST_AUTO_TEST_CASE(prose_is_no_way_back) {
  IsIrreversible(LoadOne("SELECT 1;\n-- migrate:down\n-- SELECT 2;\n-- Nothing else; really\n"),
                 "line 4 of its commented-out down script can't be run");
  IsIrreversible(LoadOne("SELECT 1;\n-- migrate:down\n"), "its down script is empty");
  IsIrreversible(LoadOne("SELECT 1;\n-- migrate:down\n-- ----\n/* none */\n"), "its down script is empty");
  IsIrreversible(LoadOne("SELECT 1;\n-- migrate:down\n-- \\i undo.sql\n"),
                 "line 3 of its commented-out down script can't be run");
  IsIrreversible(LoadOne("SELECT 1;\n-- Rollback: see the manual\n"),
                 "line 2 of its commented-out down script can't be run");
  BOOST_TEST((LoadOne("SELECT 1;\n-- Rollback: by hand\n-- SELECT 2;\n").reversible == Reversible::kComment));
}

BOOST_AUTO_TEST_CASE(a_closing_rollback_comment_is_found) {
  const LoadedMigration migration = LoadOne("SELECT 1;\n\n-- Rollback:\n-- SELECT 2;\n");
  BOOST_TEST((migration.reversible == Reversible::kComment));
  BOOST_TEST(migration.down.statements == 1);
  BOOST_TEST(migration.down.first_line == 3);
  IsIrreversible(LoadOne("SELECT 1;\n-- Rollback\n"), "it has no down script");
  IsIrreversible(LoadOne("SELECT 1;\n-- Rollback: SELECT 2;\n-- migrate:down\n"), "its down script is empty");
}

BOOST_AUTO_TEST_CASE(directives_set_options) {
  LoadedMigration migration =
      LoadOne("-- migrate:lock-timeout 1s\nSELECT 1;\n-- migrate:down\n-- migrate:lock-timeout 2s\nSELECT 2;");
  BOOST_TEST(migration.up.timeouts->lock == "1s");
  BOOST_TEST(migration.down.timeouts->lock == "2s");
  migration = LoadOne("-- migrate:lock-timeout 1s\nSELECT 1;\n-- migrate:down\nSELECT 2;");
  BOOST_TEST(migration.down.timeouts->lock == "1s");
  migration = LoadOne("-- migrate:statement-timeout 5min\nSELECT 1;\n-- migrate:down\nSELECT 2;");
  BOOST_TEST(migration.up.timeouts->statement == "5min");
  BOOST_TEST(migration.down.timeouts->statement == "5min");
  migration = LoadOne("SELECT 1;\n-- migrate:down\n-- migrate:statement-timeout 2s\nSELECT 2;");
  BOOST_TEST(migration.up.timeouts->statement == "");
  BOOST_TEST(migration.down.timeouts->statement == "2s");
}

BOOST_AUTO_TEST_CASE(what_is_dropped_is_kept_in_both_directions) {
  const LoadedMigration migration = LoadOne("-- migrate:keep-dropped\nSELECT 1;\n-- migrate:down\nSELECT 2;");
  BOOST_TEST(migration.up.keeps_dropped);
  BOOST_TEST(migration.down.keeps_dropped);
  BOOST_TEST(!LoadOne("SELECT 1;").up.keeps_dropped);
}

BOOST_AUTO_TEST_CASE(rows_are_kept_of_the_tables_that_are_named_and_only_by_the_up_script) {
  const LoadedMigration migration =
      LoadOne("-- migrate:keep-rows orders, app.items\nSELECT 1;\n-- migrate:down\nSELECT 2;");
  BOOST_TEST(*migration.up.keeps_rows == (std::vector<std::string>{"orders", "app.items"}),
             boost::test_tools::per_element());
  BOOST_TEST(migration.down.keeps_rows->empty());
  BOOST_CHECK_THROW(LoadOne("-- migrate:keep-rows\nSELECT 1;"), Error);
  BOOST_CHECK_THROW(LoadOne("-- migrate:keep-rows a\n-- migrate:keep-rows b\nSELECT 1;"), Error);
}

BOOST_AUTO_TEST_CASE(no_transaction_holds_for_both_directions_or_for_down_alone) {
  LoadedMigration migration = LoadOne("\n-- migrate:no-transaction\nSELECT 1;\n-- migrate:down\nSELECT 2;");
  for (const Script& script : {migration.up, migration.down}) {
    BOOST_TEST(!script.transactional);
    BOOST_TEST(script.each_alone);
    BOOST_TEST(script.detail == "line 2: migrate:no-transaction");
  }
  migration = LoadOne("SELECT 1;\n-- migrate:down\n-- migrate:no-transaction\nSELECT 2;");
  BOOST_TEST(migration.up.transactional);
  BOOST_TEST(!migration.up.each_alone);
  BOOST_TEST(!migration.down.transactional);
  BOOST_TEST(migration.down.each_alone);
  BOOST_TEST(migration.down.detail == "line 3: migrate:no-transaction");
  BOOST_TEST(!LoadOne("-- migrate:no-transaction\nSELECT 1;\n-- migrate:verify\nSELECT 2;").verify.each_alone);
}

BOOST_AUTO_TEST_CASE(what_refuses_a_transaction_needs_no_directive) {
  LoadedMigration migration = LoadOne("SELECT 1;\nVACUUM;");
  BOOST_TEST(!migration.up.transactional);
  BOOST_TEST(!migration.up.each_alone);
  BOOST_TEST(migration.up.detail == "line 2: VACUUM");
  migration = LoadOne("-- migrate:no-transaction\nVACUUM;");
  BOOST_TEST(migration.up.each_alone);
  BOOST_TEST(migration.up.detail == "line 2: VACUUM");
}

BOOST_AUTO_TEST_CASE(each_statement_alone_is_checked_by_its_own_rules) {
  BOOST_TEST(LoadOne("-- migrate:no-transaction\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\nVACUUM;").up.statements == 3);
  const Error error = Refused({{"1.sql", "-- migrate:no-transaction\nBEGIN;\nVACUUM;\nCOMMIT;"}});
  BOOST_TEST(error.message == "VACUUM can't run between BEGIN and COMMIT");
  BOOST_TEST(error.context == "migration \"1\", line 3, column 1");
}

BOOST_AUTO_TEST_CASE(irreversible_says_why_and_allows_no_down_script) {
  IsIrreversible(LoadOne("-- migrate:irreversible drops it\nSELECT 1;"), "drops it");
  IsIrreversible(LoadOne("SELECT 1;\n-- migrate:down\n-- migrate:irreversible drops it\n"), "drops it");
  IsIrreversible(LoadOne("SELECT 1;\n-- migrate:down\n-- migrate:irreversible drops it\n-- too late; really\n"),
                 "drops it");
  const Error error = Refused({{"1.sql", "-- migrate:irreversible x\nSELECT 1;\n-- migrate:down\nSELECT 2;"}});
  BOOST_TEST(error.message == "migration is declared irreversible but has a down script");
  BOOST_TEST(error.context == "migration \"1\", line 1, column 1");
}

BOOST_AUTO_TEST_CASE(a_verify_section_may_be_commented_out) {
  const LoadedMigration migration =
      LoadOne("SELECT 1;\n-- migrate:down\n-- SELECT 2;\n-- migrate:verify\n-- SELECT 3;\n");
  BOOST_TEST(migration.up_text == "SELECT 1;\n");
  BOOST_TEST(migration.down_text == "SELECT 2;\n");
  BOOST_TEST(migration.verify_text == "SELECT 3;\n");
  BOOST_TEST(migration.verify.first_line == 5);
  BOOST_TEST(!LoadOne("SELECT 1;\n-- migrate:verify\n-- SELECT 3;\n-- SEE above\n").verify.exists());
}

BOOST_AUTO_TEST_CASE(verify_scripts_without_statements_are_none) {
  BOOST_TEST(!LoadOne("SELECT 1;\n-- migrate:verify\n-- later\n").verify.exists());
}

BOOST_AUTO_TEST_CASE(dependencies_in_the_header_order_plain_names) {
  const auto migrations = Load({{"b.sql", "-- Dependencies: a, none\nSELECT 1;"},
                                {"a.sql", "-- Dependencies: None\nSELECT 1;"},
                                {"1.sql", "-- Dependencies: a\nSELECT 1;"}});
  BOOST_TEST(migrations[0].requirements.empty());
  BOOST_TEST(migrations[1].id.name == "a");
  BOOST_TEST(migrations[1].requirements.empty());
  BOOST_TEST(migrations[2].requirements == std::vector<std::string>{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(scripts_given_twice_are_refused) {
  Error error = Refused({{"1_x.sql", "SELECT 1;"}, {"1_x.up.sql", "SELECT 2;"}});
  BOOST_TEST(error.sqlstate == "42710");
  BOOST_TEST(error.message == "migration \"1_x\" is given twice");
  BOOST_TEST(error.detail == "Both \"1_x.sql\" and \"1_x.up.sql\" hold its up script.");
  error = Refused({{"1_x.sql", "SELECT 1;\n-- migrate:down\nSELECT 2;"}, {"1_x.down.sql", "SELECT 2;"}});
  BOOST_TEST(Contains(error.detail, "hold its down script"));
}

BOOST_AUTO_TEST_CASE(a_migration_needs_an_up_script) {
  for (const SourceFile& file :
       {SourceFile{"1_x.down.sql", "SELECT 1;"}, SourceFile{"1_x.sql", "-- migrate:down\nSELECT 1;"}}) {
    const Error error = Refused({file});
    BOOST_TEST(error.sqlstate == "42704");
    BOOST_TEST(error.message == "migration \"1_x\" has no up script");
  }
}

BOOST_AUTO_TEST_CASE(errors_say_where_they_are) {
  Error error = Refused({{"0003_add_email.sql", "SELECT 1;\n\n  SELECT 'ä' WRONG;"}});
  BOOST_TEST(error.sqlstate == "42601");
  BOOST_TEST(error.context == "migration \"0003_add_email\", line 3, column 14");
  error = Refused({{"1.sql", "SELECT 1;\n-- migrate:down\n\nFOO;"}});
  BOOST_TEST(error.context == "migration \"1\" down, line 4, column 1");
  error = Refused({{"1.sql", "SELECT 1;\n-- migrate:verify\nFOO;"}});
  BOOST_TEST(error.context == "migration \"1\" verify, line 3, column 1");
  error = Refused({{"1.sql", "-- migrate:unknown\nSELECT 1;"}});
  BOOST_TEST(error.context == "migration \"1\", line 1, column 1");
}

BOOST_AUTO_TEST_CASE(all_errors_of_a_load_are_told_at_once) {
  const Error error = Refused({{"1.sql", "FOO;"}, {"2.sql", "SELECT 1;"}, {"3.sql", "\nBAR;"}, {"4.sql", "\\gexec"}});
  BOOST_TEST(error.context == "migration \"1\", line 1, column 1");
  BOOST_TEST(
      error.detail ==
      "Migration \"1\", line 1, column 1.\n2 more:\nmigration \"3\", line 2, column 1: syntax error at or near \"BAR\"\n"
      "migration \"4\", line 1, column 1: psql meta-commands can't run inside the database (line 1: \\gexec)");
}

BOOST_AUTO_TEST_CASE(migrations_come_in_order_of_addition) {
  std::string labels;
  for (const auto& migration : Load({{"z.sql", ""}, {"010_c.sql", ""}, {"2_b.sql", ""}}))
    labels += migration.id.Label() + " ";
  BOOST_TEST(labels == "2_b 010_c z ");
  BOOST_TEST(Load({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
