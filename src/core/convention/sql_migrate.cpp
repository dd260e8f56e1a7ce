// sql-migrate: "-- +migrate Up" and "-- +migrate Down", each with "notransaction" behind it where it stands alone.
#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

MarkedLine MarkOfSqlMigrate(std::string_view comment) {
  comment = Trim(comment);
  constexpr std::string_view kWord = "+migrate";
  if (!comment.starts_with(kWord)) return {};
  const std::vector<std::string> words = SplitList(ToLower(comment.substr(kWord.size())), ' ');
  if (words.empty()) return {Mark::kRefused};
  const bool alone = words.size() > 1 && words[1] == "notransaction";
  if (words[0] == "up") return {Mark::kUp, alone};
  if (words[0] == "down") return {Mark::kDown, alone};
  if (words[0] == "statementbegin" || words[0] == "statementend") return {Mark::kSilent};
  return {Mark::kRefused};
}

constexpr Marks kMarks = {"+migrate", MarkOfSqlMigrate, true};

bool HasItsMark(const SourceFile& script) { return HasMark(script, kMarks, Mark::kUp); }

}  // namespace

constexpr Convention kSqlMigrate = {
    "sql-migrate", true, HasItsMark,
    [](Folder& folder, const ReadOptions&, Reading& reading) { ReadMarked(folder, kMarks, reading, HasItsMark); }};

}  // namespace migrate::convention
