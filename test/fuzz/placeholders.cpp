#include "core/text/placeholders.h"

#include "fuzz.h"

namespace migrate::fuzz {

// The first line is a value, and its first byte tells which forms there are.
void Read(std::string_view input) {
  const std::string value(FirstLine(input));
  const unsigned forms = value.empty() ? 7 : static_cast<unsigned char>(value[0]);
  PlaceholderRules rules;
  for (const char* name : {"name", "flyway:user", ":NAME", ":DATABASE_OWNER"}) rules.values[name] = value;
  rules.dollar = (forms & 1) != 0;
  rules.braces = (forms & 2) != 0;
  rules.colon = (forms & 4) != 0;
  Try([&] {
    const Placeholders needed = PlaceholdersOf(input, 1, rules);
    const std::string filled = FillPlaceholders(std::string(input), needed);
    if (needed.empty()) Hold(filled == input);
  });
}

}  // namespace migrate::fuzz
