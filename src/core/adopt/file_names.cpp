// Tools that record the names of files: Knex (knex_migrations), node-pg-migrate (pgmigrations), graphile-migrate
// (graphile_migrate.migrations, with the hash that heads each file) and TypeORM (migrations, with class names).
#include <algorithm>

#include "core/adopt/history.h"
#include "core/migration_name.h"

namespace migrate::adopt {
namespace {

constexpr Column kKnexColumns[] = {{"id"}, {"name"}, {"batch"}, {"migration_time", Shown::kTime, false}};
constexpr Column kNodePgMigrateColumns[] = {{"id"}, {"name"}, {"run_on", Shown::kTime}};
constexpr Column kGraphileColumns[] = {{"hash"}, {"previous_hash"}, {"filename"}, {"date", Shown::kTime}};
constexpr Column kTypeOrmColumns[] = {{"id"}, {"timestamp"}, {"name"}};

// A migration is the same one once its code has become SQL.
std::string_view WithoutEnding(std::string_view file) {
  for (const std::string_view ending : {".sql", ".js", ".ts", ".cjs", ".mjs", ".cts", ".mts"}) {
    if (file.ends_with(ending)) return file.substr(0, file.size() - ending.size());
  }
  return file;
}

History ReadKnex(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded{IdOfFile(WithoutEnding(TextOf(row[1])))};
    recorded.at = TextOf(row[3]);
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

History ReadNodePgMigrate(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded{IdOfFile(TextOf(row[1]))};
    recorded.at = TextOf(row[2]);
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

History ReadGraphile(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    std::string file = TextOf(row[2]);
    std::replace(file.begin(), file.end(), '-', '_');
    Recorded recorded{IdOfFile(file)};
    recorded.at = TextOf(row[3]);
    recorded.proof = Proof::kGraphileHash;
    recorded.checksum = TextOf(row[0]);
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

// "AddEmail1700000000000" is version 1700000000000, name AddEmail.
History ReadTypeOrm(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    const std::string version = TextOf(row[1]);
    std::string name = TextOf(row[2]);
    if (name.ends_with(version)) name.resize(name.size() - version.size());
    history.recorded.push_back({{version, name}});
  }
  return history;
}

}  // namespace

constexpr Tool kKnex = {"knex", "", "knex_migrations", kKnexColumns, "t.id", ReadKnex};
constexpr Tool kNodePgMigrate = {"node-pg-migrate",     "",     "pgmigrations",
                                 kNodePgMigrateColumns, "t.id", ReadNodePgMigrate};
constexpr Tool kGraphile = {"graphile-migrate", "graphile_migrate", "migrations",
                            kGraphileColumns,   "t.filename",       ReadGraphile};
constexpr Tool kTypeOrm = {"typeorm", "", "migrations", kTypeOrmColumns, "t.id", ReadTypeOrm, true};

}  // namespace migrate::adopt
