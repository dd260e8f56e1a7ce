// tern: "001_name.sql", what undoes it behind "---- create above / drop below ----".
#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

constexpr const char* kDivider = "create above / drop below";

MarkedLine MarkOfTern(std::string_view comment) {
  while (comment.starts_with('-')) comment.remove_prefix(1);
  while (comment.ends_with('-')) comment.remove_suffix(1);
  comment = Trim(comment);
  if (comment == kDivider) return {Mark::kDown};
  if (comment.starts_with("tern: disable-tx")) return {Mark::kNoTransaction};
  return {};
}

constexpr Marks kMarks = {"---", MarkOfTern, false};

bool HasItsMark(const SourceFile& script) {
  return Find(script.content, kDivider) != std::string::npos && HasMark(script, kMarks, Mark::kDown);
}

}  // namespace

constexpr Convention kTern = {"tern", false, HasItsMark, [](Folder& folder, const ReadOptions&, Reading& reading) {
                                reading.brace_placeholders = true;
                                ReadMarked(folder, kMarks, reading, HasItsMark);
                              }};

}  // namespace migrate::convention
