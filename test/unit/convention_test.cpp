#include "core/set/source.h"

#include "fakes.h"

namespace migrate {
namespace {

void IsNamed(std::string_view file, std::string_view version, std::string_view name) {
  const MigrationId id = ParseMigrationName(file);
  BOOST_TEST_CONTEXT(file) {
    BOOST_TEST(id.version == version);
    BOOST_TEST(id.name == name);
  }
}

void IsClaimed(std::string_view path, std::string_view label, Section section, bool by_version = false) {
  const Part part = ClaimName(path);
  BOOST_TEST_CONTEXT(path) {
    BOOST_TEST(part.id.Label() == label);
    BOOST_TEST((part.section == section));
    BOOST_TEST(part.by_version == by_version);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention)

BOOST_AUTO_TEST_CASE(names_start_with_their_version) {
  IsNamed("0003_add_email", "0003", "add_email");
  IsNamed("0003_add_email.sql", "0003", "add_email");
  IsNamed("db/migrations/0003_add_email.sql", "0003", "add_email");
  IsNamed("0001.sql", "0001", "");
  IsNamed("0001_", "0001", "");
  IsNamed("0003-add-email", "0003", "add-email");
  IsNamed("20250120103000_init.sql", "20250120103000", "init");
  IsNamed("2024-01-31_init.sql", "2024-01-31", "init");
  IsNamed("2024-01-31-init.sql", "2024-01-31", "init");
  IsNamed("1.10_x.sql", "1.10", "x");
  IsNamed("1.2.3", "1.2.3", "");
  IsNamed("001a_x.sql", "001a", "x");
  IsNamed("001ab_x.sql", "", "001ab_x");
  IsNamed("7 seven things.sql", "7", "seven things");
  IsNamed("001-2fa_tables.sql", "001", "2fa_tables");
  IsNamed("0003__add", "0003", "_add");
}

BOOST_AUTO_TEST_CASE(what_undoes_never_runs_forward) {
  const auto shown = [](SourceFiles files) {
    std::string text;
    for (const auto& part : ReadFiles(std::move(files)).parts) {
      text += part.problem ? "! " + part.problem->message : part.id.Label();
      text += part.section == Section::kDown ? " down\n" : "\n";
    }
    return text;
  };
  BOOST_TEST(shown({{"users.sql", ""}, {"users.rollback.sql", ""}}) == "users\nusers down\n");
  BOOST_TEST(shown({{"scale.sql", ""}, {"scale_down.sql", ""}}) == "scale\nscale_down\n");
  BOOST_TEST(shown({{"1_a.sql", ""}, {"2_b.undo.sql", ""}}) ==
             "1_a\n! file \"2_b.undo.sql\" belongs to no migration\n");
  BOOST_TEST(shown({{"rollback.sql", ""}}) == "! file \"rollback.sql\" does not name its migration\n");
  BOOST_TEST(shown({{"Rollback-a.sql", ""}}) == "! file \"Rollback-a.sql\" does not name its migration\n");
  BOOST_TEST(shown({{"a.sql", ""}, {"rollbacks/rollback_a.sql", ""}}) == "a\na down\n");
  BOOST_TEST(shown({{"1_a.sql", ""}, {"2_rollback_a.sql", ""}}) == "1_a\n2_rollback_a\n");
}

BOOST_AUTO_TEST_CASE(dates_of_unequal_length_are_ordered_as_texts) {
  const auto order = [](SourceFiles files) { return ReadFiles(std::move(files)).parts.front().traits.order; };
  BOOST_TEST(order({{"20250131_a.sql", ""}, {"20250130120000_b.sql", ""}}) == "20250131999999");
  BOOST_TEST(order({{"20250131_a.sql", ""}, {"202501311200_b.sql", ""}, {"001_c.sql", ""}}) == "202501319999");
  BOOST_TEST(order({{"20250131_a.sql", ""}, {"20250131_a_down.sql", ""}, {"20250130120000_b.sql", ""}}) ==
             "20250131999999");
  BOOST_TEST(order({{"20250130120000_b.sql", ""}, {"20250131_a.sql", ""}}) == "");
  BOOST_TEST(order({{"20250131_a.sql", ""}, {"20250130_b.sql", ""}, {"2_c.sql", ""}}) == "");
  BOOST_TEST(order({{"20251331_a.sql", ""}, {"20250130120000_b.sql", ""}}) == "");
  BOOST_TEST(order({{"17000000_a.sql", ""}, {"20250130120000_b.sql", ""}}) == "");
  BOOST_TEST(order({{"20250131_a.up.sql", ""}, {"20250130120000_b.up.sql", ""}}) == "");
}

BOOST_AUTO_TEST_CASE(other_names_are_plain) {
  IsNamed("add_email.sql", "", "add_email");
  IsNamed("v1_x", "", "v1_x");
  IsNamed("2fa.sql", "", "2fa");
  IsNamed("1.x", "", "1.x");
  IsNamed("1.", "", "1.");
  IsNamed("with space.sql", "", "with space");
  IsNamed("  trimmed  ", "", "trimmed");
  IsNamed("größe.sql", "", "größe");
}

BOOST_AUTO_TEST_CASE(a_short_version_may_be_a_letter_behind_a_number) { IsNamed("2f_a", "2f", "a"); }

BOOST_AUTO_TEST_CASE(names_that_name_nothing_are_refused) {
  for (const std::string name : {"", " ", ".sql", " .sql", "folder/", "folder/.sql"}) {
    const Error error = Thrown([&] { ParseMigrationName(name); });
    BOOST_TEST(error.sqlstate == "22023");
    BOOST_TEST(error.message == "migration name is empty");
  }
}

BOOST_AUTO_TEST_CASE(control_characters_and_long_names_are_refused) {
  for (const std::string& name :
       {std::string("1_a\nb"), std::string("1_\x7F"), "1_" + std::string(1, '\x01') + "x", std::string(256, 'a')}) {
    const Error error = Thrown([&] { ParseMigrationName(name); });
    BOOST_TEST(error.sqlstate == "22023");
    BOOST_TEST(error.message == "invalid migration name");
  }
  BOOST_TEST(ParseMigrationName(std::string(255, 'a') + ".sql").name.size() == 255u);
}

BOOST_AUTO_TEST_CASE(one_file_holds_a_migration) {
  IsClaimed("0003_add_email.sql", "0003_add_email", Section::kUp);
  IsClaimed("a/b/x.sql", "x", Section::kUp);
}

BOOST_AUTO_TEST_CASE(pairs_say_their_direction) {
  IsClaimed("0003_x.up.sql", "0003_x", Section::kUp);
  IsClaimed("a/0003_x.down.sql", "0003_x", Section::kDown);
  IsClaimed("0003.down.sql", "0003", Section::kDown);
  IsClaimed("x.up.sql", "x", Section::kUp);
  IsClaimed("x.up", "x", Section::kUp);
  BOOST_TEST(Thrown([] { ClaimName(".up.sql"); }).message == "migration name is empty");
}

BOOST_AUTO_TEST_CASE(a_rollbacks_folder_holds_down_scripts_by_version) {
  for (const char* path :
       {"rollbacks/003_email.sql", "rollbacks/003_rollback_email.sql", "Rollback/003_down_email.sql",
        "db/rollbacks/003_email_rollback.sql", "rollbacks/003_email.down.sql", "rollbacks/003_email.rollback.sql",
        "rollbacks/003_email_down.sql", "rollbacks/rollback_003_email.sql"}) {
    IsClaimed(path, "003_email", Section::kDown, true);
  }
  for (const char* path : {"rollbacks/003.sql", "rollbacks/003.down.sql", "rollbacks/003_rollback.sql",
                           "rollbacks/rollback_003.sql", "rollbacks/003_down.sql"}) {
    IsClaimed(path, "003", Section::kDown, true);
  }
  IsClaimed("rollbacks/email.sql", "email", Section::kDown);
  IsClaimed("rollbacks/rollback_email.sql", "email", Section::kDown);
  IsClaimed("down/003_drop_email.sql", "003_drop_email", Section::kDown, true);
  IsClaimed("rollbacks/old/003_email.sql", "003_email", Section::kUp);
  BOOST_TEST(Thrown([] { ClaimName("rollbacks/.down.sql"); }).message == "migration name is empty");
}

BOOST_AUTO_TEST_CASE(paths_have_a_base_and_a_folder) {
  BOOST_TEST(BaseName("a/b.sql") == "b.sql");
  BOOST_TEST(BaseName("b.sql") == "b.sql");
  BOOST_TEST(FolderName("a/b/c.sql") == "b");
  BOOST_TEST(FolderName("c.sql") == "");
  BOOST_TEST(FolderName("/c.sql") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
