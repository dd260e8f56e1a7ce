// Migrations that run again when their text changes.
#include "core/set/status.h"
#include "plans.h"

namespace migrate {
namespace {

KnownMigration Repeatable(KnownMigration migration) {
  migration.repeatable = true;
  migration.sort_key = SortKey(migration, migration.number);
  return migration;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(repeatable)

BOOST_AUTO_TEST_CASE(they_come_last_by_requirement_then_name) {
  const Plan plan = Apply({Repeatable(Pending("view_b", 1)), Repeatable(Pending("view_a", 2, {"view_c"})),
                           Repeatable(Pending("view_c", 3)), Pending("plain", 4), Pending("2_x", 5)});
  BOOST_TEST(Steps(plan) == "2_x plain view_c view_a view_b");
  BOOST_TEST(plan.steps[2].detail == "repeatable");
  BOOST_TEST(NewestAfter(plan) == "2_x plain plain plain plain");
}

BOOST_AUTO_TEST_CASE(a_changed_text_runs_again_and_stops_nobody) {
  const Plan plan =
      Apply({Applied("1_a", 1), Repeatable(Changed(Applied("view", 2))), Repeatable(Applied("other", 3))});
  BOOST_TEST(Steps(plan) == "view");
  BOOST_TEST(plan.obstacles.empty());
  BOOST_TEST(plan.steps[0].detail == "repeatable: its text has changed");
  BOOST_TEST(Steps(Apply({Repeatable(Absent(Changed(Applied("view", 2))))})) == "");
}

BOOST_AUTO_TEST_CASE(other_values_of_placeholders_run_again) {
  KnownMigration view = Repeatable(Applied("view", 2));
  view.options.Make().placeholders = {{"reader", "ann"}};
  view.application.Make().placeholders = {{"reader", "ann"}};
  BOOST_TEST(Steps(Apply({view})) == "");
  view.options.Make().placeholders = {{"reader", "bob"}};
  const Plan plan = Apply({view});
  BOOST_TEST(Steps(plan) == "view");
  BOOST_TEST(plan.steps[0].detail == "repeatable: values of its placeholders have changed");
  BOOST_TEST(plan.steps[0].placeholders().at("reader") == "bob");
  const MigrationSet set = SetOf({view});
  BOOST_TEST(MakeStatus(set, false)[0].status == "pending");
  BOOST_TEST(Remarks(MakeStatus(set, false)[0], false)[0] == "repeatable, and values of its placeholders have changed");
  view.repeatable = false;
  BOOST_TEST(Steps(Apply({view})) == "");
}

BOOST_AUTO_TEST_CASE(one_with_a_version_is_never_out_of_order) {
  BOOST_TEST(Steps(Apply({Applied("5_a", 1), Repeatable(Pending("3_view", 2))})) == "3_view");
}

BOOST_AUTO_TEST_CASE(they_are_never_rolled_back) {
  const std::vector<KnownMigration> set = {Applied("1_a", 1), Repeatable(Applied("view", 2))};
  const Plan plan = RollBack(set);
  BOOST_TEST(Steps(plan) == "1_a");
  BOOST_TEST(NewestAfter(plan) == "");
  BOOST_TEST(plan.remarks.size() == 1u);
  BOOST_TEST(Contains(plan.remarks.at(0), "repeatable migration \"view\" is not rolled back"));
  const Error error = Thrown([&] { RollBackTo(set, "view"); });
  BOOST_TEST(error.sqlstate == "55000");
  BOOST_TEST(error.message == "migration \"view\" is repeatable");
}

BOOST_AUTO_TEST_CASE(status_says_that_it_will_run_again) {
  const MigrationSet set = SetOf({Repeatable(Changed(Applied("view", 1))), Repeatable(Applied("other", 2))});
  const auto rows = MakeStatus(set, false);
  BOOST_TEST(rows[0].status == "applied");
  BOOST_TEST(rows[0].note == "repeatable");
  BOOST_TEST(rows[1].status == "pending");
  BOOST_TEST(rows[1].note == "repeatable, runs again");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
