// Reads the schema of this database from the catalogs, as the caller sees them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// All objects, or those in the schemas named and these themselves; 42704 if there is none of such a name. Temporary
// objects and what belongs to this extension are left out, and so are members of extensions, but for what was granted
// on them. The definitions don't depend on the session's settings. `schemas`: an array as text.
std::vector<Object> Describe(const std::optional<std::string>& schemas);

}  // namespace migrate::schema
