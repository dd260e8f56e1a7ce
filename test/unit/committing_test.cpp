#include "core/run/committing.h"

#include "fakes.h"

namespace migrate {
namespace {

struct Fixture : PlanFixture {
  FakeTransactions transactions{database};
  CommittingOptions options;

  void Run() { ExecuteCommitting(plan, database, transactions, options); }
  Error Failure() {
    return Thrown([&] { Run(); });
  }
  // Every transaction that stays, in order.
  void Stays(const Strings& expected) {
    BOOST_TEST(transactions.committed == expected, boost::test_tools::per_element());
    BOOST_TEST(database.effects.empty());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(committing, Fixture)

BOOST_AUTO_TEST_CASE(each_step_is_committed_with_its_record_and_the_start_of_the_next) {
  Add("1_a", "SELECT 1; SELECT 2;");
  Add("2_b", "SELECT 3;");
  Run();
  Stays({"record start 1_a", "SELECT 1; SELECT 2; record apply 1_a; record start 2_b", "SELECT 3; record apply 2_b"});
  BOOST_TEST(database.log.back() == "end run");
}

BOOST_AUTO_TEST_CASE(records_say_how_much_and_how_long) {
  Add("1_a", "SELECT 1; SELECT 2;");
  plan.steps[0].newest_after = &migrations[0].id;
  Run();
  BOOST_TEST(database.events.size() == 1u);
  BOOST_TEST(database.events[0].statements == 2);
  BOOST_TEST(database.events[0].duration_ms == 0.5);
  BOOST_TEST(database.events[0].newest->Label() == "1_a");
}

BOOST_AUTO_TEST_CASE(a_text_is_read_when_its_turn_comes) {
  Add("1_a", "SELECT 1;", "SELECT true;");
  Add("2_b", "SELECT 2;");
  Run();
  BOOST_TEST(database.log == (Strings{"record start 1_a", "commit", "read up of 1_a", "read verify of 1_a", "isolate ",
                                      "SELECT 1", "fire deferred", "undone, read only", "check SELECT true",
                                      "record apply 1_a", "record start 2_b", "commit", "read up of 2_b", "isolate ",
                                      "SELECT 2", "fire deferred", "record apply 2_b", "commit", "end run"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_rollback_runs_the_down_script_and_verifies_nothing) {
  Add("1_a", "SELECT 1;", "SELECT false;", Action::kRollBack);
  Run();
  Stays({"record start 1_a", "SELECT 1; record rollback 1_a"});
  BOOST_TEST(database.notices[0] == "migration \"1_a\" rolled back (1 statement, 0.5 ms)");
}

BOOST_AUTO_TEST_CASE(each_finished_step_is_told) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "");
  Run();
  BOOST_TEST(database.notices == (Strings{"migration \"1_a\" applied (1 statement, 0.5 ms)",
                                          "migration \"2_b\" applied (0 statements, 0.5 ms)"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(notices_can_be_silenced) {
  Add("1_a", "SELECT 1;");
  options.notices = false;
  Run();
  BOOST_TEST(database.notices.empty());
  BOOST_TEST(transactions.committed.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_notice_that_can_not_be_told_is_no_failure_of_its_migration) {
  Add("1_a", "SELECT 1;");
  database.failing_calls["migration \"1_a\" applied (1 statement, 0.5 ms)"] = Error("22P05", "no equivalent");
  BOOST_TEST(Failure().sqlstate == "22P05");
  Stays({"record start 1_a", "SELECT 1; record apply 1_a"});
}

BOOST_AUTO_TEST_CASE(whoever_watches_sees_every_statement) {
  Add("1_a", "SELECT 1; SELECT 2;");
  Add("2_b", "SELECT 3;");
  Run();
  BOOST_TEST(database.places == (Strings{"1/2 0", "1/2 1", "1/2 2", "2/2 0", "2/2 1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_obstacle_stops_before_anything_is_recorded) {
  Add("1_a", "SELECT 1;");
  plan.steps[0].obstacle = Error(sqlstate::kOutOfOrder, "out of order");
  BOOST_TEST(Failure().sqlstate == "MG006");
  BOOST_TEST(database.log.empty());
}

BOOST_AUTO_TEST_CASE(nothing_to_do_commits_nothing) {
  Run();
  Stays({});
}

BOOST_AUTO_TEST_CASE(a_failure_is_recorded_and_what_was_done_before_stays) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "SELECT 2;\n  SELECT 3;");
  Add("3_c", "SELECT 4;");
  database.failures[3] = Error("22012", "division by zero", "detail");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "22012");
  BOOST_TEST(error.detail == "detail");
  BOOST_TEST(error.hint == "Nothing of it was applied; 1 earlier migration of this call stays applied.");
  BOOST_TEST(error.context == "migration \"2_b\", line 2, column 3");
  Stays({"record start 1_a", "SELECT 1; record apply 1_a; record start 2_b", "record fail 2_b, line 2"});
  BOOST_TEST(transactions.recorded_errors == (Strings{"22012"}), boost::test_tools::per_element());
  BOOST_TEST(transactions.milestones.back().duration_ms == 0.5);
}

BOOST_AUTO_TEST_CASE(a_verify_script_that_fails_undoes_its_step) {
  Add("1_a", "SELECT 1;", "SELECT false;");
  BOOST_TEST(Failure().sqlstate == "MG001");
  Stays({"record start 1_a", "record fail 1_a, line 1"});
}

BOOST_AUTO_TEST_CASE(a_text_that_is_gone_is_a_failure_of_its_migration) {
  Add("1_a", "SELECT 1;");
  database.failing_calls["read up of 1_a"] = Error(sqlstate::kWrongState, "purged");
  BOOST_TEST(Failure().context == "migration \"1_a\"");
  Stays({"record start 1_a", "record fail 1_a"});
}

BOOST_AUTO_TEST_CASE(what_fails_at_commit_is_recorded_too) {
  Add("1_a", "SELECT 1;");
  database.failing_calls["record apply 1_a"] = Error("40001", "could not serialize access");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "40001");
  BOOST_TEST(error.context == "migration \"1_a\"");
  Stays({"record start 1_a", "record fail 1_a"});
}

BOOST_AUTO_TEST_CASE(a_failure_that_can_not_be_recorded_hides_nothing) {
  for (const char* call : {"roll back", "record fail 1_a, line 1"}) {
    Fixture fixture;
    fixture.Add("1_a", "SELECT 1;");
    fixture.database.failures[1] = Error("22012", "division by zero");
    fixture.database.failing_calls[call] = Error("25006", "cannot execute INSERT");
    const Error error = fixture.Failure();
    BOOST_TEST(error.sqlstate == "22012");
    BOOST_TEST(error.hint == "Nothing of it was applied. The failure could not be recorded: cannot execute INSERT.");
    fixture.Stays({"record start 1_a"});
  }
}

BOOST_AUTO_TEST_CASE(a_retry_releases_everything_and_runs_the_step_again) {
  Add("1_a", "SELECT 1; SELECT 2;", "SELECT true;");
  options.lock_retries = 1;
  database.failures[2] = Error(sqlstate::kLockNotAvailable, "busy");
  Run();
  Stays({"record start 1_a", "SELECT 1; SELECT 2; record apply 1_a"});
  BOOST_TEST(database.pauses == std::vector<int>{100}, boost::test_tools::per_element());
  // Nothing is pending from the commit to the next try.
  BOOST_TEST((std::find(database.log.begin(), database.log.end(), "SELECT 2") + 1)->starts_with("commit"));
}

BOOST_AUTO_TEST_CASE(the_last_try_fails_with_who_blocks) {
  Add("1_a", "SELECT 1;");
  options.lock_retries = 1;
  database.blockers = "Process 7 holds it.";
  database.failures[1] = database.failures[2] = Error(sqlstate::kLockNotAvailable, "busy");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "55P03");
  BOOST_TEST(error.detail == "Process 7 holds it.");
  BOOST_TEST(Contains(error.hint, "migrate.lock_retries"));
  Stays({"record start 1_a", "record fail 1_a, line 1"});
}

BOOST_AUTO_TEST_CASE(a_step_in_segments_records_its_own_start) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "VACUUM;");
  Add("3_c", "SELECT 3;");
  Run();
  Stays({"record start 1_a", "SELECT 1; record apply 1_a", "record start 2_b, line 1?", "alone VACUUM",
         "record statement 2_b after 1", "record apply 2_b; record start 3_c", "SELECT 3; record apply 3_c"});
  BOOST_TEST(database.events[1].statements == 1);
}

BOOST_AUTO_TEST_CASE(a_step_that_stopped_half_way_goes_on) {
  Add("1_a", "SELECT 1; SELECT 2;");
  migrations[0] = Stopped(migrations[0], Action::kApply, 1);
  Run();
  Stays({"record start 1_a after 1, line 1", "SELECT 2; record statement 1_a after 2", "record apply 1_a"});
  BOOST_TEST(database.events[0].statements == 2);
}

BOOST_AUTO_TEST_CASE(a_changed_text_that_is_refused_counts_nothing) {
  Add("1_a", "SELECT 10; SELECT 2;");
  migrations[0] = Stopped(migrations[0], Action::kApply, 1, true);
  migrations[0].unfinished.Make().sha256 = "then";
  database.texts["then"] = "SELECT 1; SELECT 2;";
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG002");
  BOOST_TEST(!Contains(error.hint, "goes on behind it"));
  Stays({"record fail 1_a after 1?"});
  BOOST_TEST(transactions.milestones.back().sha256 == "then");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_gone_leaves_the_step_where_it_stopped) {
  Add("1_a", "VACUUM; SELECT 2;");
  migrations[0] = Stopped(migrations[0], Action::kApply, 1);
  database.failing_calls["read up of 1_a"] = Error(sqlstate::kWrongState, "purged");
  Failure();
  Stays({"record fail 1_a after 1"});
}

BOOST_AUTO_TEST_CASE(a_text_that_may_not_go_on_leaves_the_place_to_the_one_that_stopped) {
  Add("1_a", "SELECT 10; SELECT 2;");
  migrations[0] = Stopped(migrations[0], Action::kApply, 1);
  migrations[0].unfinished.Make().sha256 = "then";
  database.texts["then"] = "SELECT 1; SELECT 2;";
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG002");
  BOOST_TEST(!Contains(error.hint, "goes on behind it"));
  Stays({"record fail 1_a after 1"});
  BOOST_TEST(transactions.milestones.back().sha256 == "then");
}

BOOST_AUTO_TEST_CASE(a_failure_between_segments_says_what_stays) {
  Add("1_a", "VACUUM;\nSELECT 1;");
  database.failures[2] = Error("22012", "division by zero");
  const Error error = Failure();
  BOOST_TEST(error.context == "migration \"1_a\", line 2, column 1");
  BOOST_TEST(error.hint == "What was committed before stays: CALL migrate_up() goes on behind it.");
  BOOST_TEST(transactions.committed.back() == "record fail 1_a after 1, line 2");
}

BOOST_AUTO_TEST_CASE(a_failure_that_left_nothing_promises_nothing) {
  Add("1_a", "VACUUM;");
  database.failures[1] = Error("42P01", "no table");
  BOOST_TEST(Failure().hint == "Nothing of it was applied.");
  BOOST_TEST(transactions.committed.back() == "record fail 1_a, line 1");
}

BOOST_AUTO_TEST_CASE(a_rollback_that_stops_half_way_says_so) {
  Add("1_a", "VACUUM;\nVACUUM;", {}, Action::kRollBack);
  database.failures[2] = Error("42P01", "no table");
  const Error error = Failure();
  BOOST_TEST(error.context == "migration \"1_a\" down, line 2, column 1");
  BOOST_TEST(Contains(error.hint, "CALL migrate_down() goes on"));
}

BOOST_AUTO_TEST_CASE(what_must_run_at_the_top_level_is_refused_before_anything_runs_where_it_can_not) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "SELECT 2;\nVACUUM;");
  migrations[1].up.transactional = false;
  database.why_not_top_level = "the stack is not empty";
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == sqlstate::kFeatureNotSupported);
  BOOST_TEST(error.message == "migration \"2_b\" can't run in this call");
  BOOST_TEST(error.detail ==
             "line 2: VACUUM must run at the top level, which another extension forbids here: the stack is not empty.");
  BOOST_TEST(Contains(error.hint, "migrate_start()"));
  Stays({});
}

BOOST_AUTO_TEST_CASE(what_need_not_runs_there) {
  Add("1_a", "SELECT 1;\nCOMMIT;\nSELECT 2;");
  migrations[0].up.transactional = false;
  database.why_not_top_level = "the stack is not empty";
  Run();
  BOOST_TEST(transactions.committed.size() == 4u);  // start, two parts, apply
  BOOST_TEST(WantsTopLevel({}, true));
  BOOST_TEST(!WantsTopLevel({}, false));
  ParsedStatement block;
  block.may_commit = true;
  BOOST_TEST(!WantsTopLevel(block, true), "a block of code at the top level could commit");
}

BOOST_AUTO_TEST_CASE(where_tables_are_distributed_every_statement_must) {
  Add("1_a", "SELECT 1;");
  database.distributes = true;
  Run();
  BOOST_TEST(!transactions.committed.empty());
  transactions.committed.clear();
  database.why_not_top_level = "the stack is not empty";
  const Error error = Failure();
  BOOST_TEST(error.message == "migration \"1_a\" can't run in this call");
  BOOST_TEST(Contains(error.detail, "Citus"));
  Stays({});
}

BOOST_AUTO_TEST_CASE(a_slower_probe_undoes_its_own_step) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "SELECT 2;");
  database.slower["2_b"] = Error("MG017", "probe \"p\" is slower");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG017");
  BOOST_TEST(error.place == "Migration \"2_b\".");
  Stays({"record start 1_a", "SELECT 1; record apply 1_a; record start 2_b", "record fail 2_b"});
  BOOST_TEST(database.probed == (Strings{"before", "behind 1_a", "before", "behind 2_b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(behind_a_step_that_is_committed_a_slower_probe_stops_the_run) {
  Add("1_a", "VACUUM;");
  Add("2_b", "SELECT 2;");
  database.slower["1_a"] = Error("MG017", "probe \"p\" is slower");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG017");
  BOOST_TEST(error.place == "Migration \"1_a\".");
  BOOST_TEST(database.probed == (Strings{"before", "behind 1_a, committed"}), boost::test_tools::per_element());
  BOOST_TEST(transactions.committed.back() == "record apply 1_a");
  BOOST_TEST(transactions.recorded_errors.empty());
}

BOOST_AUTO_TEST_CASE(what_is_rolled_back_is_not_probed) {
  Add("1_a", "SELECT 1;", "", Action::kRollBack);
  Run();
  BOOST_TEST(database.probed.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
