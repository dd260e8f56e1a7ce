// Reads what types for an application are made of from the catalogs, with the rights of the caller. No data is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/types/catalog.h"
#include "core/types/order.h"

namespace migrate::types {

// Of the schemas named, an array as text; by default of schema public. 3F000 if there is no schema of such a name.
Catalog ReadCatalog(const std::optional<std::string>& schemas);

// The order of these texts.
Order OrderOf(const std::vector<std::string>& texts);

}  // namespace migrate::types
