// Reads where a sequence stands, without a lock that stays.
#pragma once

#include <cstdint>

#include "server/base/compat.h"

namespace migrate {

struct SequenceValue {
  bool found;  // false too if somebody is about to drop it, who is not waited for
  int64 value;
  bool is_called;
};

SequenceValue ReadSequence(Oid sequence);

}  // namespace migrate
