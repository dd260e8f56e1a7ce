// Conventions that divide a text by lines of their own.
#include "core/set/source.h"
#include "fakes.h"

namespace migrate {
namespace {

std::vector<Part> Parts(const std::string& content, const std::string& path = "1_a.sql") {
  return ReadFiles({{path, content}}).parts;
}

Error Refusal(const std::string& content) {
  const auto parts = Parts(content);
  BOOST_TEST(parts.size() == 1u);
  BOOST_TEST(bool(parts.at(0).problem));
  return *parts.at(0).problem;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_sections)

BOOST_AUTO_TEST_CASE(marks_leave_the_text_but_keep_its_lines) {
  const auto parts = Parts(
      "-- about\n-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n\n"
      "-- +goose Down\nSELECT 2;\n");
  BOOST_TEST(parts.at(0).content == "-- about\n\n\nSELECT 1;\n\n\n");
  BOOST_TEST(parts.at(0).first_line == 1);
  BOOST_TEST(parts.at(1).content == "\nSELECT 2;\n");
  BOOST_TEST(parts.at(1).first_line == 7);
}

BOOST_AUTO_TEST_CASE(goose_runs_outside_of_a_transaction_where_told) {
  const auto parts = Parts("-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n");
  BOOST_TEST(parts.at(0).traits.no_transaction == "line 1: -- +goose NO TRANSACTION");
  BOOST_TEST(parts.at(1).traits.no_transaction == "line 1: -- +goose NO TRANSACTION");
}

BOOST_AUTO_TEST_CASE(goose_expands_no_environment) {
  const Error error = Refusal("-- +goose ENVSUB ON\n-- +goose Up\nSELECT 1;");
  BOOST_TEST(error.sqlstate == "0A000");
  BOOST_TEST(error.message == "file \"1_a.sql\", line 1: \"-- +goose ENVSUB ON\" is not supported");
}

BOOST_AUTO_TEST_CASE(goose_may_give_down_first) {
  const auto parts = Parts("-- +goose Down\nSELECT 2;\n-- +goose Up\nSELECT 1;\n");
  BOOST_TEST(parts.size() == 2u);
  BOOST_TEST((parts.at(0).section == Section::kDown));
  BOOST_TEST(parts.at(1).content == "\nSELECT 1;\n");
}

BOOST_AUTO_TEST_CASE(sections_are_given_once_and_hold_all_that_runs) {
  BOOST_TEST(Contains(Refusal("-- +goose Up\nSELECT 1;\n-- +goose Up\n").message, "line 3: section given twice"));
  BOOST_TEST(Contains(Refusal("SELECT 0;\n-- +goose Up\nSELECT 1;\n").message, "line 2: a statement stands above"));
  const auto parts = ReadFiles({{"1_a.sql", "-- +goose Up\nSELECT 1;"}, {"2_b.sql", "SELECT 1;"}}).parts;
  BOOST_TEST(Contains(parts.at(1).problem->message, "it has no section to apply"));
}

BOOST_AUTO_TEST_CASE(sql_migrate_says_it_for_each_direction) {
  const auto parts = Parts("-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down\nSELECT 2;");
  BOOST_TEST(parts.at(0).traits.no_transaction == "line 1: -- +migrate Up notransaction");
  BOOST_TEST(parts.at(1).traits.no_transaction == "");
}

BOOST_AUTO_TEST_CASE(node_pg_migrate_is_generous_with_dashes_and_case) {
  const auto parts = Parts("--- up migration\nSELECT 1;\n  -- DOWN Migration ---\nSELECT 2;");
  BOOST_TEST(parts.size() == 2u);
  BOOST_TEST((parts.at(1).section == Section::kDown));
  // Prose is no mark.
  BOOST_TEST(ReadFiles({{"1_a.sql", "-- a migration that goes up\nSELECT 1;"}}).convention == "plain");
}

BOOST_AUTO_TEST_CASE(play_marks_its_halves_behind_hashes) {
  const auto parts = Parts(
      "# Users schema\n\n# --- !Ups\nCREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT 1;; SELECT 2';\n"
      "# --- !Downs\nDROP FUNCTION f;\n");
  BOOST_TEST(parts.at(0).content == "\n\n\nCREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT 1; SELECT 2';\n");
  BOOST_TEST(parts.at(1).content == "\nDROP FUNCTION f;\n");
  BOOST_TEST(parts.at(1).first_line == 5);
  BOOST_TEST(ReadFiles({{"1.sql", "-- !Ups\nSELECT 1;\n-- !Downs\nSELECT 2;"}}).convention == "play");
  BOOST_TEST(Contains(Parts("-- !Ups\n").at(0).origin, "1_a.sql"));
}

BOOST_AUTO_TEST_CASE(headings_are_known_in_any_dress) {
  for (const auto& [up, down] : {std::pair("-- Up", "-- Down"),
                                 {"-- UP:", "-- DOWN:"},
                                 {"-- !UP", "-- !DOWN"},
                                 {"-- ====  UP  ====", "-- ==== DOWN ===="},
                                 {"------- UP -------", "------- DOWN -------"},
                                 {"-- rambler up", "-- rambler down"},
                                 {"-- +micrate Up", "-- +micrate Down"},
                                 {"--- migration:up", "--- migration:down"}}) {
    const std::string text = "-- Migration: a\n\n" + std::string(up) + "\nSELECT 1;\n" + down + "\nSELECT 2;\n";
    const Reading reading = ReadFiles({{"1_a.sql", text}, {"2_b.sql", "SELECT 3;"}});
    BOOST_TEST_CONTEXT(up) {
      BOOST_TEST(reading.convention == "headings");
      BOOST_TEST(reading.parts.at(0).content == "-- Migration: a\n\n\nSELECT 1;\n");
      BOOST_TEST((reading.parts.at(1).section == Section::kDown));
      BOOST_TEST(reading.parts.at(1).content == "\nSELECT 2;\n");
      BOOST_TEST(reading.parts.at(2).content == "SELECT 3;");
    }
  }
  BOOST_TEST(Parts("--- migration:up\nA;\n--- migration:down\nB;\n--- migration:end\n").at(1).content == "\nB;\n\n");
}

BOOST_AUTO_TEST_CASE(remarks_are_no_headings) {
  for (const char* const text : {"CREATE TYPE t AS ENUM (\n-- up\n'up',\n-- down\n'down');", "-- up\nSELECT 1;",
                                 "SELECT 1;\n-- down\nSELECT 2;", "-- Up next\nSELECT 1;\n-- Down below\nSELECT 2;"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(ReadFiles({{"1_a.sql", text}}).convention == "plain"); }
  }
  BOOST_TEST(ReadFiles({{"1_a.up.sql", "-- Up\nSELECT 1;\n-- Down\n"}}).convention == "pairs");
}

BOOST_AUTO_TEST_CASE(node_pg_migrate_allows_text_behind_its_marks) {
  for (const auto& [up, down] : {std::pair("-- Up Migration: first", "-- Down Migration (revert)"),
                                 std::pair("--- Up Migration ---", "--- Down Migration ---"),
                                 std::pair("  -- - UP\tMIGRATIONS", "-- DOWN MIGRATION of it"),
                                 std::pair("--up migration: a", "--DOWN MIGRATION: b")}) {
    const auto reading = ReadFiles({{"1_a.sql", std::string(up) + "\nSELECT 1;\n" + down + "\nSELECT 2;\n"}});
    BOOST_TEST_CONTEXT(up) {
      BOOST_TEST(reading.convention == "node-pg-migrate");
      BOOST_TEST(reading.parts.size() == 2u);
      BOOST_TEST(reading.parts.at(0).content == "\nSELECT 1;\n");
      BOOST_TEST((reading.parts.at(1).section == Section::kDown));
    }
  }
  for (const char* prose : {"-- down migration only drops the column\nSELECT 1;\n", "-- up migration of a\nSELECT 1;\n",
                            "-- down migration only drops it\n-- up migration adds it\nSELECT 1;\n"}) {
    BOOST_TEST(ReadFiles({{"1_a.sql", prose}}).convention == "plain", prose);
  }
  const std::string both = "-- up migration adds it\n-- down migration drops it\nSELECT 1;\n";
  BOOST_TEST(ReadFiles({{"1_a.sql", both + "-- migrate:down\nSELECT 2;\n"}}).convention == "plain");
  BOOST_TEST(ReadFiles({{"1_a.up.sql", both}, {"1_a.down.sql", both}}).convention == "pairs");
}

BOOST_AUTO_TEST_CASE(mybatis_runs_its_bootstrap_by_a_command_of_its_own) {
  const Reading reading = ReadFiles({{"20240101000000_a.sql", "-- // a\nSELECT 1;\n-- //@UNDO\nSELECT 2;"},
                                     {"bootstrap.sql", "-- // Bootstrap.sql\n"}});
  BOOST_TEST(reading.parts.size() == 2u);
  BOOST_TEST(reading.ignored.at(0).path == "bootstrap.sql");
  BOOST_TEST(reading.ignored.at(0).why == "run by \"migrate bootstrap\" alone");
}

BOOST_AUTO_TEST_CASE(mybatis_needs_no_up_mark) {
  const auto parts = Parts("--// first\nSELECT 1;\n--//@UNDO\nSELECT 2;");
  BOOST_TEST(parts.at(0).content == "--// first\nSELECT 1;\n");
  BOOST_TEST(parts.at(1).content == "\nSELECT 2;");
}

BOOST_AUTO_TEST_CASE(mybatis_may_mark_its_down_script_again) {
  const auto parts = Parts("SELECT 1;\n-- //@UNDO\nSELECT 2;\n-- //@UNDO\nSELECT 3;");
  BOOST_TEST(parts.size() == 2u);
  BOOST_TEST(parts.at(1).content == "\nSELECT 2;\n\nSELECT 3;");
}

BOOST_AUTO_TEST_CASE(tern_can_do_without_a_transaction) {
  const auto parts = Parts("---- tern: disable-tx ----\nSELECT 1;\n---- create above / drop below ----\nSELECT 2;");
  BOOST_TEST(Contains(parts.at(0).traits.no_transaction, "disable-tx"));
  BOOST_TEST(ReadFiles({{"1_a.sql", "---- create above / drop below ----\n"}}).brace_placeholders);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_hides_no_mark) {
  BOOST_TEST(ReadFiles({{"1_a.sql", "\xEF\xBB\xBF-- +goose Up\nSELECT 1;"}}).convention == "goose");
  BOOST_TEST(ReadFiles({{"1_a.sql", "\xEF\xBB\xBF-- no-transaction\nSELECT 1;"}}).convention == "sqlx");
}

BOOST_AUTO_TEST_CASE(postgres_migrations_says_in_its_first_line_what_runs_alone) {
  const Reading reading =
      ReadFiles({{"1_a.sql", "SELECT 1;"}, {"2_b.sql", "-- postgres-migrations disable-transaction\nSELECT 1;"}});
  BOOST_TEST(reading.convention == "postgres-migrations");
  BOOST_TEST(reading.parts[0].traits.no_transaction == "");
  BOOST_TEST(reading.parts[1].traits.no_transaction == "line 1: -- postgres-migrations disable-transaction");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
