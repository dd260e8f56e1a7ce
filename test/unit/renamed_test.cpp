#include "core/plan/renamed.h"

#include "plans.h"

namespace migrate {
namespace {

KnownMigration WithText(KnownMigration migration, const std::string& text) {
  SetHashes(migration.up, text);
  migration.up.statements = 1;
  if (migration.applied()) migration.application.Make().checksum = migration.up.checksum;
  return migration;
}

KnownMigration Gone(const std::string& label, int64_t number) {
  return Absent(WithText(Applied(label, number), "seed"));
}

std::string OldName(const std::vector<KnownMigration>& others, const KnownMigration& migration) {
  MigrationSet set;
  set.migrations = others;
  const KnownMigration* const old = Renamed(set).From(migration);
  return old == nullptr ? "" : old->id.Label();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(renamed)

BOOST_AUTO_TEST_CASE(a_pending_one_with_the_text_of_one_that_is_gone_is_renamed) {
  const KnownMigration pending = WithText(Pending("3_seed", 3), "seed");
  BOOST_TEST(OldName({Gone("2_seed", 2)}, pending) == "2_seed");
  BOOST_TEST(OldName({Gone("2_seed", 2)}, WithText(Pending("3_seed", 3), "other")) == "");
  BOOST_TEST(OldName({WithText(Applied("2_seed", 2), "seed")}, pending) == "");          // still in its source
  BOOST_TEST(OldName({Absent(WithText(Pending("2_seed", 2), "seed"))}, pending) == "");  // never applied
  BOOST_TEST(OldName({Gone("2_seed", 2)}, WithText(Applied("3_seed", 3), "seed")) == "");
  BOOST_TEST(OldName({Gone("2_seed", 2)}, Stopped(pending, Action::kApply, 1)) == "");
  KnownMigration empty = pending;
  empty.up.statements = 0;
  BOOST_TEST(OldName({Gone("2_seed", 2)}, empty) == "");
}

BOOST_AUTO_TEST_CASE(of_several_the_one_of_the_same_name_counts_or_else_the_first) {
  const std::vector<KnownMigration> gone = {Gone("2_b", 2), Gone("1_a", 1), Gone("4_c", 4)};
  BOOST_TEST(OldName(gone, WithText(Pending("9_c", 9), "seed")) == "4_c");
  BOOST_TEST(OldName(gone, WithText(Pending("9_z", 9), "seed")) == "1_a");
}

BOOST_AUTO_TEST_CASE(it_is_not_applied_before_somebody_has_looked) {
  const Plan plan = Apply({Gone("2_seed", 2), WithText(Pending("1_seed", 3), "seed"), Pending("5_e", 5)}, {}, true);
  BOOST_TEST(Steps(plan) == "1_seed! 5_e");
  const Error& error = *plan.steps[0].obstacle;
  BOOST_TEST(error.sqlstate == "55000");
  BOOST_TEST(error.message ==
             "migration \"1_seed\" has the text of \"2_seed\", which is applied and gone from its source");
  BOOST_TEST(Contains(error.hint, "migrate_repair('1_seed', 'renamed')"));
  BOOST_TEST(Contains(error.hint, "migrate_repair('2_seed', 'forget')"));
  BOOST_TEST(Contains(Apply({Gone("2_seed", 2), WithText(Pending("1_seed", 3), "seed")}).steps[0].obstacle->message,
                      "has the text of"));  // and not that it is out of order, whose hint is to rename it
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
