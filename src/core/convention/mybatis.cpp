// MyBatis Migrations: "20240101120000_name.sql", what undoes it behind "-- //@UNDO"; bootstrap.sql runs before all.
#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

MarkedLine MarkOfMyBatis(std::string_view comment) {
  comment = TrimLeft(comment);
  while (comment.starts_with('/')) comment.remove_prefix(1);
  comment = Trim(comment);
  if (!comment.starts_with('@')) return {};
  const std::string word = ToLower(comment.substr(1, comment.find_first_of(" \t") - 1));
  if (word == "undo") return {Mark::kDown};
  if (word == "delimiter") return {Mark::kRefused};
  return {};
}

constexpr Marks kMarks = {"@", MarkOfMyBatis, false, true};

}  // namespace

constexpr Convention kMyBatis = {
    "mybatis", false, [](const SourceFile& script) { return HasMark(script, kMarks, Mark::kDown); },
    [](Folder& folder, const ReadOptions&, Reading& reading) { ReadMarked(folder, kMarks, reading); }};

}  // namespace migrate::convention
