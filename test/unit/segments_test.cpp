#include "core/segments.h"

#include "fakes.h"

namespace migrate {
namespace {

const Error kBusy(sqlstate::kLockNotAvailable, "busy");

// One step of one migration, 1_a.
struct Fixture : PlanFixture {
  FakeTransactions transactions{database};
  int lock_retries = 0;
  std::optional<SegmentedStep> segmented;

  Step& step() { return plan.steps.at(0); }

  void Text(const std::string& text, const std::string& verify = {}) { Add("1_a", text, verify); }

  void EachAlone(const std::string& text) {
    Text(text);
    step().script.each_alone = true;
  }

  // … after a run of `text_then` that came through `done_then` statements.
  void StoppedAfter(int done_then, bool unsure_then = false, const std::string& text_then = {}) {
    step().migration = Stopped(step().migration, step().action, done_then, unsure_then);
    if (text_then.empty()) return;
    step().migration.unfinished.checksum = "then";
    database.texts["then"] = text_then;
  }

  void Run() {
    segmented.emplace(Place{&step(), 1, 1, 0}, lock_retries, database, transactions);
    segmented->Run();
  }

  Error Failure() {
    return Thrown([&] { Run(); });
  }

  // Every transaction that stays, in order.
  void Stays(const Strings& expected) {
    BOOST_TEST(transactions.committed == expected, boost::test_tools::per_element());
    BOOST_TEST(database.effects.empty());
  }

  void Reached(int statements, bool and_maybe_the_next = false) {
    BOOST_TEST(segmented->done() == statements);
    BOOST_TEST(segmented->unsure() == and_maybe_the_next);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(segments, Fixture)

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

BOOST_AUTO_TEST_CASE(the_session_and_the_milestones_follow_the_script) {
  Text("SELECT 1;\nVACUUM;");
  step().script.lock_timeout = "2s";
  step().script.first_line = 10;
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
  Text("BEGIN; SELECT 1; COMMIT; VACUUM; SELECT 2;");
  Run();
  BOOST_TEST(transactions.committed[1] == "SELECT 1; record statement 1_a after 1, line 1?");
  BOOST_TEST(database.notices[0] ==
             "migration \"1_a\", line 1: skipped BEGIN, a migration runs in a transaction anyway");
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
  BOOST_TEST(error.detail == "VACUUM was begun by a session that ended before it was recorded.");
  BOOST_TEST(Contains(error.hint, "migrate_repair('1_a', 'resume here')"));
  BOOST_TEST(Contains(error.hint, "'resume after'"));
  BOOST_TEST(error.context == "migration \"1_a\", line 2, column 3");
  Stays({});
  Reached(1, true);
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
    Fixture fixture;
    fixture.Text("SELECT 1; SELECT 2;");
    fixture.StoppedAfter(1, true, "SELECT 1; VACUUM;");
    fixture.transactions.found = found;
    BOOST_TEST(fixture.Failure().sqlstate == "MG002");
    fixture.Reached(1, true);
  }
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

BOOST_AUTO_TEST_CASE(a_verify_script_that_fails_leaves_all_statements_done) {
  Text("VACUUM; SELECT 1;", "SELECT true;\nSELECT false;");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG001");
  BOOST_TEST(error.context == "migration \"1_a\" verify, line 2, column 1");
  BOOST_TEST(transactions.committed.back() == "SELECT 1; record statement 1_a after 2");
  Reached(2);
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
