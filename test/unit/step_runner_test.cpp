#include "core/step_runner.h"

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
  error = Error("40P01", "deadlock detected");
  BOOST_TEST(Thrown([&] { Try(5); }).sqlstate == "40P01");
  BOOST_TEST(tries == 1);
  BOOST_TEST(undone + releases == 0);
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
