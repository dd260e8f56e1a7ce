// Background workers of one task each: started from a call, they wait until its transaction is over
// and then run as whoever called, with the caller's settings. Who that is travels in the worker's
// start data and the rest in shared memory, never in a table: a forged row runs nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/compat.h"

namespace migrate {

enum class Task { kJob, kRecordFailure };

// Starts a worker; returns its process id. 42501 where it would have other rights than the caller, 53400
// if no worker can be had. `function` is the caller's name for messages, `job` numbers the worker's name.
int StartWorker(const char* function, Task task, int64_t job, const std::vector<std::string>& request);

// In the worker: connects, waits for the caller's transaction, takes over role and settings, and does
// the task. Never returns to C++ with an error: what fails goes to the server's log.
void RunWorker();

// Does the tasks.
void RunJob(int64_t job, const std::vector<std::string>& request);  // jobs.cpp
void RecordFailure(const std::vector<std::string>& request);        // failures.cpp

}  // namespace migrate
