// Whether a value that was kept is the same as one that stands in a table now, perhaps of another type. Leaves only.
#pragma once

#include "server/run/raw_rows.h"

namespace migrate {

// Leaf. A point in time. What has no time of day, or no zone, is the same as what has midnight, or UTC.
bool IsTimeLeaf(Oid type);

// How the values of a column are compared.
struct SameValue {
  int kept;        // its place in the row that was kept
  AttrNumber now;  // in the table
  bool is_image;   // both are of one type, and are compared as they are stored
  bool by_type;    // the texts may differ: what the one says is read as the other's type
  Conversion kept_text, now_text, back;
  bool by_value;
  int16 length;
};

// Leaf. For each of the first `count` columns that were kept: where it is in the table now, 0 for nowhere. As long as
// the memory context lasts.
SameValue* SameValuesLeaf(TupleDesc kept, TupleDesc now, const AttrNumber* columns, int count);

// Leaf. `found` has all of its values.
bool IsSameLeaf(SameValue* same, TupleTableSlot* kept, TupleTableSlot* found);

// Leaf. Of a value however it is stored; 0 for null.
int32 HashOfValueLeaf(TupleTableSlot* row, AttrNumber column);

}  // namespace migrate
