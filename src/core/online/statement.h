// The steps that stand for one statement, by the classes of what it changed. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/online/classes.h"
#include "core/online/form.h"

namespace migrate::online {

std::vector<Step> StepsFor(const Seen& seen, const Terms& terms, const Around& around = {});

// As it stands, whatever it does, and why.
std::vector<Step> LeftAlone(const Seen& seen, const Terms& terms, const std::string& why);

}  // namespace migrate::online
