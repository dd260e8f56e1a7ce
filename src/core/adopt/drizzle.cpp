// Drizzle: __drizzle_migrations(hash, created_at), where hash is the SHA-256 of the file and created_at the time in the
// journal, not that of the run. Newer versions add name and applied_at.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {
    {"id"}, {"hash"}, {"created_at"}, {"name", Shown::kText, false}, {"applied_at", Shown::kTime, false}};

History ReadDrizzle(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded;
    if (row[3]) recorded.id = IdOfFile(*row[3]);
    recorded.proof = Proof::kSha256;
    recorded.checksum = TextOf(row[1]);
    recorded.at = TextOf(row[4]);
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kDrizzle = {"drizzle", "", "__drizzle_migrations", kColumns, "t.id", ReadDrizzle};

}  // namespace migrate::adopt
