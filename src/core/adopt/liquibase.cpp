// Liquibase: databasechangelog, a row for each changeset, which is named by author, id and file together. Its MD5 is of
// its own model of the changeset, which no SQL text gives again.
#include <map>

#include "core/adopt/history.h"
#include "core/convention/liquibase.h"
#include "core/set/migration_name.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"id"},
                               {"author"},
                               {"filename"},
                               {"dateexecuted", Shown::kTime},
                               {"orderexecuted"},
                               {"exectype"},
                               {"md5sum", Shown::kText, false}};

// Its name, and those that it has if the loaded folder is one below Liquibase's.
void NameChangeset(std::string_view path, const std::string& changeset, Recorded& recorded) {
  path = convention::LiquibasePath(path);
  recorded.id.name = std::string(path) + changeset;
  for (size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    recorded.also.push_back({{}, std::string(path.substr(slash + 1)) + changeset});
  }
}

History ReadLiquibase(const std::vector<Cells>& rows) {
  std::map<std::string, int> of_file;
  std::map<std::string, int> of_id;
  for (const auto& row : rows) {
    ++of_file[TextOf(row[2])];
    ++of_id[TextOf(row[0])];
  }
  History history;
  for (const auto& row : rows) {
    const std::string id = TextOf(row[0]);
    const std::string file = TextOf(row[2]);
    Recorded recorded;
    NameChangeset(file, "::" + id + "::" + TextOf(row[1]), recorded);
    // What was written anew as a file of its own is found by that file's name, or by the id.
    if (of_file[file] == 1 && IsSqlFile(file)) recorded.also.push_back(IdOfFile(file));
    if (of_id[id] == 1) recorded.also.push_back(IdOfFile(id));
    recorded.at = TextOf(row[3]);
    recorded.by = TextOf(row[1]);
    const std::string type = TextOf(row[5]);
    recorded.note = Join({"changeset", id, "of", file}, " ");
    if (type == "MARK_RAN") recorded.note += "; Liquibase recorded it without running it";
    if (row[6]) recorded.note += "; its MD5 is of Liquibase's own form of it, and is not compared";
    if (type == "FAILED" || type == "SKIPPED") {
      recorded.standing = Standing::kFailed;
      recorded.why = "exectype " + type + ": it did not run to its end";
    }
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kLiquibase = {"liquibase", "", "databasechangelog", kColumns, "t.orderexecuted", ReadLiquibase};

}  // namespace migrate::adopt
