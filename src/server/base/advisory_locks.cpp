#include "server/base/advisory_locks.h"

#include "server/base/guard.h"

namespace migrate {
namespace {

struct PlainLock {
  LOCKTAG tag;
  LOCKMODE mode;
};

struct PlainLocks {
  PlainLock* locks;
  int count;
};

// The view pg_locks would make a row of every lock there is.
PlainLocks HeldLocksLeaf() {
  PlainLocks held = {nullptr, 0};
  LockData* all = GetLockStatusData();
  held.locks = static_cast<PlainLock*>(MemoryContextAllocHuge(
      CurrentMemoryContext, sizeof(PlainLock) * static_cast<size_t>(Max(all->nelements, 1)) * 2));
  for (int i = 0; i < all->nelements; ++i) {
    const LockInstanceData& lock = all->locks[i];
    if (lock.pid != MyProcPid || lock.locktag.locktag_type != LOCKTAG_ADVISORY) continue;
    for (const LOCKMODE mode : {ShareLock, ExclusiveLock}) {
      if (lock.holdMask & LOCKBIT_ON(mode)) held.locks[held.count++] = {lock.locktag, mode};
    }
  }
  return held;
}

LOCKTAG TagOf(const uint32_t* fields) {
  LOCKTAG tag;
  SET_LOCKTAG_ADVISORY(tag, fields[0], fields[1], fields[2], static_cast<uint16>(fields[3]));
  return tag;
}

// Frees a session lock however often it was taken. A lock of the transaction looks the same from
// outside; LockRelease warns that the session does not own it, which nobody needs to read.
void FreeLockLeaf(const LOCKTAG& tag, LOCKMODE mode) {
  const int level = NewGUCNestLevel();
  for (const char* name : {"client_min_messages", "log_min_messages"}) {
    (void) set_config_option(name, "error", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  }
  while (LockRelease(&tag, mode, true)) {
  }
  AtEOXact_GUC(false, level);
}

void RetakeLockLeaf(const LOCKTAG& tag, LOCKMODE mode) {
  if (LockAcquire(&tag, mode, true, true) == LOCKACQUIRE_NOT_AVAIL) {
    ereport(WARNING, (errmsg("a migration freed an advisory lock of this session, and another session has it now")));
  }
}

}  // namespace

AdvisoryLocks::AdvisoryLocks() : held_(Held()) {}

std::set<AdvisoryLocks::Lock> AdvisoryLocks::Held() {
  const PlainLocks plain = Call([]() noexcept { return HeldLocksLeaf(); });
  std::set<Lock> held;
  for (int i = 0; i < plain.count; ++i) {
    const LOCKTAG& tag = plain.locks[i].tag;
    held.insert({tag.locktag_field1, tag.locktag_field2, tag.locktag_field3, tag.locktag_field4,
                 static_cast<uint32_t>(plain.locks[i].mode)});
  }
  return held;
}

void AdvisoryLocks::Restore() const {
  const auto held = Held();
  for (const auto& lock : held) {
    if (held_.contains(lock)) continue;
    const LOCKTAG tag = TagOf(lock.data());
    const auto mode = static_cast<LOCKMODE>(lock[4]);
    Call([=]() noexcept { FreeLockLeaf(tag, mode); });
  }
  for (const auto& lock : held_) {
    if (held.contains(lock)) continue;
    const LOCKTAG tag = TagOf(lock.data());
    const auto mode = static_cast<LOCKMODE>(lock[4]);
    Call([=]() noexcept { RetakeLockLeaf(tag, mode); });
  }
}

}  // namespace migrate
