// Where an ALTER TABLE says what the values of a changed column are. Its text is the user's own, so it is read by
// words, as the server would.
#include <algorithm>
#include <vector>

#include "core/base/text.h"
#include "core/online/form.h"
#include "core/schema/tokens.h"

namespace migrate::online {
namespace {

bool IsWordPart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (c & 0x80) != 0;
}

// A word outside of parentheses, or a comma; the rest is passed over.
struct Word {
  std::string_view text;
  size_t begin = 0, end = 0;

  bool Is(std::string_view keyword) const { return EqualsIgnoringCase(text, keyword); }
};

class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  std::vector<Word> All() {
    while (at_ < text_.size()) Step();
    return std::move(words_);
  }

 private:
  bool Begins(std::string_view with) const { return text_.substr(at_).starts_with(with); }

  void SkipTo(std::string_view end, size_t from) {
    const size_t found = text_.find(end, from);
    at_ = found == text_.npos ? text_.size() : found + end.size();
  }

  void Step() {
    const char c = text_[at_];
    if (Begins("--")) return SkipTo("\n", at_);
    if (Begins("/*")) return SkipTo("*/", at_ + 2);
    if (c == '$' && SkipDollar()) return;
    if (c == '\'') {
      at_ = schema::QuotedEnd(text_, at_);
      return;
    }
    if (c == '"' || IsWordPart(c)) return TakeWord();
    if (c == '(' || c == '[') ++depth_;
    if (c == ')' || c == ']') --depth_;
    if (c == ',' && depth_ == 0) words_.push_back({text_.substr(at_, 1), at_, at_ + 1});
    ++at_;
  }

  bool SkipDollar() {
    size_t end = at_ + 1;
    while (end < text_.size() && IsWordPart(text_[end]) && text_[end] != '$') ++end;
    if (end >= text_.size() || text_[end] != '$') return false;
    SkipTo(text_.substr(at_, end + 1 - at_), end + 1);
    return true;
  }

  void TakeWord() {
    size_t end = at_;
    if (text_[at_] == '"') {
      end = schema::QuotedEnd(text_, at_);
    } else {
      while (end < text_.size() && IsWordPart(text_[end])) ++end;
    }
    if (depth_ == 0) words_.push_back({text_.substr(at_, end - at_), at_, end});
    at_ = end;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  std::vector<Word> words_;
};

// As it is kept: without quotes, and in lower case where it had none.
std::string Folded(std::string_view name) { return name.starts_with('"') ? schema::Unquoted(name) : ToLower(name); }

}  // namespace

std::optional<std::string> UsingOf(std::string_view statement, std::string_view column) {
  const std::vector<Word> words = Words(statement).All();
  const std::string wanted = schema::Unquoted(column);
  for (size_t i = 0; i < words.size(); ++i) {
    if (!words[i].Is("ALTER")) continue;
    size_t at = i + 1;
    if (at + 1 < words.size() && words[at].Is("COLUMN")) ++at;
    if (at >= words.size() || Folded(words[at].text) != wanted) continue;
    ++at;
    if (at + 1 < words.size() && words[at].Is("SET") && words[at + 1].Is("DATA")) at += 2;
    if (at >= words.size() || !words[at].Is("TYPE")) continue;
    const auto end = std::find_if(words.begin() + static_cast<std::ptrdiff_t>(at), words.end(),
                                  [](const Word& word) { return word.text == ","; });
    const auto by = std::find_if(words.begin() + static_cast<std::ptrdiff_t>(at), end,
                                 [](const Word& word) { return word.Is("USING"); });
    if (by == end) return std::string();
    const size_t stop = end == words.end() ? statement.size() : end->begin;
    std::string_view value = Trim(statement.substr(by->end, stop - by->end));
    if (value.ends_with(';')) value = TrimRight(value.substr(0, value.size() - 1));
    return std::string(value);
  }
  return std::nullopt;
}

}  // namespace migrate::online
