#include "server/run/raw_rows.h"

namespace migrate {

Conversion ConversionLeaf(Oid from, int32 from_typmod, Oid to, int32 to_typmod) {
  Conversion conversion = {};
  conversion.typmod = to_typmod;
  conversion.is_text = from != to || from_typmod != to_typmod;
  if (!conversion.is_text) return conversion;
  Oid function;
  bool is_varlena;
  getTypeOutputInfo(from, &function, &is_varlena);
  fmgr_info(function, &conversion.output);
  getTypeInputInfo(to, &function, &conversion.parameter);
  fmgr_info(function, &conversion.input);
  return conversion;
}

Datum ConvertedLeaf(Conversion* conversion, Datum value) {
  if (!conversion->is_text) return value;
  char* const text = OutputFunctionCall(&conversion->output, value);
  return InputFunctionCall(&conversion->input, text, conversion->parameter, conversion->typmod);
}

uint64 HashOfRowLeaf(TupleTableSlot* slot) {
  uint64 hash = 0;
  for (int i = 0; i < slot->tts_tupleDescriptor->natts; ++i) {
    Form_pg_attribute const column = TupleDescAttr(slot->tts_tupleDescriptor, i);
    const uint32 value =
        slot->tts_isnull[i] ? 0 : datum_image_hash(slot->tts_values[i], column->attbyval, column->attlen);
    hash = hash_combine64(hash, value);
  }
  return hash;
}

int PinTextsLeaf() {
  const int level = NewGUCNestLevel();
  const char* const settings[][2] = {{"datestyle", "ISO, MDY"},
                                     {"intervalstyle", "postgres"},
                                     {"extra_float_digits", "3"},
                                     {"bytea_output", "hex"},
                                     {"search_path", "pg_catalog"}};
  for (const auto& [name, value] : settings) {
    (void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  }
  return level;
}

Target OpenTargetLeaf(Oid oid, int options) {
  Relation const table = table_open(oid, AccessExclusiveLock);
  return {table, table_slot_create(table, nullptr), GetBulkInsertState(), GetCurrentCommandId(true), options};
}

void InsertLeaf(const Target& target) {
  ExecStoreVirtualTuple(target.slot);
  table_tuple_insert(target.table, target.slot, target.command, target.options, target.state);
}

void CloseTargetLeaf(const Target& target) {
  ExecDropSingleTupleTableSlot(target.slot);
  FreeBulkInsertState(target.state);
  table_finish_bulk_insert(target.table, target.options);
  table_close(target.table, NoLock);
}

}  // namespace migrate
