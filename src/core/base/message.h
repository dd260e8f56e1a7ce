// Texts as one message between processes, and errors as texts. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace migrate {

// The texts, each with a null byte behind it, which no text of the server holds; and back.
std::string Joined(const std::vector<std::string>& texts);
std::vector<std::string> Divided(std::string_view message);

// All of an error but where the server raised it; and back.
std::vector<std::string> TextsOf(const Error& error);
Error ErrorOf(const std::vector<std::string>& texts);

}  // namespace migrate
