// Writes types for an application in TypeScript, as the Supabase CLI has them. Lines that are long are not broken: that
// is left to who formats the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/types/catalog.h"
#include "core/types/order.h"
#include "core/types/relationships.h"

namespace migrate::types {

std::string Typescript(const Catalog& catalog, std::vector<Relationship> relationships, const Order& order);

// What stands behind the description of the database: types that pick something out of it by its name. `schema`: where
// a name without a schema is looked for.
std::string TypescriptHelpers(std::string_view schema);

// Every text whose order counts.
std::vector<std::string> TextsToOrder(const Catalog& catalog, const std::vector<Relationship>& relationships);

}  // namespace migrate::types
