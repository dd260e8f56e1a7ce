#include "core/run/step_runner.h"

#include "fakes.h"

namespace migrate {
namespace {

const Error kBusy(sqlstate::kLockNotAvailable, "canceling statement due to lock timeout");

// A body that gets its lock in try number `good`, and what letting go of the rest meets.
struct Fixture {
  FakeDatabase database;
  int tries = 0;
  int undone = 0;
  int releases = 0;
  int good = 1;
  Error error = kBusy;

  void Try(int retries) {
    TryForLock(
        {"1", "a"}, retries, database,
        [&] {
          if (++tries < good) throw error;
        },
        [&] { ++undone; }, [&] { ++releases; });
  }
};

std::string Advice(const char* sqlstate, Form form) {
  Error error(sqlstate, "x", {}, "Server's hint.");
  Advise(error, form);
  return error.hint.substr(error.hint.find('.') + 1);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(step_runner, Fixture)

BOOST_AUTO_TEST_CASE(a_lock_that_is_had_at_once_needs_no_pause) {
  Try(3);
  BOOST_TEST(tries == 1);
  BOOST_TEST(undone + releases == 0);
  BOOST_TEST(database.pauses.empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_held_in_a_pause) {
  good = 3;
  Try(2);
  BOOST_TEST(tries == 3);
  BOOST_TEST(database.pauses == (std::vector<int>{100, 200}), boost::test_tools::per_element());
  // What the failed try held, and what asking who blocks did.
  BOOST_TEST(undone == 2);
  BOOST_TEST(releases == 2);
}

BOOST_AUTO_TEST_CASE(each_try_and_the_last_error_name_who_blocks) {
  good = 9;
  database.blockers = "Process 7 holds it.";
  const Error last = Thrown([&] { Try(1); });
  BOOST_TEST(tries == 2);
  BOOST_TEST(last.sqlstate == "55P03");
  BOOST_TEST(last.detail == "Process 7 holds it.");
  BOOST_TEST(
      database.notices ==
          (Strings{"migration \"1_a\": canceling statement due to lock timeout; trying again in 100 ms (1 of 1)\n"
                   "Process 7 holds it."}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_retries_the_first_error_is_the_last) {
  good = 9;
  BOOST_TEST(Thrown([&] { Try(0); }).sqlstate == "55P03");
  BOOST_TEST(tries == 1);
  BOOST_TEST(undone == 1);
  BOOST_TEST(releases == 0);
  BOOST_TEST(database.notices.empty());
}

BOOST_AUTO_TEST_CASE(only_locks_are_tried_for) {
  good = 2;
  error = Error("22012", "division by zero");
  BOOST_TEST(Thrown([&] { Try(5); }).sqlstate == "22012");
  BOOST_TEST(tries == 1);
  BOOST_TEST(undone + releases == 0);
}

BOOST_AUTO_TEST_CASE(sessions_in_each_others_way_are_tried_again) {
  good = 3;
  error = Error("40P01", "deadlock detected", {}, "See server log.");
  Try(2);
  BOOST_TEST(tries == 3);
  BOOST_TEST(undone == 2);
  BOOST_TEST(releases == 2);
  good = 9;
  tries = 0;
  const Error last = Thrown([&] { Try(1); });
  BOOST_TEST(tries == 2);
  BOOST_TEST(last.hint == "See server log. Another session takes the same locks in another order: try again later.");
}

BOOST_AUTO_TEST_CASE(a_dry_run_sends_nobody_to_a_call_that_commits) {
  for (const char* state : {sqlstate::kUnsafeNewEnumValue, sqlstate::kOutOfMemory, sqlstate::kSerializationFailure,
                            sqlstate::kLockNotAvailable}) {
    BOOST_TEST(!Contains(Advice(state, Form::kDryRun), "CALL"));
    BOOST_TEST(!Advice(state, Form::kDryRun).empty());
  }
  database.holds_up_itself = true;
  const auto deadlock = [] { throw Error("40P01", "deadlock detected"); };
  const auto hint = [&](Form form) {
    return Thrown([&] {
             TryForLock(
                 {"1", "a"}, 0, database, deadlock, [] {}, [] {}, form);
           })
        .hint;
  };
  BOOST_TEST(Contains(hint(Form::kOneTransaction), "Use CALL migrate_up()"));
  BOOST_TEST(hint(Form::kDryRun) ==
             "Try one migration after the other, by its target, in a session that holds no locks.");
}

BOOST_AUTO_TEST_CASE(what_was_locked_before_is_in_the_way_of_every_try) {
  good = 2;
  error = Error("40P01", "deadlock detected", "Process 7 waits.");
  database.holds_up_itself = true;
  database.blockers = " Process 7 holds it.";
  const Error last = Thrown([&] { Try(5); });
  BOOST_TEST(tries == 1);
  BOOST_TEST(undone == 1);
  BOOST_TEST(last.detail ==
             "Process 7 waits. Process 7 holds it.\nThe other session waits for a lock that this one held before the "
             "migration began.");
  BOOST_TEST(Contains(last.hint, "CALL migrate_up()"));
  // A lock that is not to be had in time is another matter: who holds it may wait for nobody.
  tries = 0;
  error = kBusy;
  Try(5);
  BOOST_TEST(tries == 2);
}

BOOST_AUTO_TEST_CASE(back_off_doubles_with_jitter_and_has_an_end) {
  BOOST_TEST(BackOff(1, 0.0) == 50);
  BOOST_TEST(BackOff(1, 1.0) == 100);
  BOOST_TEST(BackOff(4, 0.5) == 600);
  BOOST_TEST(BackOff(8, 1.0) == 10000);
  BOOST_TEST(BackOff(5000, 1.0) == 10000);
  BOOST_TEST(BackOff(5000, 0.0) == 5000);
}

BOOST_AUTO_TEST_CASE(advice_depends_on_the_form) {
  for (const char* state : {sqlstate::kUnsafeNewEnumValue, sqlstate::kOutOfMemory}) {
    BOOST_TEST(Contains(Advice(state, Form::kOneTransaction), "CALL migrate_up()"));
    BOOST_TEST(!Contains(Advice(state, Form::kCommitting), "CALL migrate_up()"));
    BOOST_TEST(Advice(state, Form::kCommitting) != "");
  }
  for (const char* state : {sqlstate::kSerializationFailure, sqlstate::kLockNotAvailable}) {
    BOOST_TEST(Advice(state, Form::kOneTransaction) == Advice(state, Form::kCommitting));
    BOOST_TEST(Contains(Advice(state, Form::kCommitting), "try again"));
  }
  BOOST_TEST(Advice("22012", Form::kOneTransaction) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
