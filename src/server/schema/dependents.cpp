#include "server/schema/dependents.h"

#include <string>
#include <utility>
#include <vector>

#include "server/base/sql.h"
#include "server/schema/reading.h"

namespace migrate::schema {
namespace {

// Catalog, OID and column of each, and what it is: a default, or what computes a column, stands for the column; the
// rule of a view for the view; the relation of a composite type, or a column of it, for the type.
Statement kDependents = {
    R"sql(SELECT DISTINCT CASE WHEN f.oid IS NOT NULL OR r.rulename = '_RETURN' THEN 'pg_class'::regclass
      WHEN c.relkind = 'c' THEN 'pg_type'::regclass ELSE d.classid END::oid,
    COALESCE(f.adrelid, CASE WHEN r.rulename = '_RETURN' THEN r.ev_class WHEN c.relkind = 'c' THEN c.reltype ELSE d.objid END),
    COALESCE(f.adnum, CASE c.relkind WHEN 'c' THEN 0 ELSE d.objsubid END),
    CASE WHEN a.attgenerated <> '' THEN 'computed' WHEN f.oid IS NOT NULL THEN 'default'
      WHEN c.relkind IN ('r', 'p', 'f') AND d.objsubid > 0 THEN 'column' ELSE 'object' END
  FROM unnest($1::oid[], $2::oid[], $3::int[]) AS t (c, o, n)
    JOIN pg_depend d ON d.refclassid = t.c AND d.refobjid = t.o AND (t.n = 0 OR d.refobjsubid = t.n)
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
    LEFT JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
    LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
  WHERE c.relkind IS DISTINCT FROM 'S')sql",
    Rights::kCaller, Planning::kEachTime};

Address AddressOf(const Row& row) {
  return {Number(row[0]->c_str()), Number(row[1]->c_str()), static_cast<int>(IntegerOf(row[2]))};
}

}  // namespace

Dependents DependentsUpon(const std::set<Address>& addresses, const std::function<bool(const Address&)>& stays) {
  Dependents dependents;
  std::set<Address> frontier = addresses, seen = addresses;
  while (!frontier.empty()) {
    std::vector<std::string> catalogs, oids, columns;
    for (const auto& address : std::exchange(frontier, {})) {
      catalogs.push_back(std::to_string(address.catalog));
      oids.push_back(std::to_string(address.oid));
      columns.push_back(std::to_string(address.column));
    }
    for (const auto& row : Query(kDependents, {catalogs, oids, columns})) {
      const Address address = AddressOf(row);
      const std::string what = TextOf(row[3]);
      if (what == "default") dependents.defaults.insert(address);
      if (what == "column" || what == "default" || stays(address) || !seen.insert(address).second) continue;
      (what == "computed" ? dependents.computed : dependents.objects).insert(address);
      frontier.insert(address);
    }
  }
  return dependents;
}

}  // namespace migrate::schema
