// One look of a deep search: what it needs to be allowed, and what becomes of its errors.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/health/rule.h"
#include "server/base/compat.h"

namespace migrate::health {

// Runs `body` as that role, and undoes it. Returns its error; only a cancel is thrown.
std::optional<Error> Attempt(Oid owner, const std::function<void()>& body);

// An object that was not looked at, for a reason, and what could be done.
Finding Skipped(const std::string& object, const std::string& why, const std::string& fix);
// … because of an error.
Finding Skipped(const std::string& object, const Error& error);
// … because it belongs to a role that the caller may not become. Nothing if he may.
std::optional<Finding> SkippedOfOthers(const std::string& object, Oid owner);

}  // namespace migrate::health
