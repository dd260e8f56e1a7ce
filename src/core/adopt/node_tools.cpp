// Postgrator (schemaversion, with the MD5 of each file) and postgres-migrations (migrations, with the SHA-1 of each
// file's name and text). Both have a first row of their own.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kPostgratorColumns[] = {{"version"}, {"name"}, {"md5"}, {"run_at", Shown::kTime, false}};
constexpr Column kPostgresMigrationsColumns[] = {{"id"}, {"name"}, {"hash"}, {"executed_at", Shown::kTime}};

History ReadPostgrator(const std::vector<Cells>& rows) {
  constexpr size_t kMd5Digits = 32;
  History history;
  for (const auto& row : rows) {
    if (TextOf(row[0]) == "0") continue;
    Recorded recorded{{TextOf(row[0]), TextOf(row[1])}};
    recorded.at = TextOf(row[3]);
    recorded.checksum = TextOf(row[2]);
    if (recorded.checksum.size() == kMd5Digits) recorded.proof = Proof::kMd5;  // code has none
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

History ReadPostgresMigrations(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    if (TextOf(row[0]) == "0") continue;
    Recorded recorded{{TextOf(row[0]), TextOf(row[1])}};
    recorded.at = TextOf(row[3]);
    recorded.proof = Proof::kNamedSha1;
    recorded.checksum = TextOf(row[2]);
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kPostgrator = {"postgrator", "", "schemaversion", kPostgratorColumns, "t.version", ReadPostgrator};
constexpr Tool kPostgresMigrations = {"postgres-migrations",  "",  "migrations", kPostgresMigrationsColumns, "t.id",
                                      ReadPostgresMigrations, true};

}  // namespace migrate::adopt
