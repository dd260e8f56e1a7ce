// What migrate_report() tells of what is wrong, or risky.
#pragma once

#include "core/report/report.h"

namespace migrate {

// Lint of what is pending, health, and what each step of the plan would do to others, by its text. What can't be found
// out is left out: a report is not to fail for it.
void AddFindings(report::Report& report);

}  // namespace migrate
