#include "core/convention/convention.h"

#include <algorithm>

#include "core/base/cancel.h"

namespace migrate::convention {

const SourceFile* Folder::Other(std::string_view path) const {
  const auto comes_before = [](const SourceFile& file, std::string_view other) {
    Pass(1);
    return file.path < other;
  };
  const auto found = std::lower_bound(others.begin(), others.end(), path, comes_before);
  return found == others.end() || found->path != path ? nullptr : &*found;
}

Part PartOf(SourceFile& file, MigrationId id, Section section) {
  Part part;
  part.id = std::move(id);
  part.section = section;
  part.origin = file.path;
  part.content = std::move(file.content);
  part.problem = std::move(file.problem);
  return part;
}

}  // namespace migrate::convention
