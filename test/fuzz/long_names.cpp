#include "core/lint/long_names.h"

#include "fuzz.h"

namespace migrate::fuzz {

// Names stand in the text, one behind the other, and each is long.
void Read(std::string_view input) {
  const char* from = input.data();
  for (const std::string_view name : lint::LongNames(input)) {
    Hold(name.data() >= from && name.data() + name.size() <= input.data() + input.size());
    Hold(name.size() > lint::kMostNameBytes);
    from = name.data() + name.size();
  }
}

}  // namespace migrate::fuzz
