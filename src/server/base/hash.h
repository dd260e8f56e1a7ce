// Digests by the server's own implementation.
#pragma once

#include <memory>

#include "core/base/text.h"

namespace migrate {

std::unique_ptr<Hasher> NewSha256();
std::unique_ptr<Hasher> NewMd5();
std::unique_ptr<Hasher> NewSha1();
std::unique_ptr<Hasher> NewSha384();

}  // namespace migrate
