// Background workers of one task each: started from a call, they run as whoever called, with the caller's settings,
// when its transaction is over, or at once, to help the call while it waits. Who that is travels in the worker's start
// data and the rest in shared memory, never in a table: a forged row runs nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "server/base/compat.h"
#include "server/base/conversation.h"

namespace migrate {

enum class Task { kJob, kRecordFailure, kKeepScratch, kUseScratch };

// Starts a worker and waits until it has connected; returns its process id. With `wait_ms` it begins at once, and the
// caller waits until it has ended, or for so long; else it begins when the caller's transaction is over. 42501 where it
// would have other rights than the caller, 53400 if no worker can be had or the role has too many; else what kept it
// from connecting. `function` is the caller's name for messages, `job` numbers the worker's name.
int StartWorker(const char* function, Task task, int64_t job, const std::vector<std::string>& request,
                std::optional<int> wait_ms = std::nullopt);

// A worker that helps the caller while it waits. It hears that the caller is gone when the caller's transaction ends,
// or its part of it in which this was called, however that comes. One that must not outlast the caller is then ended.
class Helper {
 public:
  // Starts it, connected to `database`. The errors of StartWorker.
  Helper(const char* function, Task task, Oid database, const std::vector<std::string>& request);

  Conversation& conversation() { return *conversation_; }

  // It hears that, and the call waits until it has ended.
  void LetGo();

 private:
  dsm_segment* segment_ = nullptr;
  BackgroundWorkerHandle* handle_ = nullptr;
  std::optional<Conversation> conversation_;
};

// In the worker: connects, waits for the caller's transaction, takes over role and settings, and does
// the task. Never returns to C++ with an error: what fails goes to the server's log.
void RunWorker();

// Does the tasks.
void RunJob(int64_t job, const std::vector<std::string>& request);                // jobs.cpp
void FailJob(int64_t job, const Error& error);                                    // jobs.cpp
void RecordFailure(const std::vector<std::string>& request);                      // failures.cpp
void KeepScratch(Conversation& caller, const std::vector<std::string>& request);  // scratch.cpp
void UseScratch(Conversation& caller, const std::vector<std::string>& request);   // scratch_work.cpp

}  // namespace migrate
