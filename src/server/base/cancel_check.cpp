#include "server/base/cancel_check.h"

#include "core/base/cancel.h"
#include "server/base/guard.h"

namespace migrate {

void LetCoreBeCancelled() {
  cancel_state.check = [] { Call([]() noexcept { CHECK_FOR_INTERRUPTS(); }); };
}

}  // namespace migrate
