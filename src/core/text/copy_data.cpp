// Where the inline data of COPY … FROM stdin stands.
#include <algorithm>

#include "core/base/cancel.h"
#include "core/text/directive.h"
#include "core/text/lexer.h"

namespace migrate {

// Inline data starts on the line after the statement. What follows on the
// statement's own line runs behind it, as in psql; what begins there and goes
// on below would be cut in two by the data, which is then not taken.
void Lexer::TakeCopyData(Piece& piece) {
  if (!MayHaveData()) return;
  const size_t end = EndOfCopyData(std::max(data_end_, copy_line_) + 1, piece);
  if (!piece.has_data) {
    copy_line_is_whole_ = false;  // nor has any COPY behind it
    return;
  }
  const std::string_view behind = Trim(script_.substr(position_, copy_line_ - position_));
  if (behind.empty() || behind.starts_with("--")) position_ = end;
  data_end_ = end;
}

// Whether lines follow, and nothing stands on this one that goes on in them.
bool Lexer::MayHaveData() {
  if (position_ <= copy_line_ && copy_line_ > 0) return copy_line_is_whole_;
  copy_line_ = std::min(script_.find('\n', position_), script_.size());
  data_end_ = 0;
  Pass(copy_line_ - position_);
  copy_line_is_whole_ = copy_line_ < script_.size();
  Lexer line(script_.substr(0, copy_line_), standard_strings_);
  line.position_ = position_;
  line.copy_line_ = copy_line_;  // which has no data there
  while (const auto piece = copy_line_is_whole_ ? line.Next() : std::nullopt) {
    copy_line_is_whole_ = piece->kind == PieceKind::kStatement && piece->terminated;
  }
  return copy_line_is_whole_;
}

// The data ends at a line that is exactly `\.`. Without one it ends with the
// text, or before the next section of it.
size_t Lexer::EndOfCopyData(size_t start, Piece& piece) const {
  size_t section = script_.npos;
  size_t end = script_.size();
  for (size_t at = start; at < script_.size();) {
    end = std::min(script_.find('\n', at), script_.size());
    std::string_view line = script_.substr(at, end - at);
    Pass(line.size() + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "\\.") {
      piece.has_data = true;
      piece.data = script_.substr(start, at - start);
      return end;
    }
    if (section == script_.npos && IsSectionLine(line)) section = at;
    at = end + 1;
  }
  end = std::min(section, script_.size());
  piece.data = script_.substr(std::min(start, end), end - std::min(start, end));
  piece.has_data = !Trim(piece.data).empty();
  return end;
}

}  // namespace migrate
