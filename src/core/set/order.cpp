#include "core/set/order.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "core/plan/replacing.h"
#include "core/set/version.h"

namespace migrate {
namespace {

// Above every digit and letter of a version's key.
constexpr char kAfterAllVersions = '~';
constexpr size_t kNumberWidth = 19;  // of the largest bigint

enum class Mark : char { kNew, kOpen, kDone };

// A node on the path and its next edge: a path in a vector needs no recursion over 10,000 migrations.
struct Visit {
  size_t node;
  size_t edge;
};

struct Walked {
  std::vector<size_t> after_required;  // each node after those that it leads to
  std::vector<size_t> circle;          // the first one met
};

// Walks along the edges, depth first, from each node of `order`.
Walked Walk(const std::vector<size_t>& order, const Edges& edges) {
  Walked walked;
  std::vector<Mark> marks(edges.size(), Mark::kNew);
  std::vector<Visit> path;
  const auto enter = [&](size_t node) {
    marks[node] = Mark::kOpen;
    path.push_back({node, 0});
  };
  for (const size_t start : order) {
    if (marks[start] == Mark::kNew) enter(start);
    while (!path.empty()) {
      auto& [node, edge] = path.back();
      if (edge == edges[node].size()) {
        marks[node] = Mark::kDone;
        walked.after_required.push_back(node);
        path.pop_back();
        continue;
      }
      const size_t next = edges[node][edge++];
      if (marks[next] == Mark::kOpen && walked.circle.empty()) {
        const auto first =
            std::find_if(path.begin(), path.end(), [&](const Visit& visit) { return visit.node == next; });
        for (auto at = first; at != path.end(); ++at) walked.circle.push_back(at->node);
        walked.circle.push_back(next);
      }
      if (marks[next] == Mark::kNew) enter(next);
    }
  }
  return walked;
}

}  // namespace

std::string SortKey(const Migration& migration, int64_t number) {
  const Options& options = *migration.options;
  if (options.seed) return kSeedKey;
  if (migration.repeatable) return kRepeatableKey;
  if (!options.replaces.empty()) return ParseVersionRange(options.replaces).last + kAfterAllVersions;
  if (!options.order.empty()) {
    const std::string key = VersionSortKey(options.order);
    return migration.id.version.empty() ? kAfterAllVersions + key : key;
  }
  if (!migration.id.version.empty()) return VersionSortKey(migration.id.version);
  const std::string digits = std::to_string(number);
  return kAfterAllVersions + std::string(kNumberWidth - digits.size(), '0') + digits;
}

bool IsOrderedByNumber(const Migration& migration) {
  return migration.id.version.empty() && !migration.repeatable && migration.options->order.empty();
}

bool ComesBefore(const KnownMigration& a, const KnownMigration& b) {
  return std::tie(a.sort_key, a.id.name, a.id.version) < std::tie(b.sort_key, b.id.name, b.id.version);
}

bool IsOutOfOrder(const KnownMigration& migration, const MigrationSet& set) {
  // One that some environments skip is late where that changes, and runs all the same.
  return migration.numbered() && migration.options->only.empty() && set.newest_numbered &&
         std::tie(migration.sort_key, migration.id.name) < std::tie(set.newest_numbered_key, set.newest_numbered->name);
}

std::vector<LoadedMigration> InOrderOfAddition(std::vector<LoadedMigration> migrations) {
  const auto plain = std::stable_partition(migrations.begin(), migrations.end(),
                                           [](const Migration& m) { return !m.id.version.empty(); });
  const auto before = [](const Migration& a, const Migration& b) {
    const std::string key_a = VersionSortKey(a.id.version), key_b = VersionSortKey(b.id.version);
    return std::tie(key_a, a.id.name, a.id.version) < std::tie(key_b, b.id.name, b.id.version);
  };
  // As the files of most folders are.
  if (!std::is_sorted(migrations.begin(), plain, before)) std::stable_sort(migrations.begin(), plain, before);

  // Plain names follow what they require; a circle is left as it is, and the plan reports it.
  std::vector<LoadedMigration> named(std::make_move_iterator(plain), std::make_move_iterator(migrations.end()));
  migrations.erase(plain, migrations.end());
  std::unordered_map<std::string, size_t> index;
  for (size_t i = 0; i < named.size(); ++i) index.emplace(named[i].id.name, i);
  std::vector<size_t> as_given(named.size());
  std::iota(as_given.begin(), as_given.end(), 0);
  Edges required(named.size());
  for (const size_t i : as_given) {
    for (const auto& name : named[i].requirements) {
      if (const auto found = index.find(name); found != index.end()) required[i].push_back(found->second);
    }
  }
  for (const size_t i : AfterRequired(as_given, required)) migrations.push_back(std::move(named[i]));
  return migrations;
}

std::vector<size_t> AfterRequired(const std::vector<size_t>& order, const Edges& edges) {
  return Walk(order, edges).after_required;
}

std::vector<size_t> FindCircle(const Edges& edges) {
  std::vector<size_t> all(edges.size());
  std::iota(all.begin(), all.end(), 0);
  return Walk(all, edges).circle;
}

}  // namespace migrate
