// From arguments to a plan: what both ways to run it share.
#pragma once

#include "core/plan/plan.h"
#include "server/door/commands.h"

namespace migrate {

// 22004, 22023 for arguments that make no sense.
ApplyRequest ApplyRequestOf(Argument target, Flag allow_out_of_order, bool dry_run = false);
RollbackRequest RollbackRequestOf(Argument target, Count steps, bool dry_run = false);

// How much of a hash is shown where nobody is to copy it.
inline constexpr size_t kShownHashDigits = 12;

// What was looked at is named whole: a part of a hash can be another plan's, too. 22023 for anything else.
std::string WholePlanHash(std::string hash, const char* argument);

// Reads what the request needs and plans it. 42704, 42725 for a target that is unknown or ambiguous.
Plan MakePlan(const ApplyRequest& request);
Plan MakePlan(const RollbackRequest& request);

}  // namespace migrate
