// Sqitch's registry: changes holds what is deployed, by name; a change that was reworked stands there again. Tags and
// dependencies are tables of their own.
#include <map>

#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {
    {"change_id"},
    {"change"},
    {"project"},
    {"script_hash", Shown::kText, false},
    {"committed_at", Shown::kTime},
    {"committer_name"},
    {"tags", Shown::kText, false,
     "(SELECT pg_catalog.string_agg(g.tag, ', ') FROM @schema@.tags g WHERE g.change_id OPERATOR(pg_catalog.=) "
     "t.change_id)"},
    {"lacking", Shown::kText, false,
     "(SELECT pg_catalog.string_agg(d.dependency, ', ') FROM @schema@.dependencies d WHERE d.change_id "
     "OPERATOR(pg_catalog.=) t.change_id AND d.type OPERATOR(pg_catalog.=) 'require' AND NOT EXISTS (SELECT FROM "
     "@schema@.changes c WHERE c.change_id OPERATOR(pg_catalog.=) d.dependency_id))"}};
constexpr std::string_view kBeside[] = {"dependencies", "tags"};
enum Place { kId, kChange, kProject, kHash, kCommittedAt, kCommitter, kTags, kLacking };

History ReadSqitch(const std::vector<Cells>& rows) {
  History history;
  std::map<std::pair<std::string, std::string>, int> times;
  std::map<std::string, std::string> project_of;
  for (const auto& row : rows) {
    const std::string change = TextOf(row[kChange]);
    const std::string project = TextOf(row[kProject]);
    const int time = ++times[{project, change}];
    Recorded recorded{{{}, time == 1 ? change : change + "#" + std::to_string(time)}};
    recorded.at = TextOf(row[kCommittedAt]);
    recorded.by = TextOf(row[kCommitter]);
    recorded.checksum = TextOf(row[kHash]);
    // What Sqitch wrote before it hashed scripts is the change's own id.
    if (!recorded.checksum.empty() && recorded.checksum != TextOf(row[kId])) recorded.proof = Proof::kSha1;
    if (row[kTags]) recorded.note = "tagged " + *row[kTags];
    if (row[kLacking]) {
      history.remarks.push_back("change \"" + change + "\" requires " + *row[kLacking] + ", which is not deployed");
    }
    const auto [other, is_new] = project_of.try_emplace(recorded.id.name, project);
    if (!is_new && other->second != project) {
      recorded.standing = Standing::kFailed;
      recorded.why = "projects \"" + other->second + "\" and \"" + project +
                     "\" both have a change of this name: "
                     "record it with migrate_repair(name, 'applied') if it is this one's";
    }
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kSqitch = {"sqitch", "", "changes", kColumns, "t.committed_at", ReadSqitch, false, true, kBeside, true};

}  // namespace migrate::adopt
