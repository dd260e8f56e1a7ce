// What stops a load, told by the name of the file.
#include "core/set/assemble.h"
#include "core/set/source.h"
#include "fakes.h"

namespace migrate {
namespace {

// What is wrong, each with its SQLSTATE.
Strings Problems(SourceFiles files, const std::string& convention = {}) {
  ReadOptions options;
  options.convention = convention;
  Strings shown;
  for (const auto& part : ReadFiles(std::move(files), options).parts) {
    if (part.problem) shown.push_back(part.problem->sqlstate + " " + part.problem->message);
  }
  return shown;
}

void AreRefused(SourceFiles files, const Strings& expected, const std::string& convention = {}) {
  BOOST_TEST(Problems(std::move(files), convention) == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_refusals)

BOOST_AUTO_TEST_CASE(bad_names_are_told_with_their_file) {
  AreRefused({{"1_a.sql", ""}, {".sql", ""}, {"2_b\x01.sql", ""}, {"zero.sql", ""}},
             {"22023 file \".sql\": migration name is empty", "22023 file \"2_b\x01.sql\": invalid migration name",
              "22023 file \"zero.sql\": a migration can't be called \"zero\""},
             "plain");
  AreRefused({{".pg.up.sql", ""}, {"1_a.pg.up.sql", ""}}, {"22023 file \".pg.up.sql\": migration name is empty"});
  AreRefused({{"R__.sql", ""}}, {"22023 file \"R__.sql\": migration name is empty"});
  AreRefused({{"V1__a.sql", ""}, {"R__zero.sql", ""}},
             {"22023 file \"R__zero.sql\": a migration can't be called \"zero\""});
  AreRefused({{"1_a.sql", "-- +goose Up\n"}, {".sql", "-- +goose Up\n"}},
             {"22023 file \".sql\": migration name is empty"});
  const std::string name = "committed/1-" + std::string(300, 'a') + ".sql";
  AreRefused({{name, "--! Previous: -\n--! Hash: x\n\nSELECT 1;"}},
             {"22023 file \"" + name + "\": invalid migration name"});
}

BOOST_AUTO_TEST_CASE(what_names_its_file_is_left_as_it_is) {
  SourceFile file{"1_a.sql", "", Error("22021", "the name of file \"\\xff.sql\" is not valid UTF-8")};
  AreRefused({file}, {"22021 the name of file \"\\xff.sql\" is not valid UTF-8"});
  AreRefused({{"down.sql", ""}}, {"0A000 file \"down.sql\" does not name its migration"});
}

BOOST_AUTO_TEST_CASE(a_migration_beside_the_folders_of_the_others_is_no_remark) {
  const std::string refusal = "0A000 file \"0003_c.sql\" is named as a migration, and stands in no migration's folder";
  AreRefused({{"0001_a/up.sql", ""}, {"0003_c.sql", ""}, {"notes.sql", ""}}, {refusal});
  AreRefused({{"0001_a/migration.sql", ""}, {"0003_c.sql", ""}, {"seeds/1_data.sql", ""}}, {refusal});
  AreRefused({{"0003_c.sql", ""}}, {refusal}, "diesel");
  AreRefused({{"db/0001_a/up.sql", ""}, {"db/0003_c.sql", ""}, {"db/seeds/1_data.sql", ""}},
             {"0A000 file \"db/0003_c.sql\" is named as a migration, and stands in no migration's folder"});
  AreRefused({{"0001_a/up.sql", ""}, {"R__v.sql", ""}},
             {"0A000 file \"R__v.sql\" is named as a migration, and stands in no migration's folder"});
  const Reading reading = ReadFiles({{"0001_a/up.sql", ""}, {"0003_c.sql", ""}});
  BOOST_TEST(Contains(reading.parts.at(1).problem->hint, "leave_out"));
}

BOOST_AUTO_TEST_CASE(a_broken_journal_is_none_of_an_empty_folder) {
  const auto journal = [](const std::string& text) {
    return SourceFiles{{"0000_a.sql", "SELECT 1;\n--> statement-breakpoint\nSELECT 2;"}, {"meta/_journal.json", text}};
  };
  const std::string entry = R"({"idx":0,"version":"7","when":1700000000000,"tag":"0000_a","breakpoints":true})";
  const std::string where = "42601 file \"meta/_journal.json\", line ";
  AreRefused(journal("{\n  \"version\": \"7\",\n<<<<<<< HEAD\n  \"entries\": [" + entry + "]\n}"),
             {where + "3: this is no JSON"});
  AreRefused(journal("{\"entries\": [" + entry + ",\n<<<<<<< HEAD\n" + entry + "\n=======\n]}"),
             {where + "2: this is no JSON"});
  AreRefused(journal("{\n\"entries\": [\n" + entry), {where + "3: this is no JSON"});
  AreRefused(journal("{\"entries\": [{\"tag\": \"0000_"), {where + "1: this is no JSON"});
  AreRefused(journal(""), {where + "1: this is no JSON"});
  AreRefused(journal("{\"version\": \"7\"}"), {where + "1: the journal has no array \"entries\""});
  AreRefused(journal("{\"entries\": {}}"), {where + "1: the journal has no array \"entries\""});
  AreRefused(journal("{\"entries\": [{\"idx\": 0}]}"), {where + "1: an entry has no \"tag\""});
  AreRefused(journal("{\"entries\": [\"0000_a\"]}"), {where + "1: an entry is no object"});
  AreRefused(journal("{\"entries\": [" + entry + "]} }"), {where + "1: something follows the end of the journal"});
  AreRefused(journal(std::string(5000, '[')), {where + "1: this is no journal"});
  AreRefused(
      journal(
          "{\r\n\t\"dialect\": \"postgresql\", \"x\": [{}, [], {\"tag\": \"\\\"\"}, -1.5E3, null],\n\"entries\": [" +
          entry + "]\n}\n"),
      {});
  AreRefused(journal("{\"entries\": []}"), {});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
