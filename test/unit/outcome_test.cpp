#include "core/run/outcome.h"

#include "plans.h"

namespace migrate {
namespace {

struct Fixture {
  KnownMigration migration = Applied("3_c", 3);
  Step step;

  Fixture() { step.migration = &migration; }

  std::string Hint(const char* sqlstate, Form form, size_t done, bool partial = false, const char* hint = "") {
    Error error(sqlstate, "x", {}, hint);
    error.source_file = "server.c";
    SayOutcome(error, step, form, done, partial);
    return error.hint;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outcome, Fixture)

BOOST_AUTO_TEST_CASE(what_became_of_the_call_is_said_for_each_way_to_run) {
  const Form one = Form::kOneTransaction, dry = Form::kDryRun, each = Form::kCommitting;
  BOOST_TEST(Hint("57014", one, 0) == "Nothing was applied.");
  BOOST_TEST(Hint("57014", one, 1) == "Nothing was applied; 1 earlier migration of this call was undone.");
  BOOST_TEST(Hint("57014", one, 3) == "Nothing was applied; 3 earlier migrations of this call were undone.");
  BOOST_TEST(Hint("57014", dry, 3) == "Nothing was applied: this was a dry run.");
  BOOST_TEST(Hint("57014", each, 0) == "Nothing of it was applied.");
  BOOST_TEST(Hint("57014", each, 1) == "Nothing of it was applied; 1 earlier migration of this call stays applied.");
  BOOST_TEST(Hint("57014", each, 2, true) == "2 earlier migrations of this call stay applied.");
  BOOST_TEST(Hint("57014", each, 0, true) == "");
  step.action = Action::kRollBack;
  BOOST_TEST(Hint("57014", one, 0) == "Nothing was rolled back.");
  BOOST_TEST(Hint("57014", one, 2) == "Nothing was rolled back; 2 earlier migrations of this call stay applied.");
  BOOST_TEST(Hint("57014", each, 2) ==
             "Nothing of it was rolled back; 2 earlier migrations of this call stay rolled back.");
}

BOOST_AUTO_TEST_CASE(a_hint_of_the_server_stands_alone) {
  BOOST_TEST(Hint("42703", Form::kOneTransaction, 3, false, "Perhaps you meant …") == "Perhaps you meant …");
  Error own("MG001", "x", {}, "Look.");
  SayOutcome(own, step, Form::kOneTransaction, 0, false);
  BOOST_TEST(own.hint == "Look. Nothing was applied.");
}

BOOST_AUTO_TEST_CASE(what_is_there_already_can_be_recorded) {
  const std::string there = "If all that it makes is there already, call migrate_repair('3_c', 'applied').";
  const std::string gone = "If all that it drops is gone already, call migrate_repair('3_c', 'forget').";
  for (const char* state : {"42P04", "42P06", "42P07", "42701", "42723", "42710"}) {
    BOOST_TEST(Hint(state, Form::kOneTransaction, 0) == "Nothing was applied. " + there);
  }
  BOOST_TEST(Hint("42P07", Form::kCommitting, 0, true) == "");
  BOOST_TEST(Hint("42P01", Form::kOneTransaction, 0) == "Nothing was applied.");
  step.action = Action::kRollBack;
  for (const char* state : {"3F000", "42P01", "42703", "42883", "42704"}) {
    BOOST_TEST(Hint(state, Form::kOneTransaction, 0) == "Nothing was rolled back. " + gone);
  }
  BOOST_TEST(Hint("42P07", Form::kOneTransaction, 0) == "Nothing was rolled back.");
}

BOOST_AUTO_TEST_CASE(the_age_of_a_text_is_said_where_another_text_might_help) {
  migration.loaded_at = "2026-01-31 12:00:00+00";
  const std::string age = " The text was loaded at 2026-01-31 12:00:00+00: if yours is newer, load it again.";
  for (const char* state : {"22012", "23505", "42601", "P0001", "0A000"}) {
    BOOST_TEST(Hint(state, Form::kOneTransaction, 0) == "Nothing was applied." + age);
  }
  for (const char* state : {"40P01", "53200", "55P03", "57014", "XX000"}) {
    BOOST_TEST(Hint(state, Form::kOneTransaction, 0) == "Nothing was applied.");
  }
  step.action = Action::kRollBack;
  BOOST_TEST(Hint("22012", Form::kOneTransaction, 0) == "Nothing was rolled back." + age);
  SetHashes(migration.up, "other");  // then the down script is the one that was kept
  BOOST_TEST(Hint("22012", Form::kOneTransaction, 0) == "Nothing was rolled back.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
