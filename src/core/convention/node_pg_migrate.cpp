// node-pg-migrate, its SQL files: "1700000000000_name.sql" with "-- Up Migration" and "-- Down Migration".
#include <algorithm>

#include "core/convention/names.h"

namespace migrate::convention {
namespace {

// The words of a mark, behind which the tool doesn't look. Few comments begin as one.
std::vector<std::string> WordsOf(std::string_view comment) {
  const size_t start = comment.find_first_not_of("- \t");
  if (start == comment.npos || std::string_view("UuDd").find(comment[start]) == std::string_view::npos) return {};
  std::string words = ToLower(comment.substr(start));
  std::replace(words.begin(), words.end(), '\t', ' ');
  return SplitList(words, ' ');
}

MarkedLine MarkOfNodePgMigrate(std::string_view comment) {
  const std::vector<std::string> words = WordsOf(comment);
  if (words.size() < 2 || !words[1].starts_with("migration")) return {};
  if (words[0] == "up") return {Mark::kUp};
  if (words[0] == "down") return {Mark::kDown};
  return {};
}

// As its template has it, and not "down migration only drops the column", which is prose in other tools' folders.
MarkedLine MarkOfTemplate(std::string_view comment) {
  return WordsOf(comment).size() == 2 ? MarkOfNodePgMigrate(comment) : MarkedLine();
}

constexpr Marks kMarks = {"-", MarkOfNodePgMigrate, false, true};

// Where in a text a line that may be a mark has one of these: two words are found sooner than two dashes.
constexpr RareWord kWords[] = {"igration", "GRATION"};

bool HasMarkOfTemplate(const SourceFile& script) {
  return std::any_of(std::begin(kWords), std::end(kWords), [&](const RareWord& word) {
    const Marks marks = {word, MarkOfTemplate, false};
    return HasMark(script, marks, Mark::kUp) || HasMark(script, marks, Mark::kDown);
  });
}

// Whether both marks divide the text, whatever stands behind their words. In one that is divided otherwise they are
// prose.
bool IsDivided(const SourceFile& script) {
  if (DirectionOf(script.path) || Find(script.content, "-- migrate:down") != std::string::npos) return false;
  size_t up = std::string::npos;
  size_t down = std::string::npos;
  for (const RareWord& word : kWords) {
    const Marks marks = {word, MarkOfNodePgMigrate, false};
    up = std::min(up, FindMark(script.content, marks, Mark::kUp));
    down = std::min(down, FindMark(script.content, marks, Mark::kDown));
  }
  return up < down && down != std::string::npos;
}

bool HasItsMarks(const SourceFile& script) {
  const auto has = [&](const RareWord& word) { return Find(script.content, word) != std::string::npos; };
  return std::any_of(std::begin(kWords), std::end(kWords), has) && (HasMarkOfTemplate(script) || IsDivided(script));
}

}  // namespace

constexpr Convention kNodePgMigrate = {"node-pg-migrate", false, HasItsMarks,
                                       [](Folder& folder, const ReadOptions&, Reading& reading) {
                                         ReadMarked(folder, kMarks, reading, HasItsMarks);
                                         OrderMilliseconds(reading.parts);
                                       }};

}  // namespace migrate::convention
