// Reads and writes migrate.job. The only place that knows its columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/error.h"

namespace migrate {

// A new job, queued; its number.
int64_t AddJob(const std::string& direction, const std::optional<std::string>& target);

// The process that will do it.
void AssignJob(int64_t job, int pid);

// From queued to running. False if there is no such row: the caller's transaction was rolled back.
bool ClaimJob(int64_t job);

// How it ended: finished, failed or canceled.
void EndJob(int64_t job, const std::string& state, const Error* error);

// Marks those as lost whose process ended before it could say how.
void MarkLostJobs();

// From queued to canceled, so that its worker finds nothing to do. False if it is not queued, or not the
// caller's to cancel.
bool CancelQueuedJob(int64_t job);

// The process of a job that is queued or running; 0 if it is over. 42704 if there is none.
int ProcessOfJob(int64_t job);

}  // namespace migrate
