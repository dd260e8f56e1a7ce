// MyBatis Migrations: "20240101120000_name.sql", what undoes it behind "-- //@UNDO". bootstrap.sql runs by a command of
// its own.
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

bool HasItsMark(const SourceFile& script) { return HasMark(script, kMarks, Mark::kDown); }

void Read(Folder& folder, const ReadOptions&, Reading& reading) {
  std::erase_if(folder.scripts, [&](const SourceFile& file) {
    const bool is_bootstrap = BaseName(file.path) == "bootstrap.sql";
    if (is_bootstrap) reading.Ignore(file, "run by \"migrate bootstrap\" alone");
    return is_bootstrap;
  });
  ReadMarked(folder, kMarks, reading, HasItsMark);
}

}  // namespace

constexpr Convention kMyBatis = {"mybatis", false, HasItsMark, Read};

}  // namespace migrate::convention
