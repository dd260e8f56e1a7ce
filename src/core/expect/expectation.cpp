#include "core/expect/expectation.h"

#include <algorithm>
#include <iterator>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"

namespace migrate::expect {
namespace {

constexpr std::string_view kKinds[] = {"table", "view", "function", "type", "schema", "sequence", "extension"};
constexpr char kExample[] =
    "For example \"-- migrate:expect table app.users with column email text not null, row security\".";

bool StartsName(char c) { return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || (c & 0x80) != 0; }
bool IsInName(char c) { return StartsName(c) || (c >= '0' && c <= '9') || c == '$'; }

// Reads one line from left to right.
class Reader {
 public:
  Reader(std::string_view text, int line) : text_(text), line_(line) {}

  [[noreturn]] void Refuse(const std::string& what) const {
    Error error(sqlstate::kSyntaxError, "no expectation: " + what, "It says \"" + std::string(text_) + "\".", kExample);
    error.line = line_;
    error.column = 1;
    throw error;
  }

  bool AtEnd() {
    SkipBlanks();
    return at_ == text_.size();
  }

  // Whether the next words are these; then they are passed.
  bool Take(std::string_view words) {
    const size_t start = at_;
    for (const auto& word : SplitList(words, ' ')) {
      SkipBlanks();
      const std::string_view next = text_.substr(at_, word.size());
      const bool ends = at_ + word.size() >= text_.size() || !IsInName(text_[at_ + word.size()]);
      if (!EqualsIgnoringCase(next, word) || !ends) {
        at_ = start;
        return false;
      }
      at_ += word.size();
    }
    return true;
  }

  bool TakeSign(char sign) {
    SkipBlanks();
    if (at_ == text_.size() || text_[at_] != sign) return false;
    ++at_;
    return true;
  }

  // One part of a name, as SQL reads it.
  std::string TakeIdentifier(const char* what) {
    SkipBlanks();
    std::string name;
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_;; ++at_) {
        if (at_ == text_.size()) Refuse("a quoted name does not end");
        if (text_[at_] != '"') {
          name += text_[at_];
        } else if (text_.substr(at_, 2) == "\"\"") {
          name += text_[at_++];
        } else {
          break;
        }
      }
      ++at_;
    } else if (at_ < text_.size() && StartsName(text_[at_])) {
      const size_t start = at_;
      while (at_ < text_.size() && IsInName(text_[at_])) ++at_;
      name = ToLower(text_.substr(start, at_ - start));
    }
    if (name.empty()) Refuse(std::string(what) + " is missing");
    return name;
  }

  Name TakeName(const char* what) {
    SkipBlanks();
    const size_t start = at_;
    Name name;
    do {
      name.last = TakeIdentifier(what);
    } while (TakeSign('.'));
    name.text = Trim(text_.substr(start, at_ - start));
    return name;
  }

  // "(a, b)".
  std::vector<std::string> TakeColumns() {
    if (!TakeSign('(')) Refuse("columns in parentheses are missing");
    std::vector<std::string> columns;
    do {
      columns.push_back(TakeIdentifier("a column"));
    } while (TakeSign(','));
    if (!TakeSign(')')) Refuse("a parenthesis is missing");
    return columns;
  }

  bool AtSign(char sign) {
    SkipBlanks();
    return at_ < text_.size() && text_[at_] == sign;
  }

  // Up to a comma outside of parentheses and quotes, or to the end.
  std::string TakeUpToComma() {
    SkipBlanks();
    const size_t start = at_;
    int open = 0;
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') quoted = !quoted;
      if (quoted) continue;
      if (c == ',' && open == 0) break;
      if (c == '(') ++open;
      if (c == ')') --open;
    }
    return std::string(Trim(text_.substr(start, at_ - start)));
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  std::string_view text_;
  int line_;
  size_t at_ = 0;
};

Part ReadColumn(Reader& reader) {
  constexpr std::string_view kNotNull = "not null";
  Part part;
  part.name = reader.TakeIdentifier("the name of a column");
  part.type = reader.TakeUpToComma();
  const std::string lower = ToLower(part.type);
  part.not_null = lower.ends_with(kNotNull) && (lower == kNotNull || lower[lower.size() - kNotNull.size() - 1] == ' ');
  if (part.not_null) part.type = TrimRight(part.type.substr(0, part.type.size() - kNotNull.size()));
  return part;
}

Part ReadForeignKey(Reader& reader) {
  Part part;
  part.feature = Feature::kForeignKey;
  part.columns = reader.TakeColumns();
  if (!reader.Take("to")) return part;
  part.target = reader.TakeName("the table that a foreign key leads to");
  if (reader.AtSign('(')) part.target_columns = reader.TakeColumns();
  if (!part.target_columns.empty() && part.target_columns.size() != part.columns.size())
    reader.Refuse("a foreign key has as many columns on both sides");
  return part;
}

Part ReadPart(Reader& reader) {
  if (reader.Take("column")) return ReadColumn(reader);
  if (reader.Take("foreign key")) return ReadForeignKey(reader);
  Part part;
  if (reader.Take("primary key")) {
    part.feature = Feature::kPrimaryKey;
    if (reader.AtSign('(')) part.columns = reader.TakeColumns();
  } else if (reader.Take("unique")) {
    part.feature = Feature::kUnique;
    part.columns = reader.TakeColumns();
  } else if (reader.Take("index on")) {
    part.feature = Feature::kIndexOn;
    part.columns = reader.TakeColumns();
  } else if (reader.Take("index")) {
    part.feature = Feature::kIndex;
    part.name = reader.TakeIdentifier("the name of an index");
  } else if (reader.Take("row security")) {
    part.feature = Feature::kRowSecurity;
  } else if (reader.Take("policy")) {
    part.feature = Feature::kPolicy;
    part.name = reader.TakeIdentifier("the name of a policy");
  } else if (reader.Take("trigger")) {
    part.feature = Feature::kTrigger;
    part.name = reader.TakeIdentifier("the name of a trigger");
  } else {
    reader.Refuse(
        "a table has column, primary key, unique, index, index on, foreign key, row security, policy or trigger");
  }
  return part;
}

std::string Listed(const std::vector<std::string>& columns) {
  return columns.empty() ? std::string() : " (" + Join(columns, ", ") + ")";
}

}  // namespace

std::string Part::Shown() const {
  switch (feature) {
    case Feature::kColumn: return "a column " + Quoted(name);
    case Feature::kPrimaryKey: return "a primary key" + Listed(columns);
    case Feature::kUnique: return "a unique index or constraint" + Listed(columns);
    case Feature::kIndex: return "an index " + Quoted(name);
    case Feature::kIndexOn: return "an index on" + Listed(columns);
    case Feature::kForeignKey:
      return "a foreign key" + Listed(columns) +
             (target.text.empty() ? "" : " to " + target.text + Listed(target_columns));
    case Feature::kRowSecurity: return "row security";
    case Feature::kPolicy: return "a policy " + Quoted(name);
    default: return "a trigger " + Quoted(name);
  }
}

std::string Expectation::Shown() const { return kind + " " + name.text; }

Expectation ParseExpectation(std::string_view text, int line) {
  Reader reader(text, line);
  Expectation expectation;
  const auto* const kind =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](std::string_view word) { return reader.Take(word); });
  if (kind == std::end(kKinds))
    reader.Refuse("it begins with table, view, function, type, schema, sequence or extension");
  expectation.kind = *kind;
  if (expectation.kind == "function" || expectation.kind == "type") {
    expectation.name.text = reader.TakeUpToComma();
    if (expectation.name.text.empty()) reader.Refuse("the name of the " + expectation.kind + " is missing");
    if (expectation.kind == "function" && !expectation.name.text.ends_with(')'))
      reader.Refuse("a function is named with its arguments, as in app.total(integer)");
  } else {
    expectation.name = reader.TakeName("the name");
  }
  if (expectation.kind == "table" && reader.Take("with")) {
    do {
      expectation.parts.push_back(ReadPart(reader));
    } while (reader.TakeSign(','));
  }
  if (!reader.AtEnd()) reader.Refuse("something stands behind its end");
  return expectation;
}

}  // namespace migrate::expect
