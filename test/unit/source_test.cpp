#include "core/set/source.h"

#include "fakes.h"

namespace migrate {
namespace {

Reading Read(SourceFiles files, const ReadOptions& options = {}) { return ReadFiles(std::move(files), options); }

// Each part as "label section origin", with "!" before what is refused.
std::string Shown(const Reading& reading) {
  std::string shown;
  for (const auto& part : reading.parts) {
    if (!shown.empty()) shown += '\n';
    if (part.problem) {
      shown += "! " + part.problem->message;
      continue;
    }
    const char* const section = part.section == Section::kUp     ? "up"
                                : part.section == Section::kDown ? "down"
                                                                 : "verify";
    shown += part.id.Label() + " " + section;
  }
  return shown;
}

void Reads(std::string_view convention, SourceFiles files, std::string_view shown) {
  const Reading reading = Read(std::move(files));
  BOOST_TEST(reading.convention == convention);
  BOOST_TEST(Shown(reading) == shown);
}

std::string IgnoredIn(const Reading& reading) {
  std::string shown;
  for (const auto& [path, why] : reading.ignored) shown += (shown.empty() ? "" : "\n") + path + ": " + why;
  return shown;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(source)

BOOST_AUTO_TEST_CASE(a_folder_shows_its_convention) {
  Reads("plain", {{"0001_a.sql", "SELECT 1;"}, {"0002_b.sql", ""}}, "0001_a up\n0002_b up");
  Reads("plain", {}, "");
  Reads("supabase", {{"20250120103000_a.sql", ""}, {"20250120103001_b.sql", ""}},
        "20250120103000_a up\n20250120103001_b up");
  Reads("pairs", {{"1_a.up.sql", ""}, {"1_a.down.sql", ""}}, "1_a up\n1_a down");
  Reads("diesel", {{"2024-01-31-120000_a/up.sql", ""}, {"2024-01-31-120000_a/down.sql", ""}},
        "20240131120000_a up\n20240131120000_a down");
  Reads("prisma", {{"20240131120000_a/migration.sql", ""}, {"migration_lock.toml", ""}}, "20240131120000_a up");
  Reads("dbmate", {{"20240131120000_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n"}}, "20240131120000_a up");
  Reads("goose", {{"1_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n"}}, "1_a up\n1_a down");
  Reads("sql-migrate", {{"1_a.sql", "-- +migrate Up\nSELECT 1;\n"}}, "1_a up");
  Reads("node-pg-migrate", {{"1_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;"}},
        "1_a up\n1_a down");
  Reads("mybatis", {{"1_a.sql", "-- // a\nSELECT 1;\n-- //@UNDO\nSELECT 2;"}}, "1_a up\n1_a down");
  Reads("tern", {{"001_a.sql", "SELECT 1;\n---- create above / drop below ----\nSELECT 2;"}}, "001_a up\n001_a down");
  Reads("play", {{"1.sql", "# --- !Ups\nSELECT 1;\n# --- !Downs\nSELECT 2;"}}, "1 up\n1 down");
  Reads("headings", {{"1_a.sql", "-- Up\nSELECT 1;\n-- Down\nSELECT 2;"}}, "1_a up\n1_a down");
  Reads("sqlx", {{"1_a.sql", "-- no-transaction\nSELECT 1;"}, {"2_b.sql", "SELECT 1;"}}, "1_a up\n2_b up");
  Reads("flyway", {{"V1__a.sql", ""}, {"U1__a.sql", ""}, {"R__v.sql", ""}}, "1_a up\n1_a down\nv up");
}

BOOST_AUTO_TEST_CASE(prose_makes_no_convention) {
  const std::string prose = "SELECT 1;\n-- Down migration only drops the column.\n";
  Reads("dbmate", {{"1_a.sql", "-- migrate:up\n" + prose}, {"2_b.sql", "-- migrate:up\n-- Up Migration\n"}},
        "1_a up\n2_b up");
  Reads("plain", {{"1_a.sql", prose}}, "1_a up");
  Reads("node-pg-migrate", {{"1_a.sql", "-- Up Migration\n"}, {"2_b.sql", prose + "SELECT 2;\n-- Down migration\n"}},
        "1_a up\n2_b up\n2_b down");
}

BOOST_AUTO_TEST_CASE(a_convention_can_be_told) {
  ReadOptions options;
  options.convention = "plain";
  BOOST_TEST(Shown(Read({{"V1__a.sql", ""}}, options)) == "V1__a up");
  options.convention = "nonsense";
  const Error error = Thrown([&] { Read({}, options); });
  BOOST_TEST(error.sqlstate == "22023");
  BOOST_TEST(Contains(error.hint, "flyway"));
}

BOOST_AUTO_TEST_CASE(two_conventions_in_one_folder_are_refused) {
  const Error error = Thrown([] { Read({{"V1__a.sql", ""}, {"2_b.sql", "-- +goose Up\n"}}); });
  BOOST_TEST(error.message == "the folder mixes conventions");
  BOOST_TEST(Contains(error.detail, "\"V1__a.sql\""));
  BOOST_TEST(Contains(error.detail, "\"2_b.sql\""));
}

BOOST_AUTO_TEST_CASE(files_can_be_left_out) {
  ReadOptions options;
  options.leave_out = {"*.go", "2_b.sql"};
  const Reading reading = Read({{"1_a.sql", ""}, {"2_b.sql", ""}, {"3_c.go", ""}}, options);
  BOOST_TEST(Shown(reading) == "1_a up");
  BOOST_TEST(IgnoredIn(reading) == "2_b.sql: left out\n3_c.go: left out");
}

BOOST_AUTO_TEST_CASE(what_cannot_run_is_named) {
  const Reading reading = Read({{"1_a.sql", ""},
                                {"2_b.go", ""},
                                {"3_c.sql.tmpl", ""},
                                {"embed.go", ""},
                                {"1_test.go", ""},
                                {"README.md", ""},
                                {"sqlc/queries.sql.go", ""},
                                {"views.sql.j2", ""}});
  BOOST_TEST(Contains(Shown(reading), "! file \"2_b.go\" is Go code, which can't run inside the database"));
  BOOST_TEST(Contains(Shown(reading), "! file \"3_c.sql.tmpl\" is a template, which can't run inside the database"));
  BOOST_TEST(Contains(Shown(reading), "! file \"views.sql.j2\" is a template, which can't run inside the database"));
  BOOST_TEST(Contains(IgnoredIn(reading), "embed.go: Go code"));
  BOOST_TEST(Contains(IgnoredIn(reading), "sqlc/queries.sql.go: Go code"));
}

BOOST_AUTO_TEST_CASE(what_cannot_run_is_named_by_its_folder_too) {
  const Reading reading = Read({{"1_a/migration.sql", ""},
                                {"2_b/migration.ts", ""},
                                {"2_b/types.ts", ""},
                                {"3_c/up.yaml", ""},
                                {"x/up.py", ""}});
  BOOST_TEST(Contains(Shown(reading), "! file \"2_b/migration.ts\" is TypeScript code"));
  BOOST_TEST(Contains(Shown(reading), "! file \"3_c/up.yaml\" is YAML"));
  BOOST_TEST(IgnoredIn(reading) ==
             "2_b/types.ts: TypeScript code: nothing that runs here\nx/up.py: Python code: nothing that runs here");
}

BOOST_AUTO_TEST_CASE(folders_below_are_named_together) {
  SourceFiles files = {{"1_a.sql", ""}, {"old/1.sql", ""}};
  for (int i = 0; i < 9; ++i) files.push_back({"test/" + std::to_string(i) + ".sql", ""});
  const Reading reading = Read(std::move(files));
  BOOST_TEST(Shown(reading) == "1_a up");
  BOOST_TEST(IgnoredIn(reading) ==
             "old/1.sql: in a folder of its own: load that one by itself\n"
             "test/*: 9 files: in a folder of its own: load that one by itself");
}

BOOST_AUTO_TEST_CASE(a_folder_called_migrations_holds_them) {
  const Reading reading = Read({{"migrations/20250101_a.sql", ""},
                                {"migrations/old/1.sql", ""},
                                {"rollbacks/20250101_a.sql", ""},
                                {"schemas/tables.sql", ""},
                                {"seed.sql", ""},
                                {"config.toml", ""}});
  BOOST_TEST(Shown(reading) == "20250101_a up\n20250101_a down");
  BOOST_TEST(IgnoredIn(reading) ==
             "migrations/old/1.sql: in a folder of its own: load that one by itself\n"
             "schemas/tables.sql: not in \"migrations\"\nseed.sql: not in \"migrations\"");
  BOOST_TEST(Shown(Read({{"schema.sql", ""}, {"db/migration/1_a.sql", "-- +goose Up\n"}})) == "1_a up");
  BOOST_TEST(Shown(Read({{"schema.sql", ""}, {"migrate/1_a.sql", ""}})) == "1_a up");
}

BOOST_AUTO_TEST_CASE(a_folder_called_down_holds_down_scripts) {
  BOOST_TEST(Shown(Read({{"down/1_drop_a.sql", ""}, {"up/1_create_a.sql", ""}})) == "1_drop_a down\n1_create_a up");
  BOOST_TEST(Shown(Read({{"2024.01.01T10.00.00.a.sql", ""}, {"down/2024.01.01T10.00.00.a.sql", ""}})) ==
             "2024.01.01T10.00.00.a up\n2024.01.01T10.00.00.a down");
}

BOOST_AUTO_TEST_CASE(folders_side_by_side_hold_one_sequence_or_are_refused) {
  BOOST_TEST(Shown(Read({{"2024/20240101_a.sql", ""}, {"2025/20250101_b.sql", ""}})) == "20240101_a up\n20250101_b up");
  BOOST_TEST(Shown(Read({{"up/1_a.sql", ""}, {"upgrade/2_b.sql", ""}})) == "1_a up\n2_b up");
  for (const SourceFiles& files : {SourceFiles{{"19/00__a.sql", ""}, {"20/00__b.sql", ""}},
                                   {{"app/1_a.sql", "-- +goose Up\n"}, {"app/3_b.sql", ""}, {"audit/2_c.sql", ""}},
                                   {{"schemas/tables.sql", ""}, {"seeds/rows.sql", ""}},
                                   {{"a/migrations/1_a.sql", ""}, {"b/migrations/2_b.sql", ""}}}) {
    const Error error = Thrown([&] { Read(files); });
    BOOST_TEST(error.sqlstate == "0A000");
    BOOST_TEST(error.message == "migrations stand in several folders");
    BOOST_TEST(Contains(error.detail, "\"" + files.front().path.substr(0, files.front().path.rfind('/')) + "\""));
  }
}

BOOST_AUTO_TEST_CASE(what_undoes_a_file_can_be_left_out) {
  ReadOptions options;
  options.leave_out = {"1_a.sql:down", "2_*:down"};
  Reading reading = ReadFiles({{"1_a.sql", "-- +goose Up\nA\n-- +goose Down\nB\n"},
                               {"2_b.sql", "-- +goose Up\nA\n"},
                               {"3_c.sql", "-- +goose Up\nA\n-- +goose Down\nB\n"}},
                              options);
  std::string parts;
  for (const auto& part : reading.parts) parts += part.id.Label() + (part.without_down ? " without;" : ";");
  BOOST_TEST(parts == "1_a without;1_a without;2_b without;3_c;3_c;");
  BOOST_TEST(IgnoredIn(reading) == "1_a.sql:down: left out");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
