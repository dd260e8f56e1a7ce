#include "segmented.h"

namespace migrate {

BOOST_FIXTURE_TEST_SUITE(segments_resume, SegmentsFixture)

BOOST_AUTO_TEST_CASE(it_goes_on_after_what_is_done) {
  Text("SELECT 1;\nSELECT 2;\nVACUUM;\nSELECT 3;");
  StoppedAfter(2);
  Run();
  Stays({"record start 1_a after 2, line 3?", "alone VACUUM", "record statement 1_a after 3, line 4",
         "SELECT 3; record statement 1_a after 4"});
  Reached(4);
}

BOOST_AUTO_TEST_CASE(what_was_one_transaction_goes_on_in_segments) {
  Text("SELECT 1; SELECT 2; SELECT 3;");
  StoppedAfter(1);
  Run();
  Stays({"record start 1_a after 1, line 1", "SELECT 2; SELECT 3; record statement 1_a after 3"});
}

BOOST_AUTO_TEST_CASE(what_sets_the_session_runs_again) {
  Text("SET a = 1;\nSELECT 1;\nSET b = 2;\nVACUUM;\nSET c = 3;\nSELECT 2;");
  StoppedAfter(4);
  Run();
  Stays({"SET a = 1; SET b = 2", "record start 1_a after 4, line 5",
         "SET c = 3; SELECT 2; record statement 1_a after 6"});
}

BOOST_AUTO_TEST_CASE(what_sets_the_session_may_fail_again_in_its_place) {
  Text("SELECT 1;\nSET a = 1;\nVACUUM;");
  StoppedAfter(2);
  database.failures[1] = Error("42704", "unrecognized configuration parameter");
  BOOST_TEST(Failure().context == "migration \"1_a\", line 2, column 1");
  Reached(2);
}

BOOST_AUTO_TEST_CASE(a_text_that_changed_behind_the_place_goes_on) {
  Text("SELECT 1;\n-- new\nSELECT 20;");
  StoppedAfter(1, false, "SELECT 1; SELECT 2; SELECT 3;");
  Run();
  BOOST_TEST(transactions.committed.back() == "SELECT 20; record statement 1_a after 2");
}

BOOST_AUTO_TEST_CASE(blanks_that_changed_before_the_place_are_a_change) {
  Text("SELECT\n1;\nSELECT 2;");
  StoppedAfter(1, false, "SELECT \n1;\nSELECT 2;");
  BOOST_TEST(Failure().sqlstate == "MG002");
}

BOOST_AUTO_TEST_CASE(values_that_changed_behind_the_place_go_on) {
  Text("SELECT ${a};\nSELECT ${b};");
  StoppedAfter(1);
  migration().unfinished.Make().placeholders = {{"a", "1"}, {"b", "2"}};
  migration().options.Make().placeholders = {{"a", "1"}, {"b", "3"}};
  Run();
  BOOST_TEST(transactions.committed.back() == "SELECT 3; record statement 1_a after 2");
}

BOOST_AUTO_TEST_CASE(values_that_changed_in_what_ran_are_refused) {
  Text("SELECT ${a};\nSELECT ${b};");
  StoppedAfter(1);
  migration().unfinished.Make().placeholders = {{"a", "1"}, {"b", "2"}};
  migration().options.Make().placeholders = {{"a", "7"}, {"b", "2"}};
  BOOST_TEST(Failure().detail == "Statement 1 is no longer the one that ran.");
}

BOOST_AUTO_TEST_CASE(a_text_that_changed_before_the_place_is_refused) {
  Text("SELECT 1;\n SELECT 20;\nSELECT 3;");
  StoppedAfter(2, false, "SELECT 1; SELECT 2; SELECT 3;");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG002");
  BOOST_TEST(error.message == "migration \"1_a\" has changed before the place where it stopped");
  BOOST_TEST(error.detail == "Statement 2 is no longer the one that ran.");
  BOOST_TEST(Contains(error.hint, "migrate_repair('1_a', 'forget')"));
  BOOST_TEST(error.context == "migration \"1_a\", line 2, column 2");
  Stays({});
  Reached(2);
}

BOOST_AUTO_TEST_CASE(other_transactions_are_no_change_of_the_statements) {
  EachAlone("BEGIN; SELECT 1; COMMIT; VACUUM; SELECT 2; SELECT 3;");
  StoppedAfter(2, false, "BEGIN; SELECT 1; VACUUM; SELECT 2; SELECT 3; COMMIT;");
  Run();
  Reached(4);
  SegmentsFixture fixture;
  fixture.Text("BEGIN; SELECT 1; DO x; COMMIT; VACUUM;");
  fixture.StoppedAfter(2, false, "SELECT 1; BEGIN; DO x; COMMIT; VACUUM;");
  fixture.Run();
  fixture.Reached(3);
}

BOOST_AUTO_TEST_CASE(a_shorter_text_and_other_data_below_a_copy_are_changes) {
  Text("COPY t FROM stdin;\n1\n\\.\n");
  StoppedAfter(2, false, "COPY t FROM stdin;\n1\n\\.\nVACUUM;");
  BOOST_TEST(Failure().detail == "Statement 2 is no longer the one that ran.");
  StoppedAfter(1, false, "COPY t FROM stdin;\n2\n\\.\nVACUUM;");
  BOOST_TEST(Failure().detail == "Statement 1 is no longer the one that ran.");
}

BOOST_AUTO_TEST_CASE(a_statement_that_is_found_done_does_not_run_again) {
  Text("SELECT 1;\nVACUUM;\nSELECT 2;");
  StoppedAfter(1, true);
  transactions.found = Found::kDone;
  Run();
  Stays({"record statement 1_a after 2, line 3", "record start 1_a after 2, line 3",
         "SELECT 2; record statement 1_a after 3"});
  BOOST_TEST(database.notices == (Strings{"migration \"1_a\", line 2: VACUUM was found done, it does not run again"}),
             boost::test_tools::per_element());
  Reached(3);
}

BOOST_AUTO_TEST_CASE(a_statement_that_is_not_done_runs_once_it_is_cleared_away) {
  Text("VACUUM;\nSELECT 2;");
  StoppedAfter(0, true);
  transactions.found = Found::kNotDone;
  transactions.left_over = "dropped invalid index \"i\"";
  Run();
  Stays({"record start 1_a, line 1?", "alone VACUUM", "record statement 1_a after 1, line 2",
         "SELECT 2; record statement 1_a after 2"});
  BOOST_TEST(database.notices == (Strings{"migration \"1_a\", line 1: dropped invalid index \"i\""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_statement_nobody_can_tell_of_waits_for_a_human) {
  Text("SELECT 1;\n  VACUUM;");
  StoppedAfter(1, true);
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "55000");
  BOOST_TEST(error.message == "nobody can tell whether this statement ran");
  BOOST_TEST(error.detail == "VACUUM was begun, may have committed, and was never recorded as done.");
  BOOST_TEST(Contains(error.hint, "migrate_repair('1_a', 'resume here')"));
  BOOST_TEST(Contains(error.hint, "'resume after'"));
  BOOST_TEST(error.context == "migration \"1_a\", line 2, column 3");
  Stays({});
  Reached(1, true);
}

BOOST_AUTO_TEST_CASE(a_block_of_an_online_form_does_what_is_left) {
  const std::string text = "DO $migrate_online$ x $migrate_online$";
  EachAlone(text + ";");
  migration().options.Make().online_of = "plain";
  StoppedAfter(0, true);
  Run();
  Stays({"record start 1_a, line 1?", "alone " + text, "record statement 1_a after 1"});
  Reached(1);
}

BOOST_AUTO_TEST_CASE(looking_a_statement_up_is_tried_again_without_a_lock) {
  Text("VACUUM;\nSELECT 2;");
  StoppedAfter(0, true);
  lock_retries = 1;
  transactions.found = Found::kDone;
  database.failing_calls["look up VACUUM"] = kBusy;
  Run();
  BOOST_TEST(database.pauses.size() == 1u);
  BOOST_TEST(transactions.committed.back() == "SELECT 2; record statement 1_a after 2");
  Reached(2);
}

BOOST_AUTO_TEST_CASE(looking_a_statement_up_that_is_gone_is_tried_again_too) {
  Text("SELECT 1;");
  StoppedAfter(0, true, "VACUUM;");
  lock_retries = 1;
  transactions.found = Found::kNotDone;
  database.failing_calls["look up VACUUM"] = kBusy;
  Run();
  BOOST_TEST(database.pauses.size() == 1u);
  Reached(1);
}

BOOST_AUTO_TEST_CASE(a_look_up_that_gets_no_lock_leaves_the_statement_unsure) {
  Text("VACUUM;");
  StoppedAfter(0, true);
  database.failing_calls["look up VACUUM"] = kBusy;
  BOOST_TEST(Failure().sqlstate == "55P03");
  Reached(0, true);
}

BOOST_AUTO_TEST_CASE(a_block_of_code_that_no_longer_stands_alone_waits_for_a_human_too) {
  Text("DO x;");
  StoppedAfter(0, true);
  BOOST_TEST(Failure().message == "nobody can tell whether this statement ran");
  Reached(0, true);
}

BOOST_AUTO_TEST_CASE(another_statement_in_place_of_one_that_is_not_done_may_run) {
  Text("SELECT 1; SELECT 2;");
  StoppedAfter(1, true, "SELECT 1; VACUUM;");
  transactions.found = Found::kNotDone;
  transactions.left_over = "dropped invalid index \"i\"";
  Run();
  Stays({"record start 1_a after 1, line 1", "SELECT 2; record statement 1_a after 2"});
  BOOST_TEST(database.notices == (Strings{"migration \"1_a\", dropped invalid index \"i\""}),
             boost::test_tools::per_element());
  BOOST_TEST(database.log[3] == "look up VACUUM");
}

BOOST_AUTO_TEST_CASE(another_statement_in_place_of_one_that_may_be_done_is_refused) {
  for (const Found found : {Found::kDone, Found::kUnknown}) {
    SegmentsFixture fixture;
    fixture.Text("SELECT 1; SELECT 2;");
    fixture.StoppedAfter(1, true, "SELECT 1; VACUUM;");
    fixture.transactions.found = found;
    BOOST_TEST(fixture.Failure().sqlstate == "MG002");
    fixture.Reached(1, true);
  }
}

BOOST_AUTO_TEST_CASE(only_the_verify_script_may_be_left) {
  Text("VACUUM;", "SELECT true;");
  StoppedAfter(1);
  Run();
  Stays({"record start 1_a after 1"});
  BOOST_TEST(database.log.back() == "check SELECT true");
}

BOOST_AUTO_TEST_CASE(a_rollback_goes_on_in_its_down_script_and_verifies_nothing) {
  Add("1_a", "VACUUM;\nSELECT 1;", "SELECT false;", Action::kRollBack);
  StoppedAfter(1);
  database.failures[1] = Error("22012", "division by zero");
  BOOST_TEST(Failure().context == "migration \"1_a\" down, line 2, column 1");
  database.failures.clear();
  Run();
  BOOST_TEST(transactions.committed.back() == "SELECT 1; record statement 1_a after 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
