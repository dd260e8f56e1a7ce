#include "core/set/status.h"

#include "core/base/text.h"
#include "fakes.h"

namespace migrate {
namespace {

constexpr bool kMigrating = true;

// A row with all that is to be said of it.
struct Whole : StatusRow {
  std::string detail;
  std::string reversible;
};

Whole StatusOf(KnownMigration migration, std::vector<KnownMigration> others = {}, bool migrating = false) {
  static MigrationSet set;
  const MigrationId id = migration.id;
  others.push_back(std::move(migration));
  set = SetOf(std::move(others));
  for (const auto& row : MakeStatus(set, migrating)) {
    if (row.migration->id != id) continue;
    return {row, Join(Remarks(row, migrating), "; "), ReversibleName(row.migration->reversible_now())};
  }
  return {};
}

// A pending migration of five statements with a run that came to this event.
KnownMigration Begun(const std::string& event, int done, int line, bool unsure = false) {
  KnownMigration migration = Stopped(Pending("1_a", 1), Action::kApply, done, unsure);
  migration.up.statements = 5;
  migration.unfinished.Make().event = event;
  migration.unfinished.Make().line = line;
  return migration;
}

// … in the session that migrates now.
Whole UnderWay(KnownMigration migration) { return StatusOf(std::move(migration), {}, kMigrating); }

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
  migration.application.Make().checksum = "0123456789abcdef";
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

BOOST_AUTO_TEST_CASE(a_failure_that_left_nothing_is_failed) {
  const Whole row = StatusOf(Begun("fail", 0, 9));
  BOOST_TEST(row.status == "failed");
  BOOST_TEST(row.detail == "applying stopped at line 9: 22012 division by zero");
  BOOST_TEST(StatusOf(Begun("fail", 0, 0)).detail == "applying stopped: 22012 division by zero");
  BOOST_TEST(StatusOf(Begun("fail", 0, 9), {Applied("2_b", 2)}).status == "failed");
}

BOOST_AUTO_TEST_CASE(a_failure_that_left_something_is_partial) {
  Whole row = StatusOf(Begun("fail", 2, 9));
  BOOST_TEST(row.status == "partial");
  BOOST_TEST(row.detail == "applying stopped at line 9, with 2 of 5 statements done: 22012 division by zero");
  row = StatusOf(Begun("fail", 0, 9, true));
  BOOST_TEST(row.status == "partial");
  BOOST_TEST(row.detail ==
             "applying stopped at line 9, with 0 of 5 statements done, perhaps more: 22012 division by zero");
  KnownMigration silent = Begun("fail", 5, 0);
  silent.unfinished.Make().message = "";
  BOOST_TEST(StatusOf(silent).detail == "applying stopped with 5 of 5 statements done: 22012");
}

BOOST_AUTO_TEST_CASE(a_session_that_ended_left_what_it_had_recorded) {
  Whole row = StatusOf(Begun("start", 0, 0));
  BOOST_TEST(row.status == "failed");
  BOOST_TEST(row.detail == "applying was begun and undone when its session ended");
  row = StatusOf(Begun("statement", 2, 9));
  BOOST_TEST(row.status == "partial");
  BOOST_TEST(row.detail == "applying stopped at line 9, with 2 of 5 statements done, when its session ended");
  row = StatusOf(Begun("start", 0, 3, true));
  BOOST_TEST(row.status == "partial");
  BOOST_TEST(row.detail ==
             "applying stopped at line 3, with 0 of 5 statements done, perhaps more, when its session ended");
}

BOOST_AUTO_TEST_CASE(what_is_under_way_names_who_does_it) {
  Whole row = UnderWay(Begun("start", 0, 0));
  BOOST_TEST(row.status == "pending");
  BOOST_TEST(row.detail == "applying is under way");
  row = UnderWay(Begun("statement", 2, 9, true));
  BOOST_TEST(row.status == "partial");
  BOOST_TEST(row.detail == "applying is under way, at line 9, with 2 of 5 statements done, perhaps more");
  BOOST_TEST(UnderWay(Begun("statement", 5, 0)).detail == "applying is under way, with 5 of 5 statements done");
}

BOOST_AUTO_TEST_CASE(another_sessions_run_mends_no_failure) {
  const Whole row = UnderWay(Begun("fail", 2, 9));
  BOOST_TEST(row.status == "partial");
  BOOST_TEST(row.detail == "applying stopped at line 9, with 2 of 5 statements done: 22012 division by zero");
  BOOST_TEST(UnderWay(Begun("fail", 0, 9)).status == "failed");
  BOOST_TEST(UnderWay(Pending("1_a", 1)).detail == "");
}

BOOST_AUTO_TEST_CASE(a_repair_says_where_it_goes_on) {
  BOOST_TEST(StatusOf(Begun("repair", 2, 9)).status == "partial");
  BOOST_TEST(StatusOf(Begun("repair", 2, 9)).detail == "applying goes on at line 9, with 2 of 5 statements done");
  BOOST_TEST(StatusOf(Begun("repair", 5, 0)).detail == "applying goes on with 5 of 5 statements done");
  BOOST_TEST(StatusOf(Begun("repair", 0, 0)).status == "pending");
}

BOOST_AUTO_TEST_CASE(the_statements_of_a_text_that_was_replaced_are_not_counted) {
  KnownMigration migration = Begun("fail", 2, 9);
  SetHashes(migration.up, "new text");
  BOOST_TEST(StatusOf(migration).detail ==
             "applying stopped at line 9, with 2 statements done: 22012 division by zero");
  migration.unfinished.Make().done = 1;
  BOOST_TEST(StatusOf(migration).detail == "applying stopped at line 9, with 1 statement done: 22012 division by zero");
}

BOOST_AUTO_TEST_CASE(a_rollback_that_stopped_is_told_at_what_is_applied) {
  KnownMigration migration = Stopped(Applied("1_a", 1), Action::kRollBack, 1);
  migration.down.statements = 3;
  BOOST_TEST(StatusOf(migration).status == "partial");
  BOOST_TEST(StatusOf(migration).detail == "rolling back stopped with 1 of 3 statements done: 22012 division by zero");
  migration.unfinished.Make().done = 0;
  BOOST_TEST(StatusOf(migration).status == "applied");
  BOOST_TEST(StatusOf(migration).detail == "rolling back stopped: 22012 division by zero");
}

BOOST_AUTO_TEST_CASE(reversible_says_how) {
  KnownMigration migration = Pending("1_a", 1);
  BOOST_TEST(StatusOf(migration).reversible == "script");
  migration.reversible = Reversible::kComment;
  BOOST_TEST(StatusOf(migration).reversible == "comment");
  BOOST_TEST(StatusOf(migration).detail == "down script is a closing comment, not accepted yet");
  migration.accepted_down = migration.down.sha256;
  BOOST_TEST(StatusOf(migration).detail == "");
  migration.accepted_down = "an older one";
  BOOST_TEST(StatusOf(migration).detail != "");
  for (const Reversible reversible : {Reversible::kNo, Reversible::kScript, Reversible::kComment}) {
    BOOST_TEST((ReversibleFromName(ReversibleName(reversible)) == reversible));
  }
}

BOOST_AUTO_TEST_CASE(notes_are_a_few_words) {
  BOOST_TEST(StatusOf(Applied("1_a", 1)).note == "");
  BOOST_TEST(StatusOf(Begun("fail", 0, 9)).note == "22012 at line 9");
  BOOST_TEST(StatusOf(Begun("fail", 2, 9)).note == "22012 at line 9, 2 of 5 done");
  BOOST_TEST(StatusOf(Begun("fail", 0, 0)).note == "22012");
  BOOST_TEST(StatusOf(Begun("start", 0, 0)).note == "session ended");
  BOOST_TEST(StatusOf(Begun("statement", 2, 9)).note == "session ended at line 9, 2 of 5 done");
  BOOST_TEST(StatusOf(Begun("repair", 2, 9)).note == "goes on at line 9, 2 of 5 done");
  BOOST_TEST(UnderWay(Begun("start", 0, 0)).note == "under way");
  BOOST_TEST(StatusOf(Stopped(Applied("1_a", 1), Action::kRollBack, 0)).note == "rollback: 22012");
  KnownMigration replaced = Begun("fail", 2, 9);
  SetHashes(replaced.up, "new text");
  BOOST_TEST(StatusOf(replaced).note == "22012 at line 9, 2 done");
  KnownMigration migration = Applied("1_a", 1);
  migration.application.Make().checksum = "0123456789abcdef";
  BOOST_TEST(StatusOf(migration).note == "migrate_text() shows where");
  migration = Pending("1_a", 1);
  migration.absent = true;
  BOOST_TEST(StatusOf(migration).note == "gone from its source");
  BOOST_TEST(StatusOf(Pending("0000_a", 1), {Pending("0000_b", 2)}).note == "shared version");
  migration = Pending("1_a", 1);
  migration.up.transactional = false;
  migration.reversible = Reversible::kNo;
  BOOST_TEST(StatusOf(migration).note == "no-transaction, irreversible");
  migration = Pending("1_a", 1);
  migration.reversible = Reversible::kComment;
  BOOST_TEST(StatusOf(migration).note == "down not accepted");
  migration.repeatable = true;
  migration.reversible = Reversible::kNo;
  BOOST_TEST(StatusOf(migration).note == "repeatable");
  migration = Pending("1_a", 1);
  migration.options.Make().tags = {"v1", "v2"};
  migration.options.Make().replaces = "1 .. 3";
  BOOST_TEST(StatusOf(migration).note == "replaces others, tagged v1, v2");
  migration = Applied("1_a", 1);
  migration.application.Make().changes = 1;
  BOOST_TEST(StatusOf(migration).note == "1 change");
  migration.reversible = Reversible::kNo;
  migration.application.Make().changes = 3;
  BOOST_TEST(StatusOf(migration).note == "irreversible, 3 changes");
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
  BOOST_TEST(rows[0].note == "");
  BOOST_TEST(rows[1].note == "guard altered by hand");
  BOOST_TEST(Contains(Join(Remarks(rows[1], false), ""), "the version guard was altered by hand"));
  BOOST_TEST(rows[2].note == "");
  set = SetOf({});
  set.guard.present = true;
  BOOST_TEST(MakeStatus(set).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
