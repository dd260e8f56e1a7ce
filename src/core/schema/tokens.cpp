#include "core/schema/tokens.h"

#include <algorithm>

#include "core/base/cancel.h"
#include "core/base/text.h"

namespace migrate::schema {
namespace {

bool IsWordPart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (c & 0x80) != 0;
}

bool IsQuote(char c) { return c == '"' || c == '\''; }

// Whether the words stand here, one token each; their end is returned, or nothing.
size_t EndOfWords(std::string_view statement, size_t at, std::string_view words) {
  if (!statement.substr(at).starts_with(words)) return 0;
  const size_t end = at + words.size();
  return end < statement.size() && IsWordPart(statement[end]) ? 0 : end;
}

}  // namespace

size_t QuotedEnd(std::string_view text, size_t from) {
  const char quote = text[from];
  for (size_t at = from + 1; (at = text.find(quote, at)) != text.npos; at += 2) {
    if (at + 1 == text.size() || text[at + 1] != quote) return at + 1;
  }
  return text.size();
}

bool Tokens::Next(Token& token) {
  while (Take(token)) {
    if (token.Is("(")) ++depth_;
    if (token.Is(")")) --depth_;
    if (depth_ == 0 && token.text.front() != '\'' && token.text.front() != ')') return true;
  }
  return false;
}

bool Tokens::Take(Token& token) {
  rest_ = TrimLeft(rest_);
  if (rest_.empty()) return false;
  size_t end = 1;
  if (IsQuote(rest_[0])) {
    end = QuotedEnd(rest_, 0);
  } else if (IsWordPart(rest_[0])) {
    while (end < rest_.size() && IsWordPart(rest_[end])) ++end;
  }
  Pass(end);
  token = {rest_.substr(0, end), rest_[0] == '"' || IsWordPart(rest_[0])};
  rest_.remove_prefix(end);
  return true;
}

size_t FindWords(std::string_view statement, std::string_view words) {
  Tokens tokens(statement);
  for (Token token; tokens.Next(token);) {
    const size_t at = static_cast<size_t>(token.text.data() - statement.data());
    if (EndOfWords(statement, at, words) != 0) return at;
  }
  return statement.npos;
}

Clauses ClausesIn(std::string_view statement, std::span<const std::string_view> keywords) {
  Clauses clauses;
  std::string_view keyword;
  size_t from = 0, next = 0;
  const auto close = [&](size_t end) { clauses[keyword] = Trim(statement.substr(from, end - from)); };
  Tokens tokens(statement);
  for (Token token; tokens.Next(token);) {
    const size_t at = static_cast<size_t>(token.text.data() - statement.data());
    if (at < from || !token.is_name) continue;
    for (size_t i = next; i < keywords.size(); ++i) {
      const size_t end = EndOfWords(statement, at, keywords[i]);
      if (end == 0) continue;
      close(at);
      keyword = keywords[i];
      from = end;
      next = i + 1;
      break;
    }
  }
  close(statement.size());
  return clauses;
}

std::vector<std::string_view> Listed(std::string_view list) {
  std::vector<std::string_view> items;
  int depth = 0;
  size_t from = 0;
  for (size_t at = 0; at < list.size();) {
    const char c = list[at];
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      items.push_back(Trim(list.substr(from, at - from)));
      from = at + 1;
    }
    at = IsQuote(c) ? QuotedEnd(list, at) : at + 1;
  }
  const std::string_view last = Trim(list.substr(from));
  if (!last.empty()) items.push_back(last);
  return items;
}

std::string_view Parenthesized(std::string_view text) {
  size_t from = text.npos;
  int depth = 0;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '(' && depth++ == 0) from = at + 1;
    if (c == ')' && --depth == 0) return text.substr(from, at - from);
    at = IsQuote(c) ? QuotedEnd(text, at) : at + 1;
  }
  return {};
}

std::pair<std::string_view, std::string_view> SplitName(std::string_view name) {
  size_t dot = name.npos;
  for (size_t at = 0; at < name.size();) {
    if (name[at] == '.') dot = at;
    at = name[at] == '"' ? QuotedEnd(name, at) : at + 1;
  }
  if (dot == name.npos) return {{}, name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

std::pair<std::string_view, std::string_view> SplitAt(std::string_view identity, std::string_view word) {
  const std::string between = " " + std::string(word) + " ";
  for (size_t at = 0; at < identity.size();) {
    if (identity.substr(at).starts_with(between)) return {identity.substr(0, at), identity.substr(at + between.size())};
    at = identity[at] == '"' ? QuotedEnd(identity, at) : at + 1;
  }
  return {identity, {}};
}

std::string Unquoted(std::string_view name) {
  if (!name.starts_with('"')) return std::string(name);
  std::string unquoted;
  for (size_t i = 1; i + 1 < name.size(); ++i) {
    unquoted += name[i];
    if (name[i] == '"') ++i;
  }
  return unquoted;
}

std::string_view WithoutSemicolon(std::string_view statement) {
  statement = TrimRight(statement);
  if (statement.ends_with(';')) statement.remove_suffix(1);
  return TrimRight(statement);
}

}  // namespace migrate::schema
