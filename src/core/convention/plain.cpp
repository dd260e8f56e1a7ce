// One file per migration: "0003_add_email.sql", or a plain name that `-- migrate:requires` orders.
#include "core/convention.h"

namespace migrate::convention {

std::optional<Claim> ClaimPlain(std::string_view path) { return Claim{ParseMigrationName(path)}; }

}  // namespace migrate::convention
