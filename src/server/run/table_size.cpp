#include "server/run/table_size.h"

namespace migrate {

int64_t BytesOfLeaf(Oid table) {
  if (!ConditionalLockRelationOid(table, AccessShareLock)) {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
    if (!HeapTupleIsValid(tuple)) return 0;
    const int64_t pages = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relpages;
    ReleaseSysCache(tuple);
    return pages * BLCKSZ;
  }
  int64_t bytes = 0;
  Oid toast = InvalidOid;
  Relation relation = try_relation_open(table, NoLock);
  if (relation != nullptr) {
    if (RELKIND_HAS_STORAGE(relation->rd_rel->relkind) && relation->rd_createSubid == InvalidSubTransactionId) {
      bytes = static_cast<int64_t>(RelationGetNumberOfBlocks(relation)) * BLCKSZ;
      toast = relation->rd_rel->reltoastrelid;
    }
    relation_close(relation, NoLock);
  }
  UnlockRelationOid(table, AccessShareLock);
  return OidIsValid(toast) ? bytes + BytesOfLeaf(toast) : bytes;
}

double RowsOfLeaf(Oid table) {
  constexpr BlockNumber kFewPages = 128;
  if (!ConditionalLockRelationOid(table, AccessShareLock)) return 0;
  double rows = 0;
  Relation relation = try_relation_open(table, NoLock);
  if (relation != nullptr) {
    const char kind = relation->rd_rel->relkind;
    if (kind == RELKIND_RELATION || kind == RELKIND_MATVIEW) {
      BlockNumber pages = RelationGetNumberOfBlocks(relation);
      if (relation->rd_rel->reltuples > 0) {
        rows = relation->rd_rel->reltuples;
      } else if (pages <= kFewPages) {
        PushActiveSnapshot(GetLatestSnapshot());
        SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, GetActiveSnapshot(), 0, nullptr);
        while (HeapTupleIsValid(systable_getnext(scan))) ++rows;
        systable_endscan(scan);
        PopActiveSnapshot();
      } else {
        double visible;
        table_relation_estimate_size(relation, nullptr, &pages, &rows, &visible);
      }
    }
    relation_close(relation, NoLock);
  }
  UnlockRelationOid(table, AccessShareLock);
  return rows;
}

}  // namespace migrate
