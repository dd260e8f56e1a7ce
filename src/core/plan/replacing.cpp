#include "core/plan/replacing.h"
#include "core/base/quote.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/base/text.h"
#include "core/plan/plan_parts.h"
#include "core/set/migration_name.h"
#include "core/set/version.h"

namespace migrate {
namespace {

constexpr std::string_view kTo = "..";

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
    return version.empty() || ParseMigrationName(version) == MigrationId{std::string(version), {}};
  };
  if (!last.empty() && is_version(first) && is_version(last) && range.first <= range.last) return range;
  throw Error(sqlstate::kSyntaxError, "invalid range of versions \"" + std::string(text) + "\"", {},
              "Say which, by version alone: \"-- migrate:replaces 20250101 .. 20250130\".");
}

Replacements::Replacements(const std::vector<KnownMigration>& migrations, std::vector<size_t>& order)
    : migrations_(migrations) {
  std::vector<size_t> consolidated;
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (!migrations[i].options->replaces.empty()) consolidated.push_back(i);
  }
  if (consolidated.empty()) return;
  const std::unordered_set<size_t> planned(order.begin(), order.end());
  Sort(planned);
  for (const size_t i : consolidated) {
    // One that is beyond the target replaces nothing as yet.
    if (migrations[i].applied() || planned.contains(i)) Take(i);
  }
  Rearrange(order);
}

void Replacements::Sort(const std::unordered_set<size_t>& planned) {
  std::vector<std::pair<std::string, size_t>> numbered;
  for (size_t i = 0; i < migrations_.size(); ++i) {
    if (migrations_[i].numbered()) numbered.emplace_back(VersionSortKey(migrations_[i].id.version), i);
  }
  std::sort(numbered.begin(), numbered.end(), [&](const auto& a, const auto& b) {
    return std::tie(a.first, migrations_[a.second].id) < std::tie(b.first, migrations_[b.second].id);
  });
  for (auto& [key, i] : numbered) {
    const KnownMigration& migration = migrations_[i];
    const size_t place = numbered_.size();
    const bool pending = migration.pending() && planned.contains(i);
    numbered_.push_back(i);
    keys_.push_back(std::move(key));
    if (migration.applied()) applied_.push_back(place);
    if (migration.absent && !migration.applied()) absent_.push_back(place);
    if (pending) pending_.push_back(place);
    next_free_.push_back(pending ? place : place + 1);
  }
  next_free_.push_back(numbered_.size());
}

size_t Replacements::Members::count() const {
  return places.size() - (std::binary_search(places.begin(), places.end(), own) ? 1 : 0);
}

Replacements::Places Replacements::PlacesOf(size_t migration) const {
  const VersionRange versions = ParseVersionRange(migrations_[migration].options->replaces);
  const auto place = [&](auto at) { return static_cast<size_t>(at - keys_.begin()); };
  Places range{place(std::lower_bound(keys_.begin(), keys_.end(), versions.first)),
               place(std::upper_bound(keys_.begin(), keys_.end(), versions.last))};
  range.own = place(std::lower_bound(keys_.begin(), keys_.end(), VersionSortKey(migrations_[migration].id.version)));
  while (range.own < numbered_.size() && numbered_[range.own] != migration) ++range.own;
  return range;
}

Replacements::Members Replacements::MembersOf(size_t migration, const std::vector<size_t>& places) const {
  const Places& range = ranges_.at(migration);
  const auto first = std::lower_bound(places.begin(), places.end(), range.first);
  return {{first, std::lower_bound(first, places.end(), range.end)}, range.own};
}

void Replacements::Take(size_t migration) {
  taking_.push_back(migration);
  const Places& range = ranges_[migration] = PlacesOf(migration);
  if (!migrations_[migration].applied() && MembersOf(migration, applied_).count() > 0) {
    recorded_.insert(migration);
    return;
  }
  for (size_t place = NextFree(range.first); place < range.end; place = NextFree(place + 1)) {
    const size_t other = numbered_[place];
    // Nobody is replaced by itself, nor by what it replaces.
    if (RootOf(migration) == other) continue;
    next_free_[place] = place + 1;
    replacer_[other] = root_[other] = migration;
    replaced_[migration].push_back(other);
    recorded_.insert(other);
  }
}

size_t Replacements::NextFree(size_t place) {
  size_t free = place;
  for (++steps_; next_free_[free] != free; ++steps_) free = next_free_[free];
  while (place != free) place = std::exchange(next_free_[place], free);
  return free;
}

size_t Replacements::RootOf(size_t migration) {
  for (auto at = root_.find(migration); at != root_.end(); ++steps_) {
    migration = at->second;
    const auto next = root_.find(migration);
    if (next != root_.end()) at->second = next->second;
    at = next;
  }
  return migration;
}

// Each behind the one that takes it; what an applied one takes comes first.
void Replacements::Rearrange(std::vector<size_t>& order) {
  std::vector<size_t> rearranged, path;
  const auto place = [&](size_t first) {
    path.push_back(first);
    while (!path.empty()) {
      const size_t migration = path.back();
      path.pop_back();
      ++steps_;
      if (migrations_[migration].pending()) rearranged.push_back(migration);
      const auto replaced = replaced_.find(migration);
      if (replaced != replaced_.end()) path.insert(path.end(), replaced->second.rbegin(), replaced->second.rend());
    }
  };
  for (const size_t i : taking_) {
    if (migrations_[i].applied()) place(i);
  }
  for (const size_t i : order) {
    if (!replacer_.contains(i)) place(i);
  }
  order = std::move(rearranged);
}

std::string Replacements::Labels(const Members& members) const {
  constexpr size_t kListed = 10;
  std::vector<std::string> labels;
  for (const size_t place : members.places) {
    if (labels.size() == kListed) break;
    if (place != members.own) labels.push_back(Quoted(migrations_[numbered_[place]].id));
  }
  if (members.count() > kListed) labels.push_back("and " + std::to_string(members.count() - kListed) + " more");
  return Join(labels, ", ");
}

std::string Replacements::Remark(size_t migration) const {
  if (const auto replacer = replacer_.find(migration); replacer != replacer_.end()) {
    return "replaced by " + Quoted(migrations_[replacer->second].id);
  }
  if (!ranges_.contains(migration)) return {};
  return (IsRecorded(migration) ? "stands for " : "runs instead of ") + migrations_[migration].options->replaces;
}

Rare<Error> Replacements::Problem(size_t migration) const {
  if (!ranges_.contains(migration) || migrations_[migration].applied()) return {};
  if (MembersOf(migration, applied_).count() == 0) return {};
  const std::string message =
      "migration " + Quoted(migrations_[migration].id) + " replaces others of which only some are applied";
  if (const auto absent = MembersOf(migration, absent_); absent.count() > 0) {
    return Error(sqlstate::kWrongState, message, "Not applied, and gone from their source: " + Labels(absent) + ".",
                 "Load those again and apply them first, or forget what was never meant to be: migrate_remove(" +
                     Literal(migrations_[numbered_[absent.last()]].id) + ").");
  }
  const auto pending = MembersOf(migration, pending_);
  if (pending.count() == 0) return {};
  return Error(sqlstate::kWrongState, message, "Not applied: " + Labels(pending) + ".",
               "Apply those first, each by itself: migrate_apply(" +
                   Literal(migrations_[numbered_[pending.last()]].id) + ").");
}

}  // namespace migrate
