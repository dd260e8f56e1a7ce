// A folder "rollbacks" beside "migrations": "rollbacks/003_rollback_email.sql" is the down script of
// version 003. Only the version must agree, since the names rarely do.
#include "core/convention.h"
#include "core/text.h"

namespace migrate::convention {

namespace {

// "rollback_email" as "email".
std::string WithoutDirection(std::string_view name) {
  for (const std::string_view word : {"rollback_", "down_"}) {
    if (name.starts_with(word)) name.remove_prefix(word.size());
  }
  return std::string(name);
}

}  // namespace

std::optional<Claim> ClaimRollbacksFolder(std::string_view path) {
  const std::string_view folder = FolderName(path);
  if (!EqualsIgnoringCase(folder, "rollbacks") && !EqualsIgnoringCase(folder, "rollback")) return std::nullopt;
  std::string_view stem = BaseName(path);
  if (IsSqlFile(stem)) stem.remove_suffix(4);
  for (const std::string_view word : {"_rollback", "_down", ".down", ".rollback"}) {
    if (stem.ends_with(word)) stem.remove_suffix(word.size());
  }
  Claim claim{ParseMigrationName(WithoutDirection(stem)), Section::kDown};
  claim.id.name = WithoutDirection(claim.id.name);
  claim.by_version = !claim.id.version.empty();
  return claim;
}

}  // namespace migrate::convention
