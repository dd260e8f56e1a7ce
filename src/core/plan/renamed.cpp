#include "core/plan/renamed.h"

#include "core/set/order.h"

namespace migrate {

Renamed::Renamed(const MigrationSet& set) {
  const auto keep_first = [](const KnownMigration*& kept, const KnownMigration& migration) {
    if (kept == nullptr || ComesBefore(migration, *kept)) kept = &migration;
  };
  for (const auto& migration : set.migrations) {
    if (!migration.absent || !migration.applied() || migration.repeatable) continue;
    const std::string& checksum = migration.application->checksum;  // of one length: no name can pass for another
    keep_first(by_text_[checksum], migration);
    if (!migration.id.name.empty()) keep_first(by_text_and_name_[checksum + migration.id.name], migration);
  }
}

const KnownMigration* Renamed::From(const KnownMigration& migration) const {
  const bool may_run = !migration.applied() && !migration.repeatable && !migration.unfinished->partial();
  // A text without a statement does nothing twice, and many files are empty.
  if (by_text_.empty() || !may_run || migration.up.statements == 0) return nullptr;
  const auto named = by_text_and_name_.find(migration.up.checksum + migration.id.name);
  if (named != by_text_and_name_.end()) return named->second;
  const auto found = by_text_.find(migration.up.checksum);
  return found == by_text_.end() ? nullptr : found->second;
}

std::string Renamed::Remark(const KnownMigration& migration) const {
  const KnownMigration* const old = From(migration);
  if (old == nullptr) return {};
  return "the same text as the applied " + Quoted(old->id) + ": renamed?";
}

Rare<Error> Renamed::Problem(const KnownMigration& migration) const {
  const KnownMigration* const old = From(migration);
  if (old == nullptr) return {};
  return Error(sqlstate::kWrongState,
               "migration " + Quoted(migration.id) + " has the text of \"" + old->id.Label() +
                   "\", which is applied and gone from its source",
               "Applying it would run the same text twice.",
               "If the file was renamed, call migrate_repair('" + migration.id.Label() +
                   "', 'renamed'). To run it again all the same, call migrate_repair('" + old->id.Label() +
                   "', 'forget') first.");
}

}  // namespace migrate
