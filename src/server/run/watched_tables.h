// Tables whose rows are kept when the migration changes them, and columns that get another type. Leaves only.
#pragma once

#include "server/run/kept_objects.h"

namespace migrate {

// What is kept of a table that is changed, or of a column that gets another type: its number, -1 if nothing is.
int FindChanged(const KeptObjects* objects, Oid relation, int column, Keeping keeping);

// Leaf. The rows of this table are kept when they are changed. Raises sqlstate::kCantKeep if it has no key.
void WatchTableLeaf(KeptObjects* objects, Relation table);

// Leaf. The table, or one of its columns, is about to go: what was changed of it before can be read now for the last
// time.
void BeforeDropLeaf(KeptObjects* objects, Relation table, int column);

// Leaf. A column is about to be altered; the server has not shown it yet.
void NoteRetypedLeaf(KeptObjects* objects, Oid table, int column);

// Leaf. The table is emptied, or its rows are written anew.
void BeforeRewriteLeaf(KeptObjects* objects, Oid table, bool is_emptied);

// Leaf. Behind a statement: where there is no key, its type must have changed no value. Raises sqlstate::kCantKeep.
void CheckSumsLeaf(KeptObjects* objects);

// Leaf. The migration ends, or a part of it: what is kept of what was changed.
void FinishChangedLeaf(KeptObjects* objects);

}  // namespace migrate
