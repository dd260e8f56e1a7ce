// A folder "rollbacks" beside "migrations": "rollbacks/003_rollback_email.sql" is the down script of
// version 003. Only the version must agree, since the names rarely do. A folder "down" beside "up" or below the
// migrations is another name of it.
#include "core/convention/names.h"

namespace migrate::convention {

namespace {

// "rollback_email" as "email".
std::string WithoutDirection(std::string_view name) {
  for (const std::string_view word : {"rollback_", "down_", "undo_", "revert_"}) {
    if (name.starts_with(word)) name.remove_prefix(word.size());
  }
  return std::string(name);
}

}  // namespace

std::optional<Part> ClaimRollbacksFolder(std::string_view path) {
  const auto is_called = [&](std::string_view name) { return EqualsIgnoringCase(FolderName(path), name); };
  if (!is_called("rollbacks") && !is_called("rollback") && !is_called("down")) return std::nullopt;
  std::string_view stem = Stem(path);
  for (const std::string_view word :
       {"_rollback", "_down", "_undo", "_revert", ".down", ".rollback", ".undo", ".revert"}) {
    if (stem.ends_with(word)) stem.remove_suffix(word.size());
  }
  Part part;
  part.id = ParseMigrationName(WithoutDirection(stem));
  part.id.name = WithoutDirection(part.id.name);
  part.section = Section::kDown;
  part.by_version = !part.id.version.empty();
  return part;
}

}  // namespace migrate::convention
