// SHA-256 by the server's own implementation.
#pragma once

#include <memory>

#include "core/text.h"

namespace migrate {

std::unique_ptr<Hasher> NewSha256();

}  // namespace migrate
