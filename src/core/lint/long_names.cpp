#include "core/lint/long_names.h"

#include <algorithm>

#include "core/base/cancel.h"

namespace migrate::lint {
namespace {

bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool IsWord(char c) { return IsWordStart(c) || (c >= '0' && c <= '9') || c == '$'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<std::string_view> All() {
    while (at_ < text_.size()) {
      const size_t from = at_;
      Take();
      Pass(at_ - from);
    }
    return std::move(found_);
  }

 private:
  void Take() {
    const char c = text_[at_];
    if (IsWordStart(c)) return TakeWord();
    if (c == '"') return TakeQuotedName();
    if (c == '\'') return SkipString(false);
    if (c == '$') return SkipDollars();
    if (text_.substr(at_, 2) == "--") {
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    } else if (text_.substr(at_, 2) == "/*") {
      SkipComment();
    } else {
      ++at_;
    }
  }

  // A word before a quote says how the string is to be read.
  void TakeWord() {
    const size_t from = at_;
    while (at_ < text_.size() && IsWord(text_[at_])) ++at_;
    const std::string_view word = text_.substr(from, at_ - from);
    if (word.size() > kMostNameBytes) found_.push_back(word);
    if (at_ < text_.size() && text_[at_] == '\'') SkipString(word == "e" || word == "E");
  }

  void TakeQuotedName() {
    const size_t from = ++at_;
    for (;;) {
      at_ = std::min(text_.find('"', at_), text_.size());
      if (text_.substr(at_, 2) != "\"\"") break;
      at_ += 2;
    }
    const std::string_view name = text_.substr(from, at_ - from);
    const auto quotes = static_cast<size_t>(std::count(name.begin(), name.end(), '"')) / 2;
    if (name.size() - quotes > kMostNameBytes) found_.push_back(name);
    at_ = std::min(at_ + 1, text_.size());
  }

  void SkipString(bool has_escapes) {
    for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
      if (has_escapes && text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void SkipDollars() {
    size_t end = at_ + 1;
    while (end < text_.size() && IsWord(text_[end]) && text_[end] != '$') ++end;
    if (end >= text_.size() || text_[end] != '$') {
      ++at_;
      return;
    }
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
  }

  void SkipComment() {
    int depth = 0;
    while (at_ < text_.size()) {
      const std::string_view two = text_.substr(at_, 2);
      if (two == "/*") ++depth;
      if (two == "*/") --depth;
      at_ = std::min(at_ + (two == "/*" || two == "*/" ? 2 : 1), text_.size());
      if (depth == 0) return;
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<std::string_view> found_;
};

}  // namespace

std::vector<std::string_view> LongNames(std::string_view statement) { return Scanner(statement).All(); }

}  // namespace migrate::lint
