// Two files per migration: "0003_add_email.up.sql" and "0003_add_email.down.sql".
#include "core/convention.h"

namespace migrate::convention {

std::optional<Claim> ClaimPair(std::string_view path) {
  std::string_view stem = BaseName(path);
  if (IsSqlFile(stem)) stem.remove_suffix(4);
  Claim claim;
  if (stem.ends_with(".up")) {
    stem.remove_suffix(3);
  } else if (stem.ends_with(".down")) {
    stem.remove_suffix(5);
    claim.first_section = Section::kDown;
  } else {
    return std::nullopt;
  }
  claim.id = ParseMigrationName(stem);
  return claim;
}

}  // namespace migrate::convention
