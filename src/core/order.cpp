#include "core/order.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "core/version.h"

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

}  // namespace

std::string SortKey(const MigrationId& id, int64_t number) {
  if (!id.version.empty()) return VersionSortKey(id.version);
  const std::string digits = std::to_string(number);
  return kAfterAllVersions + std::string(kNumberWidth - digits.size(), '0') + digits;
}

bool ComesBefore(const KnownMigration& a, const KnownMigration& b) {
  return std::tie(a.sort_key, a.id.name, a.id.version) < std::tie(b.sort_key, b.id.name, b.id.version);
}

bool IsOutOfOrder(const KnownMigration& migration, const MigrationSet& set) {
  return migration.numbered() && set.newest_numbered &&
         std::tie(migration.sort_key, migration.id.name) < std::tie(set.newest_numbered_key, set.newest_numbered->name);
}

std::vector<Migration> InOrderOfAddition(std::vector<Migration> migrations) {
  const auto plain = std::stable_partition(migrations.begin(), migrations.end(),
                                           [](const Migration& m) { return !m.id.version.empty(); });
  std::stable_sort(migrations.begin(), plain, [](const Migration& a, const Migration& b) {
    const std::string key_a = VersionSortKey(a.id.version), key_b = VersionSortKey(b.id.version);
    return std::tie(key_a, a.id.name, a.id.version) < std::tie(key_b, b.id.name, b.id.version);
  });

  // Plain names follow what they require; a circle is left as it is, and the plan reports it.
  std::vector<Migration> named(std::make_move_iterator(plain), std::make_move_iterator(migrations.end()));
  migrations.erase(plain, migrations.end());
  std::unordered_map<std::string, size_t> index;
  for (size_t i = 0; i < named.size(); ++i) index.emplace(named[i].id.name, i);
  std::vector<size_t> as_given(named.size());
  std::iota(as_given.begin(), as_given.end(), 0);
  std::vector<std::vector<size_t>> required(named.size());
  for (const size_t i : as_given) {
    for (const auto& name : named[i].requirements) {
      if (const auto found = index.find(name); found != index.end()) required[i].push_back(found->second);
    }
  }
  for (const size_t i : AfterRequired(as_given, required)) migrations.push_back(std::move(named[i]));
  return migrations;
}

std::vector<size_t> AfterRequired(const std::vector<size_t>& order, const std::vector<std::vector<size_t>>& edges) {
  std::vector<size_t> sorted;
  std::vector<Mark> marks(edges.size(), Mark::kNew);
  std::vector<Visit> path;
  for (const size_t start : order) {
    if (marks[start] != Mark::kNew) continue;
    path.assign(1, {start, 0});
    marks[start] = Mark::kOpen;
    while (!path.empty()) {
      auto& [node, edge] = path.back();
      if (edge == edges[node].size()) {
        marks[node] = Mark::kDone;
        sorted.push_back(node);
        path.pop_back();
        continue;
      }
      const size_t next = edges[node][edge++];
      if (marks[next] != Mark::kNew) continue;
      marks[next] = Mark::kOpen;
      path.push_back({next, 0});
    }
  }
  return sorted;
}

std::vector<size_t> FindCircle(const std::vector<std::vector<size_t>>& edges) {
  std::vector<Mark> marks(edges.size(), Mark::kNew);
  std::vector<Visit> path;
  for (size_t start = 0; start < edges.size(); ++start) {
    if (marks[start] != Mark::kNew) continue;
    path.assign(1, {start, 0});
    marks[start] = Mark::kOpen;
    while (!path.empty()) {
      auto& [node, edge] = path.back();
      if (edge == edges[node].size()) {
        marks[node] = Mark::kDone;
        path.pop_back();
        continue;
      }
      const size_t next = edges[node][edge++];
      if (marks[next] == Mark::kOpen) {
        std::vector<size_t> circle;
        const auto first = std::find_if(path.begin(), path.end(), [&](const Visit& v) { return v.node == next; });
        for (auto at = first; at != path.end(); ++at) circle.push_back(at->node);
        circle.push_back(next);
        return circle;
      }
      if (marks[next] == Mark::kNew) {
        marks[next] = Mark::kOpen;
        path.push_back({next, 0});
      }
    }
  }
  return {};
}

}  // namespace migrate
