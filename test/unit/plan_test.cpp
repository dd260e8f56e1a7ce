#include "core/plan/plan_hash.h"
#include "plans.h"

namespace migrate {
namespace {

// … with a run of six statements that stopped at line 5.
KnownMigration HalfWay(KnownMigration migration, Action action, int done, bool unsure = false) {
  migration = Stopped(std::move(migration), action, done, unsure);
  migration.up.statements = migration.down.statements = 6;
  migration.unfinished.Make().line = 5;
  return migration;
}

std::string Hash(const Plan& plan) {
  return PlanHash(plan, [] { return std::make_unique<FakeHasher>(); });
}

std::string Detail(const Step& step) { return step.script().detail; }

}  // namespace

BOOST_AUTO_TEST_SUITE(plan)

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
  Error error = Thrown([&] { RequireTransactional(plan, Detail); });
  BOOST_TEST(error.sqlstate == "25001");
  BOOST_TEST(error.message == "migration \"2_b\" can't run inside a transaction");
  BOOST_TEST(error.detail == "It holds what refuses a transaction block: line 3: VACUUM.");
  BOOST_TEST(error.hint == "Use CALL migrate_up(), outside of BEGIN, or migrate_start() from anywhere.");
  plan = RollBack({NonTransactional(Applied("1_a", 1))});
  error = Thrown([&] { RequireTransactional(plan, Detail); });
  BOOST_TEST(error.sqlstate == "25001");
  BOOST_TEST(Contains(error.hint, "CALL migrate_down()"));
  RequireTransactional(Apply({Pending("1_a", 1)}), Detail);
  RequireTransactional({}, Detail);
  KnownMigration divided = Pending("1_a", 1);
  divided.up.transactional = false;
  divided.up.divided = true;
  divided.up.detail = "line 4: COMMIT";
  const Plan in_parts = Apply({divided});
  error = Thrown([&] { RequireTransactional(in_parts, Detail); });
  BOOST_TEST(error.sqlstate == "25001");
  BOOST_TEST(error.detail == "It divides itself into transactions: line 4: COMMIT.");
  RequireTransactional(in_parts, [](const Step&) { return std::string(); });
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_goes_on) {
  Plan plan = Apply({HalfWay(Pending("1_a", 1), Action::kApply, 2), Pending("2_b", 2)});
  BOOST_TEST(Steps(plan) == "1_a 2_b");
  BOOST_TEST(plan.steps[0].resumes());
  BOOST_TEST(plan.steps[0].detail == "goes on with 2 of 6 statements done");
  RequireRunnable(plan);
  plan = Apply({NonTransactional(HalfWay(Pending("1_a", 1), Action::kApply, 0, true))});
  BOOST_TEST(plan.steps[0].resumes());
  BOOST_TEST(plan.steps[0].detail == "line 3: VACUUM; goes on with 0 of 6 statements done, perhaps more");
  plan = RollBack({HalfWay(Applied("1_a", 1), Action::kRollBack, 1)});
  BOOST_TEST(plan.steps[0].resumes());
  BOOST_TEST(plan.steps[0].detail == "goes on with 1 of 6 statements done");
}

BOOST_AUTO_TEST_CASE(what_left_nothing_starts_anew) {
  const Plan plan = Apply({HalfWay(Pending("1_a", 1), Action::kApply, 0)});
  BOOST_TEST(!plan.steps[0].resumes());
  BOOST_TEST(plan.steps[0].detail == "");
  RequireTransactional(plan, Detail);
  RequireTransactional(RollBack({HalfWay(Applied("1_a", 1), Action::kRollBack, 0)}), Detail);
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_is_refused_inside_a_transaction) {
  const Plan plan = Apply({HalfWay(Pending("1_a", 1), Action::kApply, 2)});
  const Error error = Thrown([&] { RequireTransactional(plan, Detail); });
  BOOST_TEST(error.sqlstate == "55000");
  BOOST_TEST(error.message == "migration \"1_a\" stopped half way");
  BOOST_TEST(error.detail == "Applying it stopped at line 5, with 2 of 6 statements done.");
  BOOST_TEST(error.hint ==
             "Use CALL migrate_up() to go on there, or migrate_repair('1_a', 'forget') once nothing of it is left.");
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_is_finished_before_the_other_direction) {
  Plan plan = Apply({HalfWay(Applied("1_a", 1), Action::kRollBack, 1), Pending("2_b", 2)});
  BOOST_TEST(plan.obstacles.size() == 1u);
  const Error error = Thrown([&] { RequireRunnable(plan); });
  BOOST_TEST(error.message == "migration \"1_a\" stopped half way");
  BOOST_TEST(error.detail == "Rolling back it stopped at line 5, with 1 of 6 statements done.");
  BOOST_TEST(Contains(error.hint, "CALL migrate_down()"));
  plan = RollBack({Applied("1_a", 1), HalfWay(Pending("2_b", 2), Action::kApply, 1)});
  BOOST_TEST(Thrown([&] { RequireRunnable(plan); }).sqlstate == "55000");
  RequireRunnable(Apply({HalfWay(Applied("1_a", 1), Action::kRollBack, 0), Pending("2_b", 2)}));
  RequireRunnable(RollBack({Applied("1_a", 1), HalfWay(Pending("2_b", 2), Action::kApply, 0)}));
}

BOOST_AUTO_TEST_CASE(a_dry_run_sends_nobody_to_a_call_that_commits) {
  const KnownMigration back = HalfWay(Applied("1_a", 1), Action::kRollBack, 1);
  const Plan plan = PlanApply(SetOf({back, Pending("2_b", 2)}), {std::nullopt, false, true});
  const Error error = Thrown([&] { RequireRunnable(plan); });
  BOOST_TEST(error.hint ==
             "Nothing can be tried before that run has ended. Call migrate_repair('1_a', 'forget') once nothing of it "
             "is left.");
  const KnownMigration forth = HalfWay(Pending("2_b", 2), Action::kApply, 1);
  const Plan down = PlanRollback(SetOf({Applied("1_a", 1), forth}), {std::nullopt, 1, true});
  BOOST_TEST(!Contains(Thrown([&] { RequireRunnable(down); }).hint, "CALL"));
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_and_lost_its_text_stops_everything) {
  const Plan plan = Apply({Absent(HalfWay(Pending("1_a", 1), Action::kApply, 1)), Pending("2_b", 2)});
  BOOST_TEST(Steps(plan) == "2_b");
  BOOST_TEST(Thrown([&] { RequireRunnable(plan); }).message == "migration \"1_a\" stopped half way");
  RequireRunnable(Apply({Absent(HalfWay(Pending("1_a", 1), Action::kApply, 0)), Pending("2_b", 2)}));
  RequireRunnable(RollBack({Absent(HalfWay(Applied("1_a", 1), Action::kRollBack, 1))}));
}

BOOST_AUTO_TEST_CASE(what_stopped_half_way_goes_on_although_it_is_out_of_order_by_now) {
  const Plan plan = Apply({HalfWay(Pending("1_a", 1), Action::kApply, 1), Applied("2_b", 2)});
  BOOST_TEST(Steps(plan) == "1_a");
  BOOST_TEST(plan.steps[0].detail == "out of order; goes on with 1 of 6 statements done");
  BOOST_TEST(Steps(Apply({HalfWay(Pending("1_a", 1), Action::kApply, 0), Applied("2_b", 2)})) == "1_a!");
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

BOOST_AUTO_TEST_CASE(the_hash_follows_order_and_content) {
  const std::string hash = Hash(Apply({Pending("1_a", 1), Pending("2_b", 2)}));
  BOOST_TEST(Hash(Apply({Pending("2_b", 7), Pending("1_a", 9)})) == hash);
  BOOST_TEST(Hash(Apply({Applied("0_x", 1), Pending("1_a", 2), Pending("2_b", 3)})) == hash);
  BOOST_TEST(Hash(Apply({Pending("1_a", 1)})) != hash);
  BOOST_TEST(Hash(Apply({Pending("2_a", 1), Pending("1_b", 2)})) != hash);
  BOOST_TEST(Hash(Apply({Changed(Pending("1_a", 1)), Pending("2_b", 2)})) != hash);
  KnownMigration verified = Pending("2_b", 2);
  SetHashes(verified.verify, "verify");
  BOOST_TEST(Hash(Apply({Pending("1_a", 1), verified})) != hash);
  BOOST_TEST(Hash(RollBack({Applied("1_a", 1)})) != Hash(Apply({Pending("1_a", 1)})));
  BOOST_TEST(Hash({}) == Hash(Apply({})));
}

BOOST_AUTO_TEST_CASE(the_hash_is_of_all_that_decides_what_runs) {
  KnownMigration migration = Pending("1_a", 1);
  SetHashes(migration.verify, "verify");
  const std::string hash = Hash(Apply({migration}));
  const auto other = [&](const std::function<void(KnownMigration&)>& change) {
    KnownMigration changed = migration;
    change(changed);
    return Hash(Apply({changed})) != hash;
  };
  BOOST_TEST(other([](auto& m) { m.up.sha256 = "other blanks"; }));
  BOOST_TEST(other([](auto& m) { m.verify.sha256 = "other blanks"; }));
  BOOST_TEST(other([](auto& m) { m.verify = {}; }));
  BOOST_TEST(other([](auto& m) { m.verify.errors_only = true; }));
  BOOST_TEST(other([](auto& m) { m.up.each_alone = true; }));
  BOOST_TEST(other([](auto& m) { m.up.transactional = false; }));
  BOOST_TEST(other([](auto& m) { m.up.timeouts.Make().lock = "1s"; }));
  BOOST_TEST(other([](auto& m) { m.up.timeouts.Make().statement = "1s"; }));
  BOOST_TEST(other([](auto& m) { m.options.Make().placeholders = {{"a", "b"}}; }));
  BOOST_TEST(other([](auto& m) { m = HalfWay(m, Action::kApply, 1); }));
  // What does not run, where it stands and why it runs do not count.
  BOOST_TEST(!other([](auto& m) { m.up.checksum = "other"; }));
  BOOST_TEST(!other([](auto& m) { SetHashes(m.down, "other"); }));
  BOOST_TEST(!other([](auto& m) { m.up.first_line = 7; }));
  KnownMigration applied = Applied("1_a", 1);
  const std::string back = Hash(RollBack({applied}));
  applied.down.timeouts.Make().lock = "1s";
  BOOST_TEST(Hash(RollBack({applied})) != back);
  applied = Applied("1_a", 1);
  SetHashes(applied.verify, "verify");
  BOOST_TEST(Hash(RollBack({applied})) == back);
}

BOOST_AUTO_TEST_CASE(fields_of_the_hash_are_not_taken_for_each_other) {
  KnownMigration lock = Pending("1_a", 1), statement = Pending("1_a", 1);
  lock.up.timeouts.Make().lock = "1s";
  statement.up.timeouts.Make().statement = "1s";
  BOOST_TEST(Hash(Apply({lock})) != Hash(Apply({statement})));
  KnownMigration one = Pending("1_a", 1), two = Pending("1_a", 1);
  one.options.Make().placeholders = {{"a", "bplaceholdercd"}};
  two.options.Make().placeholders = {{"a", "b"}, {"c", "d"}};
  BOOST_TEST(Hash(Apply({one})) != Hash(Apply({two})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
