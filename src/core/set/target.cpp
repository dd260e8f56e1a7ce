#include "core/set/target.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/set/order.h"
#include "core/set/version.h"

namespace migrate {

std::string WithoutAt(std::string_view tag) { return std::string(tag.substr(tag.starts_with('@') ? 1 : 0)); }

void TargetIndex::Build() {
  is_built_ = true;
  for (size_t i = 0; i < migrations_.size(); ++i) {
    const MigrationId& id = migrations_[i].id;
    by_label_[id.Label()].push_back(i);
    if (!id.name.empty()) by_name_[id.name].push_back(i);
    for (const auto& tag : migrations_[i].options->tags) by_tag_[WithoutAt(tag)].push_back(i);
    if (id.version.empty()) continue;
    by_version_[id.version].push_back(i);
    by_key_[VersionSortKey(id.version)].push_back(i);
  }
}

std::vector<size_t> TargetIndex::Find(const std::string& target) {
  if (!is_built_) Build();
  const bool is_version = !target.empty() && target[0] >= '0' && target[0] <= '9';
  const std::pair<const Index*, std::string> attempts[] = {
      {&by_version_, target},
      {&by_label_, target},
      {&by_name_, target},
      {&by_tag_, WithoutAt(target)},
      {&by_key_, is_version ? VersionSortKey(target) : std::string()},
  };
  for (const auto& [index, key] : attempts) {
    const auto found = index->find(key);
    if (found == index->end()) continue;
    const auto& hits = found->second;
    const std::string& version = migrations_[hits.front()].id.version;
    const bool shared = !version.empty() && std::all_of(hits.begin(), hits.end(),
                                                        [&](size_t i) { return migrations_[i].id.version == version; });
    if (hits.size() == 1 || shared) return hits;
    std::vector<std::string> labels;
    std::vector<size_t> candidates = hits;
    std::sort(candidates.begin(), candidates.end(),
              [&](size_t a, size_t b) { return ComesBefore(migrations_[a], migrations_[b]); });
    for (const size_t i : candidates) labels.push_back("\"" + migrations_[i].id.Label() + "\"");
    throw Error(sqlstate::kAmbiguous, "migration \"" + target + "\" is ambiguous",
                "It could be " + Join(labels, ", ") + ".", "Give version and name together.");
  }
  return {};
}

Error UnknownTarget(const std::string& target, const std::vector<std::string>& labels) {
  constexpr size_t kShown = 3;
  std::vector<std::string> nearest;
  for (const auto& label : NearestNames(target, labels, kShown)) nearest.push_back("\"" + label + "\"");
  std::string hint = "SELECT * FROM migrate_status() lists all migrations.";
  if (!nearest.empty()) hint = "Did you mean " + Join(nearest, " or ") + "? " + hint;
  return Error(sqlstate::kUndefinedObject, "migration \"" + target + "\" does not exist",
               labels.empty() ? "No migration is known here." : "", hint);
}

}  // namespace migrate
