#include "segmented.h"

namespace migrate {

BOOST_FIXTURE_TEST_SUITE(segments, SegmentsFixture)

BOOST_AUTO_TEST_CASE(each_run_of_ordinary_statements_is_one_transaction) {
  Text("SELECT 1;\nSELECT 2;\nVACUUM;\nVACUUM t;\nSELECT 3;");
  Run();
  Stays({"record start 1_a, line 1", "SELECT 1; SELECT 2; record statement 1_a after 2, line 3?", "alone VACUUM",
         "record statement 1_a after 3, line 4?", "alone VACUUM t", "record statement 1_a after 4, line 5",
         "SELECT 3; record statement 1_a after 5"});
  Reached(5);
}

BOOST_AUTO_TEST_CASE(milestones_say_that_what_stands_alone_is_begun) {
  Text("VACUUM;");
  Run();
  Stays({"record start 1_a, line 1?", "alone VACUUM", "record statement 1_a after 1"});
}

BOOST_AUTO_TEST_CASE(what_may_refuse_a_transaction_by_the_catalog_or_in_a_function_stands_alone_where_each_does) {
  EachAlone("REINDEX t;\nSELECT function();\nSELECT 1;\nBEGIN; REINDEX u; SELECT function(); COMMIT;");
  Run();
  // What a function does is over or not with the record of it.
  Stays({"record start 1_a, line 1?", "alone REINDEX t", "record statement 1_a after 1, line 2",
         "alone SELECT function()", "record statement 1_a after 2, line 3",
         "SELECT 1; record statement 1_a after 3, line 4",
         "REINDEX u; SELECT function(); record statement 1_a after 5"});
  Reached(5);
}

BOOST_AUTO_TEST_CASE(the_session_and_the_milestones_follow_the_script) {
  Text("SELECT 1;\nVACUUM;");
  migration().up.timeouts.Make().lock = "2s";
  migration().up.first_line = 10;
  Run();
  BOOST_TEST(database.log[1] == "session 2s");
  BOOST_TEST(transactions.milestones[0].line == 10);
  BOOST_TEST(transactions.milestones[1].line == 11);
}

BOOST_AUTO_TEST_CASE(deferred_triggers_fire_in_their_segment) {
  Text("SELECT 1; VACUUM; SELECT 2;");
  database.failing_calls["fire deferred"] = Error("23503", "violates foreign key");
  const Error error = Failure();
  BOOST_TEST(error.context == "migration \"1_a\"");
  Stays({"record start 1_a, line 1"});
  Reached(0);
}

BOOST_AUTO_TEST_CASE(whoever_watches_sees_every_statement) {
  Text("SELECT 1; SELECT 2; VACUUM;");
  Run();
  BOOST_TEST(database.places == (Strings{"1/1 1", "1/1 2", "1/1 3"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(begin_and_commit_are_skipped_with_a_notice) {
  Text("BEGIN; SELECT 1; VACUUM; SELECT 2; COMMIT;");
  Run();
  BOOST_TEST(transactions.committed[1] == "SELECT 1; record statement 1_a after 1, line 1?");
  BOOST_TEST(database.notices.at(0) ==
             "migration \"1_a\", line 1: skipped BEGIN, a migration runs in a transaction anyway");
}

BOOST_AUTO_TEST_CASE(a_commit_without_begin_ends_a_segment) {
  Text("SELECT 1;\nSELECT 2;\nCOMMIT;\nSELECT 3;\nCOMMIT;");
  Run();
  Stays({"record start 1_a, line 1", "SELECT 1; SELECT 2; record statement 1_a after 2, line 4",
         "SELECT 3; record statement 1_a after 3"});
}

BOOST_AUTO_TEST_CASE(blocks_are_segments) {
  Text("BEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\nSELECT 3;\nBEGIN;\nSELECT 4;\nCOMMIT;");
  Run();
  Stays({"record start 1_a, line 2", "SELECT 1; SELECT 2; record statement 1_a after 2, line 5",
         "SELECT 3; record statement 1_a after 3, line 7", "SELECT 4; record statement 1_a after 4"});
  BOOST_TEST(database.notices.empty());
}

BOOST_AUTO_TEST_CASE(a_read_only_block_is_a_read_only_segment) {
  Text("SELECT 1; BEGIN READ ONLY; SELECT 2; SELECT 3; COMMIT; SELECT 4;");
  Run();
  Strings relevant;
  for (const auto& line : database.log) {
    if (line == "segment" || line == "read only" || line.starts_with("SELECT")) relevant.push_back(line);
  }
  BOOST_TEST(relevant == (Strings{"segment", "SELECT 1", "segment", "read only", "SELECT 2", "SELECT 3", "segment",
                                  "SELECT 4"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_stands_above_a_commit_stays_when_the_rest_fails) {
  Text("SELECT 1;\nCOMMIT;\nSELECT 2;\nSELECT 3;");
  database.failures.emplace(3, Error("22012", "division by zero"));
  Failure();
  Stays({"record start 1_a, line 1", "SELECT 1; record statement 1_a after 1, line 3"});
  Reached(1);
}

BOOST_AUTO_TEST_CASE(an_isolation_level_is_set_before_its_segment) {
  for (const char* text :
       {"SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; SET a = 1; SELECT 2; COMMIT; SELECT 3;",
        "SELECT 1; COMMIT; SET a = 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 2; COMMIT; SELECT 3;"}) {
    database.log.clear();
    plan.steps.clear();
    migrations.clear();
    Text(text);
    Run();
    Strings relevant;
    for (const auto& line : database.log) {
      if (line == "segment" || line.starts_with("isolation") || line.starts_with("SELECT")) relevant.push_back(line);
    }
    BOOST_TEST(relevant == (Strings{"segment", "SELECT 1", "isolation serializable", "segment", "SELECT 2", "segment",
                                    "SELECT 3"}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(an_isolation_level_is_set_for_each_try) {
  Text("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;");
  lock_retries = 1;
  database.failures.emplace(1, kBusy);
  Run();
  BOOST_TEST(std::count(database.log.begin(), database.log.end(), "isolation serializable") == 2);
}

BOOST_AUTO_TEST_CASE(without_a_transaction_every_statement_is_its_own) {
  EachAlone("SELECT 1;\nSELECT 2;\nDO x;");
  Run();
  Stays({"record start 1_a, line 1", "SELECT 1; record statement 1_a after 1, line 2",
         "SELECT 2; record statement 1_a after 2, line 3?", "alone DO x", "record statement 1_a after 3"});
}

BOOST_AUTO_TEST_CASE(without_a_transaction_a_block_is_one) {
  EachAlone("SELECT 1; BEGIN; SELECT 2; DO x; COMMIT; BEGIN; SELECT 3; COMMIT; SELECT 4; VACUUM;");
  Run();
  Stays({"record start 1_a, line 1", "SELECT 1; record statement 1_a after 1, line 1",
         "SELECT 2; DO x; record statement 1_a after 3, line 1", "SELECT 3; record statement 1_a after 4, line 1",
         "SELECT 4; record statement 1_a after 5, line 1?", "alone VACUUM", "record statement 1_a after 6"});
  BOOST_TEST(database.notices.empty());
}

BOOST_AUTO_TEST_CASE(a_failed_segment_leaves_the_ones_before) {
  Text("SELECT 1;\nVACUUM;\nSELECT 2;\n SELECT 3;");
  database.failures[4] = Error("22012", "division by zero");
  const Error error = Failure();
  BOOST_TEST(error.context == "migration \"1_a\", line 4, column 2");
  BOOST_TEST(transactions.committed.back() == "record statement 1_a after 2, line 3");
  BOOST_TEST(database.effects.empty());
  Reached(2);
}

BOOST_AUTO_TEST_CASE(a_failed_statement_that_stands_alone_left_nothing) {
  Text("SELECT 1;\nVACUUM;");
  database.failures[2] = Error("42P01", "no table");
  BOOST_TEST(Failure().context == "migration \"1_a\", line 2, column 1");
  Reached(1);
}

BOOST_AUTO_TEST_CASE(one_that_committed_before_it_failed_is_unsure) {
  EachAlone("SELECT 1;\nDO x;");
  database.failures[2] = Error("22012", "division by zero");
  transactions.commits_before_failing = true;
  Failure();
  Reached(1, true);
}

BOOST_AUTO_TEST_CASE(a_segment_that_gets_no_lock_is_tried_again_from_its_start) {
  Text("VACUUM;\nSELECT 1;\nSELECT 2;\nVACUUM;");
  lock_retries = 1;
  database.failures[3] = kBusy;
  Run();
  Stays({"record start 1_a, line 1?", "alone VACUUM", "record statement 1_a after 1, line 2",
         "SELECT 1; SELECT 2; record statement 1_a after 3, line 4?", "alone VACUUM", "record statement 1_a after 4"});
  BOOST_TEST(database.pauses.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_changed_string_setting_is_read_again_as_it_was) {
  Text("SELECT '\\'; SET standard_conforming_strings = off; SELECT '\\';'; VACUUM;");
  lock_retries = 1;
  database.failures[3] = kBusy;
  Run();
  BOOST_TEST(
      transactions.committed[1] ==
      "SELECT '\\'; SET standard_conforming_strings = off; SELECT '\\';'; record statement 1_a after 3, line 1?");
}

BOOST_AUTO_TEST_CASE(a_statement_that_stands_alone_is_tried_again) {
  Text("SELECT 1;\nVACUUM;\nSELECT 2;");
  lock_retries = 2;
  database.failures[2] = database.failures[3] = kBusy;
  Run();
  Stays({"record start 1_a, line 1", "SELECT 1; record statement 1_a after 1, line 2?", "alone VACUUM",
         "record statement 1_a after 2, line 3", "SELECT 2; record statement 1_a after 3"});
  BOOST_TEST(database.pauses.size() == 2u);
  Reached(3);
}

BOOST_AUTO_TEST_CASE(only_a_failed_try_is_rolled_back_and_what_was_asked_since_is_committed) {
  Text("VACUUM;");
  lock_retries = 1;
  database.failures[1] = kBusy;
  Run();
  const auto first = std::find(database.log.begin(), database.log.end(), "VACUUM");
  BOOST_TEST(Strings(first, first + 4) == (Strings{"VACUUM", "roll back", "commit", "VACUUM"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_a_failed_try_has_left_is_cleared_away_before_the_next) {
  Text("CREATE INDEX CONCURRENTLY i;");
  lock_retries = 1;
  database.failures[1] = kBusy;
  transactions.commits_before_failing = true;
  transactions.found = Found::kNotDone;
  transactions.left_over = "dropped invalid index \"i\"";
  Run();
  Stays({"record start 1_a, line 1?", "alone CREATE INDEX CONCURRENTLY i", "record statement 1_a after 1"});
  BOOST_TEST(database.notices.back() == "migration \"1_a\", line 1: dropped invalid index \"i\"");
  BOOST_TEST(database.statements == 2);
  Reached(1);
}

BOOST_AUTO_TEST_CASE(a_failed_try_may_be_found_done) {
  Text("VACUUM;\nSELECT 1;");
  lock_retries = 1;
  database.failures[1] = kBusy;
  transactions.commits_before_failing = true;
  transactions.found = Found::kDone;
  Run();
  Stays(
      {"record start 1_a, line 1?", "record statement 1_a after 1, line 2", "SELECT 1; record statement 1_a after 2"});
}

BOOST_AUTO_TEST_CASE(a_lock_that_is_given_up_leaves_the_statement_for_later) {
  Text("VACUUM;");
  lock_retries = 1;
  database.failures[1] = database.failures[2] = kBusy;
  BOOST_TEST(Failure().sqlstate == "55P03");
  Reached(0);
}

BOOST_AUTO_TEST_CASE(what_may_have_committed_is_never_tried_again) {
  EachAlone("DO x;");
  lock_retries = 5;
  database.failures[1] = kBusy;
  transactions.commits_before_failing = true;
  BOOST_TEST(Failure().sqlstate == "55P03");
  BOOST_TEST(database.statements == 1);
  BOOST_TEST(database.pauses.empty());
  Reached(0, true);
}

BOOST_AUTO_TEST_CASE(inside_a_block_what_may_commit_is_tried_again) {
  EachAlone("BEGIN; DO x; COMMIT;");
  lock_retries = 1;
  database.failures[1] = kBusy;
  Run();
  Stays({"record start 1_a, line 1", "DO x; record statement 1_a after 1"});
}

BOOST_AUTO_TEST_CASE(the_verify_script_runs_last_and_is_undone) {
  Text("VACUUM; SELECT 1;", "SELECT true;");
  Run();
  BOOST_TEST(database.log.back() == "check SELECT true");
  BOOST_TEST(transactions.committed.back() == "SELECT 1; record statement 1_a after 2");
  BOOST_TEST(database.effects.empty());
}

BOOST_AUTO_TEST_CASE(a_verify_script_that_gets_no_lock_is_tried_again) {
  Text("VACUUM;", "SELECT true;");
  lock_retries = 1;
  database.failing_calls["check SELECT true"] = kBusy;
  Run();
  BOOST_TEST(database.pauses.size() == 1u);
  BOOST_TEST(std::count(database.log.begin(), database.log.end(), "check SELECT true") == 2);
  Reached(1);
}

BOOST_AUTO_TEST_CASE(a_verify_script_that_fails_leaves_all_statements_done) {
  Text("VACUUM; SELECT 1;", "SELECT true;\nSELECT false;");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG001");
  BOOST_TEST(error.context == "migration \"1_a\" verify, line 2, column 1");
  BOOST_TEST(transactions.committed.back() == "SELECT 1; record statement 1_a after 2");
  Reached(2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
