#include "core/explain/advice.h"

#include <algorithm>

namespace migrate::explain {
namespace {

// On what the advice depends beside what the statement is.
enum class If { kBlocksRows, kRewrites, kScans, kDestroys };

struct Rule {
  Acts acts;
  If condition;
  const char* advice;
};

// Each fits a line of 80 characters.
constexpr Rule kRules[] = {
    {kCreatesIndex, If::kBlocksRows, "CREATE INDEX CONCURRENTLY blocks no writes; CALL migrate_up() runs it."},
    {kDropsIndex, If::kBlocksRows, "DROP INDEX CONCURRENTLY blocks nobody; CALL migrate_up() runs it."},
    {kReindexes, If::kBlocksRows, "REINDEX (CONCURRENTLY) blocks no writes; CALL migrate_up() runs it."},
    {kAddsUnique, If::kBlocksRows, "CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX."},
    {kAddsForeignKey | kAddsCheck, If::kScans,
     "Add it NOT VALID; VALIDATE CONSTRAINT in the next migration blocks no writes."},
    {kSetsNotNull, If::kScans, "Validate a CHECK (… IS NOT NULL) in a migration before: it then scans nothing."},
    {kAddsColumn, If::kRewrites, "Add it without the default, SET DEFAULT, fill old rows in batches that commit."},
    {kChangesType, If::kRewrites, "Add a column of the new type, fill it in batches that commit, swap the names."},
    {kRewritesTable, If::kRewrites, "Do it at a time when nobody needs the table."},
    {kRefreshes, If::kBlocksRows, "REFRESH … CONCURRENTLY blocks no reads; the view needs a unique index."},
    {kDetaches, If::kBlocksRows, "DETACH PARTITION … CONCURRENTLY blocks nobody; CALL migrate_up() runs it."},
    {kAttaches, If::kScans, "Add a CHECK with the partition's bounds before: its rows are then not scanned."},
    {kDropsTable | kTruncates | kDropsColumn | kChangesRows, If::kDestroys,
     "Keep what goes, by \"-- migrate:keep-dropped\"; or rename it now and drop it later."},
    {kChangesRows, If::kBlocksRows, "Change many rows in batches that commit: others wait for those it has locked."},
};

bool Blocks(const Lock& lock) { return lock.mode >= kShareMode || lock.of_rows; }

bool Holds(If condition, const Seen& seen) {
  switch (condition) {
    case If::kBlocksRows:
      return std::any_of(seen.locks.begin(), seen.locks.end(),
                         [](const Lock& lock) { return Blocks(lock) && lock.table.rows > 0; });
    case If::kRewrites: return !seen.rewrites.empty();
    case If::kScans: return !seen.scans.empty();
    case If::kDestroys: return !seen.destroyed.empty();
  }
  return false;
}

}  // namespace

std::vector<std::string> AdviceFor(const Seen& seen) {
  std::vector<std::string> advice;
  for (const Rule& rule : kRules) {
    if ((seen.acts & rule.acts) != 0 && Holds(rule.condition, seen)) advice.emplace_back(rule.advice);
  }
  const bool waits = std::any_of(seen.locks.begin(), seen.locks.end(),
                                 [](const Lock& lock) { return lock.since_line == 0 && lock.mode >= kShareMode; });
  if (waits && seen.lock_timeout_ms == 0) {
    advice.emplace_back("Set migrate.lock_timeout: while it waits for its lock, others wait behind it.");
  }
  return advice;
}

}  // namespace migrate::explain
