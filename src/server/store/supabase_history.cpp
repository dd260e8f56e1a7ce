#include "server/store/supabase_history.h"

#include <optional>
#include <set>
#include <string>

#include "core/supabase/history.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/base/trust.h"
#include "server/store/store.h"

namespace migrate {
namespace {

constexpr char kTableName[] = "supabase_migrations.schema_migrations";

Statement kTable = {
    R"(SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'),
           pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
             AND pg_catalog.has_table_privilege(c.oid, 'DELETE'),
           pg_catalog.bool_or(a.attname OPERATOR(pg_catalog.=) 'name'),
           pg_catalog.bool_or(a.attname OPERATOR(pg_catalog.=) 'statements'),
           pg_catalog.max(pg_catalog.format_type(a.atttypid, NULL))
             FILTER (WHERE a.attname OPERATOR(pg_catalog.=) 'rollback'),
           c.relkind OPERATOR(pg_catalog.=) 'r' AND NOT c.relhassubclass
         FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
         JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
          AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
        WHERE n.nspname OPERATOR(pg_catalog.=) 'supabase_migrations'
          AND c.relname OPERATOR(pg_catalog.=) 'schema_migrations'
          AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f']::pg_catalog."char"[])
        GROUP BY n.oid, c.oid)",
    Rights::kCaller};
// Whose code runs where the table is read or written, or who could put another in its place: with what each of them
// has.
Statement kOwners = {
    R"(SELECT o.owner, pg_catalog.pg_get_userbyid(o.owner), o.what
         FROM pg_catalog.pg_namespace n
         LEFT JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid
          AND c.relname OPERATOR(pg_catalog.=) 'schema_migrations'
        CROSS JOIN LATERAL (
          VALUES (n.nspowner, 'schema supabase_migrations'), (c.relowner, 'supabase_migrations.schema_migrations')
          UNION ALL
          SELECT p.proowner, pg_catalog.format('the function of trigger %I on its table', t.tgname)
            FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) t.tgfoid
           WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid) o (owner, what)
        WHERE n.nspname OPERATOR(pg_catalog.=) 'supabase_migrations' AND o.owner IS NOT NULL)",
    Rights::kCaller};
Statement kHasSchema = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) 'supabase_migrations')",
    Rights::kCaller};

// As the CLI makes it, in the same words.
Statement kCreateSchema = {"CREATE SCHEMA IF NOT EXISTS supabase_migrations", Rights::kCaller};
Statement kCreateTable = {
    "CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY)",
    Rights::kCaller};
Statement kAddStatements = {
    "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[]", Rights::kCaller};
Statement kAddName = {"ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text",
                      Rights::kCaller};

Statement kInsert = {
    "INSERT INTO supabase_migrations.schema_migrations (version, name, statements) VALUES ($1, $2, $3)",
    Rights::kCaller};
Statement kUpsert = {
    "INSERT INTO supabase_migrations.schema_migrations (version, name, statements) VALUES ($1, $2, $3) "
    "ON CONFLICT (version) DO UPDATE SET name = EXCLUDED.name, statements = EXCLUDED.statements",
    Rights::kCaller};
// The dashboard's column: statements, too, or one text.
Statement kSetRollbacks = {
    "UPDATE supabase_migrations.schema_migrations t SET rollback = "
    "CASE WHEN pg_catalog.cardinality($2) OPERATOR(pg_catalog.>) 0 THEN $2 END "
    "WHERE t.version OPERATOR(pg_catalog.=) $1",
    Rights::kCaller};
Statement kSetRollback = {
    "UPDATE supabase_migrations.schema_migrations t SET rollback = $2 WHERE t.version OPERATOR(pg_catalog.=) $1",
    Rights::kCaller};
Statement kDelete = {"DELETE FROM supabase_migrations.schema_migrations t WHERE t.version OPERATOR(pg_catalog.=) $1",
                     Rights::kCaller};
Statement kClear = {
    "UPDATE supabase_migrations.schema_migrations t SET statements = NULL WHERE t.version OPERATOR(pg_catalog.=) $1",
    Rights::kCaller};
Statement kVersions = {"SELECT t.version, '' FROM supabase_migrations.schema_migrations t", Rights::kCaller};
Statement kNamedVersions = {"SELECT t.version, t.name FROM supabase_migrations.schema_migrations t", Rights::kCaller};

struct Table {
  bool readable = false;
  bool writable = false;
  bool has_name = false;
  bool has_statements = false;
  std::string rollback_type;
};

Error NotTrusted(const std::string& what, const std::string& why) {
  return Error(
      sqlstate::kInsufficientPrivilege, "migrate.supabase is on, and " + what + " " + why,
      "Reading and writing Supabase's history would run the code of others as you.",
      "Give it to a superuser, to yourself or to a role whose rights you have, or set migrate.supabase = off.");
}

// What keeps the caller from touching the table at all.
std::optional<Error> Distrust() {
  for (const auto& row : Query(kOwners)) {
    if (IsTrusted(static_cast<Oid>(IntegerOf(row[0])))) continue;
    return NotTrusted(TextOf(row[2]), "belongs to role \"" + TextOf(row[1]) + "\"");
  }
  const auto rows = Query(kTable);
  if (!rows.empty() && !BooleanOf(rows.front()[5])) return NotTrusted(kTableName, "is no plain table");
  return std::nullopt;
}

std::optional<Table> FindTable() {
  const auto rows = Query(kTable);
  if (rows.empty()) return std::nullopt;
  const Row& row = rows.front();
  return Table{BooleanOf(row[0]), BooleanOf(row[1]), BooleanOf(row[2]), BooleanOf(row[3]), TextOf(row[4])};
}

Table RequireTable() {
  const auto found = FindTable();
  Table table = found ? *found : Table{};
  if (!found) {
    if (!BooleanOf(QueryValue(kHasSchema))) Query(kCreateSchema);
    Query(kCreateTable);
  }
  if (!table.has_statements) Query(kAddStatements);
  if (!table.has_name) Query(kAddName);
  return table;
}

std::string OptionalText(const Script& script) { return script.exists() ? ReadScript(script.sha256) : std::string(); }

// A closing comment that holds the down script is part of the up script.
std::string DownText(const KnownMigration& migration) {
  return migration.reversible == Reversible::kScript ? OptionalText(migration.down) : std::string();
}

void WriteRow(const KnownMigration& migration, Statement& statement) {
  const Table table = RequireTable();
  const std::string& version = migration.id.version;
  const std::string down = DownText(migration);
  const auto statements =
      SupabaseStatements(SupabaseText(ReadScript(migration.up.sha256), down, OptionalText(migration.verify)));
  Query(statement, {version, migration.id.name, statements});
  if (table.rollback_type == "text[]") {
    Query(kSetRollbacks, {version, SupabaseStatements(down)});
  } else if (table.rollback_type == "text") {
    Query(kSetRollback, {version, OrNull(down)});
  }
}

void Write(const KnownMigration& migration, SupabaseChange change) {
  if (auto distrust = Distrust()) throw std::move(*distrust);
  switch (change) {
    case SupabaseChange::kApplied: WriteRow(migration, kInsert); return;
    case SupabaseChange::kRecorded: WriteRow(migration, kUpsert); return;
    case SupabaseChange::kForgotten:
      if (FindTable()) Query(kDelete, {migration.id.version});
      return;
    default:
      if (FindTable() && !HasScript(migration.application->sha256)) Query(kClear, {migration.id.version});
      return;
  }
}

std::vector<SupabaseEntry> ReadHistory(const Table& table) {
  std::vector<SupabaseEntry> history;
  for (const auto& row : Query(table.has_name ? kNamedVersions : kVersions)) {
    history.push_back({TextOf(row[0]), TextOf(row[1])});
  }
  return history;
}

Error NotAllowed(const std::string& what) {
  return Error(sqlstate::kInsufficientPrivilege,
               "migrate.supabase is on, and the role may not " + what + " " + kTableName,
               "Supabase's history is read and written as the role that calls.",
               "GRANT USAGE ON SCHEMA supabase_migrations and SELECT, INSERT, UPDATE, DELETE ON its tables to it, or "
               "set migrate.supabase = off.");
}

}  // namespace

void TellSupabase(const KnownMigration& migration, SupabaseChange change) {
  if (!SupabaseObjection(migration).empty()) return;
  const MigrationRunning running;  // triggers on the table can't call us either
  try {
    Write(migration, change);
  } catch (Error& error) {
    AddContext(error, "writing migration " + Quoted(migration.id) + " into " + kTableName);
    AddHint(error, "It is written because migrate.supabase is on, as the role that calls.");
    throw;
  }
}

void TellSupabaseIfOn(const KnownMigration& migration, SupabaseChange change) {
  if (SupabaseEnabled()) TellSupabase(migration, change);
}

void RefuseWhatSupabaseHas(Plan& plan) {
  if (!SupabaseEnabled() || plan.steps.empty()) return;
  if (auto distrust = Distrust()) {
    plan.obstacles.push_back({plan.steps.front().migration->id, std::move(*distrust)});
    return;
  }
  const auto table = FindTable();
  if (!table) return;
  if (!table->readable || !table->writable) {
    plan.obstacles.push_back({plan.steps.front().migration->id, NotAllowed(table->readable ? "write" : "read")});
    return;
  }
  std::set<std::string> versions;
  for (auto& entry : ReadHistory(*table)) versions.insert(std::move(entry.version));
  for (auto& step : plan.steps) {
    const MigrationId& id = step.migration->id;
    if (step.action != Action::kApply || step.obstacle || !versions.contains(id.version)) continue;
    if (!SupabaseObjection(*step.migration).empty()) continue;
    step.obstacle =
        Error(sqlstate::kWrongState, "migration " + Quoted(id) + " is applied already, by Supabase",
              Join({kTableName, "has its version."}, " "),
              "Take it over with migrate_adopt('supabase'), or with migrate_repair(" + Literal(id) + ", 'applied').");
  }
}

void CompareWithSupabaseIfOn(std::vector<StatusRow>& rows, std::deque<KnownMigration>& only_there) {
  if (!SupabaseEnabled()) return;
  if (const auto distrust = Distrust()) {
    RaiseNotice(distrust->message + ": what it says is not shown");
    return;
  }
  const auto table = FindTable();
  if (table && !table->readable) {
    RaiseNotice(NotAllowed("read").message + ": what it says is not shown");
    return;
  }
  CompareWithSupabase(rows, table ? ReadHistory(*table) : std::vector<SupabaseEntry>(), only_there);
}

}  // namespace migrate
