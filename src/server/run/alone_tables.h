// Which tables a statement may change that commits on its way, so that the transaction can't be asked for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/base/compat.h"

namespace migrate {

// By OID. Nothing if it may be any.
std::optional<std::vector<uint32_t>> TablesChangedAlone(Node* node);

// Those of these names. Nothing if one is not there.
std::optional<std::vector<uint32_t>> TablesNamed(const std::vector<std::string>& names);

}  // namespace migrate
