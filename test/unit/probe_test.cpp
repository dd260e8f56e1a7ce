#include "core/run/probe.h"

#include <boost/test/unit_test.hpp>

namespace migrate {
namespace {

Measurement Took(double milliseconds, std::string plan = "Index Scan") {
  Measurement measurement;
  measurement.milliseconds = milliseconds;
  measurement.plan = std::move(plan);
  return measurement;
}

Measurement Failed(std::string why) {
  Measurement measurement;
  measurement.why = std::move(why);
  return measurement;
}

Measurement TimedOut() {
  Measurement measurement = Failed("more than 1000 ms");
  measurement.timed_out = true;
  measurement.comes_from_outside = true;
  return measurement;
}

Error ErrorOf(const std::vector<Probed>& probes, bool is_committed = false) {
  return ProbeError(probes, {"0002", "drop"}, is_committed).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(probe)

BOOST_AUTO_TEST_CASE(the_median_leaves_out_what_stands_out) {
  BOOST_TEST(Median({3, 900, 1, 2, 4}) == 3);
  BOOST_TEST(Median({4, 1}) == 2.5);
  BOOST_TEST(Median({7}) == 7);
}

BOOST_AUTO_TEST_CASE(slower_is_what_exceeds_the_limit_and_the_noise) {
  BOOST_TEST(IsSlower(10, 12.1, 20));
  BOOST_TEST(!IsSlower(10, 12, 20));
  BOOST_TEST(!IsSlower(10, 9, 0));
  BOOST_TEST(IsSlower(10, 11.1, 0));
  // Ten times as slow, and yet nothing that anybody would notice.
  BOOST_TEST(!IsSlower(0.1, 1, 20));
  BOOST_TEST(IsSlower(0.1, 1.2, 20));
}

BOOST_AUTO_TEST_CASE(what_was_not_known_before_or_is_the_fault_of_others_is_not_compared) {
  Measurement locked = Failed("canceling statement due to lock timeout");
  locked.comes_from_outside = true;
  BOOST_TEST((OutcomeOf({"p", 20, Took(1), Took(9)}) == ProbeOutcome::kSlower));
  BOOST_TEST((OutcomeOf({"p", 20, Took(1), Took(1)}) == ProbeOutcome::kHolds));
  BOOST_TEST((OutcomeOf({"p", 20, Took(1), TimedOut()}) == ProbeOutcome::kSlower));
  BOOST_TEST((OutcomeOf({"p", 20, Took(1), Failed("no")}) == ProbeOutcome::kFails));
  BOOST_TEST((OutcomeOf({"p", 20, Took(1), locked}) == ProbeOutcome::kNotCompared));
  BOOST_TEST((OutcomeOf({"p", 20, Failed("no"), Failed("no")}) == ProbeOutcome::kNotCompared));
  BOOST_TEST((OutcomeOf({"p", 20, TimedOut(), Took(1)}) == ProbeOutcome::kNotCompared));
}

BOOST_AUTO_TEST_CASE(what_is_said_of_one) {
  BOOST_TEST(Describe({"p", 20, Took(1), Took(2.5)}) == "1.000 ms before, 2.500 ms after");
  BOOST_TEST(Describe({"p", 20, Took(1), Took(2.5, "Seq Scan")}) == "1.000 ms before, 2.500 ms after, another plan");
  BOOST_TEST(Describe({"p", 20, Failed("no table"), Took(2)}) == "not measured before (no table), 2.000 ms after");
}

BOOST_AUTO_TEST_CASE(a_slower_one_is_an_error_with_both_plans) {
  const Error error = ErrorOf({{"quick", 20, Took(1), Took(1)}, {"slow", 20, Took(1), Took(9, "Seq Scan")}});
  BOOST_TEST(error.sqlstate == "MG017");
  BOOST_TEST(error.message == "probe \"slow\" takes 9.000 ms instead of 1.000 ms");
  BOOST_TEST(error.detail == "It may get 20 % slower. Its plan has changed from \"Index Scan\" to \"Seq Scan\".");
  BOOST_TEST(error.hint == "Keep what the query needs, or change the probe: migrate_probe('slow', …).");
}

BOOST_AUTO_TEST_CASE(plans_that_begin_alike_are_told_apart_by_the_first_line_that_differs) {
  const Error error =
      ErrorOf({{"p", 12.5, Took(1, "Aggregate\n  ->  Index Scan\n"), Took(9, "Aggregate\n  ->  Seq Scan\n")}});
  BOOST_TEST(error.detail ==
             "It may get 12.5 % slower. Its plan has changed from \"->  Index Scan\" to \"->  Seq Scan\".");
  BOOST_TEST(ErrorOf({{"p", 20, Took(1, "A\nB"), Took(9, "A\nB")}}).detail ==
             "It may get 20 % slower. Its plan is the same: A.");
}

BOOST_AUTO_TEST_CASE(all_are_named_and_the_first_gives_the_message) {
  const Error error = ErrorOf({{"a", 20, Took(1), Failed("no table")}, {"b", 20, Took(1), TimedOut()}});
  BOOST_TEST(error.message == "probe \"a\" fails: no table");
  BOOST_TEST(error.detail ==
             "It worked before the migration.\nLikewise probe \"b\" takes more than 1000 ms instead of 1.000 ms.");
  BOOST_TEST(ErrorOf({{"b", 20, Took(1), TimedOut()}}).detail == "It may get 20 % slower.");
}

BOOST_AUTO_TEST_CASE(what_is_committed_can_only_be_mended) {
  const Error error = ErrorOf({{"p", 20, Took(1), Took(9)}}, true);
  BOOST_TEST(
      error.hint ==
      "The migration is committed and recorded as applied. Mend it by another migration, or call migrate_down(); "
      "CALL migrate_up() goes on with what is pending. SELECT * FROM migrate_show('0002_drop') shows the probes.");
}

BOOST_AUTO_TEST_CASE(where_all_hold_there_is_no_error) {
  BOOST_TEST(!ProbeError({}, {"1", "a"}, false));
  BOOST_TEST(!ProbeError({{"p", 20, Took(1), Took(1)}, {"q", 20, Failed("no"), Took(1)}}, {"1", "a"}, false));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
