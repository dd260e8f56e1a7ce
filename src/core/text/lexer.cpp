#include "core/text/lexer.h"

#include <algorithm>
#include <array>

#include "core/base/cancel.h"
#include "core/text/directive.h"

namespace migrate {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsIdentifierStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

// As in psqlscan.l, each of the two ends a line comment.
constexpr std::string_view kNewlines = "\r\n";

// Whether the word may be one of those that matter: all others are passed over
// at once.
bool MayBeKeyword(std::string_view word) {
  switch (word[0] | 0x20) {
    case 'a': return word.size() == 2 || word.size() == 6;  // as, atomic
    case 'b': return word.size() == 5;                      // begin
    case 'c': return word.size() == 4 || word.size() == 6;  // case, copy, create
    case 'e': return word.size() == 3;                      // end
    case 'f': return word.size() == 4 || word.size() == 8;  // from, function
    case 'o': return word.size() == 2;                      // or
    case 'p': return word.size() == 9;                      // procedure
    case 'r': return word.size() == 7;                      // replace
    case 's': return word.size() == 5;                      // stdin
    default: return false;
  }
}

// Characters that mean nothing outside of quotes and words: seed data is full
// of digits and commas.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (const char c : std::string_view("0123456789 \t\r\n\f\v,.:=<>+*[]{}!@#%^&|`?~")) {
    plain[static_cast<unsigned char>(c)] = true;
  }
  return plain;
}();
constexpr auto kIdentifierPart = [] {
  std::array<bool, 256> part{};
  for (size_t c = 0; c < part.size(); ++c) part[c] = IsIdentifierStart(static_cast<char>(c));
  for (const char c : std::string_view("0123456789$")) part[static_cast<unsigned char>(c)] = true;
  return part;
}();
bool IsIdentifierPart(char c) { return kIdentifierPart[static_cast<unsigned char>(c)]; }
bool IsPlain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

}  // namespace

// What has been seen of the statement so far; see the rule for {identifier} in
// psqlscan.l.
struct Lexer::StatementState {
  int parentheses = 0;
  int depth = 0;  // BEGIN ATOMIC … END of a SQL-standard function body, CASE … END in it
  bool has_body = false;
  int identifiers = 0;
  char first_letters[4] = {};  // of CREATE, OR, REPLACE, FUNCTION, PROCEDURE among the first four
  bool starts_with_copy = false;
  bool last_was_from = false;
  bool last_was_begin = false;
  bool last_was_as = false;  // or a dot: what follows is a name
  bool copies_from_stdin = false;
  std::string_view body;  // see Piece

  void Forget() { last_was_from = last_was_begin = last_was_as = false; }

  // Whatever words follow, they say nothing of where it ends.
  bool IsSettled() const { return identifiers >= 4 && !starts_with_copy && !CreatesRoutine(); }
  bool CreatesRoutine() const {
    const auto is_routine = [](char c) { return c == 'f' || c == 'p'; };
    return first_letters[0] == 'c' &&
           (is_routine(first_letters[1]) ||
            (first_letters[1] == 'o' && first_letters[2] == 'r' && is_routine(first_letters[3])));
  }
};

std::optional<Piece> Lexer::Next() {
  for (;;) {
    SkipBlanksAndComments();
    if (position_ >= script_.size()) return std::nullopt;
    if (AtDirective()) return TakeLinePiece(PieceKind::kDirective);
    if (script_[position_] == '\\') return TakeLinePiece(PieceKind::kMetaCommand);
    if (script_[position_] != ';') return TakeStatement();
    ++position_;  // an empty statement
  }
}

size_t Lexer::FindStatement() {
  for (;;) {
    SkipBlanksAndComments();
    if (position_ >= script_.size()) return script_.npos;
    if (AtDirective()) {
      position_ = LineEnd(position_);
    } else if (script_[position_] != ';') {
      return position_;
    } else {
      ++position_;
    }
  }
}

void Lexer::SkipBlanksAndComments() {
  while (position_ < script_.size()) {
    Pass(1);
    if (position_ == copy_line_ && data_end_ > position_) {
      position_ = data_end_;
    } else if (IsBlank(script_[position_])) {
      ++position_;
    } else if (script_[position_] == '-' && At(position_ + 1) == '-') {
      if (AtDirective()) return;
      SkipLineComment();
    } else if (script_[position_] == '/' && At(position_ + 1) == '*') {
      const size_t start = position_;
      if (SkipBlockComment()) continue;
      position_ = start;  // left open: the parser is to say so
      return;
    } else {
      return;
    }
  }
}

// True where a line that holds nothing else starts with `-- migrate:`.
bool Lexer::AtDirective() const {
  if (At(position_) != '-' || At(position_ + 1) != '-') return false;
  const std::string_view comment = script_.substr(position_, LineEnd(position_) - position_);
  if (!LooksLikeDirective(comment)) return false;
  const std::string_view before = script_.substr(0, position_);
  const size_t line_start = before.find_last_of(kNewlines) + 1;  // npos + 1 is 0
  Pass(position_ - line_start);
  return LooksLikeSection(comment) || Trim(before.substr(line_start)).empty();
}

Piece Lexer::TakeLinePiece(PieceKind kind) {
  Piece piece;
  piece.kind = kind;
  piece.begin = position_;
  position_ = LineEnd(position_);
  piece.text = TrimRight(script_.substr(piece.begin, position_ - piece.begin));
  piece.end = piece.begin + piece.text.size();
  return piece;
}

Piece Lexer::TakeStatement() {
  StatementState state;
  Piece piece;
  piece.begin = position_;
  bool terminated = false;
  size_t last_token_end = position_;
  while (position_ < script_.size()) {
    const char c = script_[position_];
    if (c == '\\' || (c == '-' && AtDirective())) break;
    if (c == ';' && state.parentheses == 0 && state.depth == 0) {
      terminated = true;
      break;
    }
    const bool line_comment = c == '-' && At(position_ + 1) == '-';
    const bool block_comment = c == '/' && At(position_ + 1) == '*';
    const size_t start = position_;
    SkipToken(state);
    Pass(position_ - start);
    const bool closed = block_comment && script_.substr(0, position_).ends_with("*/");
    if (line_comment || closed) continue;
    size_t end = position_;
    while (end > start && IsBlank(script_[end - 1])) --end;
    if (end > start) last_token_end = end;
  }
  // Without a semicolon, comments behind the last token are not the
  // statement's; one left open is.
  piece.end = terminated ? position_ : last_token_end;
  piece.text = TrimRight(script_.substr(piece.begin, piece.end - piece.begin));
  piece.body = state.body;
  piece.terminated = terminated;
  piece.has_body = state.has_body;
  if (terminated) {
    ++position_;
    piece.copies_from_stdin = state.copies_from_stdin;
    if (state.copies_from_stdin) TakeCopyData(piece);
  }
  return piece;
}

void Lexer::SkipToken(StatementState& state) {
  const char c = script_[position_];
  const char next = At(position_ + 1);
  if (IsIdentifierStart(c)) {
    SkipIdentifier(state);
    return;
  }
  if (IsPlain(c)) {
    const size_t start = position_;
    while (position_ < script_.size() && IsPlain(script_[position_])) ++position_;
    const std::string_view passed = TrimRight(script_.substr(start, position_ - start));
    if (!TrimLeft(passed).empty()) state.Forget();
    if (passed.ends_with('.')) state.last_was_as = true;
    return;
  }
  if (c != '-' && c != '/') state.Forget();
  if (c == '\'') {
    SkipString(!standard_strings_);
  } else if (c == '"') {
    SkipQuoted('"', false);
  } else if (c == '-' && next == '-') {
    SkipLineComment();
  } else if (c == '/' && next == '*') {
    SkipBlockComment();
  } else if (c == '$' && SkipDollarQuoted(state)) {
    return;
  } else {
    if (c == '(') ++state.parentheses;
    if (c == ')' && state.parentheses > 0) --state.parentheses;
    ++position_;
  }
}

void Lexer::SkipIdentifier(StatementState& state) {
  const size_t start = position_;
  while (position_ < script_.size() && IsIdentifierPart(script_[position_])) ++position_;
  const std::string_view word = script_.substr(start, position_ - start);

  // E'…' alone knows backslash escapes; in N'…', B'…', X'…' and U&'…' only the
  // quote counts.
  if (At(position_) == '\'' && word.size() == 1) {
    const char prefix = word[0];
    if (prefix == 'e' || prefix == 'E') return SkipString(true);
    if (prefix == 'n' || prefix == 'N') return SkipString(!standard_strings_);
    if (prefix == 'b' || prefix == 'B' || prefix == 'x' || prefix == 'X') return SkipString(false);
  }
  if (word.size() == 1 && (word[0] == 'u' || word[0] == 'U') && At(position_) == '&' &&
      (At(position_ + 1) == '\'' || At(position_ + 1) == '"')) {
    ++position_;
    if (script_[position_] == '\'') return SkipString(false);
    return SkipQuoted('"', false);
  }

  if (!MayBeKeyword(word) || state.IsSettled()) {
    ++state.identifiers;
    state.Forget();
    return;
  }
  const auto is = [&](std::string_view keyword) { return EqualsIgnoringCase(word, keyword); };
  if (is("create") || is("or") || is("replace") || is("function") || is("procedure")) {
    if (state.identifiers < 4) state.first_letters[state.identifiers] = static_cast<char>(word[0] | 0x20);
  }
  if (state.identifiers == 0) state.starts_with_copy = is("copy");
  ++state.identifiers;
  if (state.starts_with_copy && state.parentheses == 0) {
    if (state.last_was_from && is("stdin")) state.copies_from_stdin = true;
    state.last_was_from = is("from");
  }
  if (state.CreatesRoutine()) FollowBody(word, state);
}

// Behind AS or a dot any word is a name. Of those that can be names elsewhere,
// too, the parser knows better: see ScriptReader::FindEnd.
void Lexer::FollowBody(std::string_view word, StatementState& state) {
  const auto is = [&](std::string_view keyword) { return EqualsIgnoringCase(word, keyword); };
  if (state.parentheses == 0 && !state.last_was_as) {
    if (state.last_was_begin && is("atomic")) {
      state.has_body = true;
      state.depth = std::max(state.depth, 1);
    }
    if (is("case") && state.depth >= 1) ++state.depth;
    if (is("end") && state.depth > 0) --state.depth;
  }
  state.last_was_as = is("as") && !state.last_was_as;
  state.last_was_begin = is("begin");
}

void Lexer::SkipLineComment() { position_ = LineEnd(position_); }

bool Lexer::SkipBlockComment() {
  int depth = 0;
  while (position_ < script_.size()) {
    Pass(1);
    const char c = script_[position_];
    const char next = At(position_ + 1);
    if (c == '/' && next == '*') {
      ++depth;
      position_ += 2;
    } else if (c == '*' && next == '/') {
      position_ += 2;
      if (--depth == 0) return true;
    } else {
      ++position_;
    }
  }
  return false;
}

// Starts at the opening quote, stops after the closing one; a doubled quote
// stands for itself.
void Lexer::SkipQuoted(char quote, bool backslash_escapes) {
  ++position_;
  while (position_ < script_.size()) {
    // Strings of megabytes are common in seed data: leave the scanning to
    // memchr.
    if (!backslash_escapes) position_ = std::min(script_.find(quote, position_), script_.size());
    if (position_ >= script_.size()) return;
    const char c = script_[position_++];
    if (c == '\\' && backslash_escapes) {
      position_ = std::min(position_ + 1, script_.size());
    } else if (c == quote) {
      if (At(position_) != quote) return;
      ++position_;
    }
  }
}

// A string goes on in the same mode after blanks and line comments that hold a
// newline: 'a' ⏎ 'b' is one literal.
void Lexer::SkipString(bool backslash_escapes) {
  do {
    SkipQuoted('\'', backslash_escapes);
  } while (ContinuesOnNextLine());
}

bool Lexer::ContinuesOnNextLine() {
  bool newline = false;
  size_t ahead = position_;
  for (;;) {
    const char c = At(ahead);
    Pass(1);
    if (IsBlank(c)) {
      newline = newline || c == '\n' || c == '\r';
      ++ahead;
    } else if (c == '-' && At(ahead + 1) == '-') {
      ahead = LineEnd(ahead);
    } else {
      break;
    }
  }
  if (!newline || At(ahead) != '\'') return false;
  position_ = ahead;
  return true;
}

// Skips $tag$ … $tag$. False, and nothing skipped, if no dollar quote opens
// here ($1 is a parameter).
bool Lexer::SkipDollarQuoted(StatementState& state) {
  size_t end = position_ + 1;
  if (At(end) != '$' && !IsIdentifierStart(At(end))) return false;
  while (IsIdentifierStart(At(end)) || IsDigit(At(end))) ++end;
  if (At(end) != '$') return false;
  const std::string_view delimiter = script_.substr(position_, end + 1 - position_);
  const size_t close = script_.find(delimiter, end + 1);
  position_ = close == script_.npos ? script_.size() : close + delimiter.size();
  if (close == script_.npos) return true;
  const std::string_view body = script_.substr(end + 1, close - end - 1);
  if (body.size() > state.body.size()) state.body = body;
  return true;
}

}  // namespace migrate
