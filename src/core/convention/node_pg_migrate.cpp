// node-pg-migrate, its SQL files: "1700000000000_name.sql" with "-- Up Migration" and "-- Down Migration".
#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

MarkedLine MarkOfNodePgMigrate(std::string_view comment) {
  const size_t start = comment.find_first_not_of("- \t");
  if (start == comment.npos) return {};
  const std::vector<std::string> words = SplitList(ToLower(comment.substr(start)), ' ');
  if (words.size() < 2 || !words[1].starts_with("migration")) return {};
  if (words[0] == "up") return {Mark::kUp};
  if (words[0] == "down") return {Mark::kDown};
  return {};
}

// "Migration" and "migration".
constexpr Marks kMarks = {"igration", MarkOfNodePgMigrate, false};

}  // namespace

constexpr Convention kNodePgMigrate = {
    "node-pg-migrate", false,
    [](const Folder& folder) {
      return FirstScript(folder, [](const SourceFile& file) {
        return HasMark(file, kMarks, Mark::kUp) || HasMark(file, kMarks, Mark::kDown);
      });
    },
    [](Folder& folder, const ReadOptions&, Reading& reading) { ReadMarked(folder, kMarks, reading); }};

}  // namespace migrate::convention
