// Plain text helpers: lines, blanks, positions, the normal form that checksums are taken of.
// Knows nothing of SQL.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

std::string_view TrimLeft(std::string_view text);
std::string_view TrimRight(std::string_view text);
std::string_view Trim(std::string_view text);
std::string ToLower(std::string_view text);
bool EqualsIgnoringCase(std::string_view a, std::string_view b);
// Where the line ends that `from` stands in; each of CR and LF ends a comment, for psql as for the server.
size_t LineEnd(std::string_view text, size_t from);

// A word to look for in large texts, by the one of its bytes that they have least.
struct RareWord {
  std::string_view text;
  size_t rarest = 0;  // offset of that byte

  // NOLINTNEXTLINE(google-explicit-constructor): a word is written as a word
  consteval RareWord(const char* word) : text(word) {
    constexpr std::string_view kFrequent = "xwbkygvpfhmducl_srnoitae- ";   // what SQL has most comes last
    const auto frequency = [&](char c) { return kFrequent.find(c) + 1; };  // of all others 0
    for (size_t i = 1; i < text.size(); ++i) {
      if (frequency(text[i]) < frequency(text[rarest])) rarest = i;
    }
  }
};

// Where the word first stands at or behind `from`; npos if nowhere.
size_t Find(std::string_view text, const RareWord& word, size_t from = 0);

std::vector<std::string> SplitList(std::string_view text, char separator);
std::string NumberText(double number);  // with three decimals
// Adds one of several remarks, behind a semicolon; nothing if it is empty.
void AddRemark(std::string& remarks, std::string_view remark);
std::string Join(const std::vector<std::string>& parts, std::string_view separator);
// The first of many, for messages: "a, b, and 3 more".
std::string JoinFirst(const std::vector<std::string>& parts, size_t most);

// Returns the text without a UTF-8 byte order mark.
std::string_view WithoutByteOrderMark(std::string_view text);

// Takes the next line off `rest`, without its newline and carriage return. False at the end.
bool TakeLine(std::string_view& rest, std::string_view& line);

// A place in a text, both 1-based; columns count characters, not bytes.
struct Position {
  int line = 1;
  int column = 1;
};

// Moves `from` over `text`.
Position Advance(Position from, std::string_view text);

int CountCharacters(std::string_view text);

// Byte offset of the 1-based character `position`, or the text's length if it is shorter.
size_t OffsetOfCharacter(std::string_view text, int position);

// A digest of a text, in lower-case hex digits; the server supplies the algorithm, SHA-256 where none is named.
class Hasher {
 public:
  virtual ~Hasher() = default;
  virtual void Add(std::string_view bytes) = 0;
  virtual std::string Finish() = 0;
};

using HasherFactory = std::function<std::unique_ptr<Hasher>()>;

// Feeds `text` in its normal form: no byte order mark, no carriage returns at line ends, no section lines
// (`-- migrate:up` and its like), no trailing blanks on any line, no empty lines at the end and no
// final newline. What differs only in these has the same checksum. True if the text is in normal form as it stands.
bool HashNormalForm(std::string_view text, Hasher& hasher);

// The names nearest to `wanted` by edit distance, best first, at most `limit`.
std::vector<std::string> NearestNames(std::string_view wanted, const std::vector<std::string>& names, size_t limit);

}  // namespace migrate
