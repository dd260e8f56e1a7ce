// Prisma: _prisma_migrations, a row for each attempt: one that has neither finished nor been rolled back failed. The
// checksum is the SHA-256 of migration.sql.
#include <algorithm>

#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"migration_name"},
                               {"checksum"},
                               {"started_at", Shown::kTime},
                               {"finished_at", Shown::kTime},
                               {"rolled_back_at", Shown::kTime},
                               {"applied_steps_count", Shown::kText, false}};

History ReadPrisma(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    const std::string name = TextOf(row[0]);
    Recorded recorded{IdOfFile(name)};
    recorded.proof = Proof::kSha256;
    recorded.checksum = TextOf(row[1]);
    recorded.at = TextOf(row[3]);
    if (row[4]) {
      recorded.standing = Standing::kRolledBack;
      recorded.why = "it failed and was marked as rolled back";
    } else if (!row[3]) {
      recorded.standing = Standing::kFailed;
      recorded.why =
          "it failed: finished_at is null. Find out what of it is there, then \"prisma migrate resolve\" "
          "marks it as applied or as rolled back";
    }
    // The attempt that succeeded counts, or else the last one.
    const auto earlier = std::find_if(history.recorded.begin(), history.recorded.end(),
                                      [&](const Recorded& r) { return r.id == recorded.id; });
    if (earlier == history.recorded.end()) {
      history.recorded.push_back(std::move(recorded));
    } else if (!earlier->applied()) {
      *earlier = std::move(recorded);
    }
  }
  return history;
}

}  // namespace

constexpr Tool kPrisma = {"prisma", "", "_prisma_migrations", kColumns, "t.started_at", ReadPrisma};

}  // namespace migrate::adopt
