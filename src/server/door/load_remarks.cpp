#include "server/door/load_remarks.h"

#include "core/base/text.h"
#include "core/set/version.h"

namespace migrate {

RemarksById UndoNothing(const std::vector<LoadedMigration>& migrations) {
  RemarksById remarks;
  for (const auto& migration : migrations) {
    const bool is_comment = migration.reversible == Reversible::kScript && migration.down.statements == 0 &&
                            !Trim(migration.down_text).empty();
    if (is_comment)
      remarks.emplace(
          migration.id,
          "its down script is a comment, which dbmate does not run: if it is meant, load it as convention => 'plain'");
  }
  return remarks;
}

RemarksById SharedVersions(const std::vector<LoadedMigration>& migrations) {
  std::map<std::string, std::vector<MigrationId>> by_version;
  for (const auto& migration : migrations) {
    const MigrationId& id = migration.id;
    if (!id.version.empty() && !migration.repeatable) by_version[VersionSortKey(id.version)].push_back(id);
  }
  RemarksById remarks;
  for (const auto& [version, ids] : by_version) {
    for (size_t i = 0; ids.size() > 1 && i < ids.size(); ++i) {
      remarks.emplace(ids[i], "version is shared with \"" + ids[i == 0 ? 1 : 0].Label() + "\", ordered by name");
    }
  }
  return remarks;
}

void AddRemarks(std::vector<Loaded>& all, const RemarksById& remarks) {
  for (auto& loaded : all) {
    const auto remark = remarks.find(loaded.id);
    if (remark != remarks.end()) AddRemark(loaded.detail, remark->second);
  }
}

}  // namespace migrate
