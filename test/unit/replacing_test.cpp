#include "core/plan/replacing.h"

#include <numeric>

#include "plans.h"

namespace migrate {
namespace {

KnownMigration Consolidated(KnownMigration migration, const std::string& replaces) {
  migration.options.Make().replaces = replaces;
  migration.sort_key = SortKey(migration, migration.number);
  return migration;
}

// Each step's label, with "=" before what is only recorded.
std::string Recorded(const Plan& plan) {
  std::string steps;
  for (const auto& step : plan.steps) {
    steps += (steps.empty() ? "" : " ") + std::string(step.only_records ? "=" : "") + step.migration->id.Label() +
             (step.obstacle ? "!" : "");
  }
  return steps;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(replacing)

BOOST_AUTO_TEST_CASE(a_range_names_its_first_and_last) {
  const VersionRange range = ParseVersionRange("2 .. 010");
  BOOST_TEST(!range.Holds(Pending("1_a", 1)));
  BOOST_TEST(range.Holds(Pending("2_a", 1)));
  BOOST_TEST(range.Holds(Pending("10_a", 1)));
  BOOST_TEST(!range.Holds(Pending("11_a", 1)));
  BOOST_TEST(!range.Holds(Pending("plain", 1)));
  BOOST_TEST(ParseVersionRange(".. 3").Holds(Pending("1_a", 1)));
  BOOST_TEST(ParseVersionRange("3").Holds(Pending("3_a", 1)));
  BOOST_TEST(ParseVersionRange("3a .. 3c").Holds(Pending("3b_x", 1)));
  for (const char* const nonsense :
       {"", "..", "3 ..", "5 .. 2", "a .. b", "1, 2", "0001_a .. 0002_b", "0001.sql .. 0002.sql"}) {
    BOOST_TEST(Thrown([&] { ParseVersionRange(nonsense); }).sqlstate == "42601");
  }
}

BOOST_AUTO_TEST_CASE(where_nothing_is_applied_it_runs_instead) {
  const Plan plan =
      Apply({Pending("1_a", 1), Pending("2_b", 2), Consolidated(Pending("9999_all", 3), "1 .. 2"), Pending("3_c", 4)});
  BOOST_TEST(Recorded(plan) == "9999_all =1_a =2_b 3_c");
  BOOST_TEST(plan.steps[0].detail == "runs instead of 1 .. 2");
  BOOST_TEST(plan.steps[1].detail == "replaced by \"9999_all\"");
  BOOST_TEST(NewestAfter(plan) == "9999_all 9999_all 9999_all 3_c");
  BOOST_TEST(plan.steps[1].event() == "baseline");
}

BOOST_AUTO_TEST_CASE(where_all_are_applied_it_is_recorded) {
  const Plan plan =
      Apply({Applied("1_a", 1), Applied("2_b", 2), Applied("3_c", 3), Consolidated(Pending("9999_all", 4), "1 .. 2")});
  BOOST_TEST(Recorded(plan) == "=9999_all");
  BOOST_TEST(plan.steps[0].detail == "stands for 1 .. 2");
  RequireRunnable(plan);
}

BOOST_AUTO_TEST_CASE(where_some_are_applied_it_is_refused) {
  const Plan plan = Apply({Applied("1_a", 1), Pending("2_b", 2), Consolidated(Pending("9999_all", 3), "1 .. 2")});
  BOOST_TEST(Recorded(plan) == "2_b =9999_all!");
  BOOST_TEST(plan.steps[1].obstacle->detail == "Not applied: \"2_b\".");
  // What is missing can be applied first.
  BOOST_TEST(Recorded(Apply({Applied("1_a", 1), Pending("2_b", 2), Consolidated(Pending("9999_all", 3), "1 .. 2")},
                            "2")) == "2_b");
}

BOOST_AUTO_TEST_CASE(what_an_applied_one_replaces_is_recorded_later) {
  const Plan plan = Apply({Pending("1_a", 1), Consolidated(Applied("9999_all", 2), "1 .. 2"), Pending("3_c", 3)});
  BOOST_TEST(Recorded(plan) == "=1_a 3_c");
}

BOOST_AUTO_TEST_CASE(a_target_within_the_range_is_reached_step_by_step) {
  const std::vector<KnownMigration> set = {Pending("1_a", 1), Pending("2_b", 2),
                                           Consolidated(Pending("9999_all", 3), "1 .. 2")};
  BOOST_TEST(Recorded(Apply(set, "1")) == "1_a");
  BOOST_TEST(Recorded(Apply(set, "9999")) == "9999_all =1_a =2_b");
}

BOOST_AUTO_TEST_CASE(of_ranges_that_overlap_the_first_takes) {
  const Plan plan = Apply({Pending("1_a", 1), Pending("2_b", 2), Pending("3_c", 3),
                           Consolidated(Pending("8_x", 4), "1 .. 2"), Consolidated(Pending("9_y", 5), "2 .. 3")});
  BOOST_TEST(Recorded(plan) == "8_x =1_a =2_b 9_y =3_c");
  BOOST_TEST(plan.steps[2].detail == "replaced by \"8_x\"");
  BOOST_TEST(plan.steps[4].detail == "replaced by \"9_y\"");
}

BOOST_AUTO_TEST_CASE(one_that_is_replaced_itself_runs_no_more) {
  BOOST_TEST(Recorded(Apply({Pending("1_a", 1), Consolidated(Pending("2_x", 2), "1"),
                             Consolidated(Pending("9_y", 3), "1 .. 2")})) == "9_y =2_x =1_a");
}

BOOST_AUTO_TEST_CASE(two_that_replace_each_other_are_not_both_left_out) {
  const Plan plan = Apply({Pending("1_a", 1), Consolidated(Pending("2_x", 2), "1 .. 3"),
                           Consolidated(Pending("3_y", 3), "1 .. 3"), Pending("4_b", 4)});
  BOOST_TEST(Recorded(plan) == "2_x =1_a =3_y 4_b");
}

BOOST_AUTO_TEST_CASE(its_own_version_may_lie_in_the_range) {
  BOOST_TEST(Recorded(Apply({Pending("1_a", 1), Consolidated(Pending("2_x", 2), "1 .. 2")})) == "2_x =1_a");
  const Plan plan = Apply({Applied("1_a", 1), Pending("1_b", 2), Consolidated(Pending("2_x", 3), "1 .. 2")}, {}, true);
  BOOST_TEST(plan.steps.back().obstacle->detail == "Not applied: \"1_b\".");
  RequireRunnable(Apply({Applied("1_a", 1), Consolidated(Pending("2_x", 2), "1 .. 2")}));
}

BOOST_AUTO_TEST_CASE(many_that_overlap_cost_no_more_than_few) {
  const auto steps = [](int64_t size) {
    std::vector<KnownMigration> migrations;
    for (int64_t i = 1; i <= size; ++i) {
      migrations.push_back(i % 2 == 0
                               ? Consolidated(Pending(std::to_string(i) + "_x", i), "1 .. " + std::to_string(size))
                               : Pending(std::to_string(i) + "_a", i));
    }
    std::vector<size_t> order(migrations.size());
    std::iota(order.begin(), order.end(), 0);
    const Replacements replacements(migrations, order);
    BOOST_TEST(order.size() == migrations.size());
    return replacements.steps();
  };
  BOOST_TEST(steps(2000) > 2000u);
  BOOST_TEST(steps(2000) < 12000u);
  BOOST_TEST(steps(4000) * 10 < steps(2000) * 22);
}

BOOST_AUTO_TEST_CASE(tags_are_targets) {
  std::vector<KnownMigration> set = {Pending("1_a", 1), Pending("2_b", 2)};
  set[0].options.Make().tags = {"v1.0"};
  BOOST_TEST(Steps(Apply(set, "@v1.0")) == "1_a");
  BOOST_TEST(Steps(Apply(set, "v1.0")) == "1_a");
  BOOST_TEST(Thrown([&] { Apply(set, "@v2"); }).sqlstate == "42704");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
