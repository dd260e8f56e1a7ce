#include "core/text/sections.h"

#include "fuzz.h"

namespace migrate::fuzz {

// The first byte tells which section the text starts in.
void Read(std::string_view input) {
  const auto first = static_cast<Section>(input.empty() ? 0 : input[0] % 3U);
  if (!input.empty()) input.remove_prefix(1);
  (void) HasNoStatement(input);
  (void) Uncommented(input);
  Try([&] {
    const Sections sections = SplitSections(std::string(input), first);
    for (const SectionText* text : {&sections.up, &sections.down, &sections.verify}) Hold(text->first_line >= 1);
    const SectionText block = ClosingRollbackBlock(sections.up);
    Hold(!block.present || block.first_line >= sections.up.first_line);
  });
}

}  // namespace migrate::fuzz
