// One file per migration: "0003_add_email.sql", or a plain name that `-- migrate:requires` orders.
#include <algorithm>

#include "core/convention.h"
#include "core/error.h"
#include "core/text.h"

namespace migrate::convention {

namespace {

// Names of other tools that would be taken for migrations of their own and run forward.
void RefuseForeign(std::string_view path) {
  const std::string stem = ToLower(BaseName(path).substr(0, BaseName(path).find('.')));
  for (const std::string_view word : {"up", "down", "migration", "deploy", "revert", "verify"}) {
    if (stem != word) continue;
    throw Error(sqlstate::kFeatureNotSupported, "file \"" + std::string(path) + "\" does not name its migration",
                "A folder for each migration is a convention of other tools that is not supported yet.",
                "Name the files 0001_name.up.sql and 0001_name.down.sql.");
  }
  const std::string_view name = BaseName(path);
  const size_t digits = name.empty() ? name.npos : name.find_first_not_of("0123456789._", 1);
  const bool flyway = !name.empty() && std::string_view("VUR").find(name[0]) != std::string_view::npos &&
                      name.substr(1, std::min(digits, name.size()) - 1).ends_with("__");
  if (flyway) {
    throw Error(sqlstate::kFeatureNotSupported, "file \"" + std::string(path) + "\" is named as Flyway names it",
                "Its versioned, undo and repeatable migrations are not supported yet.", "Name the file 0001_name.sql.");
  }
}

}  // namespace

std::optional<Claim> ClaimPlain(std::string_view path) {
  RefuseForeign(path);
  return Claim{ParseMigrationName(path)};
}

}  // namespace migrate::convention
