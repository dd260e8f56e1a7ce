// The tables that a migration names by `-- migrate:keep-rows`. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrate {

// Whether a table, as a statement or the server names it, can be one of them: with its schema or without.
bool IsNamed(std::string_view table, const std::vector<std::string>& names);

}  // namespace migrate
