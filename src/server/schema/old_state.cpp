#include "server/schema/old_state.h"

#include <cstddef>

#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate::schema {
namespace {

// What a leaf has opened.
struct Window {
  uint64 others;  // messages of other sessions that had come
  bool first_snapshot_set;
  CommandId command;
  const SharedInvalidationMessage* messages;
  size_t count;
};

bool ExistsLeaf(Oid relation, Snapshot snapshot) {
  Relation const catalog = table_open(RelationRelationId, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_class_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
  SysScanDesc const scan = systable_beginscan(catalog, ClassOidIndexId, true, snapshot, 1, &key);
  const bool exists = HeapTupleIsValid(systable_getnext(scan));
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
  return exists;
}

void TellCachesLeaf(const Window* window) {
  InvalidateCatalogSnapshot();
  for (size_t i = 0; i < window->count; ++i) {
    SharedInvalidationMessage message = window->messages[i];
    LocalExecuteInvalidationMessage(&message);
  }
}

// A relation that the state doesn't have would be looked for in it, and missed.
void TellCachesOfOldLeaf(const Window* window, Snapshot snapshot) {
  for (size_t i = 0; i < window->count; ++i) {
    SharedInvalidationMessage message = window->messages[i];
    if (message.id == SHAREDINVALRELCACHE_ID && !ExistsLeaf(message.rc.relId, snapshot)) continue;
    LocalExecuteInvalidationMessage(&message);
  }
}

// Functions that the server uses to show definitions ask for a transaction's first snapshot, and expect that a state
// like this one is looked at by a session that has none.
void OpenLeaf(Window* window) {
  AcceptInvalidationMessages();
  window->others = SharedInvalidMessageCounter;
  PushCopiedSnapshot(GetLatestSnapshot());
  Snapshot const snapshot = GetActiveSnapshot();
  snapshot->curcid = window->command;
  window->first_snapshot_set = FirstSnapshotSet;
  SetupHistoricSnapshot(snapshot, nullptr);
  FirstSnapshotSet = false;
}

void CloseLeaf(const Window* window, bool is_error) {
  FirstSnapshotSet = window->first_snapshot_set;
  TeardownHistoricSnapshot(is_error);
  if (is_error || SharedInvalidMessageCounter != window->others) InvalidateSystemCaches();
  TellCachesLeaf(window);
  if (!is_error) PopActiveSnapshot();
}

}  // namespace

void InOldState(const Moment& moment, const Touches& touches, const std::function<void()>& body) {
  Window window = {0, false, moment.command, touches.messages.data(), touches.messages.size()};
  Window* const opened = &window;
  Call([=]() noexcept { OpenLeaf(opened); });
  try {
    Call([=]() noexcept { TellCachesOfOldLeaf(opened, GetActiveSnapshot()); });
    const ActiveSnapshotOnly reading;
    body();
  } catch (...) {
    Call([=]() noexcept { CloseLeaf(opened, true); });
    throw;
  }
  Call([=]() noexcept { CloseLeaf(opened, false); });
}

}  // namespace migrate::schema
