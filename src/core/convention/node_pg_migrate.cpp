// node-pg-migrate, its SQL files: "1700000000000_name.sql" with "-- Up Migration" and "-- Down Migration".
#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

// The words of a mark, behind which the tool doesn't look.
std::vector<std::string> WordsOf(std::string_view comment) {
  const size_t start = comment.find_first_not_of("- \t");
  return start == comment.npos ? std::vector<std::string>() : SplitList(ToLower(comment.substr(start)), ' ');
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

// "Migration" and "migration".
constexpr Marks kMarks = {"igration", MarkOfNodePgMigrate, false, true};
constexpr Marks kTemplate = {"igration", MarkOfTemplate, false};

}  // namespace

constexpr Convention kNodePgMigrate = {
    "node-pg-migrate", false,
    [](const SourceFile& script) {
      return HasMark(script, kTemplate, Mark::kUp) || HasMark(script, kTemplate, Mark::kDown);
    },
    [](Folder& folder, const ReadOptions&, Reading& reading) { ReadMarked(folder, kMarks, reading); }};

}  // namespace migrate::convention
