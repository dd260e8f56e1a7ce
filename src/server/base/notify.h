// Tells listeners of an event: NOTIFY migrate, and NOTIFY pgrst for PostgREST.
#pragma once

#include <optional>
#include <string>

#include "core/set/migration.h"

namespace migrate {

// What is told: enough for a line in a chat. SQL, messages and notes are not for everybody who listens.
struct Announcement {
  std::string event;  // as the history has it
  MigrationId id;
  std::string actor;  // the role
  std::optional<double> duration_ms = {};
  std::string verdict = {};   // of an apply: how it can be rolled back; of a rollback: what it has led to
  std::string sqlstate = {};  // of a failure
};

// Sent when the transaction commits.
void Announce(const Announcement& announcement);

}  // namespace migrate
