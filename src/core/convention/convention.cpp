#include "core/convention/convention.h"

#include <algorithm>

namespace migrate::convention {

const SourceFile* Folder::Other(std::string_view path) const {
  const auto found = std::find_if(others.begin(), others.end(), [&](const SourceFile& f) { return f.path == path; });
  return found == others.end() ? nullptr : &*found;
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
