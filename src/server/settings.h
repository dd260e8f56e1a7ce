// The settings migrate.*: their definitions and their values.
#pragma once

#include <cstddef>
#include <string>

namespace migrate {

// Registers the settings with the server. Called once, from _PG_init.
void DefineSettings();

std::string MigrationSearchPath();  // empty: the reset value of search_path
int LockTimeoutMs();                // 0: no limit
int LockRetries();
int WaitTimeoutMs();            // for a function: how long it waits for another migrator
int CommittingWaitTimeoutMs();  // for the committing forms
int StatementTimeoutMs();       // 0: no limit
bool NoticesEnabled();          // of each finished migration
bool RecordFailuresEnabled();   // of functions, by a worker
bool NotifyEnabled();
bool SupabaseEnabled();           // its history is kept in step
std::string RequiredMigration();  // empty: none
size_t MaxTextBytes();

}  // namespace migrate
