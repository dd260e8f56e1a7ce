// The settings that protect a database from those who migrate it. They count from the configuration file, from ALTER
// DATABASE and from ALTER ROLE ALL; a value of a session, of a role or of PGOPTIONS is refused with 42501.
#pragma once

#include <string>
#include <string_view>

#include "core/plan/proof.h"

namespace migrate {

// Called once, by DefineSettings.
void DefineProtectedSettings();

// Whether a value of that setting from there is refused; `source` is a GucSource.
bool IsRefused(std::string_view setting, int source);

std::string Environment();   // which one this database is
std::string Freeze();        // windows in which nothing is applied: see core/plan/freeze.h
bool ApprovalRequired();     // of a plan, by another role
ProofRule RequiredProof();   // of the way back of what is applied
bool PlainIndexesEnabled();  // what wants several transactions runs in one

}  // namespace migrate
