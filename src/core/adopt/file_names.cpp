// Tools that record the names of files or classes, and when they ran. Most of these are code, which has to become SQL.
#include <algorithm>

#include "core/adopt/history.h"
#include "core/set/migration_name.h"

namespace migrate::adopt {
namespace {

// The name first, then the time if the table has one; what only tells the shape comes last.
constexpr Column kKnexColumns[] = {{"name"}, {"migration_time", Shown::kTime, false}, {"id"}, {"batch"}};
constexpr Column kNodePgMigrateColumns[] = {{"name"}, {"run_on", Shown::kTime}, {"id"}};
constexpr Column kSequelizeColumns[] = {{"name"}, {"createdAt", Shown::kTime, false}};
constexpr Column kKyselyColumns[] = {{"name"}, {"timestamp", Shown::kTime}};
constexpr Column kMikroOrmColumns[] = {{"name"}, {"executed_at", Shown::kTime}, {"id"}};
constexpr Column kDbMigrateColumns[] = {{"name"}, {"run_on", Shown::kTime}, {"id"}};
constexpr Column kEfCoreColumns[] = {{"MigrationId"}, {"ProductVersion"}};
constexpr Column kEfCoreSnakeCaseColumns[] = {{"migration_id"}, {"product_version"}};
constexpr Column kLaravelColumns[] = {{"migration"}, {"batch"}, {"id"}};
constexpr Column kDoctrineColumns[] = {{"version"}, {"executed_at", Shown::kTime}, {"execution_time"}};
constexpr Column kSeaOrmColumns[] = {{"version"}, {"applied_at", Shown::kTime}};
constexpr Column kSqlMigrateColumns[] = {{"id"}, {"applied_at", Shown::kTime}};
constexpr Column kYoyoColumns[] = {{"migration_id"}, {"applied_at_utc", Shown::kTime}, {"migration_hash"}};
constexpr Column kDbUpColumns[] = {{"scriptname"}, {"applied", Shown::kTime}, {"schemaversionsid"}};
constexpr Column kGraphileColumns[] = {{"filename"}, {"date", Shown::kTime}, {"hash"}, {"previous_hash"}};
constexpr Column kTypeOrmColumns[] = {{"name"}, {"timestamp"}, {"id"}};

History ReadFiles(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    history.recorded.push_back(RecordedOfFile(TextOf(row[0])));
    if (row.size() > 1) history.recorded.back().at = TextOf(row[1]);
  }
  return history;
}

// Of these the second column is no time.
History ReadNames(const std::vector<Cells>& rows) {
  History history = ReadFiles(rows);
  for (auto& recorded : history.recorded) recorded.at.clear();
  return history;
}

History ReadGraphile(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    std::string file = TextOf(row[0]);
    std::replace(file.begin(), file.end(), '-', '_');
    Recorded recorded{IdOfFile(file)};
    recorded.at = TextOf(row[1]);
    recorded.proof = Proof::kGraphileHash;
    recorded.checksum = TextOf(row[2]);
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

// "AddEmail1700000000000" is version 1700000000000, name AddEmail.
History ReadTypeOrm(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    const std::string version = TextOf(row[1]);
    std::string name = TextOf(row[0]);
    if (name.ends_with(version)) name.resize(name.size() - version.size());
    history.recorded.push_back({{version, name}});
  }
  return history;
}

// A script that is a resource has the names of its folders before its own, with dots: "App.Scripts.0001_a.sql".
History ReadDbUp(const std::vector<Cells>& rows) {
  History history = ReadFiles(rows);
  for (auto& recorded : history.recorded) {
    const std::string& name = recorded.id.name;
    if (!recorded.id.version.empty()) continue;
    if (const size_t dot = name.rfind('.'); dot != name.npos) recorded.also.push_back(IdOfFile(name.substr(dot + 1)));
  }
  return history;
}

// "0001.create-foo", which others write with an underscore.
History ReadYoyo(const std::vector<Cells>& rows) {
  History history = ReadFiles(rows);
  for (auto& recorded : history.recorded) {
    std::string name = recorded.id.Label();
    const size_t end = name.find_first_not_of("0123456789");
    if (end == 0 || end == name.npos || name[end] != '.') continue;
    name[end] = '_';
    recorded.also.push_back(IdOfFile(name));
  }
  return history;
}

constexpr std::string_view kCode =
    "write the SQL of each to a file of the same name that ends in .sql, load these files, then adopt again";
constexpr std::string_view kClasses =
    "write the SQL of each to <digits of the class>_<name>.sql, load these files, then adopt again";
constexpr std::string_view kEfCoreAdvice =
    "\"dotnet ef migrations script FROM TO\" writes the SQL: save it as <MigrationId>.sql, load these files, then adopt "
    "again";
constexpr std::string_view kLaravelAdvice =
    "\"php artisan migrate --pretend\" shows the SQL: save it as <migration>.sql, load these files, then adopt again";
constexpr std::string_view kDoctrineAdvice =
    "\"doctrine:migrations:execute --write-sql\" writes the SQL: save it as <digits of the class>_<name>.sql, load these "
    "files, then adopt again";

constexpr Tool Named(std::string_view name, std::string_view table, std::span<const Column> columns,
                     std::string_view order, std::string_view advice = {},
                     History (*read)(const std::vector<Cells>&) = ReadFiles) {
  Tool tool{name, {}, table, columns, order, read};
  tool.advice = advice;
  return tool;
}

// Others have more columns in a table of that name.
constexpr Tool Exactly(Tool tool) {
  tool.exact = true;
  return tool;
}

}  // namespace

constexpr Tool kKnex = Named("knex", "knex_migrations", kKnexColumns, "t.id", kCode);
constexpr Tool kNodePgMigrate = Named("node-pg-migrate", "pgmigrations", kNodePgMigrateColumns, "t.id");
constexpr Tool kSequelize = Named("sequelize", "SequelizeMeta", kSequelizeColumns, "t.name", kCode);
constexpr Tool kKysely = Named("kysely", "kysely_migration", kKyselyColumns, "t.name", kCode);
constexpr Tool kMikroOrm = Named("mikro-orm", "mikro_orm_migrations", kMikroOrmColumns, "t.id", kClasses);
constexpr Tool kDbMigrate = Exactly(Named("db-migrate", "migrations", kDbMigrateColumns, "t.id", kCode));
constexpr Tool kEfCore =
    Named("ef-core", "__EFMigrationsHistory", kEfCoreColumns, "t.\"MigrationId\"", kEfCoreAdvice, ReadNames);
constexpr Tool kEfCoreSnakeCase =
    Named("ef-core", "__EFMigrationsHistory", kEfCoreSnakeCaseColumns, "t.migration_id", kEfCoreAdvice, ReadNames);
constexpr Tool kLaravel = Exactly(Named("laravel", "migrations", kLaravelColumns, "t.id", kLaravelAdvice, ReadNames));
constexpr Tool kDoctrine =
    Named("doctrine", "doctrine_migration_versions", kDoctrineColumns, "t.version", kDoctrineAdvice);
constexpr Tool kSeaOrm = Named("seaorm", "seaql_migrations", kSeaOrmColumns, "t.version", kCode);
constexpr Tool kSqlMigrate = Named("sql-migrate", "gorp_migrations", kSqlMigrateColumns, "t.id");
constexpr Tool kYoyo = Named("yoyo", "_yoyo_migration", kYoyoColumns, "t.applied_at_utc", {}, ReadYoyo);
constexpr Tool kDbUp = Named("dbup", "schemaversions", kDbUpColumns, "t.schemaversionsid", {}, ReadDbUp);
constexpr Tool kTypeOrm = Exactly(Named("typeorm", "migrations", kTypeOrmColumns, "t.id", kClasses, ReadTypeOrm));
constexpr Tool kGraphile = {"graphile-migrate", "graphile_migrate", "migrations",
                            kGraphileColumns,   "t.filename",       ReadGraphile};

}  // namespace migrate::adopt
