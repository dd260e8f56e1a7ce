// The way to a whole schema in two stages, with rows between them: what rows would set off, or could not be written
// for, is made in the second. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// What of `wanted` is made before the rows. `before`: what is there already, and stays.
std::vector<Object> FirstStage(const std::vector<Object>& before, const std::vector<Object>& wanted);

// A schema and an extension may be there where the migrations are to run, as a platform brings some: IF NOT EXISTS. What
// version an extension has is for the server to say, as it was for the migrations.
std::string WithLeave(const std::string& statement);

}  // namespace migrate::schema
