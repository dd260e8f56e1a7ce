#include "core/run/execute.h"

#include "fakes.h"

namespace migrate {
namespace {

struct Fixture : PlanFixture {
  RunOptions options;

  std::vector<RunRow> Run() { return Execute(plan, database, options); }
  Error Failure() {
    return Thrown([&] { Run(); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(execute, Fixture)

BOOST_AUTO_TEST_CASE(every_statement_runs_and_every_step_is_recorded_in_order) {
  Add("1_a", "SELECT 1; SELECT 2;");
  Add("2_b", "-- empty\n");
  const auto rows = Run();
  BOOST_TEST(database.effects == (Strings{"SELECT 1", "SELECT 2", "record apply 1_a", "record apply 2_b"}),
             boost::test_tools::per_element());
  BOOST_TEST(rows.size() == 2u);
  BOOST_TEST(rows[0].id.Label() == "1_a");
  BOOST_TEST(rows[0].action == "applied");
  BOOST_TEST(rows[0].statements == 2);
  BOOST_TEST(rows[0].duration_ms == 0.5);
  BOOST_TEST(rows[1].statements == 0);
  BOOST_TEST(database.events[0].statements == 2);
  BOOST_TEST(database.events[0].duration_ms == rows[0].duration_ms);
}

BOOST_AUTO_TEST_CASE(texts_are_read_before_anything_runs) {
  Add("1_a", "SELECT 1;", "SELECT true;");
  Add("2_b", "SELECT 2;");
  Run();
  BOOST_TEST(database.log == (Strings{"read up of 1_a", "read verify of 1_a", "read up of 2_b", "isolate ", "SELECT 1",
                                      "fire deferred", "undone, read only", "check SELECT true", "record apply 1_a",
                                      "isolate ", "SELECT 2", "fire deferred", "record apply 2_b", "end run"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_rollback_runs_the_down_script_and_verifies_nothing) {
  Add("1_a", "SELECT 1;", "SELECT false;", Action::kRollBack);
  BOOST_TEST(Run()[0].action == "rolled back");
  BOOST_TEST(database.effects == (Strings{"SELECT 1", "record rollback 1_a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(in_a_dry_run_each_block_is_a_part_behind_which_settings_are_set_again) {
  Add("1_a", "BEGIN; SET a = 1; SELECT 1; COMMIT; SELECT 2; BEGIN; SELECT 3; COMMIT;", "SELECT true;");
  BOOST_TEST(Failure().sqlstate == "25001");
  options.dry_run = true;
  BOOST_TEST(Run()[0].statements == 4);
  const Strings expected = {
      "isolate ",  "part",          "SET a = 1", "SELECT 1",      "fire deferred",     "end part",
      "SET a = 1", "part",          "SELECT 2",  "fire deferred", "end part",          "part",
      "SELECT 3",  "fire deferred", "end part",  "fire deferred", "undone, read only", "check SELECT true"};
  const auto begin = std::find(database.log.begin(), database.log.end(), "isolate ");
  BOOST_TEST(Strings(begin, std::find(begin, database.log.end(), "record apply 1_a")) == expected,
             boost::test_tools::per_element());
  BOOST_TEST(database.effects.empty());
}

BOOST_AUTO_TEST_CASE(begin_and_commit_are_skipped_with_a_notice_and_not_counted) {
  Add("1_a", "BEGIN;\nSELECT 1;\nCOMMIT;");
  BOOST_TEST(Run()[0].statements == 1);
  BOOST_TEST(database.notices ==
                 (Strings{"migration \"1_a\", line 1: skipped BEGIN, a migration runs in a transaction anyway",
                          "migration \"1_a\", line 3: skipped COMMIT, a migration runs in a transaction anyway"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_obstacle_stops_before_anything_is_read) {
  Add("1_a", "SELECT 1;");
  plan.steps[0].obstacle = Error(sqlstate::kOutOfOrder, "out of order");
  BOOST_TEST(Failure().sqlstate == "MG006");
  BOOST_TEST(database.log.empty());
  plan.obstacles.push_back({{}, Error(sqlstate::kTextChanged, "changed")});
  BOOST_TEST(Failure().sqlstate == "MG002");
}

BOOST_AUTO_TEST_CASE(errors_keep_their_fields_and_get_their_place) {
  KnownMigration& migration = Add("0003_add_email", "SELECT 1;\nSELECT 'ä',\n  'ö' x;\n");
  migrations[0].up.first_line = 10;
  Error unique("23505", "duplicate key", "Key exists.", "hint");
  unique.constraint_name = "users_email_key";
  unique.cursor_position = 19;
  unique.source_file = "server.c";
  database.failures[2] = unique;
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "23505");
  BOOST_TEST(error.detail == "Key exists.");
  BOOST_TEST(error.hint == "hint");
  BOOST_TEST(error.constraint_name == "users_email_key");
  BOOST_TEST(error.context == "migration \"" + migration.id.Label() + "\", line 12, column 7");
  BOOST_TEST(error.place == "Migration \"0003_add_email\", line 12, column 7.");
}

BOOST_AUTO_TEST_CASE(an_inner_context_comes_first) {
  Add("1_a", "SELECT f();");
  Error inner("22012", "division by zero");
  inner.context = "SQL function \"f\" statement 1";
  inner.internal_query = "SELECT 1/0";
  inner.cursor_position = 4;
  database.failures[1] = inner;
  BOOST_TEST(Failure().context == "SQL function \"f\" statement 1\nmigration \"1_a\", line 1, column 1");
}

BOOST_AUTO_TEST_CASE(nothing_of_a_failed_migration_stays_or_is_recorded) {
  Add("1_a", "SELECT 1; SELECT 2; SELECT 3;");
  Add("2_b", "SELECT 4;");
  database.failures[2] = Error("42P01", "no table");
  Failure();
  BOOST_TEST(database.effects.empty());
  BOOST_TEST(database.events.empty());
  BOOST_TEST(database.statements == 2);
}

BOOST_AUTO_TEST_CASE(a_later_failure_leaves_earlier_ones_to_the_callers_transaction) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "SELECT 2;", {}, Action::kRollBack);
  database.failures[2] = Error("42P01", "no table");
  BOOST_TEST(Failure().context == "migration \"2_b\" down, line 1, column 1");
  BOOST_TEST(database.effects == (Strings{"SELECT 1", "record apply 1_a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_failure_is_noted_but_none_of_a_dry_run) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "SELECT 2;");
  database.failures[2] = database.failures[4] = Error("42P01", "no table");
  Failure();
  BOOST_TEST(database.noted == (Strings{"2_b 42P01"}), boost::test_tools::per_element());
  options.dry_run = true;
  BOOST_TEST(Failure().sqlstate == "42P01");
  BOOST_TEST(database.noted.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_refuses_a_transaction_is_refused_before_anything_is_read) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "VACUUM;");
  BOOST_TEST(Failure().sqlstate == "25001");
  BOOST_TEST(database.log.empty());
  BOOST_TEST(database.noted.empty());
}

BOOST_AUTO_TEST_CASE(deferred_triggers_fail_before_verify) {
  Add("1_a", "SELECT 1;", "SELECT true;");
  database.failing_calls["fire deferred"] = Error("23503", "violates foreign key");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "23503");
  BOOST_TEST(error.context == "migration \"1_a\"");
  BOOST_TEST(database.log.back() == "fire deferred");
}

BOOST_AUTO_TEST_CASE(a_check_that_answers_null_fails_the_migration) {
  Add("1_a", "SELECT 1;", "SELECT null;");
  const Error error = Thrown([&] { Run(); });
  BOOST_TEST(error.sqlstate == "MG001");
  BOOST_TEST(error.detail == "A check returned null.");
}

BOOST_AUTO_TEST_CASE(a_false_check_fails_the_migration) {
  Add("1_a", "SELECT 1;", "SELECT true;\n  SELECT false;");
  migrations[0].verify.first_line = 20;
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG001");
  BOOST_TEST(error.message == "verify script of migration \"1_a\" failed");
  BOOST_TEST(error.context == "migration \"1_a\" verify, line 21, column 3");
  BOOST_TEST(database.effects.empty());
}

BOOST_AUTO_TEST_CASE(an_error_in_a_check_fails_the_migration) {
  Add("1_a", "SELECT 1;", "BEGIN; SELECT 1/0; ROLLBACK;");
  database.failures[2] = Error("22012", "division by zero");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "22012");
  BOOST_TEST(error.context == "migration \"1_a\" verify, line 1, column 8");
}

BOOST_AUTO_TEST_CASE(what_a_verify_script_did_is_undone) {
  Add("1_a", "SELECT 1;", "SELECT true;");
  Run();
  BOOST_TEST(database.effects == (Strings{"SELECT 1", "record apply 1_a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_dry_run_does_everything_and_undoes_it) {
  Add("1_a", "SELECT 1;", "SELECT true;");
  Add("2_b", "SELECT 2;", {}, Action::kRollBack);
  options.dry_run = true;
  const auto rows = Run();
  BOOST_TEST(rows[0].action == "would apply");
  BOOST_TEST(rows[1].action == "would roll back");
  BOOST_TEST(database.statements == 3);
  BOOST_TEST(database.effects.empty());
  BOOST_TEST(database.log[3] == "undone");
}

BOOST_AUTO_TEST_CASE(a_dry_run_fails_as_a_run_would) {
  Add("1_a", "SELECT 1;", "SELECT false;");
  options.dry_run = true;
  BOOST_TEST(Failure().sqlstate == "MG001");
  BOOST_TEST(database.effects.empty());
}

BOOST_AUTO_TEST_CASE(a_lock_that_is_not_to_be_had_is_tried_again) {
  Add("1_a", "SELECT 1; SELECT 2;");
  migrations[0].up.timeouts.Make().lock = "2s";
  options.lock_retries = 2;
  database.failures[2] = database.failures[4] =
      Error(sqlstate::kLockNotAvailable, "canceling statement due to lock timeout");
  BOOST_TEST(Run()[0].statements == 2);
  BOOST_TEST(database.effects == (Strings{"SELECT 1", "SELECT 2", "record apply 1_a"}),
             boost::test_tools::per_element());
  BOOST_TEST(database.pauses == (std::vector<int>{100, 200}), boost::test_tools::per_element());
  BOOST_TEST(database.log[1] == "isolate 2s");
  BOOST_TEST(database.notices[1] ==
             "migration \"1_a\": canceling statement due to lock timeout; trying again in 200 ms (2 of 2)");
}

BOOST_AUTO_TEST_CASE(a_lock_is_given_up_after_the_last_retry) {
  Add("1_a", "SELECT 1;");
  options.lock_retries = 1;
  database.failures[1] = database.failures[2] = Error(sqlstate::kLockNotAvailable, "busy");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "55P03");
  BOOST_TEST(Contains(error.hint, "migrate.lock_retries"));
  BOOST_TEST(error.context == "migration \"1_a\", line 1, column 1");
  BOOST_TEST(database.pauses.size() == 1u);
  BOOST_TEST(database.effects.empty());
}

BOOST_AUTO_TEST_CASE(other_errors_are_not_tried_again) {
  Add("1_a", "SELECT 1;");
  options.lock_retries = 5;
  database.failures[1] = Error("22012", "division by zero");
  BOOST_TEST(Failure().sqlstate == "22012");
  BOOST_TEST(database.pauses.empty());
}

BOOST_AUTO_TEST_CASE(a_script_that_ran_is_not_run_again_when_recording_it_fails) {
  Add("1_a", "SELECT 1;");
  options.lock_retries = 5;
  database.failing_calls["record apply 1_a"] = Error(sqlstate::kLockNotAvailable, "busy");
  BOOST_TEST(Failure().sqlstate == "55P03");
  BOOST_TEST(database.statements == 1);
}

BOOST_AUTO_TEST_CASE(errors_a_migration_can_not_explain_get_a_hint) {
  for (const char* state : {sqlstate::kUnsafeNewEnumValue, sqlstate::kOutOfMemory}) {
    Fixture fixture;
    fixture.Add("1_a", "SELECT 1;");
    fixture.database.failures[1] = Error(state, "x", {}, "Server's hint.");
    fixture.database.failures[1].source_file = "server.c";
    const Error error = fixture.Failure();
    BOOST_TEST(error.hint.starts_with("Server's hint. Migrations of one call "));
  }
}

BOOST_AUTO_TEST_CASE(running_follows_a_changed_string_setting) {
  Add("1_a", "SET standard_conforming_strings = off; SELECT '\\';'; SELECT 2;");
  BOOST_TEST(Run()[0].statements == 3);
}

BOOST_AUTO_TEST_CASE(nothing_to_do_is_no_row) {
  BOOST_TEST(Run().empty());
  options.dry_run = true;
  BOOST_TEST(Run().empty());
}

BOOST_AUTO_TEST_CASE(verify_runs_what_there_is) {
  Add("1_a", "", "SELECT true; SELECT 2;").verify.statements = 2;
  Add("2_b", "");
  const auto rows = Verify({migrations[0], migrations[1]}, database);
  BOOST_TEST(rows.size() == 1u);
  BOOST_TEST(rows[0].action == "verified");
  BOOST_TEST(rows[0].statements == 2);
  BOOST_TEST(database.effects.empty());
}

BOOST_AUTO_TEST_CASE(verify_runs_all_and_then_fails) {
  Add("1_a", "", "SELECT false;");
  Add("2_b", "", "SELECT true;");
  Add("3_c", "", "\nSELECT 1/0;");
  const std::vector<KnownMigration> all(migrations.begin(), migrations.end());
  database.failures[3] = Error("22012", "division by zero");
  const Error error = Thrown([&] { Verify(all, database); });
  BOOST_TEST(error.sqlstate == "MG001");
  BOOST_TEST(error.message == "2 of 3 verify scripts failed");
  BOOST_TEST(error.detail ==
             "migration \"1_a\" verify, line 1, column 1: verify script of migration \"1_a\" failed\n"
             "migration \"3_c\" verify, line 2, column 1: division by zero");
  const Error single = Thrown([&] { Verify({migrations[0]}, database); });
  BOOST_TEST(single.context == "migration \"1_a\" verify, line 1, column 1");
}

BOOST_AUTO_TEST_CASE(a_cancelled_verify_stops_at_once) {
  Add("1_a", "", "SELECT 1;");
  Add("2_b", "", "SELECT 2;");
  database.failures[1] = Error("57014", "canceling statement due to user request");
  BOOST_TEST(Thrown([&] { Verify({migrations[0], migrations[1]}, database); }).sqlstate == "57014");
  BOOST_TEST(database.statements == 1);
}

BOOST_AUTO_TEST_CASE(where_tables_are_distributed_a_call_without_the_top_level_is_refused) {
  Add("1_a", "SELECT 1;");
  database.distributes = true;
  Run();
  database.effects.clear();
  database.why_not_top_level = "the stack is not empty";
  BOOST_TEST(Failure().sqlstate == sqlstate::kFeatureNotSupported);
  BOOST_TEST(database.effects.empty());
}

BOOST_AUTO_TEST_CASE(probes_are_measured_around_what_is_applied) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "SELECT 2;", "", Action::kRollBack);
  Add("3_c", "SELECT 3;");
  Run();
  BOOST_TEST(database.probed == (Strings{"before", "behind 1_a", "before", "behind 3_c"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_slower_probe_fails_the_run_before_the_step_is_recorded) {
  Add("1_a", "SELECT 1;");
  Add("2_b", "SELECT 2;");
  database.slower["2_b"] = Error("MG017", "probe \"p\" is slower");
  const Error error = Failure();
  BOOST_TEST(error.sqlstate == "MG017");
  BOOST_TEST(error.place == "Migration \"2_b\".");
  BOOST_TEST(error.hint == "Nothing was applied; 1 earlier migration of this call was undone.");
  BOOST_TEST(std::count(database.log.begin(), database.log.end(), "record apply 2_b") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
