#include "plans.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(plan_apply)

BOOST_AUTO_TEST_CASE(pending_migrations_are_applied_in_order) {
  const Plan plan = Apply(
      {Pending("plain", 1), Pending("010_c", 2), Pending("2_b", 3), Applied("1_a", 4), Absent(Pending("3_x", 5))});
  BOOST_TEST(Steps(plan) == "2_b 010_c plain");
  BOOST_TEST(NewestAfter(plan) == "2_b 010_c plain");
  BOOST_TEST(plan.obstacles.empty());
  BOOST_TEST((plan.steps[0].action == Action::kApply));
  BOOST_TEST((plan.steps[0].section() == Section::kUp));
  BOOST_TEST(plan.steps[0].script().checksum == "up of 2_b");
  BOOST_TEST(Steps(Apply({})) == "");
  BOOST_TEST(Steps(Apply({Applied("1_a", 1)})) == "");
}

BOOST_AUTO_TEST_CASE(a_target_ends_the_plan) {
  const std::vector<KnownMigration> set = {Applied("1_a", 1), Pending("2_b", 2),   Pending("3_c", 3), Applied("4_d", 4),
                                           Pending("5_e", 5), Pending("plain", 6), Pending("last", 7)};
  BOOST_TEST(Steps(Apply(set, "2", true)) == "2_b");
  BOOST_TEST(Steps(Apply(set, "c", true)) == "2_b 3_c");
  BOOST_TEST(Steps(Apply(set, "4", true)) == "2_b 3_c");
  BOOST_TEST(Steps(Apply(set, "1_a", true)) == "");
  BOOST_TEST(Steps(Apply(set, "05", true)) == "2_b 3_c 5_e");
  BOOST_TEST(Steps(Apply(set, "plain", true)) == "2_b 3_c 5_e plain");
}

BOOST_AUTO_TEST_CASE(a_shared_version_as_target_means_all_of_it) {
  const Plan plan = Apply({Pending("0000_b", 1), Pending("0000_a", 2), Pending("1_c", 3)}, "0");
  BOOST_TEST(Steps(plan) == "0000_a 0000_b");
  BOOST_TEST(plan.steps[0].detail == "version is shared, ordered by name");
  BOOST_TEST(Steps(Apply({Pending("0000_b", 1), Pending("0000_a", 2), Pending("1_c", 3)}, "0000_a")) == "0000_a");
}

BOOST_AUTO_TEST_CASE(targets_that_can_not_be_reached_are_refused) {
  Error error = Thrown([] { Apply({Absent(Pending("1_a", 1))}, "1"); });
  BOOST_TEST(error.sqlstate == "55000");
  BOOST_TEST(error.message == "migration \"1_a\" is absent");
  error = Thrown([] { Apply({Pending("1_a", 1)}, "1_b"); });
  BOOST_TEST(error.sqlstate == "42704");
  BOOST_TEST(Contains(error.hint, "1_a"));
  BOOST_TEST(Thrown([] { Apply({Pending("1_a", 1), Pending("2_a", 2)}, "a"); }).sqlstate == "42725");
  BOOST_TEST(Steps(Apply({Absent(Applied("1_a", 1))}, "1")) == "");
}

BOOST_AUTO_TEST_CASE(out_of_order_is_refused_unless_allowed) {
  const std::vector<KnownMigration> set = {Pending("1_a", 1), Applied("2_b", 2), Pending("3_c", 3)};
  Plan plan = Apply(set);
  BOOST_TEST(Steps(plan) == "1_a! 3_c");
  BOOST_TEST(plan.steps[0].obstacle->sqlstate == "MG006");
  BOOST_TEST(plan.steps[0].detail == "out of order");
  BOOST_TEST(plan.steps[0].obstacle->detail == "Version 2, which comes after it, is already applied.");
  BOOST_TEST(Thrown([&] { RequireRunnable(plan); }).sqlstate == "MG006");
  plan = Apply(set, {}, true);
  BOOST_TEST(Steps(plan) == "1_a 3_c");
  BOOST_TEST(plan.steps[0].detail == "out of order");
  BOOST_TEST(NewestAfter(plan) == "2_b 3_c");
  RequireRunnable(plan);
}

BOOST_AUTO_TEST_CASE(requirements_are_met_by_what_is_applied_or_comes_before) {
  BOOST_TEST(Steps(Apply({Applied("1_a", 1), Pending("2_b", 2, {"1", "a"}), Pending("3_c", 3, {"2_b", "01"})})) ==
             "2_b 3_c");
  BOOST_TEST(Steps(Apply({Applied("1_a", 1, {}, "baseline"), Pending("2_b", 2, {"1"})})) == "2_b");
  BOOST_TEST(Steps(Apply({Pending("1_a", 1, {"plain"}), Pending("plain", 2, {"other"}), Pending("other", 3)})) ==
             "other plain 1_a");
  BOOST_TEST(Steps(Apply({Absent(Applied("1_a", 1)), Pending("2_b", 2, {"1"})})) == "2_b");
  BOOST_TEST(Steps(Apply({Pending("1_a", 1), Pending("1_b", 2), Pending("2_c", 3, {"1"})})) == "1_a 1_b 2_c");
}

BOOST_AUTO_TEST_CASE(requirements_that_are_not_met_stop_their_migration) {
  Plan plan = Apply({Pending("1_a", 1, {"nowhere"}), Pending("2_b", 2)});
  BOOST_TEST(Steps(plan) == "1_a! 2_b");
  BOOST_TEST(plan.steps[0].obstacle->sqlstate == "42704");
  BOOST_TEST(plan.steps[0].obstacle->message == "migration \"1_a\" requires \"nowhere\", which does not exist");
  plan = Apply({Pending("1_a", 1, {"2"}), Pending("2_b", 2)});
  BOOST_TEST(Steps(plan) == "1_a! 2_b");
  BOOST_TEST(plan.steps[0].obstacle->sqlstate == "55000");
  BOOST_TEST(plan.steps[0].obstacle->message == "migration \"1_a\" requires \"2_b\", which comes after it");
  plan = Apply({Absent(Pending("1_a", 1)), Pending("2_b", 2, {"1"})});
  BOOST_TEST(plan.steps[0].obstacle->message == "migration \"2_b\" requires \"1_a\", which is absent from its source");
  plan = Apply({Pending("1_a", 1, {"plain"}), Pending("plain", 2, {"3"}), Pending("3_c", 3)});
  BOOST_TEST(Steps(plan) == "plain! 1_a 3_c");
}

BOOST_AUTO_TEST_CASE(circles_are_named) {
  Plan plan = Apply({Pending("1_a", 1, {"c"}), Pending("b", 2, {"1"}), Pending("c", 3, {"b"}), Pending("d", 4)});
  BOOST_TEST(Steps(plan) == "b! c! 1_a! d");
  BOOST_TEST(plan.steps[0].obstacle->sqlstate == "42P17");
  BOOST_TEST(plan.steps[0].obstacle->detail == "\"1_a\" requires \"c\" requires \"b\" requires \"1_a\".");
  plan = Apply({Pending("a", 1, {"a"})});
  BOOST_TEST(plan.steps[0].obstacle->detail == "\"a\" requires \"a\".");
}

BOOST_AUTO_TEST_CASE(long_chains_of_requirements_need_no_stack) {
  constexpr int kLength = 40000;
  std::vector<KnownMigration> chain;
  for (int i = 1; i <= kLength; ++i)
    chain.push_back(Pending("m" + std::to_string(i), i, {"m" + std::to_string(i + 1)}));
  chain.back().requirements.clear();
  const Plan plan = Apply(std::move(chain));
  BOOST_TEST(plan.steps.front().migration->id.name == "m" + std::to_string(kLength));
  BOOST_TEST(!plan.steps.back().obstacle);
}

BOOST_AUTO_TEST_CASE(a_changed_text_stops_every_apply) {
  const Plan plan = Apply({Changed(Applied("1_a", 1)), Pending("2_b", 2)});
  BOOST_TEST(Steps(plan) == "2_b");
  BOOST_TEST(plan.obstacles.size() == 1u);
  BOOST_TEST(plan.obstacles[0].error.sqlstate == "MG002");
  BOOST_TEST(plan.obstacles[0].error.message == "migration \"1_a\" has changed since it was applied");
  BOOST_TEST(Contains(plan.obstacles[0].error.hint, "migrate_repair('1_a', 'accept')"));
  BOOST_TEST(Thrown([&] { RequireRunnable(plan); }).sqlstate == "MG002");
}

BOOST_AUTO_TEST_CASE(other_down_and_verify_scripts_stop_nothing) {
  KnownMigration migration = Applied("1_a", 1);
  SetHashes(migration.down, "new down");
  SetHashes(migration.verify, "new verify");
  const Plan plan = Apply({migration, Pending("2_b", 2)});
  BOOST_TEST(plan.obstacles.empty());
  BOOST_TEST(RollBack({migration}).steps[0].script().checksum == "new down");
}

BOOST_AUTO_TEST_CASE(one_alone_passes_over_older_ones_and_names_them) {
  const auto only = [](std::vector<KnownMigration> migrations) {
    return PlanApply(SetOf(std::move(migrations)), {.only = MigrationId{"5", "e"}});
  };
  BOOST_TEST(only({Applied("1_a", 1), Pending("5_e", 2), Pending("6_f", 3)}).remarks.empty());
  Plan plan = only({Pending("1_a", 1), Pending("2_b", 2), Pending("5_e", 3), Pending("6_f", 4)});
  BOOST_TEST(Steps(plan) == "5_e");
  BOOST_TEST(plan.remarks.size() == 1u);
  BOOST_TEST(plan.remarks[0] == "older migrations are pending and stay so: \"1_a\", \"2_b\"");
  plan = only({Pending("1_a", 1), Pending("2_b", 2), Pending("3_c", 3), Pending("4_d", 4), Pending("5_e", 5)});
  BOOST_TEST(plan.remarks[0] == "older migrations are pending and stay so: \"1_a\", \"2_b\", \"3_c\" and 1 more");
  plan = only({Pending("1_a", 1), Pending("5_e", 2, {"1_a"})});
  BOOST_TEST(plan.steps[0].obstacle->message == "migration \"5_e\" requires \"1_a\", which is pending");
  BOOST_TEST(Steps(only({Pending("1_a", 1)})) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
