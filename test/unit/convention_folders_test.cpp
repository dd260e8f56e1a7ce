// Conventions that say more by their files' names and by what stands beside them.
#include "core/set/source.h"
#include "fakes.h"

namespace migrate {
namespace {

std::string Label(const Part& part) { return part.problem ? "! " + part.problem->message : part.id.Label(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_folders)

BOOST_AUTO_TEST_CASE(pairs_may_name_a_dialect) {
  const Reading reading = ReadFiles({{"1_a.up.sql", "generic"},
                                     {"1_a.postgres.up.sql", "ours"},
                                     {"1_a.mysql.up.sql", "theirs"},
                                     {"1_a.down.sql", "down"},
                                     {"2_b.autocommit.up.sql", "alone"},
                                     {"3_c.tx.up.sql", "together"}});
  BOOST_TEST(reading.parts.size() == 4u);
  BOOST_TEST(reading.parts[0].content == "ours");
  BOOST_TEST(reading.parts[1].content == "down");
  BOOST_TEST(reading.parts[2].traits.no_transaction == "its file is named .autocommit");
  BOOST_TEST(Label(reading.parts[3]) == "3_c");
  BOOST_TEST(reading.ignored.at(0).why == "there is one for PostgreSQL");
  BOOST_TEST(reading.ignored.at(1).why == "for mysql");
}

BOOST_AUTO_TEST_CASE(pairs_belong_together_by_their_version) {
  const Reading reading = ReadFiles({{"003_a.up.sql", ""},
                                     {"3_undo_a.down.sql", ""},
                                     {"4_b.up.sql", ""},
                                     {"4_c.up.sql", ""},
                                     {"4_c.down.sql", ""},
                                     {"5_gone.down.sql", ""}});
  BOOST_TEST(Label(reading.parts.at(1)) == "003_a");
  BOOST_TEST(Label(reading.parts.at(4)) == "4_c");
  BOOST_TEST(Label(reading.parts.at(5)) == "5_gone");
}

BOOST_AUTO_TEST_CASE(pairs_may_have_other_words) {
  const auto halves = [](const char* up, const char* down) {
    std::string result;
    for (const auto& part : ReadFiles({{up, ""}, {down, ""}}).parts) {
      result += Label(part) + (part.section == Section::kUp ? " up " : " down ");
    }
    return result;
  };
  BOOST_TEST(halves("sqls/1-a-up.sql", "sqls/1-a-down.sql") == "1_a up 1_a down ");
  BOOST_TEST(halves("1_a_up.sql", "1_a_down.sql") == "1_a up 1_a down ");
  BOOST_TEST(halves("1.do.a.sql", "1.undo.a.sql") == "1_a up 1_a down ");
  BOOST_TEST(halves("1.do.SQL", "2.undo.sql") == "1 up 2 down ");
  BOOST_TEST(halves("1_a.sql", "1_a.rollback.sql") == "1_a up 1_a down ");
  BOOST_TEST(halves("1_a.SQL", "1_a_down.sql") == "1_a up 1_a down ");
  BOOST_TEST(halves("1_scale_up.sql", "2_scale_down.sql") == "1_scale_up up 2_scale_down up ");
  BOOST_TEST(halves("shut.sql", "shut_down.sql") == "shut up shut_down up ");
  BOOST_TEST(ReadFiles({{"1_a.sql", ""}, {"1_a.undo.sql", ""}}).convention == "pairs");
}

BOOST_AUTO_TEST_CASE(a_mark_that_says_what_the_name_says_makes_no_convention) {
  const SourceFiles pairs = {{"1_a.up.sql", "-- +migrate Up\nSELECT 1;"},
                             {"1_a.down.sql", "-- Down Migration\nSELECT 2;"}};
  BOOST_TEST(ReadFiles(pairs).convention == "pairs");
  BOOST_TEST(ReadFiles({{"1_a.up.sql", "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;"}}).convention ==
             "sql-migrate");
}

BOOST_AUTO_TEST_CASE(diesel_says_beside_its_scripts_what_runs_alone) {
  const Reading reading = ReadFiles({{"2024-01-01-000000_a/up.sql", ""},
                                     {"2024-01-01-000000_a/metadata.toml", "# x\nrun_in_transaction = false\n"},
                                     {"2024-01-02-000000_b/up.sql", ""},
                                     {"2024-01-02-000000_b/metadata.toml", "run_in_transaction = true\n"},
                                     {"2024-01-02-000000_b/notes.sql", ""},
                                     {"up.sql", ""},
                                     {"data.sql", ""},
                                     {"seeds/data.sql", ""}});
  BOOST_TEST(reading.parts.at(0).traits.no_transaction == "metadata.toml: run_in_transaction = false");
  BOOST_TEST(reading.parts.at(1).traits.no_transaction == "");
  BOOST_TEST(Contains(Label(reading.parts.at(2)), "is neither up.sql nor down.sql"));
  BOOST_TEST(Contains(Label(reading.parts.at(3)), "stands in no folder"));
  BOOST_TEST(reading.ignored.at(0).path == "data.sql");
  BOOST_TEST(reading.ignored.at(1).path == "seeds/data.sql");
}

BOOST_AUTO_TEST_CASE(folders_are_ordered_as_text) {
  const auto orders = [](const char* script) {
    Strings result;
    for (const auto& part : ReadFiles({{std::string("20250625_a/") + script, ""},
                                       {std::string("20250625120000_b/") + script, ""},
                                       {std::string("2025-06-26-120000-0000_c/") + script, ""},
                                       {std::string("no_number/") + script, ""}})
                                .parts) {
      result.push_back(part.id.version + " " + part.traits.order);
    }
    return result;
  };
  BOOST_TEST(orders("up.sql") == (Strings{"20250625 202506250000000000", "20250625120000 202506251200000000",
                                          "202506261200000000 ", " "}),
             boost::test_tools::per_element());
  BOOST_TEST(orders("migration.sql") == (Strings{"20250625 202506259999999999", "20250625120000 202506251200009999",
                                                 "202506261200000000 ", " "}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(flyway_names_say_all) {
  const Reading reading = ReadFiles({{"V1_10__a.sql", ""},
                                     {"sub/V1.9.0__b.sql", ""},
                                     {"V2__c.sql", ""},
                                     {"V2__c.sql.conf", "executeInTransaction = false"},
                                     {"R__views.sql", ""},
                                     {"B3__base.sql", ""},
                                     {"beforeMigrate.sql", ""},
                                     {"V2.0__other.sql", ""},
                                     {"notes.sql", ""},
                                     {"V4__x.java", ""}});
  BOOST_TEST(Contains(Label(reading.parts.at(0)), "V4__x.java\" is Java code"));
  BOOST_TEST(Label(reading.parts.at(1)) == "1.10_a");
  BOOST_TEST(reading.parts.at(2).traits.order == "1.9");
  BOOST_TEST(reading.parts.at(2).id.version == "1.9.0");
  BOOST_TEST(reading.parts.at(3).traits.no_transaction == "its .conf: executeInTransaction=false");
  BOOST_TEST(reading.parts.at(4).traits.repeatable);
  BOOST_TEST(Label(reading.parts.at(4)) == "views");
  BOOST_TEST(reading.parts.at(5).traits.replaces == ".. 3");
  BOOST_TEST(Contains(Label(reading.parts.at(6)), "\"beforeMigrate.sql\" is a callback, which does not run here"));
  BOOST_TEST(Contains(Label(reading.parts.at(7)), "has the version of another"));
  BOOST_TEST(Contains(Label(reading.parts.at(8)), "is not named as Flyway names migrations"));
  BOOST_TEST(reading.dollar_placeholders);
}

BOOST_AUTO_TEST_CASE(flyway_needs_no_description) {
  const Reading reading = ReadFiles({{"V1__init.sql", ""}, {"V6.1.0.6.sql", ""}, {"U6.1.0.6.sql", ""}, {"R.sql", ""}});
  BOOST_TEST(reading.convention == "flyway");
  BOOST_TEST(Label(reading.parts.at(1)) == "6.1.0.6");
  BOOST_TEST((reading.parts.at(2).section == Section::kDown));
  BOOST_TEST(Contains(Label(reading.parts.at(3)), "\"R.sql\" is not named as Flyway names migrations"));
  BOOST_TEST(ReadFiles({{"1_a.sql", ""}, {"B2.sql", ""}}).convention == "plain");
}

BOOST_AUTO_TEST_CASE(drizzle_orders_by_its_journal) {
  const Reading reading = ReadFiles(
      {{"0001_b.sql", ""},
       {"0000_a.sql", "SELECT 1;\n--> statement-breakpoint\nSELECT 2;"},
       {"0002_stray.sql", ""},
       {"meta/_journal.json",
        R"({"version":"7","entries":[{"idx":0,"tag":"0001_b"},{"idx":1,"tag":"0000_a"},{"idx":2,"tag":"0003_gone"}]})"}});
  BOOST_TEST(reading.convention == "drizzle");
  BOOST_TEST(reading.parts.at(0).traits.order == "1");
  BOOST_TEST(reading.parts.at(1).traits.order == "2");
  BOOST_TEST(Contains(Label(reading.parts.at(2)), "names \"0003_gone\", of which there is no file"));
  BOOST_TEST(reading.ignored.at(0).path == "0002_stray.sql");
  BOOST_TEST(reading.ignored.at(0).why == "not in the journal: Drizzle does not run it");
}

BOOST_AUTO_TEST_CASE(drizzle_keeps_a_folder_for_each_since_1_0) {
  const SourceFiles folders = {{"20240102000000_b/migration.sql", ""},
                               {"20240102000000_b/snapshot.json", "", {}, true},
                               {"20240101000000_a/migration.sql", ""}};
  const Reading reading = ReadFiles(folders);
  BOOST_TEST(reading.convention == "drizzle");
  BOOST_TEST(reading.found_by_text);
  BOOST_TEST(Label(reading.parts.at(0)) == "20240102000000_b");
  BOOST_TEST(ReadFiles({{"20240101000000_a/migration.sql", ""}}).convention == "prisma");
  SourceFiles both = folders;
  both.push_back({"meta/_journal.json", R"({"entries":[]})"});
  BOOST_TEST(
      Contains(Label(ReadFiles(both).parts.at(0)), "\"meta/_journal.json\" stands beside folders of drizzle-kit 1.0"));
}

BOOST_AUTO_TEST_CASE(yoyo_says_above_the_statements_what_they_depend_on) {
  const Reading reading =
      ReadFiles({{"0001-a.sql", "-- a\n\n--depends : 0002_b  0003-c\n-- depends: x\nSELECT 1;\n-- depends: z"},
                 {"0002_b.sql", "-- transactional: false\nSELECT 1;"},
                 {"0002_b.rollback.sql", "SELECT 2;"},
                 {"0003-c.sql", "SELECT 1;\n-- transactional: false"},
                 {"0004-d.sql", "-- transactional: perhaps\n"},
                 {"post-apply.sql", "SELECT 1;"}});
  BOOST_TEST(reading.convention == "yoyo");
  BOOST_TEST(Contains(Label(reading.parts.at(0)), "\"post-apply.sql\" runs behind each apply"));
  BOOST_TEST(reading.parts.at(1).traits.requirements == (Strings{"0002_b", "0003_c", "x"}),
             boost::test_tools::per_element());
  BOOST_TEST(reading.parts.at(2).traits.no_transaction == "line 1: -- transactional: false");
  BOOST_TEST(reading.parts.at(3).traits.no_transaction == "line 1: -- transactional: false");
  BOOST_TEST((reading.parts.at(3).section == Section::kDown));
  BOOST_TEST(reading.parts.at(4).traits.no_transaction == "");
  BOOST_TEST(Label(reading.parts.at(5)) == "! file \"0004-d.sql\", line 1: transactional is \"perhaps\"");
  const auto orders = [](const std::string& first, const std::string& second) {
    const Reading ordered = ReadFiles({{"10_b.sql", first}, {"2_a.sql", second}});
    return ordered.parts.at(0).traits.order + ordered.parts.at(1).traits.order;
  };
  BOOST_TEST(orders("-- transactional: true\n", "") == "12");
  BOOST_TEST(orders("-- depends: 2_a\n", "") == "");
  BOOST_TEST(orders("", "-- depends: 10_b\n") == "12");
  BOOST_TEST(orders("-- depends: 2_a\n", "-- depends: 10_b\n") == "");
  BOOST_TEST(ReadFiles({{"1_a.sql", "SELECT 1;\n-- depends: x"}}).convention == "plain");
}

BOOST_AUTO_TEST_CASE(graphile_chains_hashes) {
  const std::string first = "--! Previous: -\n--! Hash: sha1:#SELECT 1;\n--! AllowInvalidHash\n\nSELECT 1;\n";
  ReadOptions options;
  options.new_sha1 = NewFakeHasher;
  const auto read = [&](const std::string& text) {
    return ReadFiles({{"committed/000001.sql", first}, {"committed/000002-b.sql", text}, {"current.sql", "SELECT 3;"}},
                     options);
  };
  Reading reading = read("--! Previous: sha1:wrong\n--! Hash: sha1:x\n\nSELECT 2;\n");
  BOOST_TEST(reading.convention == "graphile-migrate");
  BOOST_TEST(Label(reading.parts.at(0)) == "000001");
  BOOST_TEST(Contains(Label(reading.parts.at(1)), "breaks the chain of hashes"));
  BOOST_TEST(reading.ignored.at(0).path == "current.sql");
  reading = read("--! Previous: sha1:#SELECT 1;\n--! Hash: sha1:x\n\nSELECT 2;\n");
  BOOST_TEST(Contains(Label(reading.parts.at(1)), "has changed since it was committed"));
  reading =
      read("--! Previous: sha1:#SELECT 1;\n--! Hash: sha1:x\n--! AllowInvalidHash\n\n--! no-transaction\nSELECT 2;\n");
  BOOST_TEST(Label(reading.parts.at(1)) == "000002_b");
  BOOST_TEST(reading.parts.at(1).traits.no_transaction == "--! no-transaction");
}

BOOST_AUTO_TEST_CASE(graphile_leaves_what_stands_beside_the_committed) {
  const Reading reading = ReadFiles({{"10-watch.sql", "SELECT 1;"},
                                     {"committed/000001.sql", "--! Previous: -\n--! Hash: sha1:x\n\nSELECT 1;\n"},
                                     {"current/1-a.sql", "SELECT 1;"}});
  BOOST_TEST(reading.parts.size() == 1u);
  BOOST_TEST(reading.ignored.at(0).path == "current/1-a.sql");
  BOOST_TEST(reading.ignored.at(1).path == "10-watch.sql");
  BOOST_TEST(reading.colon_placeholders);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
