// The way to a whole schema in two stages, with rows between them: what rows would set off, or could not be written
// for, is made in the second. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// What of `wanted` is made before the rows. `before`: what is there already, and stays.
std::vector<Object> FirstStage(const std::vector<Object>& before, const std::vector<Object>& wanted);

// A schema and an extension may be there where the migrations are to run, as a platform brings some: IF NOT EXISTS. An
// extension in the version that a server has by default, "hstore VERSION '1.8'", comes as another server has it.
std::string WithLeave(const std::string& statement, const std::set<std::string>& default_versions);

}  // namespace migrate::schema
