// How the server can end what core does with a long text: whatever goes over foreign text says so, and every so many
// bytes the server's own check is called, which throws. Unit tests count the same bytes.
#pragma once

#include <cstddef>

#include "core/base/error.h"

namespace migrate {

// Null where nobody cancels. The one variable that core has: every reader would have to be handed it.
struct CancelState {
  void (*check)() = nullptr;
  size_t passed = 0;  // bytes that were gone over so far
  size_t next = 0;    // call the check at so many
};
inline constinit CancelState cancel_state;

inline constexpr size_t kBytesPerCheck = 256 * 1024;

// Some bytes were gone over, or are about to be.
inline void Pass(size_t bytes) {
  cancel_state.passed += bytes;
  if (cancel_state.passed < cancel_state.next) return;
  cancel_state.next = cancel_state.passed + kBytesPerCheck;
  if (cancel_state.check != nullptr) cancel_state.check();
}

// For whoever goes on after an error of one file: a cancel is none of a file's.
inline void LetCancelPass(const Error& error) {
  if (error.sqlstate == sqlstate::kQueryCanceled) throw error;
}

}  // namespace migrate
