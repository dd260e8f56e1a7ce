// Tools that record versions and little more: Rails and dbmate (schema_migrations(version)), Diesel
// (__diesel_schema_migrations(version, run_on)), and two shapes made by hand.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kVersionOnly[] = {{"version"}};
constexpr Column kDieselColumns[] = {{"version"}, {"run_on", Shown::kTime, false}};
constexpr Column kMigrationsColumns[] = {{"version"}, {"name"}, {"applied_at", Shown::kTime}};
constexpr Column kSchemaVersionColumns[] = {{"version"}, {"applied_at", Shown::kTime}, {"description"}};

History ReadVersions(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) history.recorded.push_back({{TextOf(row[0]), {}}});
  return history;
}

History ReadDiesel(const std::vector<Cells>& rows) {
  History history = ReadVersions(rows);
  for (size_t i = 0; i < rows.size(); ++i) history.recorded[i].at = TextOf(rows[i][1]);
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

constexpr Tool kRails = {"rails", "",    "schema_migrations",   kVersionOnly, "t.version", ReadVersions,
                         true,    false, "ar_internal_metadata"};
constexpr Tool kDbmate = {"dbmate", "", "schema_migrations", kVersionOnly, "t.version", ReadVersions, true};
constexpr Tool kDiesel = {"diesel", "", "__diesel_schema_migrations", kDieselColumns, "t.version", ReadDiesel};
constexpr Tool kMigrations = {"migrations", "", "migrations", kMigrationsColumns, "t.version", ReadMigrations};
constexpr Tool kSchemaVersion = {"schema_version",      "",          "schema_version",
                                 kSchemaVersionColumns, "t.version", ReadSchemaVersion};

}  // namespace migrate::adopt
