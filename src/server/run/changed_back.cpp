#include "server/run/changed_back.h"

#include "server/run/same_value.h"

namespace migrate {
namespace {

bool IsMarked(const uint8* bits, int number) { return (bits[number / 8] & (1u << (number % 8))) != 0; }

void Mark(uint8* bits, int number) { bits[number / 8] = static_cast<uint8>(bits[number / 8] | (1u << (number % 8))); }

uint8* NextMarksLeaf(ChangeMarks* marks) {
  if (marks->rows == marks->room) {
    marks->room = marks->room == 0 ? 1024 : marks->room * 2;
    const Size bytes = marks->size * static_cast<Size>(marks->room);
    marks->bits = static_cast<uint8*>(marks->bits == nullptr ? palloc_extended(bytes, MCXT_ALLOC_HUGE)
                                                             : repalloc_huge(marks->bits, bytes));
  }
  uint8* const bits = marks->bits + marks->size * static_cast<Size>(marks->rows++);
  memset(bits, 0, marks->size);
  return bits;
}

// Rows that were kept, and those of the table that have their keys.
struct Pairs {
  Relation kept;
  KeyLookup of;
};

Pairs OpenPairsLeaf(const KeptContent& content, Relation kept, Relation table, int keys) {
  const Pairs pairs = {kept, OpenKeyLookupLeaf(table, PlacementsLeaf(kept, content, table), keys)};
  if (pairs.of.index == nullptr) RefuseWithoutKeyLeaf(table);
  return pairs;
}

char* KeyLeaf(const Pairs& pairs, TupleTableSlot* row) {
  StringInfoData text;
  initStringInfo(&text);
  for (int i = 0; i < pairs.of.keys; ++i) {
    Form_pg_attribute const column = TupleDescAttr(row->tts_tupleDescriptor, i);
    Oid output;
    bool is_varlena;
    getTypeOutputInfo(column->atttypid, &output, &is_varlena);
    appendStringInfo(&text, "%s%s", i == 0 ? "" : ", ", OidOutputFunctionCall(output, row->tts_values[i]));
  }
  return text.data;
}

// The columns that the migration changed: each is changed back if its value is still what the migration left. False if
// one is not.
bool MarkColumnsLeaf(const Pairs& pairs, TupleTableSlot* row, uint8* bits) {
  Datum* after;
  bool* are_same;
  int count;
  const int columns = pairs.kept->rd_att->natts - 1;
  deconstruct_array(DatumGetArrayTypeP(row->tts_values[columns]), INT4OID, sizeof(int32), true, TYPALIGN_INT, &after,
                    &are_same, &count);
  bool is_untouched = true;
  for (int i = pairs.of.keys; i < count && i < columns; ++i) {
    if (are_same[i]) continue;
    const AttrNumber column = pairs.of.places[i].column;  // 0 for one that the migration has dropped
    const bool is_left = column == 0 || HashOfValueLeaf(pairs.of.found, column) == DatumGetInt32(after[i]);
    if (is_left) Mark(bits, i + 1);
    is_untouched = is_untouched && is_left;
  }
  return is_untouched;
}

// Where the columns are of other types than those kept, they are not yet as they were.
void RequireTypesLeaf(const Pairs& pairs) {
  for (int i = 0; i < pairs.kept->rd_att->natts - 1; ++i) {
    if (pairs.of.places[i].column == 0) continue;
    Form_pg_attribute const kept = TupleDescAttr(RelationGetDescr(pairs.kept), i);
    Form_pg_attribute const is = TupleDescAttr(RelationGetDescr(pairs.of.table), pairs.of.places[i].column - 1);
    if (IsPlainLeaf(is->atttypid) ? kept->atttypid == is->atttypid && kept->atttypmod == is->atttypmod
                                  : kept->atttypid == TEXTOID) {
      continue;
    }
    ereport(ERROR, (errcode(kCantKeepCode), errmsg("column \"%s\" of table \"%s\" is not of the type that it was of",
                                                   NameStr(is->attname), RelationGetRelationName(pairs.of.table))));
  }
}

struct Restoring {
  Pairs pairs;
  Writer writer;
  TupleTableSlot* changed;
};

void InsertRowLeaf(const Restoring& restoring, TupleTableSlot* row) {
  const Pairs& pairs = restoring.pairs;
  ClearLeaf(restoring.changed);
  PutLeaf(row, pairs.of.places, 0, pairs.kept->rd_att->natts - 1, restoring.changed);
  ExecStoreVirtualTuple(restoring.changed);
  RequireNotNullLeaf(pairs.of.table, restoring.changed);
  ExecSimpleRelationInsert(restoring.writer.result, restoring.writer.executor, restoring.changed);
}

void UpdateRowLeaf(const Restoring& restoring, TupleTableSlot* row, const uint8* bits) {
  const Pairs& pairs = restoring.pairs;
  ExecClearTuple(restoring.changed);
  const Size columns = static_cast<Size>(pairs.of.found->tts_tupleDescriptor->natts);
  memcpy(restoring.changed->tts_values, pairs.of.found->tts_values, sizeof(Datum) * columns);
  memcpy(restoring.changed->tts_isnull, pairs.of.found->tts_isnull, sizeof(bool) * columns);
  const bool is_whole = IsMarked(bits, 0);  // it came back with its table
  for (int i = pairs.of.keys; i < pairs.kept->rd_att->natts - 1; ++i) {
    if (is_whole || IsMarked(bits, i + 1)) PutLeaf(row, pairs.of.places, i, i + 1, restoring.changed);
  }
  ExecStoreVirtualTuple(restoring.changed);
  ExecSimpleRelationUpdate(restoring.writer.result, restoring.writer.executor, nullptr, pairs.of.found,
                           restoring.changed);
}

bool RestoreRowLeaf(const Restoring& restoring, TupleTableSlot* row, const uint8* bits, Size size) {
  bool is_marked = false;
  for (Size i = 0; i < size; ++i) is_marked = is_marked || bits[i] != 0;
  if (!is_marked) return false;
  const bool is_there = FindByKeyLeaf(restoring.pairs.of, row);
  if (is_there) {
    UpdateRowLeaf(restoring, row, bits);
  } else if (IsMarked(bits, 0)) {
    InsertRowLeaf(restoring, row);
  }
  ResetPerTupleExprContext(restoring.writer.executor);
  return is_there || IsMarked(bits, 0);
}

}  // namespace

Compared CompareRowsLeaf(const KeptContent& content, Relation table, int keys) {
  Compared compared = {};
  compared.marks.size = static_cast<Size>(content.count / 8 + 1);
  MemoryContext const outside = CurrentMemoryContext;
  Relation const kept = table_open(content.table, AccessExclusiveLock);
  const ActingOwner acting = BecomeOwnerLeaf(table == nullptr ? kept->rd_rel->relowner : table->rd_rel->relowner);
  PushActiveSnapshot(GetLatestSnapshot());
  Pairs pairs = {};
  if (table != nullptr) pairs = OpenPairsLeaf(content, kept, table, keys);
  ForEachRowLeaf(kept, [&](TupleTableSlot* row) {
    MemoryContext const of_row = MemoryContextSwitchTo(outside);
    uint8* const bits = NextMarksLeaf(&compared.marks);
    MemoryContextSwitchTo(of_row);
    const bool was_deleted = row->tts_isnull[content.count];
    const bool is_there = table != nullptr && FindByKeyLeaf(pairs.of, row);
    if (was_deleted || table == nullptr) Mark(bits, 0);
    if (was_deleted && is_there && compared.in_the_way++ == 0) {
      MemoryContextSwitchTo(outside);
      compared.first = KeyLeaf(pairs, row);
      MemoryContextSwitchTo(of_row);
    }
    if (was_deleted || table == nullptr) return;
    if (!is_there) {
      ++compared.gone;
      return;
    }
    if (!MarkColumnsLeaf(pairs, row, bits)) ++compared.since;
  });
  if (table != nullptr) CloseKeyLookupLeaf(pairs.of);
  PopActiveSnapshot();
  EndOwnerLeaf(acting);
  table_close(kept, NoLock);
  return compared;
}

int64_t RestoreRowsLeaf(const KeptContent& content, Oid table_oid, int keys, const ChangeMarks& marks) {
  const int level = PinTextsLeaf();
  Relation const kept = table_open(content.table, AccessExclusiveLock);
  Relation const table = table_open(table_oid, AccessExclusiveLock);
  RequireOwnerLeaf(content.table, table);
  Restoring restoring = {};
  restoring.pairs = OpenPairsLeaf(content, kept, table, keys);
  RequireTypesLeaf(restoring.pairs);
  restoring.writer = OpenWriterLeaf(table);
  restoring.changed = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsVirtual);
  PushActiveSnapshot(GetLatestSnapshot());
  int64_t number = 0, restored = 0;
  uint64 checksum = 0;
  ForEachRowLeaf(kept, [&](TupleTableSlot* row) {
    checksum += HashOfRowLeaf(row);
    const uint8* const bits = marks.bits + marks.size * static_cast<Size>(number);
    if (number++ < marks.rows && RestoreRowLeaf(restoring, row, bits, marks.size)) ++restored;
  });
  RequireIntactLeaf(kept, content.rows, content.checksum, number, checksum);
  CloseWriterLeaf(restoring.writer);
  ExecDropSingleTupleTableSlot(restoring.changed);
  CloseKeyLookupLeaf(restoring.pairs.of);
  PopActiveSnapshot();
  table_close(table, NoLock);
  table_close(kept, NoLock);
  AtEOXact_GUC(true, level);
  CommandCounterIncrement();
  return restored;
}

}  // namespace migrate
