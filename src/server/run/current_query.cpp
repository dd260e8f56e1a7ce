#include "server/run/current_query.h"

namespace migrate {
namespace {

const char* kept = nullptr;
const char* replaced = nullptr;

// The memory of the copy goes with the transaction, and whoever catches the error goes on with the query of his own.
void PutBack() {
  if (kept != nullptr && debug_query_string == kept) debug_query_string = replaced;
  kept = nullptr;
}

void OnTransaction(XactEvent, void*) { PutBack(); }

void OnSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void*) {
  if (event == SUBXACT_EVENT_ABORT_SUB) PutBack();
}

}  // namespace

void KeepCurrentQueryLeaf(const char* text) {
  static bool registered = false;
  if (!registered) {
    RegisterXactCallback(OnTransaction, nullptr);
    RegisterSubXactCallback(OnSubtransaction, nullptr);
    registered = true;
  }
  PutBack();
  const size_t size = strlen(text) + 1;
  auto* copy =
      static_cast<char*>(MemoryContextAllocExtended(TopTransactionContext, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM));
  if (copy == nullptr) return;
  memcpy(copy, text, size);
  replaced = debug_query_string;
  kept = debug_query_string = copy;
}

}  // namespace migrate
