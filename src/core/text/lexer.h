// Cuts a script into the pieces psql would send one by one: statements (with
// the inline data of a COPY), psql meta-commands and `-- migrate:` lines.
// Follows the rules of psql's own scanner (src/fe_utils/psqlscan.l) and judges
// nothing: what a piece means is the parser's business.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/base/text.h"

namespace migrate {

enum class PieceKind {
  kStatement,    // from its first token up to the semicolon, which is not included
  kMetaCommand,  // from the backslash to the end of the line
  kDirective,    // a comment that is a directive, or was meant as one; it ends a
                 // statement, too
};

struct Piece {
  PieceKind kind = PieceKind::kStatement;
  std::string_view text;
  size_t begin = 0;  // byte offsets into the script
  size_t end = 0;
  bool copies_from_stdin = false;  // looks like COPY … FROM STDIN
  bool has_data = false;           // … and its data follows, up to a line `\.`, a section
                                   // line or the end
  std::string_view data;           // those lines, without the closing one
  std::string_view body;           // the longest text in dollar quotes, without them
  bool terminated = false;         // by a semicolon
  bool has_body = false;           // looks like a routine with BEGIN ATOMIC … END
};

class Lexer {
 public:
  // `standard_conforming_strings` as the server has it: off makes a backslash
  // escape in '…'.
  Lexer(std::string_view script, bool standard_conforming_strings)
      : script_(script), standard_strings_(standard_conforming_strings) {}

  // The next piece, or nothing at the end. A quote, comment or parenthesis left
  // open swallows the rest, as in psql; the parser then says what is wrong with
  // it.
  std::optional<Piece> Next();

  // Where the next piece that is no directive begins, which Next would give;
  // npos if there is none.
  size_t FindStatement();

  // Goes on behind the semicolon that stands here, in a statement that Next has
  // given.
  void GoOnBehind(size_t semicolon) {
    position_ = semicolon + 1;
    copy_line_ = data_end_ = 0;
  }

  void SetStandardConformingStrings(bool on) { standard_strings_ = on; }

 private:
  struct StatementState;

  void SkipBlanksAndComments();
  bool AtDirective() const;
  Piece TakeLinePiece(PieceKind kind);
  Piece TakeStatement();
  void TakeCopyData(Piece& piece);
  size_t EndOfCopyData(size_t start, Piece& piece) const;
  bool MayHaveData();
  void SkipToken(StatementState& state);
  void SkipIdentifier(StatementState& state);
  static void FollowBody(std::string_view word, StatementState& state);
  void SkipLineComment();
  bool SkipBlockComment();  // false if it is left open
  void SkipQuoted(char quote, bool backslash_escapes);
  void SkipString(bool backslash_escapes);
  bool ContinuesOnNextLine();
  bool SkipDollarQuoted(StatementState& state);
  size_t LineEnd(size_t from) const { return migrate::LineEnd(script_, from); }
  char At(size_t offset) const { return offset < script_.size() ? script_[offset] : '\0'; }

  std::string_view script_;
  size_t position_ = 0;
  // The end of the line that a COPY stands on, whether all that begins on it
  // ends on it, and where the data ends of those that were read: with other
  // statements behind them it is passed over where the line ends.
  size_t copy_line_ = 0;
  bool copy_line_is_whole_ = false;
  size_t data_end_ = 0;
  bool standard_strings_;
};

}  // namespace migrate
