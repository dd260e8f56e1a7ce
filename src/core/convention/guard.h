// A condition that a tool checks before a migration runs, as a statement that stands in front of the script.
#pragma once

#include <string>
#include <string_view>

namespace migrate::convention {

// A DO block that fails with MG001 unless the condition, an SQL expression, is true. It has as many lines as that.
// `what` is the message, which names the condition.
std::string GuardStatement(std::string_view condition, std::string_view what);

}  // namespace migrate::convention
