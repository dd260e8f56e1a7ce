#include "core/text/directive.h"

#include "fuzz.h"

namespace migrate::fuzz {

// Each line alone.
void Read(std::string_view input) {
  std::string_view line;
  while (TakeLine(input, line)) {
    (void) LooksLikeDirective(line);
    (void) LooksLikeSection(line);
    (void) IsSectionLine(line);
    (void) CommentText(line);
    (void) ParseHeaderLine(line);
    Try([&] { (void) ParseDirective(line, 1); });
  }
}

}  // namespace migrate::fuzz
