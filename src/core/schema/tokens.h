// Reads the statements that definitions are made of: words, names, clauses. Only for these, which are written in one
// way: keywords in capitals, names in quotes where they need them, what an expression holds in parentheses. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migrate::schema {

// A word of a statement, a name in double quotes, a string, or one other character.
struct Token {
  std::string_view text;
  bool is_name = false;

  bool Is(std::string_view keyword) const { return text == keyword; }
};

// Where the text in quotes ends that begins at `from`, behind its closing quote. A doubled quote stands for itself;
// definitions double backslashes, too, so that none of them escapes a quote.
size_t QuotedEnd(std::string_view text, size_t from);

// The tokens of a statement outside of parentheses, without strings.
class Tokens {
 public:
  explicit Tokens(std::string_view statement) : rest_(statement) {}

  bool Next(Token& token);

 private:
  bool Take(Token& token);

  std::string_view rest_;
  int depth_ = 0;
};

// Where these words stand in the statement, outside of parentheses, strings and names; npos if they don't.
size_t FindWords(std::string_view statement, std::string_view words);

// What follows each of the keywords, which may have two words, up to the next: looked for in this order, since an
// expression behind one may hold those before it. Under the empty key what stands before the first.
using Clauses = std::map<std::string_view, std::string_view>;
Clauses ClausesIn(std::string_view statement, std::span<const std::string_view> keywords);

// What stands between commas, outside of parentheses and quotes; nothing for nothing.
std::vector<std::string_view> Listed(std::string_view list);

// What stands in the first parentheses.
std::string_view Parenthesized(std::string_view text);

// a.b.c as {a.b, c}; {"", c} for a single name.
std::pair<std::string_view, std::string_view> SplitName(std::string_view name);

// `name on table` as {name, table}, for another word likewise; {all, ""} if it does not stand there.
std::pair<std::string_view, std::string_view> SplitAt(std::string_view identity, std::string_view word);

// A name without its quotes, if it has any.
std::string Unquoted(std::string_view name);

// The statement without its semicolon.
std::string_view WithoutSemicolon(std::string_view statement);

}  // namespace migrate::schema
