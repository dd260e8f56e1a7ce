// What runs now, for migrate_progress() and migrate_job().
#pragma once

#include <cstdint>
#include <string>

namespace migrate {

// The migration that the job is at, and its place: "step 2 of 5, statement 1 of 3". Leaves both as they are if it has
// not begun.
void DescribeRunning(int64_t job, std::string& label, std::string& place);

}  // namespace migrate
