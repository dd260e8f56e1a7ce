// migrate.record_failures: failures of migrate_apply and migrate_rollback, which undo everything, are
// recorded all the same, by a worker and as well as it can be done.
#pragma once

#include "core/plan/plan.h"

namespace migrate {

// Starts the worker that records it. Does nothing for a superuser, under whose name no worker may
// write, and where no worker can be had: the failure itself is what the caller must see.
void RecordFailureAfterwards(const Step& step, const Error& error, double duration_ms);

}  // namespace migrate
