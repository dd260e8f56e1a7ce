#include "core/set/including.h"

#include "fakes.h"

namespace migrate {
namespace {

// "origin: content" of each part, and "path - why" of what is ignored.
Strings Loaded(SourceFiles files, std::vector<std::string> leave_out = {}) {
  const Reading reading = ReadFiles(std::move(files), {.leave_out = std::move(leave_out)});
  Strings loaded;
  for (const auto& part : reading.parts) {
    loaded.push_back(part.problem ? part.problem->sqlstate + " " + part.problem->message
                                  : part.origin + ": " + part.content);
  }
  for (const auto& ignored : reading.ignored) loaded.push_back(ignored.path + " - " + ignored.why);
  return loaded;
}

void Is(const Strings& loaded, const Strings& expected) {
  BOOST_TEST(loaded == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(including)

BOOST_AUTO_TEST_CASE(an_included_text_takes_the_place_of_its_line) {
  Is(Loaded({{"1_a.sql", "A;\n\\i sub/b.sql\nC;\n"},
             {"sub/b.sql",
              "\xEF\xBB\xBF"
              "B;\n\\ir c/d.sql"},
             {"sub/c/d.sql", "D"}}),
     {"1_a.sql: A;\nB;\nD\n;\nC;\n", "sub/b.sql - included by \"1_a.sql\"", "sub/c/d.sql - included by \"sub/b.sql\""});
  Is(Loaded({{"x/1_a.sql", "\\ir ../y/./b.sql\n"}, {"y/b.sql", "B;"}}),
     {"x/1_a.sql: B;\n", "y/b.sql - included by \"x/1_a.sql\""});
}

BOOST_AUTO_TEST_CASE(only_a_command_includes) {
  const std::string text =
      "SELECT '\n\\i b.sql\n'; -- \\i b.sql\nCOPY t FROM "
      "stdin;\n\\i b.sql\n\\.\n/*\n\\i b.sql */";
  Is(Loaded({{"1_a.sql", text}}), {"1_a.sql: " + text});
}

BOOST_AUTO_TEST_CASE(what_was_left_out_can_be_included) {
  Is(Loaded({{"1_a.sql", "\\i 2_b.sql"}, {"2_b.sql", "B;"}}, {"2_b.sql"}), {"1_a.sql: B;", "2_b.sql - left out"});
}

BOOST_AUTO_TEST_CASE(a_migration_is_not_run_twice) {
  Is(Loaded({{"1_a.sql", "A;"}, {"all.sql", "\\i 1_a.sql"}}),
     {"42710 file \"1_a.sql\" is named as a migration and included by "
      "\"all.sql\"",
      "all.sql: A;"});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_included_is_refused_with_its_line) {
  Is(Loaded({{"1_a.sql", "A;\n\\i b.sql\n"}}),
     {"58P01 file \"1_a.sql\", line 2: there is no file \"b.sql\" to include"});
  Is(Loaded({{"1_a.sql", "\\ir ../b.sql\n"}}), {"58P01 file \"1_a.sql\", line 1: there is no file \"../b.sql\" to "
                                                "include"});
  Is(Loaded({{"1_a.sql", "\\i /b.sql\n"}, {"b.sql", ""}}),
     {"58P01 file \"1_a.sql\", line 1: there is no file \"/b.sql\" to include", "b.sql: "});
  Is(Loaded({{"1_a.sql", "\\i b.inc\n"}, {"b.inc", "B;"}}),
     {"58P01 file \"1_a.sql\", line 1: there is no file \"b.inc\" to include"});
  Is(Loaded({{"1_a.sql", "\\i 1_a.sql\n"}}), {"42P17 file \"1_a.sql\", line 1: the file includes itself"});
  Is(Loaded({{"1_a.sql", "\\i b.sql\n"}, {"b.sql", "\n\\i 1_a.sql"}}),
     {"42P17 file \"b.sql\", line 2: the file includes itself",
      "42P17 file \"b.sql\", line 2: the file includes itself"});
}

BOOST_AUTO_TEST_CASE(includes_that_double_are_bounded) {
  SourceFiles files = {{"1_a.sql", "\\i f0.sql\n"}};
  for (int i = 0; i < 60; ++i) {
    const std::string next = "\\i f" + std::to_string(i + 1) + ".sql\n";
    files.push_back({"f" + std::to_string(i) + ".sql", next + next});
  }
  files.push_back({"f60.sql", "SELECT 1;"});
  const Strings loaded = Loaded(files);
  BOOST_TEST(loaded.at(0).substr(0, 6) == "54000 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
