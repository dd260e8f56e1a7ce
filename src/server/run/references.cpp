#include "server/run/references.h"

#include "server/base/guard.h"

namespace migrate {

void AddReferencesLeaf(Oid table, Effects* effects) {
  if (!OidIsValid(table)) return;
  Relation const catalog = table_open(ConstraintRelationId, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
  SysScanDesc const scan = systable_beginscan(catalog, ConstraintRelidTypidNameIndexId, true, nullptr, 1, &key);
  for (HeapTuple row = systable_getnext(scan); HeapTupleIsValid(row); row = systable_getnext(scan)) {
    const auto* const form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row));
    if (form->contype == CONSTRAINT_FOREIGN) AddEffectLeaf(effects, form->confrelid, RowShareLock, kLocksRows);
  }
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
}

std::vector<Oid> ReferencesOf(const ObservedRows& rows) {
  if (rows.inserted + rows.updated == 0) return {};
  const Oid table = rows.table;
  Effects effects = {CurrentMemoryContext, nullptr, 0, 0, 0, false};
  Effects* const filled = &effects;
  Call([=]() noexcept { AddReferencesLeaf(table, filled); });
  std::vector<Oid> tables;
  for (int i = 0; i < effects.count; ++i) tables.push_back(effects.items[i].relation);
  return tables;
}

}  // namespace migrate
