// In which order folders are read, and what undoes a migration beside it: where tools differ from the plain reading of
// a number.
#include "core/set/source.h"
#include "core/set/version.h"
#include "fakes.h"

namespace migrate {
namespace {

// What is read, in its order: "label up", "label down", or "! " and what is wrong.
Strings Ordered(SourceFiles files, const std::string& convention = {}) {
  ReadOptions options;
  options.convention = convention;
  Reading reading = ReadFiles(std::move(files), options);
  const auto key = [](const Part& part) {
    return VersionSortKey(part.traits.order.empty() ? part.id.version : part.traits.order);
  };
  std::stable_sort(reading.parts.begin(), reading.parts.end(),
                   [&](const Part& a, const Part& b) { return key(a) < key(b); });
  Strings shown;
  for (const auto& part : reading.parts) {
    shown.push_back(part.problem ? "! " + part.problem->message
                                 : part.id.Label() + (part.section == Section::kUp ? " up" : " down"));
  }
  return shown;
}

void AreOrdered(SourceFiles files, const Strings& expected, const std::string& convention = {}) {
  BOOST_TEST(Ordered(std::move(files), convention) == expected, boost::test_tools::per_element());
}

std::string IgnoredIn(SourceFiles files) {
  std::string shown;
  for (const auto& [path, why] : ReadFiles(std::move(files)).ignored) shown += path + ": " + why + "\n";
  return shown;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_order)

BOOST_AUTO_TEST_CASE(folders_that_are_versions_are_one_sequence) {
  const SourceFiles folders = {
      {"0.10/00__c.sql", ""}, {"0.9/00__a.sql", ""}, {"0.9/01__b.sql", ""}, {"LATEST.sql", ""}, {"seed/x.sql", ""}};
  AreOrdered(folders, {"0.9.00_a up", "0.9.01_b up", "0.10.00_c up"});
  BOOST_TEST(IgnoredIn(folders) == "LATEST.sql: in no folder of a version\nseed/x.sql: in no folder of a version\n");
  AreOrdered({{"m/3.14/0000##a.sql", ""}, {"m/3.9/0001##b.sql", ""}}, {"3.9.0001_b up", "3.14.0000_a up"});
  AreOrdered({{"v1.0/1_a.up.sql", ""}, {"v1.0/1_a.down.sql", ""}, {"v1.1/1_b.up.sql", ""}},
             {"1.0.1_a up", "1.0.1_a down", "1.1.1_b up"});
  AreOrdered({{"0.9/00_a.sql", ""}}, {"0.9.00_a up"});  // as it will be named once there are two
  AreOrdered({{"1.0/a.sql", ""}, {"2.0/b.sql", ""}}, {"1.0_a up", "2.0_b up"});
  AreOrdered({{"0.9/1_a.sql", "-- +goose Up\n"}, {"0.10/1_b.sql", "-- +goose Up\n"}}, {"0.9.1_a up", "0.10.1_b up"});
  AreOrdered({{"0.9/1_a.sql", ""}, {"2_b.sql", ""}},
             {"! file \"2_b.sql\" is named as a migration, and stands beside folders that are versions", "0.9.1_a up"});
  AreOrdered({{"1.0/20240101_a.sql", ""}, {"1.1/20250101_b.sql", ""}}, {"20240101_a up", "20250101_b up"});
}

BOOST_AUTO_TEST_CASE(what_undoes_a_migration_stands_beside_it_by_many_names) {
  for (const std::string name : {"0001_rollback_a.sql", "0001_down_a.sql", "0001_undo_a.sql", "0001_revert_a.sql",
                                 "0001-ROLLBACK-a.sql", "0001_a.revert.sql", "0001_a_revert.sql", "0001_a-undo.sql"}) {
    const std::string up = name.find('-') == 4 ? "0001-a.sql" : "0001_a.sql";
    Strings expected = {"0001_a up", "0001_a down"};
    AreOrdered({{up, ""}, {name, ""}}, expected);
    BOOST_TEST(ReadFiles({{up, ""}, {name, ""}}).convention == "pairs", name);
  }
  AreOrdered({{"1_a.sql", "-- // a\nSELECT 1;\n-- //@UNDO\nSELECT 2;"}, {"2_b.sql", ""}, {"2_rollback_b.sql", ""}},
             {"1_a up", "1_a down", "2_b up", "2_b down"});
}

BOOST_AUTO_TEST_CASE(a_name_of_what_undoes_is_no_guess) {
  AreOrdered({{"0001_a.sql", ""}, {"0002_rollback_prices.sql", ""}}, {"0001_a up", "0002_rollback_prices up"});
  AreOrdered({{"0001_a.sql", ""}, {"0001_rollback_b.sql", ""}},
             {"0001_a up", "! file \"0001_rollback_b.sql\" is named as what undoes another"});
  AreOrdered({{"0001_a.sql", ""}, {"0001_down.sql", ""}},
             {"0001_a up", "! file \"0001_down.sql\" is named as what undoes another"});
  AreOrdered({{"1_a.sql", "-- +goose Up\n"}, {"1_undo_b.sql", "-- +goose Up\n"}},
             {"1_a up", "! file \"1_undo_b.sql\" is named as what undoes another"});
  AreOrdered({{"0001_a.sql", ""}, {"undo_0001_a.sql", ""}},
             {"! file \"undo_0001_a.sql\" does not name its migration", "0001_a up"});
  AreOrdered({{"0001_a.sql", ""}, {"0002_b.revert.sql", ""}},
             {"! file \"0002_b.revert.sql\" belongs to no migration", "0001_a up"});
}

BOOST_AUTO_TEST_CASE(hasura_goes_by_numbers_and_diesel_by_text) {
  AreOrdered({{"1700000000000_c/up.sql", ""}, {"2_b/up.sql", ""}, {"10_x/up.sql", ""}, {"10_x/down.sql", ""}},
             {"2_b up", "10_x up", "10_x down", "1700000000000_c up"});
  BOOST_TEST(ReadFiles({{"1700000000000_c/up.sql", ""}}).convention == "hasura");
  BOOST_TEST(ReadFiles({{"2024-01-31-120000_a/up.sql", ""}, {"00000000000000_diesel/up.sql", ""}}).convention ==
             "diesel");
  const SourceFiles either = {{"10_b/up.sql", ""}, {"2_a/up.sql", ""}};
  BOOST_TEST(Contains(Ordered(either).front(), "whose number Diesel orders as text, and Hasura as a number"));
  AreOrdered(either, {"2_a up", "10_b up"}, "hasura");
  AreOrdered(either, {"10_b up", "2_a up"}, "diesel");
  AreOrdered({{"1_a/up.sql", ""}, {"2_b/up.sql", ""}}, {"1_a up", "2_b up"});
}

BOOST_AUTO_TEST_CASE(node_pg_migrate_mixes_milliseconds_and_dates) {
  // 1704067200000 is 2024-01-01.
  const auto files = [](const std::string& text) {
    return SourceFiles{
        {"1704067200001_b.sql", text}, {"20240101000000000_a.sql", text}, {"20240101000000002_c.sql", text}};
  };
  const Strings expected = {"20240101000000000_a up", "1704067200001_b up", "20240101000000002_c up"};
  AreOrdered(files("-- Up Migration\n"), expected);
  AreOrdered(files(""), expected);
  const Reading reading = ReadFiles({{"1704067200001_b.sql", ""}, {"20240229235959999_a.sql", ""}});
  BOOST_TEST(reading.parts.at(1).traits.order == "1709251199999");
}

BOOST_AUTO_TEST_CASE(files_beside_the_migrations_are_not_taken_instead) {
  const auto refusal = [](SourceFiles files) { return Thrown([&] { ReadFiles(std::move(files)); }).hint; };
  for (const std::string name : {"01_init.sql", "001_schema.sql"}) {
    const SourceFiles files = {{name, ""}, {"migrations/1_a.sql", ""}, {"migrations/2_b.sql", ""}};
    BOOST_TEST(Contains(refusal(files), "most likely \"migrations\""));
  }
  BOOST_TEST(
      Contains(refusal({{"init.sql", ""}, {"schema.sql", ""}, {"changes/1_a.sql", ""}}), "most likely \"changes\""));
  AreOrdered({{"init.sql", ""}, {"schema.sql", ""}, {"Migrations/1_a.sql", ""}}, {"1_a up"});
}

BOOST_AUTO_TEST_CASE(of_several_folders_the_one_with_the_mark_holds_the_migrations) {
  const SourceFiles mybatis = {{"bootstrap/init.sql", ""},
                               {"scripts/20240101000000_people.sql", "SELECT 1;\n-- //@UNDO\nSELECT 2;"},
                               {"seeds/people.sql", ""}};
  AreOrdered(mybatis, {"20240101000000_people up", "20240101000000_people down"});
  BOOST_TEST(IgnoredIn(mybatis) == "bootstrap/init.sql: not in \"scripts\"\nseeds/people.sql: not in \"scripts\"\n");
  const Error marked = Thrown([] {
    ReadFiles({{"app/1_a.sql", "-- +goose Up\n"}, {"audit/1_c.sql", ""}, {"audit/3_d.sql", ""}});
  });
  BOOST_TEST(Contains(marked.hint, "most likely \"app\""));
  const Error error = Thrown([] { ReadFiles({{"a/1.sql", ""}, {"b/1.sql", ""}, {"b/2.sql", ""}, {"c/x.sql", ""}}); });
  BOOST_TEST(error.detail ==
             "Nothing says in which order they are to run: \"a\" has 1 file, \"b\" has 2 files, \"c\" has 1 file.");
  BOOST_TEST(error.hint ==
             "Load the folder that is meant by itself, most likely \"b\", or leave the others out, for "
             "example with leave_out => ARRAY['a/*', 'c/*'].");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
