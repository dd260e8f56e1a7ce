#include "plans.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(plan_rollback)

BOOST_AUTO_TEST_CASE(rollback_goes_in_reverse_order_of_application) {
  const std::vector<KnownMigration> set = {Applied("1_a", 3), Applied("2_b", 1), Applied("plain", 2),
                                           Pending("3_c", 4)};
  const Plan plan = RollBack(set);
  BOOST_TEST(Steps(plan) == "1_a");
  BOOST_TEST((plan.steps[0].action == Action::kRollBack));
  BOOST_TEST((plan.steps[0].section() == Section::kDown));
  BOOST_TEST(plan.steps[0].script().checksum == "down of 1_a");
  BOOST_TEST(Steps(RollBack(set, 2)) == "1_a plain");
  BOOST_TEST(Steps(RollBack(set, 99)) == "1_a plain 2_b");
  BOOST_TEST(NewestAfter(RollBack(set, 99)) == "plain 2_b ");
  BOOST_TEST(Steps(RollBackTo(set, "zero")) == "1_a plain 2_b");
  BOOST_TEST(Steps(RollBackTo(set, "2")) == "plain");
  BOOST_TEST(Steps(RollBackTo(set, "1_a")) == "plain 2_b");
  BOOST_TEST(Steps(RollBack({})) == "");
  BOOST_TEST(Steps(RollBackTo({}, "zero")) == "");
}

BOOST_AUTO_TEST_CASE(fewer_than_were_asked_for_are_a_remark) {
  const std::vector<KnownMigration> set = {Applied("1_a", 1), Applied("2_b", 2), Pending("3_c", 3)};
  BOOST_TEST(RollBack(set, 2).remarks.size() == 0u);
  BOOST_TEST(RollBack(set, 3).remarks.at(0) == "asked to roll back 3 migrations, but only 2 are applied");
  BOOST_TEST(RollBack({set[0]}, 3).remarks.at(0) == "asked to roll back 3 migrations, but only 1 is applied");
  BOOST_TEST(RollBack({set[2]}).remarks.at(0) == "asked to roll back 1 migration, but none is applied");
  BOOST_TEST(RollBackTo(set, "zero").remarks.size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_target_of_a_rollback_stays) {
  const std::vector<KnownMigration> set = {Applied("0000_a", 1), Applied("0000_b", 2), Applied("1_c", 3),
                                           Pending("2_d", 4)};
  BOOST_TEST(Steps(RollBackTo(set, "0")) == "1_c");
  BOOST_TEST(Steps(RollBackTo(set, "0000_a")) == "1_c 0000_b");
  BOOST_TEST(Steps(RollBackTo(set, "1")) == "");
  BOOST_TEST(Thrown([&] { RollBackTo(set, "2_d"); }).sqlstate == "55000");
  BOOST_TEST(Thrown([&] { RollBackTo(set, "2_d"); }).message == "migration \"2_d\" is not applied");
}

BOOST_AUTO_TEST_CASE(rollback_stops_before_a_baseline) {
  const Plan plan = RollBackTo({Applied("1_a", 1, {}, "baseline"), Applied("2_b", 2)}, "zero");
  BOOST_TEST(Steps(plan) == "2_b 1_a!");
  BOOST_TEST(plan.steps[1].obstacle->sqlstate == "55000");
  BOOST_TEST(plan.steps[1].obstacle->message == "migration \"1_a\" is a baseline");
}

BOOST_AUTO_TEST_CASE(what_has_no_way_back_says_why) {
  KnownMigration migration = Applied("1_a", 1);
  migration.reversible = Reversible::kNo;
  migration.irreversible_why = "drops a column";
  const Plan plan = RollBack({migration});
  BOOST_TEST(plan.steps[0].obstacle->sqlstate == "MG007");
  BOOST_TEST(plan.steps[0].obstacle->message == "migration \"1_a\" can't be rolled back");
  BOOST_TEST(plan.steps[0].obstacle->detail == "Reason: drops a column.");
  migration.application.Make().has_changes = true;
  migration.application.Make().changes = 1;
  migration.application.Make().sha256 = "the text";
  migration.down = {};
  BOOST_TEST(Contains(RollBack({migration}).steps[0].obstacle->hint, "migrate_repair('1_a', 'accept down')"));
  migration.accepted_down = "another text";
  BOOST_TEST(Steps(RollBack({migration})) == "1_a!");
  migration.accepted_down = migration.application->sha256;
  BOOST_TEST(Steps(RollBack({migration})) == "1_a");
  BOOST_TEST(RollBack({migration}).steps[0].generated());
  BOOST_TEST(RollbackOutlook(migration) == "generated");
  migration.accepted_down.clear();
  BOOST_TEST(RollbackOutlook(migration) == "refused: drops a column");
  migration.irreversible_why = "";
  BOOST_TEST(RollBack({migration}).steps[0].obstacle->detail == "");
}

BOOST_AUTO_TEST_CASE(a_comment_is_run_only_when_accepted) {
  KnownMigration migration = Applied("1_a", 1);
  migration.reversible = Reversible::kComment;
  const Plan plan = RollBack({migration});
  BOOST_TEST(plan.steps[0].obstacle->sqlstate == "MG007");
  BOOST_TEST(Contains(plan.steps[0].obstacle->hint, "migrate_repair('1_a', 'accept down')"));
  migration.accepted_down = "an older comment";
  BOOST_TEST(Steps(RollBack({migration})) == "1_a!");
  migration.accepted_down = migration.down.sha256;
  BOOST_TEST(Steps(RollBack({migration})) == "1_a");
}

BOOST_AUTO_TEST_CASE(a_changed_text_is_rolled_back_with_the_kept_script) {
  KnownMigration migration = Changed(Applied("1_a", 1));
  SetHashes(migration.application.Make().down, "kept down");
  Plan plan = RollBack({migration});
  BOOST_TEST(Steps(plan) == "1_a");
  BOOST_TEST(plan.obstacles.empty());
  BOOST_TEST(plan.steps[0].script().checksum == "kept down");
  BOOST_TEST(plan.steps[0].detail == "text has changed: uses the down script kept when it was applied");
  migration.application.Make().reversible = Reversible::kNo;
  migration.application.Make().irreversible_why = "it had none";
  plan = RollBack({migration});
  BOOST_TEST(plan.steps[0].obstacle->detail == "Reason: it had none.");
}

BOOST_AUTO_TEST_CASE(what_stays_keeps_what_it_requires) {
  // 2_b was applied first, out of order, so it would stay.
  Plan plan = RollBack({Applied("1_a", 2), Applied("2_b", 1, {"a"})});
  BOOST_TEST(Steps(plan) == "1_a!");
  BOOST_TEST(plan.steps[0].obstacle->sqlstate == "55000");
  BOOST_TEST(plan.steps[0].obstacle->message == "migration \"1_a\" is required by \"2_b\"");
  BOOST_TEST(Steps(RollBack({Applied("1_a", 1), Applied("2_b", 2, {"a"})}, 2)) == "2_b 1_a");
  BOOST_TEST(Steps(RollBack({Applied("1_a", 1), Pending("2_b", 2, {"a"})})) == "1_a");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
