#include "server/schema/user_rows.h"

#include "server/base/guard.h"

namespace migrate::schema {
namespace {

// What comes with the server has lower OIDs: FirstNormalObjectId of src/include/access/transam.h.
bool FindLeaf(const UserRows& rows, Snapshot snapshot) {
  Relation const catalog = table_open(rows.catalog, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, rows.column, BTGreaterEqualStrategyNumber, F_OIDGE, ObjectIdGetDatum(FirstNormalObjectId));
  SysScanDesc const scan = systable_beginscan(catalog, rows.index, true, snapshot, 1, &key);
  const bool found = HeapTupleIsValid(systable_getnext(scan));
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
  return found;
}

}  // namespace

bool HasUserRows(const UserRows& rows) {
  const UserRows* const wanted = &rows;
  return Call([=]() noexcept {
    return FindLeaf(*wanted, nullptr) || (ActiveSnapshotSet() && FindLeaf(*wanted, GetActiveSnapshot()));
  });
}

}  // namespace migrate::schema
