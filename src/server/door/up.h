// The committing forms without their arguments: for a procedure and for a worker.
#pragma once

#include "core/plan/plan.h"

namespace migrate {

// Plans under the migrator's lock, and runs the plan step by step. `procedure` is for messages.
void Advance(const char* procedure, const ApplyRequest& request);
void Advance(const char* procedure, const RollbackRequest& request, bool rewrites);

}  // namespace migrate
