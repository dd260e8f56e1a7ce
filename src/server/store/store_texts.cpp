// Texts of migrations, by the SHA-256 of their bytes.
#include <string>

#include "server/store/store.h"

namespace migrate {
namespace {

Statement kScript = {"SELECT s.text FROM migrate.script s WHERE s.sha256 OPERATOR(pg_catalog.=) $1", Rights::kOwner};
Statement kHasScript = {"SELECT s.text IS NOT NULL FROM migrate.script s WHERE s.sha256 OPERATOR(pg_catalog.=) $1",
                        Rights::kOwner};

}  // namespace

std::string ReadScript(const std::string& sha256) {
  std::string text;
  if (QueryText(kScript, {sha256}, text)) return text;
  throw Error(sqlstate::kWrongState, "the text with SHA-256 " + sha256 + " is gone", "It was purged by migrate_repair.",
              "Load the migration's file again.");
}

bool HasScript(const std::string& sha256) { return BooleanOf(QueryValue(kHasScript, {sha256})); }

}  // namespace migrate
