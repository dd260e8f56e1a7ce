#include "core/replacing.h"

#include <algorithm>

#include "core/migration_name.h"
#include "core/plan_parts.h"
#include "core/text.h"
#include "core/version.h"

namespace migrate {
namespace {

constexpr std::string_view kTo = "..";

std::string Labels(const std::vector<KnownMigration>& migrations, const std::vector<size_t>& positions) {
  constexpr size_t kListed = 10;
  std::vector<std::string> labels;
  for (const size_t i : positions) {
    if (labels.size() < kListed) labels.push_back(Quoted(migrations[i].id));
  }
  if (positions.size() > kListed) labels.push_back("and " + std::to_string(positions.size() - kListed) + " more");
  return Join(labels, ", ");
}

}  // namespace

bool VersionRange::Holds(const KnownMigration& migration) const {
  if (!migration.numbered()) return false;
  const std::string key = VersionSortKey(migration.id.version);
  return first <= key && key <= last;
}

VersionRange ParseVersionRange(std::string_view text) {
  const size_t to = text.find(kTo);
  const std::string_view first = Trim(text.substr(0, to));
  const std::string_view last = to == text.npos ? first : Trim(text.substr(to + kTo.size()));
  VersionRange range{VersionSortKey(first), VersionSortKey(last)};
  const auto is_version = [](std::string_view version) {
    const MigrationId id = ParseMigrationName(version.empty() ? "0" : version);
    return !id.version.empty() && id.name.empty();
  };
  if (!last.empty() && is_version(first) && is_version(last) && range.first <= range.last) return range;
  throw Error(sqlstate::kSyntaxError, "invalid range of versions \"" + std::string(text) + "\"", {},
              "Say which, by version alone: \"-- migrate:replaces 20250101 .. 20250130\".");
}

Replacements::Replacements(const std::vector<KnownMigration>& migrations, std::vector<size_t>& order)
    : migrations_(migrations) {
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (!migrations[i].options->replaces.empty()) Take(i, order);
  }
}

// One that is beyond the target replaces nothing as yet.
void Replacements::Take(size_t migration, std::vector<size_t>& order) {
  const bool applied = migrations_[migration].applied();
  const bool planned = std::find(order.begin(), order.end(), migration) != order.end();
  if (!applied && !planned) return;
  Replacement replacement;
  replacement.migration = migration;
  const VersionRange range = ParseVersionRange(migrations_[migration].options->replaces);
  for (size_t i = 0; i < migrations_.size(); ++i) {
    if (i == migration || !range.Holds(migrations_[i])) continue;
    if (migrations_[i].applied()) replacement.applied.push_back(i);
    if (migrations_[i].absent && !migrations_[i].applied()) replacement.absent.push_back(i);
    if (migrations_[i].pending() && std::find(order.begin(), order.end(), i) != order.end()) {
      replacement.pending.push_back(i);
    }
  }
  replacement.runs = !applied && replacement.applied.empty();
  if (!applied && !replacement.runs) recorded_.insert(migration);
  if (applied || replacement.runs) {
    recorded_.insert(replacement.pending.begin(), replacement.pending.end());
    const auto replaced = [&](size_t i) {
      return std::find(replacement.pending.begin(), replacement.pending.end(), i) != replacement.pending.end();
    };
    std::erase_if(order, replaced);
    const auto at = std::find(order.begin(), order.end(), migration);
    order.insert(at == order.end() ? order.begin() : at + 1, replacement.pending.begin(), replacement.pending.end());
  }
  replacements_.push_back(std::move(replacement));
}

std::string Replacements::Remark(size_t migration) const {
  for (const auto& replacement : replacements_) {
    const MigrationId& id = migrations_[replacement.migration].id;
    if (replacement.migration == migration) {
      return (replacement.runs ? "runs instead of " : "stands for ") + migrations_[migration].options->replaces;
    }
    const auto& pending = replacement.pending;
    if (IsRecorded(migration) && std::find(pending.begin(), pending.end(), migration) != pending.end()) {
      return "replaced by " + Quoted(id);
    }
  }
  return {};
}

Rare<Error> Replacements::Problem(size_t migration) const {
  for (const auto& replacement : replacements_) {
    if (replacement.migration != migration || replacement.applied.empty()) continue;
    if (migrations_[migration].applied()) continue;
    const std::string message =
        "migration " + Quoted(migrations_[migration].id) + " replaces others of which only some are applied";
    if (!replacement.absent.empty()) {
      return Error(sqlstate::kWrongState, message,
                   "Not applied, and gone from their source: " + Labels(migrations_, replacement.absent) + ".",
                   "Load those again and apply them first, or forget what was never meant to be: migrate_remove(" +
                       Literal(migrations_[replacement.absent.back()].id) + ").");
    }
    if (replacement.pending.empty()) continue;
    return Error(sqlstate::kWrongState, message, "Not applied: " + Labels(migrations_, replacement.pending) + ".",
                 "Apply those first, each by itself: migrate_apply(" +
                     Literal(migrations_[replacement.pending.back()].id) + ").");
  }
  return {};
}

}  // namespace migrate
