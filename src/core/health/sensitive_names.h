// Names of columns that mostly hold what nobody else should read: those that splinter 1.x knows, in lower case, with _.
#pragma once

#include <string>
#include <vector>

namespace migrate::health {

std::vector<std::string> SensitiveNames();

}  // namespace migrate::health
