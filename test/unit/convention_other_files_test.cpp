// What is no script by its name: none that may be a migration is passed over without a word.
#include <fstream>
#include <iterator>

#include "core/set/source.h"
#include "fakes.h"

namespace migrate {
namespace {

SourceFile Unread(const std::string& path) { return {path, "", {}, true}; }

// A script, so that the folder holds migrations, and this file beside it: "refused" with its message, "ignored" with
// its reason, or nothing.
std::string Beside(const std::string& path) {
  const Reading reading = ReadFiles({{"0009_z.sql", "SELECT 1;"}, Unread(path)});
  std::string shown;
  for (const auto& part : reading.parts) shown += part.problem ? "refused: " + part.problem->message : std::string();
  for (const auto& ignored : reading.ignored) shown += "ignored: " + ignored.path + ": " + ignored.why;
  return shown;
}

std::string Alone(const std::string& path) {
  const Reading reading = ReadFiles({Unread(path)});
  return reading.parts.empty() ? ""
                               : reading.parts.front().problem->message + "|" + reading.parts.front().problem->hint;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_other_files)

BOOST_AUTO_TEST_CASE(sql_by_another_ending_is_refused_where_it_is_named_as_a_migration) {
  for (const std::string name : {"0001_a.psql", "V1__a.pgsql", "V4__d.ddl", "000001_depot.up.pgsql", "1_a.down.PGSQL",
                                 "20240101_a/up.ddl", "1_a.up.txt", "0001_a.dml"}) {
    BOOST_TEST(Beside(name) == "refused: file \"" + name + "\" is named as a migration, but for its ending");
  }
  BOOST_TEST(Beside("views.psql") == "ignored: views.psql: its name does not end in \".sql\"");
  const Reading reading = ReadFiles({{"1_a.sql", ""}, Unread("0001_a.psql")});
  BOOST_TEST(Contains(reading.parts.front().problem->hint, "Rename it to \"0001_a.sql\""));
  BOOST_TEST(Contains(reading.parts.front().problem->hint, "leave_out"));
}

BOOST_AUTO_TEST_CASE(what_else_is_named_as_a_migration_has_a_row) {
  for (const std::string name :
       {"0003_c.txt", "0004_d.sql~", "0005_e.SQL.bak", "1_a.up.sql.orig", "0006_f", "V1__a.md"}) {
    BOOST_TEST(Beside(name) == "ignored: " + name + ": its name does not end in \".sql\"");
  }
  for (const std::string name : {"README.md", "LICENSE", "a.txt", "libx.so.1", "meta/0000_snapshot.json"}) {
    BOOST_TEST(Beside(name) == "");
  }
  BOOST_TEST(Beside("0001_a.sql.gz") ==
             "refused: file \"0001_a.sql.gz\" is a compressed file, which can't run inside the database");
}

BOOST_AUTO_TEST_CASE(code_is_refused_by_the_names_that_its_tools_give) {
  for (const std::string name :
       {"Migration20240131120000.ts", "Version20240131120000.php", "m20240131_000001_create.rs", "m240131_120000_a.php",
        "ae1027a6acf_a.py", "1975ea83b712_a.py", "cafe1234beef.py", "0001_initial.py", "1700000000000-A.ts"}) {
    BOOST_TEST(Contains(Beside(name), "refused: file \"" + name + "\" is "), name);
    BOOST_TEST(Contains(Alone(name), "which can't run inside the database"), name);
  }
  for (const std::string name : {"env.py", "mod.rs", "helpers.ts", "deadbeefcafe.ts", "v8.ts", "migration_test.go"}) {
    BOOST_TEST(Contains(Beside(name), "ignored: " + name), name);
  }
  BOOST_TEST(Contains(Alone("ae1027a6acf_a.py"), "alembic upgrade --sql"));
  BOOST_TEST(Contains(Alone("Version20240131120000.php"), "--write-sql"));
}

BOOST_AUTO_TEST_CASE(a_folder_without_a_script_is_not_empty_if_it_holds_code) {
  for (const std::string name : {"CreateUsers.cs", "changelog.xml", "create_users.psql", "0001_a.json", "0001_a"}) {
    BOOST_TEST(Contains(Alone(name), "file \"" + name + "\""), name);
  }
  for (const std::string name : {"embed.go", "__init__.py", "env.py", "README.md"}) BOOST_TEST(Alone(name) == "", name);
  ReadOptions options;
  options.leave_out = {"*.cs"};
  BOOST_TEST(ReadFiles({Unread("CreateUsers.cs")}, options).parts.empty());
}

BOOST_AUTO_TEST_CASE(hidden_scripts_and_links_to_folders_have_a_row) {
  BOOST_TEST(Beside(".0002_b.sql") == "ignored: .0002_b.sql: hidden");
  BOOST_TEST(Beside("sub/._0002_b.SQL") == "ignored: sub/._0002_b.SQL: hidden");
  BOOST_TEST(Beside(".env") == "");
  BOOST_TEST(Beside("shared/") == "ignored: shared/: a link to a folder, which is not followed");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_never_taken_for_empty) {
  // graphile-migrate's files, of which the server may read none: current.sql would be loaded in their place.
  SourceFile committed = Unread("committed/000001.sql");
  committed.problem = Error("42501", "could not open file \"committed/000001.sql\"");
  const Reading reading = ReadFiles({committed, {"current.sql", "SELECT 1;"}});
  BOOST_TEST(reading.parts.front().problem->message == "could not open file \"committed/000001.sql\"");
  BOOST_TEST(Beside("0001_a.sql") == "refused: file \"0001_a.sql\" came without its text");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_bear_marks_all_the_same) {
  const SourceFile latin{"1_a.sql", "-- +goose Up\n-- \xE9\n", Error("22021", "file \"1_a.sql\" is not valid UTF-8")};
  BOOST_TEST(ReadFiles({latin}).convention == "goose");
}

BOOST_AUTO_TEST_CASE(push_reads_the_side_files_of_all_conventions) {
  std::ifstream script(SOURCE_FOLDER "/scripts/push");
  const std::string text{std::istreambuf_iterator<char>(script), {}};
  BOOST_TEST(Contains(text, "\nreadonly SIDE_FILES='" + Join(SideFiles(), " ") + "'\n"),
             "scripts/push says another list than " + Join(SideFiles(), " "));
  for (const std::string name : {"a.sql", "b/A.SQL", "x/my.plan", "V1__a.sql.conf", "meta/_journal.json"}) {
    BOOST_TEST(IsRead(name), name);
  }
  for (const std::string name : {"a.psql", "README.md", "plan", "sqitch.conf.bak"}) BOOST_TEST(!IsRead(name), name);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
