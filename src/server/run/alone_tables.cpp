#include "server/run/alone_tables.h"

#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/run/plain_form.h"

namespace migrate {
namespace {

Statement kNamed = {"SELECT pg_catalog.to_regclass(n)::pg_catalog.oid FROM pg_catalog.unnest($1) n", Rights::kCaller};

struct Tables {
  Oid first, second;
};

Oid FindLeaf(const RangeVar* name) { return RangeVarGetRelid(name, NoLock, true); }

// CONCURRENTLY it drops one index.
Oid TableOfDroppedLeaf(const DropStmt* drop) {
  if (drop->removeType != OBJECT_INDEX || drop->objects == NIL) return InvalidOid;
  const Oid index = FindLeaf(makeRangeVarFromNameList(static_cast<List*>(linitial(drop->objects))));
  return OidIsValid(index) ? IndexGetRelation(index, true) : InvalidOid;
}

Tables TablesLeaf(Node* node) {
  switch (nodeTag(node)) {
    case T_IndexStmt: return {FindLeaf(castNode(IndexStmt, node)->relation), InvalidOid};
    case T_DropStmt: return {TableOfDroppedLeaf(castNode(DropStmt, node)), InvalidOid};
    case T_AlterTableStmt: {
      const PartitionCmd* const detach = ConcurrentDetach(node);
      return {FindLeaf(castNode(AlterTableStmt, node)->relation),
              detach == nullptr ? InvalidOid : FindLeaf(detach->name)};
    }
    default: return {InvalidOid, InvalidOid};
  }
}

bool ChangesNoSchema(Node* node) {
  return IsA(node, VacuumStmt) || IsA(node, ReindexStmt) || nodeTag(node) == kRepackTag;
}

}  // namespace

std::optional<std::vector<uint32_t>> TablesChangedAlone(Node* node) {
  if (ChangesNoSchema(node)) return std::vector<uint32_t>();
  const Tables tables = Call([=]() noexcept { return TablesLeaf(node); });
  std::vector<uint32_t> found;
  for (const Oid table : {tables.first, tables.second}) {
    if (OidIsValid(table)) found.push_back(table);
  }
  if (!found.empty() || IsA(node, IndexStmt) || IsA(node, DropStmt) || IsA(node, AlterTableStmt)) return found;
  return std::nullopt;
}

std::optional<std::vector<uint32_t>> TablesNamed(const std::vector<std::string>& names) {
  std::vector<uint32_t> found;
  for (const auto& row : Query(kNamed, {names})) {
    if (!row[0]) return std::nullopt;
    found.push_back(static_cast<uint32_t>(IntegerOf(row[0])));
  }
  return found;
}

}  // namespace migrate
