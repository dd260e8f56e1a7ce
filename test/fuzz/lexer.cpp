#include "core/text/lexer.h"

#include "fuzz.h"

namespace migrate::fuzz {

// Pieces follow each other, and are where they say. The first byte tells how strings are read.
void Read(std::string_view input) {
  const bool standard = input.empty() || input[0] % 2 == 0;
  if (!input.empty()) input.remove_prefix(1);
  Lexer lexer(input, standard);
  size_t from = 0;
  while (const auto piece = lexer.Next()) {
    Hold(piece->begin >= from && piece->end >= piece->begin && piece->end <= input.size());
    Hold(piece->text.data() == input.data() + piece->begin);
    from = piece->end;
  }
}

}  // namespace migrate::fuzz
