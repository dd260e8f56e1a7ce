#include "server/store/store_kept.h"

#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

Statement kWrite = {
    R"(INSERT INTO migrate.kept (event, version, name, class, identity, kept_as, rows, bytes, checksum, key, columns,
           last_value, is_called, identity_after, columns_after)
       VALUES ($1::pg_catalog.int8, $2, $3, $4, $5, NULLIF($6, ''), $7::pg_catalog.int8, $8::pg_catalog.int8, $9, $10, $11,
           NULLIF($12, '')::pg_catalog.int8, CASE WHEN $12 OPERATOR(pg_catalog.<>) '' THEN $13 OPERATOR(pg_catalog.=) 'yes' END,
           NULLIF($14, ''), CASE WHEN $15 OPERATOR(pg_catalog.=) 'yes' THEN $16::pg_catalog.text[] END))",
    Rights::kOwner};

// $1 version, $2 name, $3 the event that applied it: that, and the parts that were committed before it.
#define MIGRATE_OF_APPLICATION                                                              \
  " WHERE k.version OPERATOR(pg_catalog.=) $1 AND k.name OPERATOR(pg_catalog.=) $2"         \
  "   AND k.event OPERATOR(pg_catalog.<=) $3::pg_catalog.int8"                              \
  "   AND k.event OPERATOR(pg_catalog.>) COALESCE((SELECT max(p.id) FROM migrate.history p" \
  "     WHERE p.version OPERATOR(pg_catalog.=) $1 AND p.name OPERATOR(pg_catalog.=) $2"     \
  "       AND p.id OPERATOR(pg_catalog.<) $3::pg_catalog.int8"                              \
  "       AND p.event OPERATOR(pg_catalog.=) ANY (ARRAY['apply', 'rollback', 'baseline', 'adopt', 'repair'])), 0) "
Statement kRead = {
    "SELECT k.class, k.identity, k.kept_as, k.rows, k.bytes, k.checksum, "
    "  pg_catalog.array_to_string(k.columns, pg_catalog.chr(1)), k.last_value, k.is_called, k.id, "
    "pg_catalog.cardinality(k.key), k.identity_after, k.columns_after IS NOT NULL, "
    "pg_catalog.array_to_string(k.columns_after, pg_catalog.chr(1)) FROM migrate.kept k" MIGRATE_OF_APPLICATION
    "ORDER BY k.id USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};
Statement kForget = {
    "DELETE FROM migrate.kept k WHERE k.id OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.int8[]) RETURNING k.kept_as",
    Rights::kOwner};
Statement kFree = {
    "DELETE FROM migrate.kept k WHERE k.version OPERATOR(pg_catalog.=) $1 AND k.name OPERATOR(pg_catalog.=) $2 "
    "RETURNING k.kept_as",
    Rights::kOwner};
Statement kFreeBefore = {
    "DELETE FROM migrate.kept k WHERE k.kept_at OPERATOR(pg_catalog.<) (pg_catalog.clock_timestamp() "
    "  OPERATOR(pg_catalog.-) pg_catalog.make_interval(days => $1::pg_catalog.int4)) "
    "AND NOT EXISTS (SELECT FROM migrate.migration m JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) k.event "
    "  WHERE m.version OPERATOR(pg_catalog.=) k.version AND m.name OPERATOR(pg_catalog.=) k.name "
    "    AND m.applied_event IS NOT NULL AND h.event OPERATOR(pg_catalog.<>) 'rollback') "
    "RETURNING k.kept_as",
    Rights::kOwner};

// Nobody is asked whether it may go: only the extension makes tables there.
void DropLeaf(const char* name) {
  const Oid schema = get_namespace_oid("migrate_kept", true);
  const Oid table = OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
  if (!OidIsValid(table)) return;
  LockRelationOid(table, AccessExclusiveLock);
  const ObjectAddress address = {RelationRelationId, table, 0};
  performDeletion(&address, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
}

int DropAll(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    if (!row[0]) continue;
    const char* const name = row[0]->c_str();
    Call([=]() noexcept { DropLeaf(name); });
  }
  return static_cast<int>(rows.size());
}

constexpr char kBetween = '\1';

// With those that are empty.
std::vector<std::string> NamesOf(const std::string& text) {
  std::vector<std::string> names;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(kBetween, at), text.size());
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

}  // namespace

void WriteKept(int64_t event, const MigrationId& migration, const std::vector<schema::Kept>& kept) {
  for (const auto& object : kept) {
    const std::vector<std::string> key(object.columns.begin(), object.columns.begin() + object.keys);
    Query(kWrite, {std::to_string(event), migration.version, migration.name, object.kind, object.identity, object.table,
                   std::to_string(object.rows), std::to_string(object.bytes), object.checksum, key, object.columns,
                   object.last_value, object.is_called ? "yes" : "no", object.identity_after,
                   object.is_of_change ? "yes" : "no", object.columns_after});
  }
}

std::vector<schema::Kept> ReadKeptOf(const KnownMigration& migration) {
  std::vector<schema::Kept> all;
  if (!migration.applied()) return all;
  for (const auto& row :
       Query(kRead, {migration.id.version, migration.id.name, std::to_string(migration.application->event_number)})) {
    schema::Kept kept;
    kept.kind = TextOf(row[0]);
    kept.identity = TextOf(row[1]);
    kept.table = TextOf(row[2]);
    kept.rows = IntegerOf(row[3]);
    kept.bytes = IntegerOf(row[4]);
    kept.checksum = TextOf(row[5]);
    kept.columns = NamesOf(TextOf(row[6]));
    kept.last_value = TextOf(row[7]);
    kept.is_called = BooleanOf(row[8]);
    kept.id = IntegerOf(row[9]);
    kept.keys = static_cast<int>(IntegerOf(row[10]));
    kept.identity_after = TextOf(row[11]);
    kept.is_of_change = BooleanOf(row[12]);
    if (!kept.identity_after.empty()) kept.columns_after = NamesOf(TextOf(row[13]));
    all.push_back(std::move(kept));
  }
  return all;
}

void ForgetKept(const std::vector<int64_t>& ids) {
  if (ids.empty()) return;
  std::vector<std::string> numbers;
  for (const int64_t id : ids) numbers.push_back(std::to_string(id));
  DropAll(Query(kForget, {numbers}));
}

int FreeKept(const MigrationId& migration) { return DropAll(Query(kFree, {migration.version, migration.name})); }

void FreeKeptBefore(int days) { DropAll(Query(kFreeBefore, {std::to_string(days)})); }

}  // namespace migrate
