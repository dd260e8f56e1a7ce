#include "server/run/kept_objects.h"

namespace migrate {
namespace {

// Made by the migration that drops it: nothing that was there before is lost.
bool IsOwnWork(const KeptObjects* objects, Relation relation) {
  return relation->rd_createSubid != InvalidSubTransactionId && relation->rd_createSubid >= objects->since;
}

}  // namespace

KeptObject* AddLeaf(KeptObjects* objects, Relation relation, int column, Keeping keeping) {
  if (objects->count == objects->room) {
    const int room = objects->room == 0 ? 16 : objects->room * 2;
    const Size bytes = sizeof(KeptObject) * static_cast<Size>(room);
    objects->objects = static_cast<KeptObject*>(objects->room == 0 ? MemoryContextAlloc(objects->context, bytes)
                                                                   : repalloc(objects->objects, bytes));
    objects->room = room;
  }
  KeptObject* const object = &objects->objects[objects->count++];
  *object = {};
  object->keeping = keeping;
  object->relation = RelationGetRelid(relation);
  object->column = column;
  MemoryContext const caller = MemoryContextSwitchTo(objects->context);
  object->identity =
      quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)), RelationGetRelationName(relation));
  if (column != 0) {
    object->identity =
        psprintf("%s.%s", object->identity,
                 quote_identifier(get_attname(RelationGetRelid(relation), static_cast<AttrNumber>(column), false)));
  }
  MemoryContextSwitchTo(caller);
  return object;
}

void NoteColumnsLeaf(KeptObjects* objects, TupleDesc then, const AttrNumber* columns, int count, int keys,
                     KeptObject* object) {
  MemoryContext const caller = MemoryContextSwitchTo(objects->context);
  object->column_count = count;
  object->keys = keys;
  object->columns = static_cast<AttrNumber*>(palloc(sizeof(AttrNumber) * static_cast<Size>(count + 1)));
  object->names = static_cast<char**>(palloc(sizeof(char*) * static_cast<Size>(count + 1)));
  for (int i = 0; i < count; ++i) {
    object->columns[i] = columns[i];
    object->names[i] = pstrdup(NameStr(TupleDescAttr(then, columns[i] - 1)->attname));
  }
  MemoryContextSwitchTo(caller);
}

[[noreturn]] void RefuseColumnLeaf(Relation table, const char* column) {
  ereport(ERROR, (errcode(kCantKeepCode),
                  errmsg("the values of column \"%s\" of table %s can't be kept", column,
                         quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)),
                                                    RelationGetRelationName(table))),
                  errdetail("The table has no other column, or columns, that tell its rows apart."),
                  errhint("Give it a primary key, or let the values go: SET migrate.keep_dropped = off.")));
}

// Whose rows may be lost.
bool IsOthersWork(const KeptObjects* objects, Relation relation) {
  return relation->rd_rel->relpersistence != RELPERSISTENCE_TEMP &&
         RelationGetNamespace(relation) != objects->place.schema && !IsOwnWork(objects, relation);
}

}  // namespace migrate
