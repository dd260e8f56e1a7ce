#include "server/run/kept_changes.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/tokens.h"
#include "server/base/foreign_keys.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/run/kept_content.h"
#include "server/schema/as_owner.h"
#include "server/schema/reading.h"

namespace migrate {
namespace {

// Of the table and those that it is a partition of, in both directions.
Statement kForeignKeys = {"SELECT k.conname, " ROWS_WITHOUT_PARTNER R"sql(
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_class u ON u.oid = k.confrelid )sql" COLUMNS_OF_FOREIGN_KEY R"sql(
WHERE k.contype = 'f' AND k.conparentid = 0 AND COALESCE((to_jsonb(k) ->> 'conenforced')::boolean, true)
  AND COALESCE((to_jsonb(k) ->> 'conperiod')::boolean, false) IS FALSE AND k.convalidated
  AND (k.conrelid IN (SELECT $1::oid UNION ALL SELECT pg_partition_ancestors($1::oid))
    OR k.confrelid IN (SELECT $1::oid UNION ALL SELECT pg_partition_ancestors($1::oid)))
GROUP BY k.oid, k.conname, k.confmatchtype, c.oid, c.relkind, u.oid, u.relkind ORDER BY 1)sql",
                          Rights::kCaller, Planning::kEachTime};

// A key that is checked late is checked by a trigger.
Statement kLateKeys = {
    "SELECT i.indexrelid::pg_catalog.regclass FROM pg_catalog.pg_index i WHERE i.indrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid "
    "AND (i.indisunique OR i.indisexclusion) AND NOT i.indimmediate AND i.indisvalid ORDER BY 1",
    Rights::kCaller};

std::string TableOf(const std::string& kind, const std::string& identity) {
  return kind == "table column" ? std::string(schema::SplitName(identity).first) : identity;
}

std::string Named(const schema::Kept& kept) {
  return kept.kind == "rows" ? "rows of " + kept.identity : kept.kind + " " + kept.identity;
}

void RequireReferences(const std::string& table, Oid oid) {
  for (const auto& row : Query(kForeignKeys, {std::to_string(oid)})) {
    const std::string key = "foreign key constraint " + Quoted(TextOf(row[0]));
    std::vector<Row> broken;
    try {
      broken = QueryOnce("SELECT FROM (" + TextOf(row[1]) + " LIMIT 1) found");
    } catch (Error& error) {
      if (error.sqlstate == sqlstate::kInsufficientPrivilege) {
        AddHint(error, "The owner of table " + table + " must be able to read both tables of " + key +
                           ", so that what comes back can be checked.");
      }
      throw;
    }
    if (broken.empty()) continue;
    throw Error("23503", "rows of table " + table + " would violate " + key,
                "The row that one of them refers to is gone.", "Bring that row back first, or write a down script.");
  }
}

}  // namespace

KeptChanges::KeptChanges(std::vector<schema::Kept> kept) {
  // What was changed last is changed back first.
  for (auto& one : kept) {
    if (one.is_of_change) items_.insert(items_.begin(), {std::move(one)});
  }
}

std::string KeptChanges::Compare() {
  std::vector<std::string> in_the_way;
  for (auto& item : items_) {
    const KeptContentOf content(item.kept, item.kept.columns_after);
    const std::string& name = item.kept.identity_after;
    const Oid table = name.empty() ? InvalidOid : FindTable(name);
    const auto compare = [&] {
      Call([&]() noexcept {
        Relation const relation = OidIsValid(table) ? table_open(table, AccessExclusiveLock) : nullptr;
        item.compared = CompareRowsLeaf(content.content(), relation, item.kept.keys);
        if (relation != nullptr) table_close(relation, NoLock);
      });
    };
    // Only who may become the owner of the table locks it and looks into it.
    if (OidIsValid(table)) {
      schema::AsOwner(schema::OwnerOf({false, name}), compare);
    } else {
      compare();
    }
    if (item.compared.in_the_way == 0) continue;
    const std::vector<std::string> key(item.kept.columns.begin(), item.kept.columns.begin() + item.kept.keys);
    in_the_way.push_back("table " + item.kept.identity_after + " has " + Counted(item.compared.in_the_way, "row") +
                         " again that the migration deleted, one with (" + Join(key, ", ") + ") = (" +
                         item.compared.first + ")");
  }
  return Join(in_the_way, "; ");
}

std::vector<std::function<void()>> KeptChanges::Restores() {
  std::vector<std::function<void()>> restores;
  for (auto& item : items_) restores.emplace_back([this, &item] { Restore(item); });
  return restores;
}

void KeptChanges::Restore(Item& item) {
  const schema::Kept& kept = item.kept;
  const std::string name = TableOf(kept.kind, kept.identity);
  const Oid table = FindTable(name);
  if (table == InvalidOid) throw Error(sqlstate::kCantKeep, "table " + name + " is not there", {}, {});
  const KeptContentOf content(kept, kept.columns);
  int64_t restored = 0;
  schema::AsOwner(schema::OwnerOf({false, name}), [&] {
    Call([&]() noexcept { restored = RestoreRowsLeaf(content.content(), table, kept.keys, item.compared.marks); });
  });
  item.is_restored = true;
  if (restored == 0) return;
  brought_.push_back(Named(kept) + " (" + Counted(restored, kept.kind == "rows" ? "row" : "value") + ")");
}

void KeptChanges::RequireConstraints() const {
  const schema::PinnedSettings pinned(schema::Reading::kMaking);
  for (const auto& item : items_) {
    const std::string name = TableOf(item.kept.kind, item.kept.identity);
    const Oid table = FindTable(name);
    if (!item.is_restored || table == InvalidOid) continue;
    schema::AsOwner(schema::OwnerOf({false, name}), [&] {
      for (const auto& row : Query(kLateKeys, {std::to_string(table)})) QueryOnce("REINDEX INDEX " + TextOf(row[0]));
      RequireReferences(name, table);
    });
  }
  pinned.Close();
}

std::vector<std::string> KeptChanges::Left() const {
  std::vector<std::string> left;
  for (const auto& item : items_) {
    const Compared& compared = item.compared;
    if (compared.since > 0)
      left.push_back(Counted(compared.since, "row") + " of " + item.kept.identity_after + " changed since");
    if (compared.gone > 0)
      left.push_back(Counted(compared.gone, "row") + " of " + item.kept.identity_after + " deleted since");
  }
  return left;
}

std::vector<int64_t> KeptChanges::Done() const {
  std::vector<int64_t> done;
  for (const auto& item : items_) {
    if (item.compared.since == 0 && item.compared.gone == 0) done.push_back(item.kept.id);
  }
  return done;
}

}  // namespace migrate
