// What became of a call whose step failed, and what people do next, for the hint of the error.
#pragma once

#include <cstddef>

#include "core/base/error.h"
#include "core/plan/plan.h"

namespace migrate {

// Which way a plan is run: it decides what a failure leaves.
enum class Form { kOneTransaction, kDryRun, kCommitting };

// Adds to the error of a step that failed behind `done` others. Where the server gave a hint, that stands alone. Of a
// step whose statements stay in part nothing is said but what became of the others.
void SayOutcome(Error& error, const Step& step, Form form, size_t done, bool partial);

}  // namespace migrate
