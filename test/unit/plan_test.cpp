#include "core/plan.h"

#include "fakes.h"

namespace migrate {
namespace {

std::string Steps(const Plan& plan) {
  std::string steps;
  for (const auto& step : plan.steps) {
    steps += (steps.empty() ? "" : " ") + step.migration.id.Label() + (step.obstacle ? "!" : "");
  }
  return steps;
}

std::string NewestAfter(const Plan& plan) {
  std::string newest;
  for (const auto& step : plan.steps) newest += (newest.empty() ? "" : " ") + step.newest_after.Label();
  return newest;
}

Plan Apply(std::vector<KnownMigration> migrations, std::optional<std::string> target = {},
           bool allow_out_of_order = false) {
  return PlanApply(SetOf(std::move(migrations)), {std::move(target), allow_out_of_order});
}

Plan RollBack(std::vector<KnownMigration> migrations, int steps = 1) {
  return PlanRollback(SetOf(std::move(migrations)), {std::nullopt, steps});
}

Plan RollBackTo(std::vector<KnownMigration> migrations, const std::string& target) {
  return PlanRollback(SetOf(std::move(migrations)), {target});
}

KnownMigration Absent(KnownMigration migration) {
  migration.absent = true;
  return migration;
}

KnownMigration Changed(KnownMigration migration) {
  migration.up.checksum = "other";
  return migration;
}

KnownMigration NonTransactional(KnownMigration migration) {
  for (Script* const script : {&migration.up, &migration.down}) {
    script->transactional = false;
    script->detail = "line 3: VACUUM";
  }
  return migration;
}

std::string Hash(const Plan& plan) {
  FakeHasher hasher;
  return PlanHash(plan, hasher);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plan)

BOOST_AUTO_TEST_CASE(pending_migrations_are_applied_in_order) {
  const Plan plan = Apply(
      {Pending("plain", 1), Pending("010_c", 2), Pending("2_b", 3), Applied("1_a", 4), Absent(Pending("3_x", 5))});
  BOOST_TEST(Steps(plan) == "2_b 010_c plain");
  BOOST_TEST(NewestAfter(plan) == "2_b 010_c plain");
  BOOST_TEST(plan.obstacles.empty());
  BOOST_TEST((plan.steps[0].action == Action::kApply));
  BOOST_TEST((plan.steps[0].section() == Section::kUp));
  BOOST_TEST(plan.steps[0].script.checksum == "up of 2_b");
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
  BOOST_TEST(plan.steps.front().migration.id.name == "m" + std::to_string(kLength));
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
  migration.down.checksum = "new down";
  migration.verify.checksum = "new verify";
  const Plan plan = Apply({migration, Pending("2_b", 2)});
  BOOST_TEST(plan.obstacles.empty());
  BOOST_TEST(RollBack({migration}).steps[0].script.checksum == "new down");
}

BOOST_AUTO_TEST_CASE(what_refuses_a_transaction_stands_in_no_plans_way) {
  KnownMigration migration = NonTransactional(Pending("1_a", 1));
  Plan plan = Apply({migration, Pending("2_b", 2)});
  BOOST_TEST(Steps(plan) == "1_a 2_b");
  BOOST_TEST(plan.steps[0].detail == "line 3: VACUUM");
  RequireRunnable(plan);
  plan = RollBack({NonTransactional(Applied("1_a", 1))});
  BOOST_TEST(Steps(plan) == "1_a");
  BOOST_TEST(plan.steps[0].detail == "line 3: VACUUM");
  BOOST_TEST(RollBack({NonTransactional(Changed(Applied("1_a", 1)))}).steps[0].detail ==
             "text has changed: uses the down script kept when it was applied");
}

BOOST_AUTO_TEST_CASE(what_refuses_a_transaction_is_refused_inside_one_by_name) {
  Plan plan = Apply({Pending("1_a", 1), NonTransactional(Pending("2_b", 2))});
  Error error = Thrown([&] { RequireTransactional(plan); });
  BOOST_TEST(error.sqlstate == "25001");
  BOOST_TEST(error.message == "migration \"2_b\" can't run inside a transaction");
  BOOST_TEST(error.detail == "It holds what refuses a transaction block: line 3: VACUUM.");
  BOOST_TEST(error.hint == "Use CALL migrate_up(), outside of BEGIN, or migrate_start() from anywhere.");
  plan = RollBack({NonTransactional(Applied("1_a", 1))});
  error = Thrown([&] { RequireTransactional(plan); });
  BOOST_TEST(error.sqlstate == "25001");
  BOOST_TEST(Contains(error.hint, "CALL migrate_down()"));
  RequireTransactional(Apply({Pending("1_a", 1)}));
  RequireTransactional({});
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_goes_on) {
  Plan plan = Apply({Stopped(Pending("1_a", 1), Action::kApply, 2), Pending("2_b", 2)});
  BOOST_TEST(Steps(plan) == "1_a 2_b");
  BOOST_TEST(plan.steps[0].resumes());
  BOOST_TEST(plan.steps[0].detail == "goes on after statement 2");
  RequireRunnable(plan);
  plan = Apply({NonTransactional(Stopped(Pending("1_a", 1), Action::kApply, 0, true))});
  BOOST_TEST(plan.steps[0].resumes());
  BOOST_TEST(plan.steps[0].detail == "line 3: VACUUM; goes on after statement 0");
  plan = RollBack({Stopped(Applied("1_a", 1), Action::kRollBack, 1)});
  BOOST_TEST(plan.steps[0].resumes());
  BOOST_TEST(plan.steps[0].detail == "goes on after statement 1");
}

BOOST_AUTO_TEST_CASE(what_left_nothing_starts_anew) {
  const Plan plan = Apply({Stopped(Pending("1_a", 1), Action::kApply, 0)});
  BOOST_TEST(!plan.steps[0].resumes());
  BOOST_TEST(plan.steps[0].detail == "");
  RequireTransactional(plan);
  RequireTransactional(RollBack({Stopped(Applied("1_a", 1), Action::kRollBack, 0)}));
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_is_refused_inside_a_transaction) {
  const Plan plan = Apply({Stopped(Pending("1_a", 1), Action::kApply, 2)});
  const Error error = Thrown([&] { RequireTransactional(plan); });
  BOOST_TEST(error.sqlstate == "55000");
  BOOST_TEST(error.message == "migration \"1_a\" stopped half way");
  BOOST_TEST(error.detail == "Applying it came through 2 statements.");
  BOOST_TEST(error.hint ==
             "Use CALL migrate_up() to go on there, or migrate_repair('1_a', 'forget') once nothing of it is left.");
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_is_finished_before_the_other_direction) {
  Plan plan = Apply({Stopped(Applied("1_a", 1), Action::kRollBack, 1), Pending("2_b", 2)});
  BOOST_TEST(plan.obstacles.size() == 1u);
  const Error error = Thrown([&] { RequireRunnable(plan); });
  BOOST_TEST(error.message == "migration \"1_a\" stopped half way");
  BOOST_TEST(error.detail == "Rolling back it came through 1 statement.");
  BOOST_TEST(Contains(error.hint, "CALL migrate_down()"));
  plan = RollBack({Applied("1_a", 1), Stopped(Pending("2_b", 2), Action::kApply, 1)});
  BOOST_TEST(Thrown([&] { RequireRunnable(plan); }).sqlstate == "55000");
  RequireRunnable(Apply({Stopped(Applied("1_a", 1), Action::kRollBack, 0), Pending("2_b", 2)}));
  RequireRunnable(RollBack({Applied("1_a", 1), Stopped(Pending("2_b", 2), Action::kApply, 0)}));
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_and_lost_its_text_stops_everything) {
  const Plan plan = Apply({Absent(Stopped(Pending("1_a", 1), Action::kApply, 1)), Pending("2_b", 2)});
  BOOST_TEST(Steps(plan) == "2_b");
  BOOST_TEST(Thrown([&] { RequireRunnable(plan); }).message == "migration \"1_a\" stopped half way");
  RequireRunnable(Apply({Absent(Stopped(Pending("1_a", 1), Action::kApply, 0)), Pending("2_b", 2)}));
  RequireRunnable(RollBack({Absent(Stopped(Applied("1_a", 1), Action::kRollBack, 1))}));
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_goes_on_although_it_is_out_of_order_by_now) {
  const Plan plan = Apply({Stopped(Pending("1_a", 1), Action::kApply, 1), Applied("2_b", 2)});
  BOOST_TEST(Steps(plan) == "1_a");
  BOOST_TEST(plan.steps[0].detail == "out of order; goes on after statement 1");
  BOOST_TEST(Steps(Apply({Stopped(Pending("1_a", 1), Action::kApply, 0), Applied("2_b", 2)})) == "1_a!");
}

BOOST_AUTO_TEST_CASE(an_altered_guard_stops_everything) {
  const std::vector<KnownMigration> two = {Applied("1_a", 1), Applied("2_b", 2)};
  const auto problem_of = [](MigrationSet set, bool present, const MigrationId& id, bool history) {
    set.guard = {present, id};
    set.has_history = history;
    return GuardProblem(set);
  };
  BOOST_TEST(!problem_of(SetOf(two), true, {"2", "b"}, true));
  BOOST_TEST(!problem_of(SetOf({}), false, {}, false));
  BOOST_TEST(!problem_of(SetOf({}), true, {}, true));
  BOOST_TEST(problem_of(SetOf(two), true, {"1", "a"}, true)->detail ==
             "migrate.schema_version says \"1_a\", the history says \"2_b\".");
  BOOST_TEST(problem_of(SetOf(two), true, {}, true)->detail ==
             "migrate.schema_version says nothing is applied, the history says \"2_b\".");
  BOOST_TEST(problem_of(SetOf(two), false, {}, true)->detail ==
             "migrate.schema_version says nothing, the history says \"2_b\".");
  BOOST_TEST(problem_of(SetOf(two), true, {"2", "b"}, false)->detail ==
             "migrate.schema_version says \"2_b\", the history says nothing.");
  BOOST_TEST(problem_of(SetOf({}), true, {"1", "a"}, true).has_value());
  BOOST_TEST(problem_of(SetOf({}), true, {"1", "a"}, false).has_value());
  BOOST_TEST(problem_of(SetOf({}), false, {}, true).has_value());
  BOOST_TEST(problem_of(SetOf({}), true, {}, false).has_value());

  MigrationSet set = SetOf(two);
  set.guard.id = {"1", "a"};
  for (const Plan& plan : {PlanApply(set, {}), PlanRollback(set, {})}) {
    BOOST_TEST(Thrown([&] { RequireRunnable(plan); }).sqlstate == "MG003");
  }
}

BOOST_AUTO_TEST_CASE(rollback_goes_in_reverse_order_of_application) {
  const std::vector<KnownMigration> set = {Applied("1_a", 3), Applied("2_b", 1), Applied("plain", 2),
                                           Pending("3_c", 4)};
  const Plan plan = RollBack(set);
  BOOST_TEST(Steps(plan) == "1_a");
  BOOST_TEST((plan.steps[0].action == Action::kRollBack));
  BOOST_TEST((plan.steps[0].section() == Section::kDown));
  BOOST_TEST(plan.steps[0].script.checksum == "down of 1_a");
  BOOST_TEST(Steps(RollBack(set, 2)) == "1_a plain");
  BOOST_TEST(Steps(RollBack(set, 99)) == "1_a plain 2_b");
  BOOST_TEST(NewestAfter(RollBack(set, 99)) == "plain 2_b ");
  BOOST_TEST(Steps(RollBackTo(set, "zero")) == "1_a plain 2_b");
  BOOST_TEST(Steps(RollBackTo(set, "2")) == "plain");
  BOOST_TEST(Steps(RollBackTo(set, "1_a")) == "plain 2_b");
  BOOST_TEST(Steps(RollBack({})) == "");
  BOOST_TEST(Steps(RollBackTo({}, "zero")) == "");
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
  migration.accepted_down = migration.down.checksum;
  BOOST_TEST(Steps(RollBack({migration})) == "1_a");
}

BOOST_AUTO_TEST_CASE(a_changed_text_is_rolled_back_with_the_kept_script) {
  KnownMigration migration = Changed(Applied("1_a", 1));
  migration.kept_down.checksum = "kept down";
  Plan plan = RollBack({migration});
  BOOST_TEST(Steps(plan) == "1_a");
  BOOST_TEST(plan.obstacles.empty());
  BOOST_TEST(plan.steps[0].script.checksum == "kept down");
  BOOST_TEST(plan.steps[0].detail == "text has changed: uses the down script kept when it was applied");
  migration.kept_reversible = Reversible::kNo;
  migration.kept_irreversible_why = "it had none";
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

BOOST_AUTO_TEST_CASE(the_hash_follows_order_and_content) {
  const std::string hash = Hash(Apply({Pending("1_a", 1), Pending("2_b", 2)}));
  BOOST_TEST(Hash(Apply({Pending("2_b", 7), Pending("1_a", 9)})) == hash);
  BOOST_TEST(Hash(Apply({Applied("0_x", 1), Pending("1_a", 2), Pending("2_b", 3)})) == hash);
  BOOST_TEST(Hash(Apply({Pending("1_a", 1)})) != hash);
  BOOST_TEST(Hash(Apply({Pending("2_a", 1), Pending("1_b", 2)})) != hash);
  BOOST_TEST(Hash(Apply({Changed(Pending("1_a", 1)), Pending("2_b", 2)})) != hash);
  KnownMigration verified = Pending("2_b", 2);
  verified.verify.checksum = "verify";
  BOOST_TEST(Hash(Apply({Pending("1_a", 1), verified})) != hash);
  BOOST_TEST(Hash(RollBack({Applied("1_a", 1)})) != Hash(Apply({Pending("1_a", 1)})));
  BOOST_TEST(Hash({}) == Hash(Apply({})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
