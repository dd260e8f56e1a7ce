#include "server/schema/remembered.h"

#include <map>
#include <utility>

#include "server/base/guard.h"

namespace migrate::schema {
namespace {

struct Version {
  SubTransactionId subtransaction;  // that it was remembered in
  std::vector<Object> objects;
};

struct Memory {
  std::map<uint32_t, std::vector<Version>> relations;
  Moment until;
};

// Made on first use; a global one could throw while the module is loaded.
Memory* memory = nullptr;

void Clear() noexcept {
  delete memory;
  memory = nullptr;
}

void OnTransaction(XactEvent event, void*) {
  if (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PARALLEL_PRE_COMMIT && event != XACT_EVENT_PRE_PREPARE)
    Clear();
}

// Subtransactions that began later have higher numbers: those inside of the one that is undone, too. What the caller
// had done before them was perhaps remembered there only, and is to be looked for again.
void OnSubtransaction(SubXactEvent event, SubTransactionId undone, SubTransactionId, void*) {
  if (event != SUBXACT_EVENT_ABORT_SUB || memory == nullptr) return;
  memory->until = Moment();
  for (auto relation = memory->relations.begin(); relation != memory->relations.end();) {
    auto& versions = relation->second;
    while (!versions.empty() && versions.back().subtransaction >= undone) versions.pop_back();
    relation = versions.empty() ? memory->relations.erase(relation) : std::next(relation);
  }
}

void RegisterLeaf() {
  RegisterXactCallback(OnTransaction, nullptr);
  RegisterSubXactCallback(OnSubtransaction, nullptr);
}

}  // namespace

void Remember(uint32_t relation, std::vector<Object> objects) {
  static bool registered = false;
  if (!registered) Call([]() noexcept { RegisterLeaf(); });
  registered = true;
  if (memory == nullptr) memory = new Memory();
  const SubTransactionId now = GetCurrentSubTransactionId();
  auto& versions = memory->relations[relation];
  if (!versions.empty() && versions.back().subtransaction == now) versions.pop_back();
  versions.push_back({now, std::move(objects)});
}

const std::vector<Object>* Remembered(uint32_t relation) {
  if (memory == nullptr) return nullptr;
  const auto found = memory->relations.find(relation);
  return found == memory->relations.end() ? nullptr : &found->second.back().objects;
}

const Moment* RememberedUntil() { return memory == nullptr ? nullptr : &memory->until; }

void RememberUntil(const Moment& moment) {
  if (memory != nullptr) memory->until = moment;
}

}  // namespace migrate::schema
