#include "server/run/locked_tables.h"

#include <string>

#include "server/base/sql.h"

namespace migrate {
namespace {

// The path of any query of ours is pg_catalog alone.
Statement kLocked = {
    R"sql(SELECT l.relation, max(pg_stat_get_xact_numscans(l.relation)
      + pg_stat_get_xact_tuples_inserted(l.relation) + pg_stat_get_xact_tuples_updated(l.relation)
      + pg_stat_get_xact_tuples_deleted(l.relation)) FROM pg_locks l
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      AND l.mode <> ALL ('{AccessShareLock,RowShareLock}') GROUP BY l.relation)sql",
    Rights::kCaller};
Statement kTables = {
    R"sql(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ANY ($1::oid[]) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
      AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      AND NOT (c.relispartition AND EXISTS (SELECT FROM pg_partition_ancestors(c.oid) p
        WHERE p.relid <> c.oid AND p.relid = ANY ($1::oid[]))) ORDER BY c.oid)sql",
    Rights::kCaller};

}  // namespace

LockedRelations StronglyLocked() {
  LockedRelations locked;
  for (const auto& row : Query(kLocked)) locked[static_cast<Oid>(IntegerOf(row[0]))] = IntegerOf(row[1]);
  return locked;
}

std::vector<Oid> TablesTouched(const LockedRelations& before, const LockedRelations& after,
                               const std::set<Oid>& others) {
  std::vector<std::string> numbers;
  for (const auto& [relation, times] : after) {
    const auto known = before.find(relation);
    const bool is_touched = known == before.end() || known->second != times || others.contains(relation);
    if (is_touched) numbers.push_back(std::to_string(relation));
  }
  std::vector<Oid> tables;
  for (const auto& row : Query(kTables, {numbers})) tables.push_back(static_cast<Oid>(IntegerOf(row[0])));
  return tables;
}

}  // namespace migrate
