// Reads tables and what they are made of, by the leaves of their kinds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/schema/object.h"
#include "server/schema/kind.h"

namespace migrate::schema {

struct TablesToRead {
  std::vector<const Kind*> kinds;
  std::optional<std::vector<uint32_t>> tables;               // by OID; nothing for all
  std::function<bool(std::string_view schema)> is_wanted{};  // where all are read
};

void ReadTables(const TablesToRead& wanted, const std::function<void(Described)>& use);

}  // namespace migrate::schema
