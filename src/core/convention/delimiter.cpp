#include "core/convention/delimiter.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/set/migration_name.h"

namespace migrate::convention {
namespace {

class Replacer {
 public:
  Replacer(std::string_view text, std::string_view delimiter, bool at_line_start)
      : text_(text), delimiter_(delimiter), at_line_start_(at_line_start) {}

  std::string Replace() {
    size_t kept = 0;
    while (at_ < text_.size()) {
      if (AtDelimiter()) {
        result_.append(text_, kept, at_ - kept);
        // Behind its newlines: before them a comment may end.
        result_.append(static_cast<size_t>(std::count(delimiter_.begin(), delimiter_.end(), '\n')), '\n');
        result_ += ';';
        at_ += delimiter_.size();
        kept = at_;
      } else {
        Skip();
      }
    }
    return result_.append(text_, kept);
  }

 private:
  bool AtDelimiter() const {
    if (depth_ > 0 || !EqualsIgnoringCase(text_.substr(at_, delimiter_.size()), delimiter_)) return false;
    return !at_line_start_ || at_ == 0 || text_[at_ - 1] == '\n';
  }

  void Skip() {
    const char c = text_[at_];
    if (c == '\'' || c == '"') {
      SkipQuoted(c);
    } else if (text_.substr(at_).starts_with("--")) {
      at_ = LineEnd(text_, at_);
    } else if (text_.substr(at_).starts_with("/*")) {
      SkipComment();
    } else if (c == '$' && !IsInWord(at_)) {
      SkipDollarQuoted();
    } else {
      if (c == '(') ++depth_;
      if (c == ')') --depth_;
      ++at_;
    }
  }

  static bool IsWordCharacter(char c) {
    const char lower = static_cast<char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || IsDigit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  }
  bool IsInWord(size_t at) const { return at > 0 && (IsWordCharacter(text_[at - 1]) || text_[at - 1] == '$'); }

  void SkipQuoted(char quote) {
    const bool escapes = quote == '\'' && at_ > 0 && (text_[at_ - 1] | 0x20) == 'e' && !IsInWord(at_ - 1);
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (escapes && text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void SkipComment() {
    int depth = 0;
    do {
      const std::string_view rest = text_.substr(at_);
      const bool opens = rest.starts_with("/*");
      const bool closes = rest.starts_with("*/");
      depth += opens ? 1 : closes ? -1 : 0;
      at_ += opens || closes ? 2 : 1;
    } while (depth > 0 && at_ < text_.size());
  }

  void SkipDollarQuoted() {
    size_t end = at_ + 1;
    while (end < text_.size() && IsWordCharacter(text_[end])) ++end;
    if (end == text_.size() || text_[end] != '$' || IsDigit(text_[at_ + 1])) {
      ++at_;
      return;
    }
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const size_t close = text_.find(tag, end + 1);
    at_ = close == text_.npos ? text_.size() : close + tag.size();
  }

  std::string_view text_;
  std::string_view delimiter_;
  bool at_line_start_;
  size_t at_ = 0;
  int depth_ = 0;
  std::string result_;
};

}  // namespace

std::string WithSemicolons(std::string_view text, std::string_view delimiter, bool at_line_start) {
  return Replacer(text, delimiter, at_line_start).Replace();
}

}  // namespace migrate::convention
