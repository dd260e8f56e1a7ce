// Tools that record versions, when they ran and little more: Rails and dbmate (versions alone), Diesel, Ecto, MyBatis,
// refinery, tern (the newest version alone), and two shapes made by hand.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kVersionOnly[] = {{"version"}};
constexpr std::string_view kRailsBeside[] = {"ar_internal_metadata"};
constexpr Column kDieselColumns[] = {{"version"}, {"run_on", Shown::kTime, false}};
constexpr Column kEctoColumns[] = {{"version"}, {"inserted_at", Shown::kTime}};
constexpr Column kMyBatisColumns[] = {{"id"}, {"applied_at", Shown::kTime}, {"description"}};
constexpr Column kRefineryColumns[] = {{"version"}, {"applied_on", Shown::kTime}, {"name"}, {"checksum"}};
constexpr Column kMigrationsColumns[] = {{"version"}, {"name"}, {"applied_at", Shown::kTime}};
constexpr Column kSchemaVersionColumns[] = {{"version"}, {"applied_at", Shown::kTime}, {"description"}};

constexpr std::string_view kEctoAdvice =
    "\"mix ecto.migrate --log-migrations-sql\" shows the SQL: save it as <version>_<name>.sql, load these files, then "
    "adopt again";

History ReadVersions(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    history.recorded.push_back({{TextOf(row[0]), {}}});
    if (row.size() > 1) history.recorded.back().at = TextOf(row[1]);
  }
  return history;
}

// Its checksum is of Rust's own making: SipHash of name, version and text.
History ReadRefinery(const std::vector<Cells>& rows) {
  History history = ReadVersions(rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    history.recorded[i].id.name = TextOf(rows[i][2]);
    history.recorded[i].note = "refinery's checksum is not compared";
  }
  return history;
}

// 0 is where nothing is applied.
History ReadTern(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    if (TextOf(row[0]) == "0") continue;
    history.recorded.push_back({{TextOf(row[0]), {}}});
    history.recorded.back().up_to = true;
  }
  return history;
}

// Some write the file's whole name as the version.
MigrationId IdOf(const std::string& version, const std::string& name) {
  MigrationId id = IdOfFile(version);
  if (id.version.empty() || id.name.empty()) return {version, name};
  return id;
}

History ReadMigrations(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded{IdOf(TextOf(row[0]), TextOf(row[1]))};
    recorded.at = TextOf(row[2]);
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

// A description is prose, which no file is named as.
History ReadSchemaVersion(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded{IdOf(TextOf(row[0]), {})};
    recorded.at = TextOf(row[1]);
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kRails = {"rails", "",    "schema_migrations", kVersionOnly, "t.version", ReadVersions,
                         true,    false, kRailsBeside};
constexpr Tool kDbmate = {"dbmate", "", "schema_migrations", kVersionOnly, "t.version", ReadVersions, true};
constexpr Tool kDiesel = {"diesel", "", "__diesel_schema_migrations", kDieselColumns, "t.version", ReadVersions};
constexpr Tool kEcto = {"ecto", "", "schema_migrations", kEctoColumns, "t.version", ReadVersions, true, false, {},
                        false,  {}, kEctoAdvice};
constexpr Tool kMyBatis = {"mybatis", "", "changelog", kMyBatisColumns, "t.id", ReadVersions, true, true};
constexpr Tool kRefinery = {"refinery", "", "refinery_schema_history", kRefineryColumns, "t.version", ReadRefinery};
constexpr Tool kTern = {"tern", "", "schema_version", kVersionOnly, "t.version", ReadTern, true};
constexpr Tool kMigrations = {"migrations", "", "migrations", kMigrationsColumns, "t.version", ReadMigrations};
constexpr Tool kSchemaVersion = {"schema_version",      "",          "schema_version",
                                 kSchemaVersionColumns, "t.version", ReadSchemaVersion};

}  // namespace migrate::adopt
