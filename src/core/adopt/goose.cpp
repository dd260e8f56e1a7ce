// goose: goose_db_version(version_id, is_applied, tstamp), where the newest row of a version says what holds. Version 0
// is no migration.
#include <map>

#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"id"}, {"version_id"}, {"is_applied"}, {"tstamp", Shown::kTime, false}};

History ReadGoose(const std::vector<Cells>& rows) {
  History history;
  std::map<std::string, size_t> places;
  for (const auto& row : rows) {
    const std::string version = TextOf(row[1]);
    if (version == "0") continue;
    const auto [place, is_new] = places.try_emplace(version, history.recorded.size());
    if (is_new) history.recorded.push_back({{version, {}}});
    Recorded& recorded = history.recorded[place->second];
    recorded.at = TextOf(row[3]);
    const bool applied = IsTrue(row[2]);
    recorded.standing = applied ? Standing::kApplied : Standing::kRolledBack;
    recorded.why = applied ? "" : "its newest row has is_applied false: it was rolled back";
  }
  return history;
}

}  // namespace

constexpr Tool kGoose = {"goose", "", "goose_db_version", kColumns, "t.id", ReadGoose};

}  // namespace migrate::adopt
