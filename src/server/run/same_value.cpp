#include "server/run/same_value.h"

namespace migrate {
namespace {

bool SameImage(Datum one, Datum other, bool by_value, int16 length) {
  return datum_image_eq(one, other, by_value, length);
}

}  // namespace

bool IsTimeLeaf(Oid type) { return type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID; }

SameValue* SameValuesLeaf(TupleDesc kept, TupleDesc now, const AttrNumber* columns, int count) {
  auto* const all = static_cast<SameValue*>(palloc0(sizeof(SameValue) * static_cast<Size>(count + 1)));
  for (int i = 0; i < count; ++i) {
    if (columns[i] == 0) continue;
    Form_pg_attribute const stored = TupleDescAttr(kept, i);
    Form_pg_attribute const is = TupleDescAttr(now, columns[i] - 1);
    SameValue& same = all[i];
    same.kept = i;
    same.now = columns[i];
    same.is_image = stored->atttypid == is->atttypid;
    same.by_value = is->attbyval;
    same.length = is->attlen;
    if (same.is_image) continue;
    same.kept_text = ConversionLeaf(stored->atttypid, stored->atttypmod, TEXTOID, -1);
    same.now_text = ConversionLeaf(is->atttypid, is->atttypmod, TEXTOID, -1);
    same.by_type = IsTimeLeaf(stored->atttypid) && IsTimeLeaf(is->atttypid);
    if (!same.by_type) continue;
    same.back = ConversionLeaf(TEXTOID, -1, stored->atttypid, stored->atttypmod);
    same.by_value = stored->attbyval;
    same.length = stored->attlen;
  }
  return all;
}

bool IsSameLeaf(SameValue* same, TupleTableSlot* kept, TupleTableSlot* found) {
  const int now = same->now - 1;
  if (kept->tts_isnull[same->kept] || found->tts_isnull[now]) {
    return kept->tts_isnull[same->kept] == found->tts_isnull[now];
  }
  const Datum was = kept->tts_values[same->kept], is = found->tts_values[now];
  if (same->is_image) return SameImage(was, is, same->by_value, same->length);
  const Datum text = ConvertedLeaf(&same->now_text, is);
  if (same->by_type) return SameImage(was, ConvertedLeaf(&same->back, text), same->by_value, same->length);
  return SameImage(ConvertedLeaf(&same->kept_text, was), text, false, -1);
}

int32 HashOfValueLeaf(TupleTableSlot* row, AttrNumber column) {
  Form_pg_attribute const type = TupleDescAttr(row->tts_tupleDescriptor, column - 1);
  if (row->tts_isnull[column - 1]) return 0;
  return static_cast<int32>(datum_image_hash(row->tts_values[column - 1], type->attbyval, type->attlen));
}

}  // namespace migrate
