// Liquibase: databasechangelog, a row for each changeset, which is named by author, id and file together. Its MD5 is of
// its own model of the changeset, which no SQL text gives again.
#include <map>

#include "core/adopt/history.h"
#include "core/migration_name.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"id"},
                               {"author"},
                               {"filename"},
                               {"dateexecuted", Shown::kTime},
                               {"orderexecuted"},
                               {"exectype"},
                               {"md5sum", Shown::kText, false}};

History ReadLiquibase(const std::vector<Cells>& rows) {
  std::map<std::string, int> of_file;
  std::map<std::string, int> of_id;
  for (const auto& row : rows) {
    ++of_file[TextOf(row[2])];
    ++of_id[TextOf(row[0])];
  }
  History history;
  for (const auto& row : rows) {
    const std::string file = TextOf(row[2]);
    const bool file_names_it = of_file[file] == 1 && IsSqlFile(file);
    Recorded recorded{file_names_it ? IdOfFile(file) : IdOfFile(TextOf(row[0]))};
    recorded.at = TextOf(row[3]);
    recorded.by = TextOf(row[1]);
    recorded.note = "changeset " + TextOf(row[0]) + " of " + file;
    if (row[6]) recorded.note += "; its MD5 is of Liquibase's own form of it, and is not compared";
    const std::string type = TextOf(row[5]);
    if (type == "FAILED" || type == "SKIPPED") {
      recorded.standing = Standing::kFailed;
      recorded.why = "exectype " + type + ": it did not run to its end";
    } else if (!file_names_it && of_id[TextOf(row[0])] > 1) {
      recorded.standing = Standing::kFailed;
      recorded.why = "several changesets have the id " + TextOf(row[0]) +
                     ": record those that are applied with migrate_repair(name, 'applied')";
    }
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kLiquibase = {"liquibase", "", "databasechangelog", kColumns, "t.orderexecuted", ReadLiquibase};

}  // namespace migrate::adopt
