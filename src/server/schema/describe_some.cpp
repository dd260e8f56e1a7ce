#include "server/schema/describe_some.h"

#include <map>
#include <string>
#include <utility>

#include "core/schema/definition.h"
#include "server/base/compat.h"
#include "server/base/hash.h"
#include "server/base/sql.h"
#include "server/schema/read_remarks.h"
#include "server/schema/read_tables.h"
#include "server/schema/reading.h"

namespace migrate::schema {
namespace {

Statement kMembersPrivilegesAmong = {
    R"sql(SELECT classoid, objoid, objsubid, array_to_string(initprivs::text[], E'\x01') FROM pg_init_privs
    WHERE privtype = 'e' AND (objoid, classoid) IN (SELECT o, c FROM unnest($1::oid[], $2::oid[]) AS t (c, o)))sql",
    Rights::kCaller};
// What shows something of an object that was touched: the table of an index, of a sequence, of what hangs on a table;
// the sequences of a table; the type of a composite type's relation; the classes of an operator family.
Statement kShownWith = {
    R"sql(WITH t AS MATERIALIZED (SELECT c, o FROM unnest($1::oid[], $2::oid[]) AS t (c, o))
  SELECT 'pg_class'::regclass::oid, i.indrelid FROM t JOIN pg_index i ON i.indexrelid = t.o WHERE t.c = 'pg_class'::regclass
  UNION ALL SELECT 'pg_class'::regclass, d.refobjid FROM t JOIN pg_depend d ON d.classid = t.c AND d.objid = t.o
    WHERE t.c = 'pg_class'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
      AND d.deptype IN ('a', 'i')
  UNION ALL SELECT 'pg_class'::regclass, d.objid FROM t JOIN pg_depend d ON d.refclassid = t.c AND d.refobjid = t.o
      JOIN pg_class s ON s.oid = d.objid
    WHERE t.c = 'pg_class'::regclass AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0
      AND d.deptype IN ('a', 'i') AND s.relkind = 'S'
  UNION ALL SELECT 'pg_type'::regclass, r.reltype FROM t JOIN pg_class r ON r.oid = t.o
    WHERE t.c = 'pg_class'::regclass AND r.relkind = 'c'
  UNION ALL SELECT 'pg_class'::regclass, k.conrelid FROM t JOIN pg_constraint k ON k.oid = t.o
    WHERE t.c = 'pg_constraint'::regclass AND k.conrelid <> 0
  UNION ALL SELECT 'pg_class'::regclass, d.adrelid FROM t JOIN pg_attrdef d ON d.oid = t.o WHERE t.c = 'pg_attrdef'::regclass
  UNION ALL SELECT 'pg_class'::regclass, g.tgrelid FROM t JOIN pg_trigger g ON g.oid = t.o WHERE t.c = 'pg_trigger'::regclass
  UNION ALL SELECT 'pg_class'::regclass, r.ev_class FROM t JOIN pg_rewrite r ON r.oid = t.o WHERE t.c = 'pg_rewrite'::regclass
  UNION ALL SELECT 'pg_class'::regclass, p.polrelid FROM t JOIN pg_policy p ON p.oid = t.o WHERE t.c = 'pg_policy'::regclass
  UNION ALL SELECT 'pg_class'::regclass, s.stxrelid FROM t JOIN pg_statistic_ext s ON s.oid = t.o
    WHERE t.c = 'pg_statistic_ext'::regclass
  UNION ALL SELECT 'pg_opclass'::regclass, c.oid FROM t JOIN pg_opclass c ON c.opcfamily = t.o
    WHERE t.c = 'pg_opfamily'::regclass)sql",
    Rights::kCaller};
// On a table functions depend by its row type, and on types by those of their arrays.
Statement kDependents = {
    R"sql(WITH t AS MATERIALIZED (SELECT c, o FROM unnest($1::oid[], $2::oid[]) AS t (c, o)),
    rows AS MATERIALIZED (SELECT c, o FROM t UNION SELECT 'pg_type'::regclass, r.reltype FROM t JOIN pg_class r ON r.oid = t.o
      WHERE t.c = 'pg_class'::regclass AND r.reltype <> 0),
    every AS MATERIALIZED (SELECT c, o FROM rows UNION SELECT c, y.typarray FROM rows JOIN pg_type y ON y.oid = o
      WHERE c = 'pg_type'::regclass AND y.typarray <> 0)
  SELECT DISTINCT d.classid, d.objid FROM every JOIN pg_depend d ON d.refclassid = c AND d.refobjid = o)sql",
    Rights::kCaller};
Statement kMissing = {
    R"sql(SELECT c, o FROM unnest($1::oid[], $2::oid[]) AS t (c, o)
    WHERE c = 'pg_class'::regclass AND NOT EXISTS (SELECT FROM pg_class r WHERE r.oid = o))sql",
    Rights::kCaller};
Statement kIdentities = {
    R"sql(SELECT c, o, i.type, i.schema, COALESCE(i.name, i.identity), i.identity
    FROM unnest($1::oid[], $2::oid[]) AS t (c, o), pg_identify_object(c, o, 0) i
    WHERE i.identity IS NOT NULL AND i.schema !~ '^pg_')sql",
    Rights::kCaller};
// Addresses of whole objects, as two lists for a query.
struct Lists {
  std::vector<std::string> catalogs, oids;

  Lists() = default;
  explicit Lists(const std::set<Address>& addresses) {
    for (const auto& address : addresses) Add(address);
  }

  void Add(const Address& address) {
    catalogs.push_back(std::to_string(address.catalog));
    oids.push_back(std::to_string(address.oid));
  }
};

// With more, the plans are made anew anyway, and may read whole catalogs.
constexpr size_t kMostByIndex = 100;

Address AddressOf(const Row& row) { return {Number(row[0]->c_str()), Number(row[1]->c_str()), 0}; }

std::set<Address> ReadAddresses(Statement& statement, const std::set<Address>& of) {
  const Lists lists(of);
  const PinnedSettings pinned(Reading::kSome);
  std::set<Address> addresses;
  for (const auto& row : Query(statement, {lists.catalogs, lists.oids})) addresses.insert(AddressOf(row));
  pinned.Close();
  return addresses;
}

std::vector<const char*> Plain(const Row& row) {
  std::vector<const char*> values;
  for (const auto& value : row) values.push_back(value ? value->c_str() : nullptr);
  return values;
}

// The query of a kind for one object or relation, and for many. For one the plan that is kept goes by the indexes; for
// many it is made anew, since which way is quick depends on how many.
struct Selected {
  std::string one_text, many_text;
  Statement one, many;
};

std::vector<Selected>& SelectedKinds() {
  static std::vector<Selected> kinds = [] {
    std::vector<Selected> made(Ways().size());
    for (size_t i = 0; i < made.size(); ++i) {
      const Way& way = Ways()[i];
      if (way.kind->sql == nullptr) continue;
      const std::string text = "SELECT q.* FROM (" + std::string(way.kind->sql) +
                               ") AS q (catalog, oid, number, relation, class, schema, name, identity, target, "
                               "definition, owner, privileges, defaults) WHERE " +
                               (way.catalog == kOfRelation ? "q.relation" : "q.oid");
      made[i].one_text = text + " = $1::oid";
      made[i].many_text = text + " = ANY ($1::oid[])";
      made[i].one = {made[i].one_text.c_str(), Rights::kCaller};
      made[i].many = {made[i].many_text.c_str(), Rights::kCaller, Planning::kEachTime};
    }
    return made;
  }();
  return kinds;
}

void ReadKind(Selected& kind, const std::vector<std::string>& oids, std::vector<Described>& described) {
  constexpr size_t kFew = 8;
  if (oids.size() > kFew) {
    QueryEach(kind.many, {oids}, [&](const char* const* values) { described.push_back(DescribedOf(values)); });
    return;
  }
  for (const auto& oid : oids) {
    for (const auto& row : Query(kind.one, {oid})) described.push_back(DescribedOf(Plain(row).data()));
  }
}

std::vector<Described> ReadSome(const Selection& selection) {
  std::map<uint32_t, std::vector<std::string>> oids;
  for (const auto& address : selection.addresses) oids[address.catalog].push_back(std::to_string(address.oid));
  std::vector<Described> some;
  TablesToRead tables;
  for (size_t i = 0; i < Ways().size(); ++i) {
    const Way& way = Ways()[i];
    if (!selection.made_of.empty() && !selection.made_of.contains(way.source)) continue;
    if (way.kind->read_leaf != nullptr) {
      tables.kinds.push_back(way.kind);
      continue;
    }
    const auto wanted = oids.find(way.catalog == kOfRelation ? RelationRelationId : way.catalog);
    if (wanted != oids.end() && way.MayHaveAny()) ReadKind(SelectedKinds()[i], wanted->second, some);
  }
  tables.tables.emplace();
  for (const auto& address : selection.addresses) {
    if (address.catalog == RelationRelationId) tables.tables->push_back(address.oid);
  }
  if (!tables.kinds.empty() && !tables.tables->empty()) {
    ReadTables(tables, [&](Described described) { some.push_back(std::move(described)); });
  }
  return some;
}

bool HasNoneOf(const Selection& selection, uint32_t catalog) {
  return !selection.made_of.empty() && !selection.made_of.contains(catalog);
}

void LeaveOutMembers(std::vector<Described>& described, Members members) {
  if (members.extensions.empty()) return;
  std::set<Address> addresses;
  for (const auto& [object, extension] : members.extensions) addresses.insert({object.first, object.second, 0});
  const Lists lists(addresses);
  QueryEach(kMembersPrivilegesAmong, {lists.catalogs, lists.oids},
            [&](const char* const* values) { members.AddPrivileges(values); });
  std::erase_if(described, [&](Described& one) { return !Counts(members, one); });
}

// What hangs on a table is looked for by the table's OID, too.
std::set<Address> AddressesOf(const std::vector<Described>& described) {
  std::set<Address> addresses;
  for (const auto& one : described) {
    addresses.insert({one.address.catalog, one.address.oid, 0});
    if (one.relation.oid != 0) addresses.insert(one.relation);
  }
  return addresses;
}

}  // namespace

std::vector<Object> DescribeSome(const Selection& selection) {
  const bool are_few = selection.addresses.size() <= kMostByIndex;
  const PinnedSettings pinned(are_few ? Reading::kSome : Reading::kAll);
  std::vector<Described> some = ReadSome(selection);
  std::vector<Remark> remarks;
  std::erase_if(some, Keeps);
  if (!some.empty()) {
    RemarksOfSome read =
        ReadRemarks({AddressesOf(some), !HasNoneOf(selection, DescriptionRelationId),
                     !HasNoneOf(selection, SecLabelRelationId), !HasNoneOf(selection, DependRelationId)});
    LeaveOutMembers(some, std::move(read.members));
    remarks = std::move(read.remarks);
  }
  pinned.Close();
  std::vector<Object> objects = Complete(std::move(some), remarks);
  AddHashes(objects, NewSha256);
  return objects;
}

std::vector<Object> IdentifySome(const std::set<Address>& addresses) {
  const Lists lists(addresses);
  std::vector<Object> objects;
  for (const auto& row : Query(kIdentities, {lists.catalogs, lists.oids})) {
    Object object{TextOf(row[2]), TextOf(row[3]), TextOf(row[4]), TextOf(row[5]), {}, {}};
    object.address = AddressOf(row);
    objects.push_back(std::move(object));
  }
  return objects;
}

std::set<Address> WithShown(const std::set<Address>& addresses) {
  std::set<Address> all = ReadAddresses(kShownWith, addresses);
  all.insert(addresses.begin(), addresses.end());
  return all;
}

std::set<Address> DependentsOf(const std::set<Address>& addresses) { return ReadAddresses(kDependents, addresses); }

std::set<uint32_t> MissingRelations(const std::set<Address>& addresses) {
  std::set<uint32_t> missing;
  for (const auto& address : ReadAddresses(kMissing, addresses)) missing.insert(address.oid);
  return missing;
}

}  // namespace migrate::schema
