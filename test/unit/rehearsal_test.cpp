#include "core/run/rehearsal.h"

#include "core/run/execute.h"
#include "fakes.h"

namespace migrate {
namespace {

const Error kNoTable("42P01", "relation \"t\" does not exist");
const Error kNewLabel("55P04", "unsafe use of new value \"green\" of enum type color");

struct Fixture : PlanFixture {
  RunOptions options{true};

  // The rows of a run: "1_a would apply 2".
  Strings Run() {
    Strings rows;
    for (const auto& row : Execute(plan, database, options)) {
      std::string text = row.id.Label() + " " + row.action;
      if (row.did_run) text += " " + std::to_string(row.statements);
      rows.push_back(text);
    }
    return rows;
  }
  Error Failure() {
    return Thrown([&] { Run(); });
  }
  // What was logged between the first statement of the run and its end.
  Strings Log() {
    const auto begin = std::find(database.log.begin(), database.log.end(), "isolate ");
    return {begin, std::find(begin, database.log.end(), "end run")};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rehearsal, Fixture)

BOOST_AUTO_TEST_CASE(what_says_concurrently_runs_without_it) {
  Add("1_a", "CREATE TABLE t; CREATE INDEX CONCURRENTLY;\n\nCREATE INDEX CONCURRENTLY;");
  Add("2_b", "SELECT 1;");
  BOOST_TEST(Run() == (Strings{"1_a would apply, lines 1, 3 without CONCURRENTLY 3", "2_b would apply 1",
                               " 2 passed, 0 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
  BOOST_TEST(Log() == (Strings{"isolate ",
                               "part",
                               "CREATE TABLE t",
                               "fire deferred",
                               "end part",
                               "part",
                               "attempt",
                               "plain CREATE INDEX CONCURRENTLY",
                               "fire deferred",
                               "end part",
                               "part",
                               "attempt",
                               "plain CREATE INDEX CONCURRENTLY",
                               "fire deferred",
                               "end part",
                               "fire deferred",
                               "record apply 1_a",
                               "isolate ",
                               "SELECT 1",
                               "fire deferred",
                               "record apply 2_b"}),
             boost::test_tools::per_element());
  BOOST_TEST(database.effects.empty());
}

BOOST_AUTO_TEST_CASE(a_large_table_is_not_locked) {
  Add("1_a", "SELECT 1;\nCREATE INDEX CONCURRENTLY;");
  database.too_large = "app.orders (12 GB)";
  BOOST_TEST(Run() == (Strings{"1_a not tried: would block writes on app.orders (12 GB), line 2", "1_a would apply 1",
                               " 1 passed, 1 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_refuses_a_transaction_is_not_tried_and_the_rest_runs) {
  Add("1_a", "SELECT 1;\nVACUUM;\nSELECT 2;");
  Add("2_b", "VACUUM;", "SELECT true;");
  BOOST_TEST(Run() == (Strings{"1_a not tried: VACUUM refuses a transaction block, line 2", "1_a would apply 2",
                               "2_b not tried: VACUUM refuses a transaction block, line 1",
                               " 1 passed, 2 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
  BOOST_TEST(std::count(database.log.begin(), database.log.end(), "VACUUM") == 0);
}

BOOST_AUTO_TEST_CASE(what_fails_behind_something_that_was_not_tried_is_uncertain) {
  Add("1_a", "SELECT 1;\nSELECT 2;");
  Add("2_b", "VACUUM;\nSELECT 3; SELECT 4;");
  Add("3_c", "SELECT 5;");
  Add("4_d", "SELECT 6;", "SELECT false;");
  database.failures[4] = kNoTable;
  BOOST_TEST(Run() == (Strings{"1_a would apply 2", "2_b not tried: VACUUM refuses a transaction block, line 1",
                               "2_b uncertain: relation \"t\" does not exist, line 2", "3_c would apply 1",
                               "4_d uncertain: verify script of migration \"4_d\" failed, line 1",
                               " 2 passed, 1 not tried, 2 uncertain"}),
             boost::test_tools::per_element());
  const Strings log = Log();
  BOOST_TEST(std::count(log.begin(), log.end(), "record apply 2_b") == 0);
  // A verify script fails and leaves what it looked at.
  BOOST_TEST(std::count(log.begin(), log.end(), "record apply 4_d") == 1);
}

BOOST_AUTO_TEST_CASE(what_fails_before_that_is_an_error) {
  Add("1_a", "SELECT 1;\nSELECT 2;");
  Add("2_b", "VACUUM;");
  database.failures[2] = kNoTable;
  BOOST_TEST(Failure().context == "migration \"1_a\", line 2, column 1");
}

BOOST_AUTO_TEST_CASE(a_cause_outside_of_the_migrations_is_an_error) {
  for (const char* state : {"57014", "55P03", "40P01", "53200", "58030", "XX000"}) {
    Fixture fixture;
    fixture.Add("1_a", "VACUUM;\nSELECT 1;");
    fixture.database.failures[1] = Error(state, "x");
    BOOST_TEST(fixture.Failure().sqlstate == state);
  }
}

BOOST_AUTO_TEST_CASE(a_label_of_an_earlier_transaction_can_not_be_used_yet) {
  Add("1_a", "ALTER TYPE color ADD VALUE GREEN;");
  Add("2_b", "SELECT 1;\nSELECT 2;\nSELECT 3;");
  database.failures[3] = kNewLabel;
  BOOST_TEST(Run() == (Strings{"1_a would apply 1", "2_b not tried: " + kNewLabel.message + ", line 2",
                               "2_b would apply 2", " 2 passed, 1 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
  BOOST_TEST(database.effects.empty());
  const Strings log = Log();
  BOOST_TEST(std::count(log.begin(), log.end(), "attempt") == 3, "only behind the label");
}

BOOST_AUTO_TEST_CASE(an_earlier_block_is_an_earlier_transaction) {
  Add("1_a", "BEGIN; ALTER TYPE color ADD VALUE GREEN; COMMIT;\nBEGIN; SELECT 1; SELECT 2; COMMIT;");
  database.failures[2] = kNewLabel;
  BOOST_TEST(Run() == (Strings{"1_a not tried: " + kNewLabel.message + ", line 2", "1_a would apply 2",
                               " 1 passed, 1 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_label_of_the_same_transaction_is_an_error_of_a_real_run_too) {
  Add("1_a", "ALTER TYPE color ADD VALUE GREEN;\nSELECT 1;");
  database.failures[2] = kNewLabel;
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "55P04");
  BOOST_TEST(
      error.hint ==
      "Nothing was applied: this was a dry run. The label can be used once its own transaction is over: move its "
      "use to the next migration.");
}

BOOST_AUTO_TEST_CASE(a_word_of_the_message_is_no_label) {
  Add("1_a", "ALTER TYPE color ADD VALUE GREEN;");
  Add("2_b", "ALTER TYPE color ADD VALUE COLOR;\nSELECT 1;");
  database.failures[3] = kNewLabel;
  BOOST_TEST(Run()[1] == "2_b not tried: " + kNewLabel.message + ", line 2");
}

BOOST_AUTO_TEST_CASE(a_verify_script_that_uses_a_new_label_is_not_tried) {
  Add("1_a", "ALTER TYPE color ADD VALUE GREEN;");
  Add("2_b", "SELECT 1;", "SELECT true;");
  database.failures[3] = kNewLabel;
  BOOST_TEST(Run() == (Strings{"1_a would apply 1", "2_b not tried: " + kNewLabel.message + ", line 1",
                               "2_b would apply 1", " 2 passed, 1 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(code_that_commits_is_not_tried_where_it_may) {
  Add("1_a", "-- migrate:no-transaction\nDO 1;\nBEGIN; SELECT 1; SELECT 2; COMMIT;\nSET a = 1;\nSELECT 3;");
  database.failures[1] = Error("2D000", "invalid transaction termination");
  BOOST_TEST(Run() == (Strings{"1_a not tried: DO ends the transaction, line 2", "1_a would apply 4",
                               " 1 passed, 1 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
  BOOST_TEST(Log() == (Strings{"isolate ",        "part",          "attempt",       "DO 1",      "fire deferred",
                               "end part",        "part",          "attempt",       "SELECT 1",  "attempt",
                               "SELECT 2",        "fire deferred", "end part",      "part",      "attempt",
                               "SET a = 1",       "fire deferred", "end part",      "SET a = 1", "part",
                               "attempt",         "SELECT 3",      "fire deferred", "end part",  "fire deferred",
                               "record apply 1_a"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(code_that_commits_where_it_may_not_is_an_error) {
  Add("1_a", "DO 1;");
  database.failures[1] = Error("2D000", "invalid transaction termination");
  BOOST_TEST(Failure().sqlstate == "2D000");
  Fixture block;
  block.Add("1_a", "-- migrate:no-transaction\nBEGIN; DO 1; COMMIT;");
  block.database.failures[1] = Error("2D000", "invalid transaction termination");
  BOOST_TEST(block.Failure().sqlstate == "2D000");
}

BOOST_AUTO_TEST_CASE(what_the_database_stops_is_not_tried_and_the_rest_runs) {
  Add("1_a", "SELECT 1;\nSELECT 2;\nSELECT 3;");
  Add("2_b", "SELECT 4;");
  database.left_out[2] = LeftOut("57014", "t is too large");
  database.failures[4] = kNoTable;
  BOOST_TEST(
      Run() == (Strings{"1_a not tried: t is too large, line 2", "1_a would apply 2",
                        "2_b uncertain: relation \"t\" does not exist, line 1", " 1 passed, 1 not tried, 1 uncertain"}),
      boost::test_tools::per_element());
  BOOST_TEST(database.not_tried == (Strings{"t is too large", "uncertain: relation \"t\" does not exist"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_refuses_a_transaction_by_the_catalog_is_not_tried) {
  Add("1_a", "-- migrate:no-transaction\nREINDEX TABLE p;\nSELECT 1;");
  database.failures[1] = Error("25001", "REINDEX TABLE cannot run inside a transaction block");
  BOOST_TEST(Run()[0] == "1_a not tried: REINDEX TABLE cannot run inside a transaction block, line 2");
  Fixture unmarked;
  unmarked.Add("1_a", "REINDEX TABLE p;");
  unmarked.database.failures[1] = Error("25001", "x");
  BOOST_TEST(unmarked.Failure().sqlstate == "25001", "a real run fails, too");
}

BOOST_AUTO_TEST_CASE(levels_are_left_out_and_read_only_is_not) {
  Add("1_a", "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT; BEGIN READ ONLY; SELECT 2; COMMIT;");
  BOOST_TEST(Run()[0] == "1_a would apply 2");
  const Strings log = Log();
  BOOST_TEST(std::count(log.begin(), log.end(), "part, read only") == 1);
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_is_tried_from_there) {
  KnownMigration& migration = Add("1_a", "SET a = 1; SELECT 1;\nVACUUM;\nSELECT 2;");
  migration = Stopped(migration, Action::kApply, 2, true);
  BOOST_TEST(Run() == (Strings{"1_a not tried: VACUUM may be done already, line 2", "1_a would apply 1",
                               " 1 passed, 1 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
  BOOST_TEST(Log() == (Strings{"isolate ", "SET a = 1", "part", "SELECT 2", "fire deferred", "end part",
                               "fire deferred", "record apply 1_a"}),
             boost::test_tools::per_element());
  migration.unfinished.Make().sha256 = "another";
  BOOST_TEST(Run()[0] == "1_a not tried: it stopped half way, and its text has changed since");
}

BOOST_AUTO_TEST_CASE(another_try_for_a_lock_says_nothing_twice) {
  Add("1_a", "VACUUM;\nSELECT 1;");
  options.lock_retries = 1;
  database.failures[1] = Error(sqlstate::kLockNotAvailable, "busy");
  BOOST_TEST(Run() == (Strings{"1_a not tried: VACUUM refuses a transaction block, line 1", "1_a would apply 1",
                               " 1 passed, 1 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(with_plain_indexes_a_run_is_kept_and_says_how_it_ran) {
  options = {false, 0, true};
  Add("1_a", "SELECT 1;\nCREATE INDEX CONCURRENTLY;");
  Add("2_b", "BEGIN; SELECT 2; COMMIT; SELECT 3;");
  Add("3_c", "SELECT 4;");
  BOOST_TEST(Run() == (Strings{"1_a applied, line 2 without CONCURRENTLY 2", "2_b applied, in one transaction 2",
                               "3_c applied 1"}),
             boost::test_tools::per_element());
  BOOST_TEST(database.effects == (Strings{"SELECT 1", "plain CREATE INDEX CONCURRENTLY", "record apply 1_a", "SELECT 2",
                                          "SELECT 3", "record apply 2_b", "SELECT 4", "record apply 3_c"}),
             boost::test_tools::per_element());
  BOOST_TEST(database.events[0].remark == "line 2 without CONCURRENTLY");
  BOOST_TEST(database.events[1].remark == "in one transaction");
  BOOST_TEST(database.events[2].remark == "");
}

BOOST_AUTO_TEST_CASE(with_plain_indexes_nothing_is_left_out) {
  options = {false, 0, true};
  Add("1_a", "CREATE INDEX CONCURRENTLY;");
  database.too_large = "app.orders (12 GB)";
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "55000");
  BOOST_TEST(error.message == "without CONCURRENTLY it would block writes on app.orders (12 GB)");
  BOOST_TEST(error.context == "migration \"1_a\", line 1, column 1");
  BOOST_TEST(database.effects.empty());
  Add("2_b", "SELECT 1;\nVACUUM;");
  const Error refused = Failure();
  BOOST_TEST(refused.sqlstate == "25001");
  BOOST_TEST(refused.detail == "It holds what refuses a transaction block: line 2: VACUUM.");
}

BOOST_AUTO_TEST_CASE(what_no_transaction_undoes_is_left_out) {
  Add("1_a", "SELECT 1;\nSELECT 9;\nSELECT 2;", "SELECT 3;");
  database.lasting["SELECT 9"] = "COPY TO PROGRAM";
  database.lasting["SELECT 3"] = "dblink()";
  BOOST_TEST(Run() == (Strings{"1_a not tried: has effects that can't be undone: COPY TO PROGRAM, line 2",
                               "1_a not tried: has effects that can't be undone: dblink(), verify script, line 1",
                               "1_a would apply 2", " 1 passed, 2 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
  BOOST_TEST(database.not_tried == (Strings{"has effects that can't be undone: COPY TO PROGRAM"}),
             boost::test_tools::per_element());
  BOOST_TEST(database.probed.empty());
}

BOOST_AUTO_TEST_CASE(unless_it_is_allowed) {
  Add("1_a", "SELECT 9;");
  database.lasting["SELECT 9"] = "COPY TO PROGRAM";
  options.allow_effects = true;
  BOOST_TEST(Run() == (Strings{"1_a would apply 1", " 1 passed, 0 not tried, 0 uncertain"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_run_that_is_kept_leaves_nothing_out_for_its_effects) {
  Add("1_a", "SELECT 9;");
  database.lasting["SELECT 9"] = "COPY TO PROGRAM";
  options = {.plain_indexes = true};
  BOOST_TEST(Run() == (Strings{"1_a applied 1"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
