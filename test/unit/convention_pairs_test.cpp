// Pairs whose halves are named by other words, and down scripts whose up script is missing.
#include "core/set/assemble.h"
#include "core/set/source.h"
#include "fakes.h"

namespace migrate {
namespace {

// What becomes of a folder: its migrations, those with a down script with "-" behind them, and what is refused.
std::string Loaded(SourceFiles files) {
  FakeParser parser;
  const Assembly assembly = AssembleMigrations(ReadFiles(std::move(files)).parts, {parser, NewFakeHasher});
  std::string shown;
  for (const auto& migration : assembly.migrations) {
    shown += migration.id.Label() + (migration.down_text.empty() ? " " : "- ");
  }
  for (const auto& problem : assembly.problems.all()) {
    shown += "! " + problem.error.sqlstate + " " + problem.origin + " ";
  }
  return shown;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_pairs)

BOOST_AUTO_TEST_CASE(a_down_script_without_its_migration_never_runs_forward) {
  BOOST_TEST(Loaded({{"0001_a.sql", "SELECT 1;"}, {"0002_b.down.sql", "SELECT 2;"}}) ==
             "0001_a ! 42704 0002_b.down.sql ");
  for (const std::string ending : {".rollback.sql", "_rollback.sql", "-rollback.sql", ".undo.sql", "_undo.sql",
                                   "_down.sql", ".Rollback.sql", "_DOWN.SQL"}) {
    BOOST_TEST(
        Loaded({{"0001_a.sql", "SELECT 1;"}, {"0001_a" + ending, "SELECT 2;"}, {"0002_b" + ending, "SELECT 3;"}}) ==
        "0001_a- ! 42704 0002_b" + ending + " ");
  }
  BOOST_TEST(
      Loaded({{"0002_b-down.sql", "SELECT 3;"}, {"0003_c-up.sql", "SELECT 1;"}, {"0003_c-down.sql", "SELECT 2;"}}) ==
      "0003_c- ! 42704 0002_b-down.sql ");
  BOOST_TEST(Loaded({{"1_a_up.sql", "SELECT 1;"}, {"1_a_down.sql", "SELECT 2;"}, {"2_b_down.sql", "SELECT 2;"}}) ==
             "1_a- ! 42704 2_b_down.sql ");
}

BOOST_AUTO_TEST_CASE(directions_are_told_in_any_case) {
  BOOST_TEST(Loaded({{"0001_a.UP.sql", "SELECT 1;"}, {"0001_a.Down.sql", "SELECT 2;"}}) == "0001_a- ");
  BOOST_TEST(Loaded({{"0001_a.sql", "SELECT 1;"}, {"0002_b.Down.sql", "SELECT 2;"}}) ==
             "0001_a ! 42704 0002_b.Down.sql ");
  BOOST_TEST(Loaded({{"0001_a.Up", "SELECT 1;"}, {"0001_a.DOWN", "SELECT 2;"}}) == "0001_a- ");
  BOOST_TEST(Loaded({{"0001-a-Up.sql", "SELECT 1;"}, {"0001-a-Down.sql", "SELECT 2;"}}) == "0001_a- ");
}

BOOST_AUTO_TEST_CASE(names_without_a_number_are_pairs_by_a_dot) {
  BOOST_TEST(Loaded({{"a_first.sql", "SELECT 1;"}, {"a_first.rollback.sql", "SELECT 2;"}}) == "a_first- ");
  BOOST_TEST(Loaded({{"a_first.sql", "SELECT 1;"}, {"a_first.undo.sql", "SELECT 2;"}}) == "a_first- ");
  BOOST_TEST(Loaded({{"a.sql", "SELECT 1;"}, {"a.rollback.sql", "SELECT 2;"}, {"b.rollback.sql", "SELECT 2;"}}) ==
             "a- ! 42704 b.rollback.sql ");
}

BOOST_AUTO_TEST_CASE(an_ending_that_no_pair_has_is_part_of_the_name) {
  BOOST_TEST(Loaded({{"1_scale_up.sql", "SELECT 1;"}, {"2_scale_down.sql", "SELECT 2;"}}) ==
             "1_scale_up 2_scale_down ");
  BOOST_TEST(Loaded({{"shut.sql", "SELECT 1;"}, {"shut_down.sql", "SELECT 2;"}}) == "shut shut_down ");
  BOOST_TEST(Loaded({{"1_a.sql", "SELECT 1;"}, {"1_a.rollback.sql", "SELECT 2;"}, {"2_shut_down.sql", "SELECT 3;"}}) ==
             "1_a- 2_shut_down ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
