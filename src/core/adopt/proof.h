// Whether a loaded text is the one that another tool ran, by the checksum or the text that the tool kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/adopt/history.h"
#include "core/base/text.h"

namespace migrate::adopt {

struct Hashers {
  HasherFactory md5;
  HasherFactory sha1;
  HasherFactory sha256;
  HasherFactory sha384;
};

// Empty if the text is the recorded one, else in which way it is not. Byte order marks and carriage returns, which
// loading and git take off or put in, make no difference.
// `id` is the loaded one's, whose file's name may be part of the checksum.
std::string Difference(const Recorded& recorded, const MigrationId& id, std::string_view text, const Hashers& hashers);

// CRC-32 as of IEEE 802.3, of all lines without their ends.
uint32_t LineCrc32(std::string_view text);

}  // namespace migrate::adopt
