#include "core/placeholders.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/text.h"

namespace migrate {
namespace {

struct Form {
  std::string_view open;
  std::string_view close;
};
constexpr Form kDollar = {"${", "}"};
constexpr Form kBraces = {"{{", "}}"};

struct Found {
  size_t begin = 0;
  size_t end = 0;
  std::string_view name;
  bool dollar = false;
};

bool IsName(std::string_view name) {
  const auto in_name = [](char c) {
    const char lower = static_cast<char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':' || c == '-';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), in_name);
}

// The first at or behind `from` of one form.
std::optional<Found> FindForm(std::string_view text, size_t from, const Form& form) {
  for (size_t begin = text.find(form.open, from); begin != text.npos; begin = text.find(form.open, begin + 1)) {
    const size_t inner = begin + form.open.size();
    const size_t close = text.find(form.close, inner);
    if (close == text.npos) return std::nullopt;
    std::string_view name = text.substr(inner, close - inner);
    const bool dollar = form.open == kDollar.open;
    if (!dollar) {
      name = Trim(name);
      if (!name.starts_with('.')) continue;
      name.remove_prefix(1);
    }
    if (IsName(name)) return Found{begin, close + form.close.size(), name, dollar};
  }
  return std::nullopt;
}

std::optional<Found> FindNext(std::string_view text, size_t from) {
  const auto dollar = FindForm(text, from, kDollar);
  const auto braces = FindForm(text, from, kBraces);
  if (!dollar || !braces) return dollar ? dollar : braces;
  return dollar->begin < braces->begin ? dollar : braces;
}

}  // namespace

Placeholders PlaceholdersOf(std::string_view text, int first_line, const PlaceholderRules& rules) {
  Placeholders needed;
  if (!rules.dollar && !rules.braces) return needed;
  for (auto found = FindNext(text, 0); found; found = FindNext(text, found->end)) {
    if (!(found->dollar ? rules.dollar : rules.braces)) continue;
    const std::string name(found->name);
    const auto value = rules.values.find(name);
    if (value != rules.values.end()) {
      needed.insert(*value);
      continue;
    }
    const Position position = Advance({first_line, 1}, text.substr(0, found->begin));
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
  for (auto found = FindNext(text, 0); found; found = FindNext(text, found->end)) {
    const auto value = values.find(std::string(found->name));
    if (value == values.end()) continue;
    filled.append(text, done, found->begin - done).append(value->second);
    done = found->end;
  }
  return filled.append(text, done);
}

}  // namespace migrate
