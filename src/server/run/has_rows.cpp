#include "server/run/has_rows.h"

#include "server/base/guard.h"
#include "server/run/old_rows.h"

namespace migrate {
namespace {

bool HasRowsLeaf(Oid named) {
  bool has_rows = false;
  ListCell* cell;
  foreach (cell, find_all_inheritors(named, AccessShareLock, nullptr)) {
    Relation const table = table_open(lfirst_oid(cell), NoLock);
    if (table->rd_rel->relkind == RELKIND_RELATION && !has_rows) {
      OldRowScan scan = OpenOldRowsLeaf({table, RelationGetDescr(table), nullptr, 0, false}, OldRows::kNow);
      has_rows = NextOldRowLeaf(&scan);
      CloseOldRowsLeaf(scan);
    }
    table_close(table, NoLock);
  }
  return has_rows;
}

}  // namespace

bool HasRows(Oid relation) {
  const bool is_table = Call([=]() noexcept {
    const char kind = get_rel_relkind(relation);
    return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE;
  });
  return !is_table || Call([=]() noexcept { return HasRowsLeaf(relation); });
}

}  // namespace migrate
