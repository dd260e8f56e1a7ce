// How messages and statements quote names and texts.
#pragma once

#include <string>
#include <string_view>

namespace migrate {

// In double quotes, as messages show names. No SQL: what stands between them is left as it is.
std::string Quoted(std::string_view text);

// A text as a string of SQL, whatever standard_conforming_strings says.
std::string SqlLiteral(std::string_view text);

}  // namespace migrate
