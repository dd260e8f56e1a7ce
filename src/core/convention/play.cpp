// Play's evolutions: "1.sql" with "# --- !Ups" and "# --- !Downs", or "--" in place of "#". A semicolon that ends no
// statement is written twice.
#include "core/base/cancel.h"
#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

MarkedLine MarkOfPlay(std::string_view comment) {
  if (comment.find("!Ups") != comment.npos) return {Mark::kUp};
  if (comment.find("!Downs") != comment.npos) return {Mark::kDown};
  return {};
}

constexpr Marks kMarks = {"!", MarkOfPlay, true, false, true};

bool HasItsMark(const SourceFile& script) { return OpensWithUp(script, kMarks); }

void HalveSemicolons(std::string& text) {
  size_t length = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    Pass(1);
    text[length++] = text[at];
    if (text[at] == ';' && at + 1 < text.size() && text[at + 1] == ';') ++at;
  }
  text.resize(length);
}

}  // namespace

constexpr Convention kPlay = {"play", false, HasItsMark, [](Folder& folder, const ReadOptions&, Reading& reading) {
                                ReadMarked(folder, kMarks, reading, HasItsMark);
                                for (auto& part : reading.parts) HalveSemicolons(part.content);
                              }};

}  // namespace migrate::convention
