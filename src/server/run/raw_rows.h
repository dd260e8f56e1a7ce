// Rows as they lie in a table, on their way into another one: their values, and what tells whether they are the same.
// No planner, no triggers, no rights. Leaves only.
#pragma once

#include "server/base/compat.h"

namespace migrate {

// How a value becomes one of another type: as its text.
struct Conversion {
  bool is_text;  // the value is taken as it is where it is not
  FmgrInfo output, input;
  Oid parameter;
  int32 typmod;
};

// Leaf.
Conversion ConversionLeaf(Oid from, int32 from_typmod, Oid to, int32 to_typmod);
Datum ConvertedLeaf(Conversion* conversion, Datum value);

// Leaf. One number for the values of a row, however they are stored.
uint64 HashOfRowLeaf(TupleTableSlot* slot);

// Leaf. Texts must not depend on the session. Ends with the level that is returned.
int PinTextsLeaf();

// Into where rows go, in bulk.
struct Target {
  Relation table;
  TupleTableSlot* slot;
  BulkInsertState state;
  CommandId command;
  int options;
};

// Leaf. Nobody else may change the table.
Target OpenTargetLeaf(Oid table, int options);
void InsertLeaf(const Target& target);  // what its slot holds
void CloseTargetLeaf(const Target& target);

// Leaf. Calls `use` for each row that is there now, in the order in which they lie, in memory that is freed after it.
template <typename Use>
void ForEachRowLeaf(Relation table, Use use) {
  MemoryContext const of_row = AllocSetContextCreate(CurrentMemoryContext, "migrate kept row", ALLOCSET_DEFAULT_SIZES);
  Snapshot const snapshot = RegisterSnapshot(GetLatestSnapshot());
  TableScanDesc const scan = table_beginscan_strat(table, snapshot, 0, nullptr, true, false);
  TupleTableSlot* const slot = table_slot_create(table, nullptr);
  while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    slot_getallattrs(slot);
    MemoryContext const before = MemoryContextSwitchTo(of_row);
    use(slot);
    MemoryContextSwitchTo(before);
    MemoryContextReset(of_row);
  }
  ExecDropSingleTupleTableSlot(slot);
  table_endscan(scan);
  UnregisterSnapshot(snapshot);
  MemoryContextDelete(of_row);
}

}  // namespace migrate
