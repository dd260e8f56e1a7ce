#include "core/schema/made_values.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace migrate::schema {
namespace {

struct Known {
  std::string_view types;  // with a blank around each
  std::vector<MadePair> values;
};

const std::vector<MadePair>& Numbers() {
  static const std::vector<MadePair> numbers = {
      {"1000001", "1000002"}, {"30001", "30002"}, {"1", "2"}, {"3", "4"}, {"5", "6"}, {"7", "8"}, {"9", "10"}};
  return numbers;
}

const std::vector<Known>& AllKnown() {
  static const std::vector<Known> all = {
      {" int2 ", {{"30001", "30002"}, {"1", "2"}, {"3", "4"}, {"5", "6"}, {"7", "8"}, {"9", "10"}}},
      {" int4 int8 float4 float8 money oid ", Numbers()},
      {" numeric ", {{"1000001", "1000002"}, {"1", "2"}, {"0.1", "0.2"}, {"0.01", "0.02"}, {"0.001", "0.002"}}},
      {" bool ", {{"false", "true"}, {"true", "true"}, {"false", "false"}}},
      {" text varchar bpchar name citext ", {{"1000001", "1000002"}, {"1", "2"}, {"a", "b"}, {"A", "B"}}},
      {" char ", {{"1", "2"}}},
      {" date ", {{"2001-01-01", "2001-01-02"}, {"2101-01-01", "2101-01-02"}}},
      {" timestamp timestamptz ",
       {{"2001-01-01 00:00:00", "2001-01-02 00:00:00"}, {"2101-01-01 00:00:00", "2101-01-02 00:00:00"}}},
      {" time timetz ", {{"01:00:00", "02:00:00"}}},
      {" interval ", {{"1 day", "2 days"}}},
      {" uuid ", {{"00000000-0000-4000-8000-000001000001", "00000000-0000-4000-8000-000001000002"}}},
      {" json jsonb ", {{"{}", R"({"2": 2})"}, {"[]", "[2]"}, {"1", "2"}}},
      {" bytea ", {{"\\x01", "\\x02"}}},
      {" inet cidr ", {{"10.0.0.1", "10.0.0.2"}}},
      {" macaddr ", {{"08:00:2b:01:02:03", "08:00:2b:01:02:04"}}},
      {" macaddr8 ", {{"08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06"}}},
      {" bit varbit ", {{"0", "1"}, {"00", "01"}, {"00000001", "00000010"}}},
      {" xml ", {{"<a/>", "<b/>"}}},
      {" point ", {{"(1,1)", "(2,2)"}}},
      {" line ", {{"{1,1,1}", "{1,1,2}"}}},
      {" lseg ", {{"((1,1),(2,2))", "((3,3),(4,4))"}}},
      {" box path polygon ", {{"((1,1),(2,2))", "((3,3),(4,4))"}}},
      {" circle ", {{"((1,1),1)", "((2,2),1)"}}},
      {" tsvector tsquery ltree ", {{"a1", "a2"}}},
      {" jsonpath ", {{"$.a1", "$.a2"}}},
      {" hstore ", {{"a=>1", "a=>2"}}},
      {" geometry geography ", {{"POINT(1 1)", "POINT(2 2)"}, {"LINESTRING(1 1,2 2)", "LINESTRING(3 3,4 4)"}}},
      {" pg_lsn ", {{"0/1", "0/2"}}},
  };
  return all;
}

// In quotes, as arrays, rows and ranges have their parts.
std::string InQuotes(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

bool IsOfWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '"'; }

std::string OneMore(const std::string& number) {
  constexpr size_t kMostDigits = 17;
  if (number.size() > kMostDigits || !std::all_of(number.begin(), number.end(), IsDigit)) return number;
  return std::to_string(std::stoll(number) + 1);
}

// The place behind a constant or a quoted name that begins there.
size_t BehindQuotes(std::string_view text, size_t at) {
  const size_t end = text.find(text[at], at + 1);
  return end == text.npos ? text.size() : end + 1;
}

std::string_view WithoutBrackets(std::string_view text) {
  while (text.starts_with('(')) {
    int depth = 0;
    size_t at = 0;
    do {
      if (text[at] == '\'' || text[at] == '"') {
        at = BehindQuotes(text, at);
        continue;
      }
      depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
      ++at;
    } while (depth > 0 && at < text.size());
    if (depth != 0 || at != text.size()) return text;
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

std::vector<std::string_view> PartsOf(std::string_view condition) {
  constexpr std::string_view kAnd = " AND ";
  std::vector<std::string_view> parts;
  condition = WithoutBrackets(condition);
  size_t begin = 0;
  int depth = 0;
  for (size_t at = 0; at < condition.size();) {
    const char c = condition[at];
    if (c == '\'' || c == '"') {
      at = BehindQuotes(condition, at);
    } else if (depth == 0 && condition.substr(at).starts_with(kAnd)) {
      parts.push_back(condition.substr(begin, at - begin));
      begin = at += kAnd.size();
    } else {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      ++at;
    }
  }
  parts.push_back(condition.substr(begin));
  return parts;
}

bool Names(std::string_view text, const std::string& name) {
  for (size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || !IsOfWord(text[at - 1])) && (end == text.size() || !IsOfWord(text[end]))) return true;
  }
  return false;
}

}  // namespace

std::vector<MadePair> MadeValuesOf(std::string_view type) {
  const std::string word = " " + std::string(type) + " ";
  for (const auto& known : AllKnown()) {
    if (known.types.find(word) != known.types.npos) return known.values;
  }
  return {{"1000001", "1000002"}, {"1", "2"}, {"a1", "a2"}, {"{}", "{}"}, {"[1,1,1]", "[2,2,2]"}, {"(1,1)", "(2,2)"}};
}

std::vector<MadePair> InArray(const std::vector<MadePair>& elements) {
  std::vector<MadePair> arrays;
  for (const auto& pair : elements) {
    arrays.push_back({"{" + InQuotes(pair.first) + "}", "{" + InQuotes(pair.second) + "}"});
  }
  return arrays;
}

std::vector<MadePair> InRange(const std::vector<MadePair>& bounds, bool of_many) {
  const auto range = [&](const std::string& bound) {
    const std::string one = "[" + InQuotes(bound) + "," + InQuotes(bound) + "]";
    return of_many ? "{" + one + "}" : one;
  };
  std::vector<MadePair> ranges;
  for (const auto& pair : bounds) ranges.push_back({range(pair.first), range(pair.second)});
  return ranges;
}

MadePair InRow(const std::vector<MadePair>& columns) {
  MadePair row{"(", "("};
  for (const auto& pair : columns) {
    row.first += (row.first.size() > 1 ? "," : "") + InQuotes(pair.first);
    row.second += (row.second.size() > 1 ? "," : "") + InQuotes(pair.second);
  }
  return {row.first + ")", row.second + ")"};
}

std::vector<MadePair> ConstantsIn(std::string_view condition) {
  std::vector<std::string> found;
  const auto note = [&](std::string text) {
    if (std::find(found.begin(), found.end(), text) == found.end()) found.push_back(std::move(text));
  };
  for (size_t at = 0; at < condition.size(); ++at) {
    if (condition[at] == '\'') {
      std::string text;
      for (++at; at < condition.size(); ++at) {
        if (condition[at] == '\'' && at + 1 < condition.size() && condition[at + 1] == '\'')
          ++at;
        else if (condition[at] == '\'')
          break;
        text += condition[at];
      }
      note(std::move(text));
    } else if (IsDigit(condition[at]) && (at == 0 || !IsOfWord(condition[at - 1]))) {
      size_t end = at;
      while (end < condition.size() && (IsDigit(condition[end]) || condition[end] == '.')) ++end;
      const bool is_negative = at > 0 && condition[at - 1] == '-';
      note((is_negative ? "-" : "") + std::string(condition.substr(at, end - at)));
      at = end - 1;
    }
  }
  std::vector<MadePair> pairs;
  for (size_t i = 0; i < found.size(); ++i) {
    if (i + 1 < found.size()) pairs.push_back({found[i], found[i + 1]});
    pairs.push_back({found[i], OneMore(found[i])});
  }
  return pairs;
}

std::string ConditionOn(const std::string& column, const std::vector<std::string>& others, std::string_view condition) {
  std::string all;
  for (const auto part : PartsOf(condition)) {
    const bool is_of_it = Names(part, column) &&
                          std::none_of(others.begin(), others.end(),
                                       [&](const std::string& other) { return other != column && Names(part, other); });
    if (is_of_it) all.append(all.empty() ? "(" : " AND (").append(part).append(")");
  }
  return all;
}

}  // namespace migrate::schema
