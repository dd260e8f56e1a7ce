#include "server/run/own_locks.h"

#include <algorithm>
#include <iterator>

#include "server/base/guard.h"

namespace migrate {
namespace {

struct KnownRelation {
  Oid oid;
  LOCKMASK modes;
};

HTAB* NewTableLeaf() {
  HASHCTL control = {};
  control.keysize = sizeof(Oid);
  control.entrysize = sizeof(KnownRelation);
  control.hcxt = CurrentMemoryContext;
  return hash_create("migrate locks", 1024, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

LOCKMASK ModesLeaf(HTAB* known, Oid relation) {
  const auto* const found = static_cast<KnownRelation*>(hash_search(known, &relation, HASH_FIND, nullptr));
  return found == nullptr ? 0 : found->modes;
}

constexpr int kLocksAtOnce = 512;

struct NewLocks {
  ObservedLock* locks;
  int count;
};

// Adds the modes that are new of a relation, as far as there is room.
bool NoteLeaf(HTAB* known, Oid relation, LOCKMASK modes, NewLocks* found) {
  const LOCKMASK added = modes & ~ModesLeaf(known, relation);
  for (int mode = AccessShareLock; added != 0 && mode <= MaxLockMode && found->count < kLocksAtOnce; ++mode) {
    if ((added & LOCKBIT_ON(mode)) != 0) found->locks[found->count++] = {relation, mode, false};
  }
  return found->count < kLocksAtOnce;
}

void RememberLeaf(HTAB* known, const NewLocks& found) {
  for (int i = 0; i < found.count; ++i) {
    bool was_known;
    auto* const entry =
        static_cast<KnownRelation*>(hash_search(known, &found.locks[i].relation, HASH_ENTER, &was_known));
    if (!was_known) entry->modes = 0;
    entry->modes |= LOCKBIT_ON(found.locks[i].mode);
  }
}

NewLocks NoLocksLeaf() { return {static_cast<ObservedLock*>(palloc(sizeof(ObservedLock) * kLocksAtOnce)), 0}; }

// Those that came since, up to so many: each list is read from its end back to what was its end at the last look. A
// relation is locked until the transaction ends or something is undone, so that the mark stays. Nothing is allocated
// while the server's list is locked.
NewLocks NewLocksLeaf(HTAB* known, Oid* marks) {
  NewLocks found = NoLocksLeaf();
  Oid newest[NUM_LOCK_PARTITIONS] = {};
  VisitNewestOwnLocks([&](int partition, const LOCKTAG& tag, LOCKMASK modes) {
    const bool is_ours = tag.locktag_type == LOCKTAG_RELATION &&
                         (tag.locktag_field1 == MyDatabaseId || tag.locktag_field1 == InvalidOid);
    if (!is_ours) return true;
    if (!OidIsValid(newest[partition])) newest[partition] = tag.locktag_field2;
    return tag.locktag_field2 != marks[partition] && NoteLeaf(known, tag.locktag_field2, modes, &found);
  });
  VisitOwnFastLocks([&](Oid relation, int mode) { (void) NoteLeaf(known, relation, LOCKBIT_ON(mode), &found); });
  RememberLeaf(known, found);
  if (found.count == kLocksAtOnce) return found;
  for (int i = 0; i < NUM_LOCK_PARTITIONS; ++i) marks[i] = newest[i];
  return found;
}

NewLocks StrongerLeaf(HTAB* known, Oid relation) {
  NewLocks found = NoLocksLeaf();
  LOCKMASK modes = 0;
  for (int mode = AccessShareLock; mode <= MaxLockMode; ++mode) {
    if (IsLockedInMode(relation, mode)) modes |= LOCKBIT_ON(mode);
  }
  (void) NoteLeaf(known, relation, modes, &found);
  RememberLeaf(known, found);
  return found;
}

struct PlainRows {
  ObservedRows* rows;
  int count;
};

// The server counts for its statistics which rows each subtransaction changes. Catalogs are none of the answer.
PlainRows ChangedRowsLeaf() {
  const auto* first = pgstat_get_xact_stack_level(GetCurrentTransactionNestLevel())->first;
  int count = 0;
  for (const auto* at = first; at != nullptr; at = at->next) ++count;
  PlainRows found = {static_cast<ObservedRows*>(palloc(sizeof(ObservedRows) * static_cast<Size>(count + 1))), 0};
  for (const auto* at = first; at != nullptr; at = at->next) {
    if (TableOf(*at) < FirstNormalObjectId) continue;
    const ObservedRows rows = {TableOf(*at), at->tuples_inserted, at->tuples_updated, at->tuples_deleted};
    if (rows.inserted + rows.updated + rows.deleted > 0) found.rows[found.count++] = rows;
  }
  return found;
}

}  // namespace

OwnLocks::OwnLocks() : known_(Call([]() noexcept { return NewTableLeaf(); })) {}

std::vector<ObservedLock> OwnLocks::TakeNew() {
  std::vector<ObservedLock> taken;
  for (bool more = true; more;) {
    const NewLocks found = Call([known = known_, marks = marks_]() noexcept { return NewLocksLeaf(known, marks); });
    taken.insert(taken.end(), found.locks, found.locks + found.count);
    more = found.count == kLocksAtOnce;
    Call([=]() noexcept { pfree(found.locks); });
  }
  return taken;
}

std::vector<ObservedLock> OwnLocks::TakeStronger(Oid relation) {
  const NewLocks found = Call([=, known = known_]() noexcept { return StrongerLeaf(known, relation); });
  std::vector<ObservedLock> taken(found.locks, found.locks + found.count);
  Call([=]() noexcept { pfree(found.locks); });
  return taken;
}

bool OwnLocks::Has(Oid relation, int mode) const {
  const LOCKMASK modes = Call([=, known = known_]() noexcept { return ModesLeaf(known, relation); });
  return (modes & LOCKBIT_ON(mode)) != 0;
}

void OwnLocks::StartAnew() {
  HTAB* const old = known_;
  known_ = Call([=]() noexcept {
    hash_destroy(old);
    return NewTableLeaf();
  });
  std::fill(std::begin(marks_), std::end(marks_), InvalidOid);
  (void) TakeNew();
}

std::vector<ObservedRows> ChangedRows() {
  const PlainRows changed = Call([]() noexcept { return ChangedRowsLeaf(); });
  std::vector<ObservedRows> rows(changed.rows, changed.rows + changed.count);
  Call([=]() noexcept { pfree(changed.rows); });
  return rows;
}

}  // namespace migrate
