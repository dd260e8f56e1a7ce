#include "server/run/keeper_hook.h"

#include "server/run/dropped_objects.h"
#include "server/run/watched_tables.h"

namespace migrate {
namespace {

KeptObjects* active = nullptr;
object_access_hook_type next_access = nullptr;
bool hook_is_there = false;

// Rows are written anew into a table that is made for that, and named after theirs.
Oid RewrittenLeaf(Oid made) {
  Oid table = InvalidOid;
  Relation const relation = RelationIdGetRelation(made);
  if (!RelationIsValid(relation)) return table;
  char end;
  if (sscanf(RelationGetRelationName(relation), "pg_temp_%u%c", &table, &end) != 1) table = InvalidOid;
  RelationClose(relation);
  return table;
}

void KeepAccess(ObjectAccessType access, Oid catalog, Oid object, int column, void* argument) {
  if (next_access != nullptr) next_access(access, catalog, object, column, argument);
  if (active == nullptr || catalog != RelationRelationId) return;
  if (access == OAT_TRUNCATE) return BeforeRewriteLeaf(active, object, true);
  if (access == OAT_POST_CREATE && column == 0) {
    const Oid table = RewrittenLeaf(object);
    if (OidIsValid(table)) BeforeRewriteLeaf(active, table, false);
  }
  if (access == OAT_POST_ALTER && column > 0) NoteRetypedLeaf(active, object, column);
  if (access != OAT_DROP) return;
  // A rewrite drops what has the old rows by then, which are not of the new columns.
  if (argument != nullptr && (static_cast<ObjectAccessDrop*>(argument)->dropflags & PERFORM_DELETION_INTERNAL) != 0)
    return;
  KeepDroppedLeaf(active, object, column);
}

// Once a session, and for good, as the hooks of Watch.
void InstallHookLeaf() {
  if (hook_is_there) return;
  hook_is_there = true;
  next_access = object_access_hook;
  object_access_hook = KeepAccess;
}

}  // namespace

void ListenLeaf(KeptObjects* objects) {
  active = objects;
  if (objects != nullptr) InstallHookLeaf();
}

void StopListening(const KeptObjects* objects) {
  if (active == objects) active = nullptr;
}

NotListening::NotListening() : paused_(active) { active = nullptr; }
NotListening::~NotListening() { active = paused_; }

}  // namespace migrate
