// Reads and writes migrate.job. The only place that knows its columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error.h"

namespace migrate {

// A new job, queued; its number.
int64_t AddJob(const std::string& direction, const std::optional<std::string>& target);

// The process that will do it.
void AssignJob(int64_t job, int pid);

// From queued to running. False if there is no such row: the caller's transaction was rolled back.
bool ClaimJob(int64_t job);

// A job that nobody has written down yet, in its worker: it runs from its start, of that session user.
int64_t NextJob();
void AddRunningJob(int64_t job, const std::string& direction, const std::optional<std::string>& target,
                   const std::string& session_user);

// How it ended: finished, failed or canceled.
void EndJob(int64_t job, const std::string& state, const Error* error);

// How a job stands. Place and label are those of its failure; the message is empty for who may not read it.
struct JobState {
  std::string state;  // "lost" also if nobody has marked it as that
  std::string label;
  std::string place;
  std::string sqlstate;
  std::string message;
};
// 42704 if there is none.
JobState ReadJob(int64_t job, bool may_read_history);

// Marks those as lost whose process ended before it could say how.
void MarkLostJobs();

// How many workers the server runs for this role, which is the one that they have logged in as; in any database.
int CountWorkers(unsigned role);

// From queued to canceled, so that its worker finds nothing to do. False if it is not queued, or not the
// caller's to cancel.
bool CancelQueuedJob(int64_t job);

// The process of a job that is queued or running; 0 if it is over. 42704 if there is none.
int ProcessOfJob(int64_t job);

}  // namespace migrate
