#include "core/explain/policy.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/set/keeps_rows.h"

namespace migrate::explain {
namespace {

constexpr char kExample[] = "For example \"-- migrate:allow rewrites, destroys data: the table is ours alone\".";

struct Word {
  std::string_view word;
  bool Allowance::*allows;
};
constexpr Word kWords[] = {{"blocks writes", &Allowance::writes},
                           {"blocks reads", &Allowance::reads},
                           {"rewrites", &Allowance::rewrites},
                           {"destroys data", &Allowance::destroys}};

std::string Sized(const Table& table) {
  constexpr int64_t kStep = 1024;
  constexpr const char* kUnits[] = {"bytes", "kB", "MB", "GB", "TB"};
  int64_t size = table.bytes;
  size_t unit = 0;
  for (; size >= 10 * kStep && unit + 1 < std::size(kUnits); ++unit) size /= kStep;
  return table.name + " (" + std::to_string(size) + " " + kUnits[unit] + ")";
}

// Whose rows go with a drop, and are kept. Not what the same statement has changed or deleted before.
bool IsKept(const Seen& seen, std::string_view destroyed) {
  const bool is_dropped = destroyed.starts_with("table ") || destroyed.starts_with("column ");
  return is_dropped && !seen.is_code && (seen.acts & (kTruncates | kChangesRows)) == 0;
}

// "table app.orders, about 7 rows", "column note of app.orders", "about 12 rows of app.orders": whatever was done to
// it.
bool AreRowsKept(std::string_view destroyed, const std::vector<std::string>& names) {
  constexpr std::string_view kTable = "table ", kOf = " of ";
  const size_t of = destroyed.rfind(kOf);
  std::string_view table = of == std::string_view::npos ? destroyed : destroyed.substr(of + kOf.size());
  if (table.starts_with(kTable)) table.remove_prefix(kTable.size());
  return IsNamed(table.substr(0, table.find(',')), names);
}

}  // namespace

Allowance AllowanceOf(std::string_view value) {
  const size_t colon = std::min(value.find(':'), value.size());
  if (colon == value.size() || Trim(value.substr(colon + 1)).empty()) {
    throw Error(sqlstate::kSyntaxError, "directive \"migrate:allow\" needs a reason",
                "It says \"" + std::string(value) + "\".", kExample);
  }
  Allowance allowance;
  for (const auto& word : SplitList(value.substr(0, colon), ',')) {
    const auto* const known =
        std::find_if(std::begin(kWords), std::end(kWords), [&](const Word& some) { return some.word == word; });
    if (known == std::end(kWords)) {
      throw Error(sqlstate::kSyntaxError, "directive \"migrate:allow\" does not know \"" + word + "\"",
                  "It allows blocks writes, blocks reads, rewrites and destroys data.", kExample);
    }
    allowance.*(known->allows) = true;
  }
  return allowance;
}

std::vector<std::string> Excesses(const Explained& explained, const Policy& policy, const Allowance& allowance) {
  std::vector<std::string> excesses;
  if (explained.state == State::kFails) return excesses;
  if (!explained.is_known) {
    if (!allowance.reads || !allowance.destroys) excesses.push_back("can't be judged, " + VerdictOf(explained, 0));
    return excesses;
  }
  const Seen& seen = explained.seen;
  const bool may_rewrite = allowance.rewrites && !seen.rewrites.empty();
  for (Lock lock : seen.locks) {
    if (policy.all_at_once && lock.held_ms) lock.held_ms = lock.held_by_apply_ms;
    const Level level = LevelOf(lock, policy.brief_ms);
    const bool is_allowed = may_rewrite || (level == Level::kReads && allowance.reads) ||
                            (level == Level::kWrites && (allowance.writes || allowance.reads));
    if (level <= policy.most || lock.table.bytes < policy.size_bytes || is_allowed) continue;
    const std::string excess = std::string(NameOf(level)) + " of " + Sized(lock.table);
    if (std::find(excesses.begin(), excesses.end(), excess) == excesses.end()) excesses.push_back(excess);
  }
  for (const auto& destroyed : seen.destroyed) {
    if (allowance.destroys || (policy.keeps_dropped && IsKept(seen, destroyed))) continue;
    if (AreRowsKept(destroyed, policy.keeps_rows)) continue;
    excesses.push_back("destroys " + destroyed);
  }
  return excesses;
}

}  // namespace migrate::explain
