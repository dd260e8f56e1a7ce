#include "core/status.h"

#include "fakes.h"

namespace migrate {
namespace {

StatusRow StatusOf(KnownMigration migration, std::vector<KnownMigration> others = {}) {
  static MigrationSet set;
  const MigrationId id = migration.id;
  others.push_back(std::move(migration));
  set = SetOf(std::move(others));
  for (const auto& row : MakeStatus(set)) {
    if (row.migration->id == id) return row;
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(status)

BOOST_AUTO_TEST_CASE(every_migration_has_one_status) {
  KnownMigration changed = Applied("1_a", 1), missing = Applied("1_a", 1), absent = Pending("1_a", 1);
  changed.up.checksum = "other";
  missing.absent = absent.absent = true;
  BOOST_TEST(StatusOf(Applied("1_a", 1)).status == "applied");
  BOOST_TEST(StatusOf(Applied("1_a", 1, {}, "adopt")).status == "applied");
  BOOST_TEST(StatusOf(Applied("1_a", 1, {}, "repair")).status == "applied");
  BOOST_TEST(StatusOf(Applied("1_a", 1, {}, "baseline")).status == "baseline");
  BOOST_TEST(StatusOf(Pending("1_a", 1)).status == "pending");
  BOOST_TEST(StatusOf(Pending("1_a", 1), {Applied("2_b", 2)}).status == "out of order");
  BOOST_TEST(StatusOf(Pending("plain", 1), {Applied("2_b", 2)}).status == "pending");
  BOOST_TEST(StatusOf(changed).status == "changed");
  BOOST_TEST(StatusOf(missing).status == "missing");
  BOOST_TEST(StatusOf(absent).status == "absent");
  BOOST_TEST(StatusOf(absent, {Applied("2_b", 2)}).status == "absent");
}

BOOST_AUTO_TEST_CASE(details_say_why) {
  KnownMigration migration = Applied("1_a", 1);
  BOOST_TEST(StatusOf(migration).detail == "");
  migration.applied_checksum = "0123456789abcdef";
  BOOST_TEST(StatusOf(migration).detail == "applied with checksum 0123456789ab");
  migration = Pending("1_a", 1);
  migration.absent = true;
  BOOST_TEST(StatusOf(migration).detail == "gone from its source \"files\"");
  BOOST_TEST(StatusOf(Pending("0000_a", 1), {Pending("0000_b", 2)}).detail == "version is shared, ordered by name");
  migration = Pending("1_a", 1);
  migration.up.transactional = false;
  migration.up.detail = "line 3: VACUUM";
  migration.reversible = Reversible::kNo;
  migration.irreversible_why = "it has no down script";
  BOOST_TEST(StatusOf(migration).detail == "not transactional: line 3: VACUUM; not reversible: it has no down script");
}

BOOST_AUTO_TEST_CASE(reversible_says_how) {
  KnownMigration migration = Pending("1_a", 1);
  BOOST_TEST(StatusOf(migration).reversible == "script");
  migration.reversible = Reversible::kComment;
  BOOST_TEST(StatusOf(migration).reversible == "comment");
  BOOST_TEST(StatusOf(migration).detail == "down script is a closing comment, not accepted yet");
  migration.accepted_down = migration.down.checksum;
  BOOST_TEST(StatusOf(migration).detail == "");
  migration.accepted_down = "an older one";
  BOOST_TEST(StatusOf(migration).detail != "");
  for (const Reversible reversible : {Reversible::kNo, Reversible::kScript, Reversible::kComment}) {
    BOOST_TEST((ReversibleFromName(ReversibleName(reversible)) == reversible));
  }
}

BOOST_AUTO_TEST_CASE(rows_come_in_order) {
  const MigrationSet set = SetOf({Pending("plain", 1), Pending("010_c", 2), Applied("2_b", 3), Pending("2_a", 4)});
  std::vector<std::string> labels;
  for (const auto& row : MakeStatus(set)) labels.push_back(row.migration->id.Label());
  BOOST_TEST(labels == (std::vector<std::string>{"2_a", "2_b", "010_c", "plain"}), boost::test_tools::per_element());
  BOOST_TEST(MakeStatus(SetOf({})).empty());
}

BOOST_AUTO_TEST_CASE(an_altered_guard_is_told_at_the_newest) {
  MigrationSet set = SetOf({Applied("1_a", 1), Applied("2_b", 2), Pending("3_c", 3)});
  set.guard.id = {"1", "a"};
  const auto rows = MakeStatus(set);
  BOOST_TEST(rows[0].detail == "");
  BOOST_TEST(Contains(rows[1].detail, "the version guard was altered by hand"));
  set = SetOf({});
  set.guard.present = true;
  BOOST_TEST(MakeStatus(set).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
