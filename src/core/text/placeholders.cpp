#include "core/text/placeholders.h"

#include <algorithm>
#include <array>

#include "core/base/cancel.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/set/migration_name.h"

namespace migrate {
namespace {

enum Form : size_t { kDollar, kBraces, kColon, kForms };

struct Found {
  size_t begin = std::string_view::npos;  // that if there is none
  size_t end = 0;
  std::string_view name = {};  // as its value is named
  Form form = kForms;
};

bool IsName(std::string_view name) {
  const auto in_name = [](char c) {
    const char lower = static_cast<char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || IsDigit(c) || c == '_' || c == '.' || c == ':' || c == '-';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), in_name);
}

// ${name} or {{.name}}, the first at or behind `from`.
Found FindEnclosed(std::string_view text, size_t from, Form form) {
  const std::string_view open = form == kDollar ? "${" : "{{";
  const std::string_view close = form == kDollar ? "}" : "}}";
  constexpr size_t kLongest = 256;
  for (size_t begin; (begin = text.find(open, from)) != text.npos; from = begin + 1) {
    Pass(begin - from + 1);
    const size_t inner = begin + open.size();
    const size_t length = text.substr(inner, kLongest).find(close);
    if (length == text.npos) continue;
    const size_t end = inner + length;
    std::string_view name = text.substr(inner, length);
    if (form == kBraces) {
      name = Trim(name);
      if (!name.starts_with('.')) continue;
      name.remove_prefix(1);
    }
    if (IsName(name)) return {begin, end + close.size(), name, form};
  }
  Pass(text.size() - std::min(from, text.size()));
  return {};
}

// :NAME, whose name has the colon, the first at or behind `from`. It begins with a capital and has no small letters.
Found FindColon(std::string_view text, size_t from) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  for (size_t begin; (begin = text.find(':', from)) != text.npos; from = begin + 1) {
    Pass(begin - from + 1);
    size_t end = begin + 1;
    if (end == text.size() || !is_capital(text[end])) continue;
    while (end < text.size() && (is_capital(text[end]) || IsDigit(text[end]) || text[end] == '_')) ++end;
    if (end < text.size() && text[end] >= 'a' && text[end] <= 'z') continue;
    return {begin, end, text.substr(begin, end - begin), kColon};
  }
  Pass(text.size() - std::min(from, text.size()));
  return {};
}

// Goes through a text from one placeholder to the next, whatever its form.
class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {
    for (size_t form = 0; form < kForms; ++form) Look(form, 0);
  }

  bool Next(Found& found) {
    found =
        *std::min_element(ahead_.begin(), ahead_.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    if (found.begin == text_.npos) return false;
    for (size_t form = 0; form < kForms; ++form) {
      if (ahead_[form].begin < found.end) Look(form, found.end);
    }
    return true;
  }

 private:
  void Look(size_t form, size_t from) {
    ahead_[form] = form == kColon ? FindColon(text_, from) : FindEnclosed(text_, from, static_cast<Form>(form));
  }

  std::string_view text_;
  std::array<Found, kForms> ahead_;
};

// Without a value, a colon with capitals is plain text, as in 'HH24:MI', unless it is surely meant, and not in a
// comment.
class Obligations {
 public:
  explicit Obligations(std::string_view text) : text_(text) {}

  bool MustHaveValue(const Found& found) {
    if (found.form != kColon) return true;
    if (!found.name.starts_with(":DATABASE_") || found.begin < comment_end_) return false;
    const std::string_view above = text_.substr(0, found.begin);
    const std::string_view line = above.substr(above.rfind('\n') + 1);
    Pass(line.size());
    if (line.find("--") == line.npos) return true;
    comment_end_ = LineEnd(text_, found.begin);  // so is the rest of it
    return false;
  }

 private:
  std::string_view text_;
  size_t comment_end_ = 0;
};

}  // namespace

Placeholders PlaceholdersOf(std::string_view text, int first_line, const PlaceholderRules& rules) {
  Placeholders needed;
  const bool asked[kForms] = {rules.dollar, rules.braces, rules.colon};
  if (std::none_of(std::begin(asked), std::end(asked), [](bool form) { return form; })) return needed;
  Finder finder(text);
  Obligations obligations(text);
  for (Found found; finder.Next(found);) {
    if (!asked[found.form]) continue;
    const std::string name(found.name);
    const auto value = rules.values.find(name);
    if (value != rules.values.end()) {
      needed.insert(*value);
      continue;
    }
    if (!obligations.MustHaveValue(found)) continue;
    const Position position = Advance({first_line, 1}, text.substr(0, found.begin));
    Error error(sqlstate::kUndefinedObject, "placeholder \"" + name + "\" has no value", {},
                "Give it one: placeholders => '{\"" + name + "\": \"…\"}'.");
    error.line = position.line;
    error.column = position.column;
    throw error;
  }
  return needed;
}

std::string FillPlaceholders(std::string text, const Placeholders& values) {
  if (values.empty()) return text;
  std::string filled;
  size_t done = 0;
  Finder finder(text);
  for (Found found; finder.Next(found);) {
    const auto value = values.find(std::string(found.name));
    if (value == values.end()) continue;
    filled.append(text, done, found.begin - done).append(value->second);
    done = found.end;
  }
  return filled.append(text, done);
}

}  // namespace migrate
