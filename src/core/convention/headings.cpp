// "-- Up" and "-- Down" as headings, in any dress: "-- ==== UP ====" (shmig), "-- rambler up", "-- +micrate Up",
// "--- migration:up" (cigogne), "-- !UP".
#include "core/convention/names.h"

namespace migrate::convention {
namespace {

MarkedLine MarkOfHeading(std::string_view comment) {
  constexpr std::string_view kDress = "-=*#!@+:[] \t";
  const size_t begin = comment.find_first_not_of(kDress);
  if (begin == comment.npos) return {};
  const std::string heading = ToLower(comment.substr(begin, comment.find_last_not_of(kDress) + 1 - begin));
  std::string_view word = heading;
  for (const std::string_view tool : {"rambler ", "micrate ", "migration:"}) {
    if (!word.starts_with(tool)) continue;
    word = TrimLeft(word.substr(tool.size()));
    if (word == "end") return {Mark::kSilent};
  }
  if (word == "up") return {Mark::kUp};
  if (word == "down") return {Mark::kDown};
  return {};
}

constexpr Marks kMarks = {"--", MarkOfHeading, false};

// Both, and nothing but comments above the first: as words alone they may be any remark.
bool HasHeadings(const SourceFile& script) {
  return OpensWithUp(script, kMarks) && !DirectionOf(script.path) && HasLine(script.content, kMarks, Mark::kDown);
}

}  // namespace

constexpr Convention kHeadings = {
    "headings", false, HasHeadings,
    [](Folder& folder, const ReadOptions&, Reading& reading) { ReadMarked(folder, kMarks, reading, HasHeadings); }};

}  // namespace migrate::convention
