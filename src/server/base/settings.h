// The settings migrate.*: their definitions and their values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/explain/verdict.h"

namespace migrate {

// Registers the settings with the server. Called once, from _PG_init.
void DefineSettings();

// Throws the first setting of ours that was set before it was known, and is no setting or has no such value: 42704 or
// 22023. What this session has set is told of once, since then it can't be set any more; all else with each call.
void RequireKnownSettings();

std::string MigrationSearchPath();  // empty: the reset value of search_path
int LockTimeoutMs();                // 0: no limit
int LockRetries();
int WaitTimeoutMs();            // for a function: how long it waits for another migrator
int CommittingWaitTimeoutMs();  // for the committing forms
int StatementTimeoutMs();       // 0: no limit
bool NoticesEnabled();          // of each finished migration
bool RecordFailuresEnabled();   // of functions, by a worker
bool NotifyEnabled();
bool GenerateDownEnabled();   // a way back from recorded changes
bool RecordChangesEnabled();  // what a migration does to the schema
int RehearseSizeKb();         // up to which a table is locked for what its users would not notice otherwise
int BriefLockMs();            // up to which a lock is brief
int ProbeTimeoutMs();         // of one run of a probe
int ExplainHoldMs();          // for how long explaining may block others; 0: no limit
std::optional<explain::Level> MaxImpact();  // that a migration may have; nothing: any
int64_t MaxImpactBytes();                   // on tables of that size
bool KeepDroppedEnabled();                  // what migrations drop
int KeepLimitKb();                          // of one migration
int KeepDays();                             // 0: for ever
int RewriteLimitKb();                       // up to which a rollback may rewrite a table
bool SupabaseEnabled();                     // its history is kept in step
std::string RequiredMigration();            // empty: none
std::string FreezeOverride();               // why something is applied in a freeze; empty: it is not
int MaxJobs();                              // workers of one role at a time
size_t MaxTextBytes();
std::string DriftIgnore();  // what the guard passes over: see core/schema/ignore.h
enum class LintMode { kOff, kNotice, kBlock };
LintMode LintBeforeApply();
bool GuardBypassEnabled();  // the guard only records

}  // namespace migrate
