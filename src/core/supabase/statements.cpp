// The Supabase CLI's own division into statements, to the letter: where it errs, what it stores errs, too.

#include "core/base/cancel.h"
#include "core/supabase/history.h"

namespace migrate {
namespace {

bool IsNewline(char c) { return c == '\n' || c == '\r'; }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsIdentifier(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '$';
}
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Whether the text ends with the word, in any case, and with no longer one.
bool EndsWithWord(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  const size_t at = text.size() - word.size();
  for (size_t i = 0; i < word.size(); ++i) {
    if (Upper(text[at + i]) != word[i]) return false;
  }
  return at == 0 || !IsIdentifier(text[at - 1]);
}

bool EndsWithBeginAtomic(std::string_view text) {
  constexpr std::string_view kAtomic = "ATOMIC";
  if (!EndsWithWord(text, kAtomic)) return false;
  text.remove_suffix(kAtomic.size());
  for (; !text.empty() && IsSpace(text.back()); text.remove_suffix(1)) Pass(1);
  return EndsWithWord(text, "BEGIN");
}

// 1 if the text ends by opening a comment, -1 if by closing one.
int CommentStep(std::string_view text) { return text.ends_with("/*") ? 1 : text.ends_with("*/") ? -1 : 0; }

bool IsOnlyBlanksAndComments(std::string_view text) {
  Pass(text.size());
  size_t at = 0;
  while (at < text.size()) {
    if (IsSpace(text[at])) {
      ++at;
    } else if (text.substr(at).starts_with("--")) {
      const size_t end = text.find_first_of("\n\r", at + 2);
      if (end == text.npos) return true;
      at = end + 1;
    } else if (text.substr(at).starts_with("/*")) {
      int depth = 1;
      bool fresh = true;
      for (at += 2; at < text.size() && depth > 0; ++at) {
        const int step = fresh ? 0 : CommentStep(text.substr(at - 1, 2));
        fresh = step != 0;
        depth += step;
      }
      if (depth > 0) return true;
    } else {
      return false;
    }
  }
  return true;
}

// Characters that JavaScript's trim() takes away.
size_t BlankAtStart(std::string_view text) {
  if (text.empty()) return 0;
  if (IsSpace(text[0])) return 1;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.size() < 3) return 0;
  const std::string_view three = text.substr(0, 3);
  const auto last = static_cast<unsigned char>(text[2]);
  if (three.starts_with("\xE2\x80"))
    return (last >= 0x80 && last <= 0x8A) || last == 0xA8 || last == 0xA9 || last == 0xAF ? 3 : 0;
  const bool other =
      three == "\xE1\x9A\x80" || three == "\xE2\x81\x9F" || three == "\xE3\x80\x80" || three == "\xEF\xBB\xBF";
  return other ? 3 : 0;
}

std::string_view Trimmed(std::string_view token) {
  while (token.ends_with(';')) token.remove_suffix(1);
  while (const size_t blank = BlankAtStart(token)) token.remove_prefix(blank);
  for (bool more = true; more;) {
    more = false;
    for (size_t size = 1; size <= 3 && size <= token.size(); ++size) {
      if (BlankAtStart(token.substr(token.size() - size)) != size) continue;
      token.remove_suffix(size);
      more = true;
      break;
    }
  }
  return token;
}

// Reads a text character by character.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<std::string> Split() {
    std::vector<std::string> statements;
    const auto add = [&](std::string_view token) {
      if (const auto trimmed = Trimmed(token); !trimmed.empty()) statements.emplace_back(trimmed);
    };
    size_t start = 0;
    for (size_t i = 0; i < text_.size(); ++i) {
      Pass(1);
      token_ = text_.substr(start, i + 1 - start);
      if (!EndsToken(text_[i])) continue;
      add(token_);
      start = i + 1;
      state_ = State::kReady;
      frames_.clear();
    }
    add(text_.substr(start));
    return statements;
  }

 private:
  enum class State { kReady, kDash, kLineComment, kSlash, kQuote, kQuoteContinued, kTag, kDollar, kBackslash };
  enum class Outcome { kStay, kEnd, kOpened };

  // Parentheses, or the body of BEGIN ATOMIC … END: semicolons in them end nothing.
  struct Frame {
    bool atomic;
    size_t statement_start = 0;  // of an atomic one's own
    bool has_content = false;
    bool pending_end = false;
  };

  // What comes next to the character decides whether END was a word.
  void LeaveAtomic(char c) {
    if (frames_.empty() || !frames_.back().pending_end) return;
    frames_.back().pending_end = false;
    if (!IsIdentifier(c)) frames_.pop_back();
  }

  bool EndsToken(char c) {
    LeaveAtomic(c);
    const Outcome outcome = Next(c);
    if (outcome == Outcome::kOpened) return false;
    if (outcome == Outcome::kEnd) {
      if (frames_.empty()) return true;
      state_ = State::kReady;
      frames_.back().statement_start = token_.size();
      frames_.back().has_content = false;
      return false;
    }
    if (state_ != State::kReady) return false;
    while (c == ')' && !frames_.empty() && !frames_.back().atomic) frames_.pop_back();
    if (!frames_.empty() && frames_.back().atomic) LookForEnd(frames_.back());
    return false;
  }

  void LookForEnd(Frame& frame) {
    constexpr std::string_view kEnd = "END";
    if (frame.has_content || !EndsWithWord(token_, kEnd)) return;
    const size_t length = token_.size() - kEnd.size() - frame.statement_start;
    frame.pending_end = IsOnlyBlanksAndComments(token_.substr(frame.statement_start, length));
    frame.has_content = !frame.pending_end;
  }

  Outcome Next(char c) {
    switch (state_) {
      case State::kReady: return Ready(c);
      case State::kDash: return c == '-' ? Enter(State::kLineComment) : Ready(c);
      case State::kLineComment: return IsNewline(c) ? Enter(State::kReady) : Outcome::kStay;
      case State::kSlash: return Slash(c);
      case State::kQuote: return Quote(c);
      case State::kQuoteContinued: return QuoteContinued(c);
      case State::kTag: return Tag(c);
      case State::kDollar: return token_.ends_with(delimiter_) ? Enter(State::kReady) : Outcome::kStay;
      default: return Enter(State::kReady);
    }
  }

  Outcome Enter(State state) {
    state_ = state;
    return Outcome::kStay;
  }

  Outcome Ready(char c) {
    state_ = State::kReady;
    switch (c) {
      case '$':
        if (token_.size() > 1 && IsIdentifier(token_[token_.size() - 2])) return Outcome::kStay;
        tag_start_ = token_.size() - 1;
        return Enter(State::kTag);
      case '\'': return OpenQuote(c, EndsWithWord(token_.substr(0, token_.size() - 1), "E"));
      case '"': return OpenQuote(c, false);
      case '-': return Enter(State::kDash);
      case '/':
        depth_ = 0;
        fresh_ = false;
        return Enter(State::kSlash);
      case '\\': return Enter(State::kBackslash);
      case ';': return Outcome::kEnd;
      case '(':
        // One closing parenthesis closes all that opened without END between them.
        if (frames_.empty() || frames_.back().atomic) frames_.push_back({false});
        return Outcome::kOpened;
      case 'c':
      case 'C':
        if (!EndsWithBeginAtomic(token_)) return Outcome::kStay;
        frames_.push_back({true, token_.size()});
        return Outcome::kOpened;
      default: return Outcome::kStay;
    }
  }

  Outcome OpenQuote(char c, bool backslashes) {
    quote_ = c;
    backslashes_ = backslashes;
    escape_ = backslash_ = false;
    return Enter(State::kQuote);
  }

  Outcome Quote(char c) {
    if (escape_) {
      if (c == quote_) {
        escape_ = false;
        return Outcome::kStay;
      }
      if (!backslashes_) return Ready(c);
      newline_ = false;
      dashes_ = 0;
      state_ = State::kQuoteContinued;
      return QuoteContinued(c);
    }
    if (backslash_) {
      backslash_ = false;
    } else if (backslashes_ && c == '\\') {
      backslash_ = true;
    } else if (c == quote_) {
      escape_ = true;
    }
    return Outcome::kStay;
  }

  // An E'' string goes on behind a line break.
  Outcome QuoteContinued(char c) {
    if (dashes_ == 2) {
      if (IsNewline(c)) {
        dashes_ = 0;
        newline_ = true;
      }
      return Outcome::kStay;
    }
    if (c == '-') {
      ++dashes_;
      return Outcome::kStay;
    }
    if (dashes_ == 0) {
      if (IsSpace(c)) {
        newline_ = newline_ || IsNewline(c);
        return Outcome::kStay;
      }
      if (newline_ && c == '\'') return OpenQuote(c, true);
    }
    return Ready(c);
  }

  Outcome Slash(char) {
    const int step = fresh_ ? 0 : CommentStep(token_);
    fresh_ = step != 0;
    if (depth_ == 0 && step == 0) return Ready(token_.back());
    depth_ += step;
    return depth_ == 0 ? Enter(State::kReady) : Outcome::kStay;
  }

  Outcome Tag(char c) {
    if (c == '$') {
      delimiter_ = token_.substr(tag_start_);
      return Enter(State::kDollar);
    }
    return IsIdentifier(c) ? Outcome::kStay : Ready(c);
  }

  const std::string_view text_;
  std::string_view token_;  // so far
  State state_ = State::kReady;
  std::vector<Frame> frames_;
  std::string_view delimiter_;  // of a dollar quote
  size_t tag_start_ = 0;
  int depth_ = 0;       // of comments
  bool fresh_ = false;  // right behind the opening or closing of one
  char quote_ = 0;
  bool backslashes_ = false;  // escape
  bool escape_ = false;       // the quote may be closed
  bool backslash_ = false;
  bool newline_ = false;
  int dashes_ = 0;
};

}  // namespace

std::vector<std::string> SupabaseStatements(std::string_view text) { return Splitter(text).Split(); }

}  // namespace migrate
