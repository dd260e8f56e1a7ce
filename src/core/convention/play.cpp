// Play's evolutions: "1.sql" with "# --- !Ups" and "# --- !Downs", or "--" in place of "#". A semicolon that ends no
// statement is written twice.
#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

MarkedLine MarkOfPlay(std::string_view comment) {
  if (comment.find("!Ups") != comment.npos) return {Mark::kUp};
  if (comment.find("!Downs") != comment.npos) return {Mark::kDown};
  return {};
}

constexpr Marks kMarks = {"!", MarkOfPlay, true, false, true};

void HalveSemicolons(std::string& text) {
  for (size_t at = 0; (at = text.find(";;", at)) != text.npos; ++at) text.erase(at, 1);
}

}  // namespace

constexpr Convention kPlay = {"play", false, [](const SourceFile& script) { return OpensWithUp(script, kMarks); },
                              [](Folder& folder, const ReadOptions&, Reading& reading) {
                                ReadMarked(folder, kMarks, reading);
                                for (auto& part : reading.parts) HalveSemicolons(part.content);
                              }};

}  // namespace migrate::convention
