// Flyway: flyway_schema_history (schema_version before 5), a row for each thing it did. What undoes a migration,
// deletes it or stands for all up to it is a row of its own.
#include <algorithm>

#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"installed_rank"}, {"version"},  {"description"},  {"type"},
                               {"script"},         {"checksum"}, {"installed_by"}, {"installed_on", Shown::kTime},
                               {"success"}};
enum Place { kRank, kVersion, kDescription, kType, kScript, kChecksum, kInstalledBy, kInstalledOn, kSuccess };

// "V1_2__add_email.sql" as 1.2 and add_email: the description has blanks for its underscores.
MigrationId IdOf(const Cells& row) {
  std::string name = TextOf(row[kScript]);
  if (const size_t slash = name.rfind('/'); slash != name.npos) name.erase(0, slash + 1);
  const size_t separator = name.find("__");
  if (separator == name.npos || !name.ends_with(".sql")) {
    name = TextOf(row[kDescription]);
    std::replace(name.begin(), name.end(), ' ', '_');
  } else {
    name = name.substr(separator + 2, name.size() - 4 - separator - 2);
  }
  return {TextOf(row[kVersion]), name};
}

class FlywayReader {
 public:
  void Take(const Cells& row) {
    const std::string type = TextOf(row[kType]);
    if (type == "SCHEMA") return;
    Recorded recorded{IdOf(row)};
    recorded.at = TextOf(row[kInstalledOn]);
    recorded.by = TextOf(row[kInstalledBy]);
    recorded.checksum = TextOf(row[kChecksum]);
    const bool success = IsTrue(row[kSuccess]);
    if (type == "BASELINE") {
      recorded.id.name.clear();
      recorded.up_to = true;
      recorded.note = "Flyway's baseline: it was there before Flyway";
    } else if (type.starts_with("UNDO") && success) {
      return TakeBack(recorded.id, "it was undone");
    } else if (type == "DELETE") {
      return TakeBack(recorded.id, "its file was gone when Flyway was repaired");
    } else if (type.find("SQL") == type.npos) {
      recorded.standing = Standing::kNotSql;
      recorded.why = "type " + type +
                     ": code that runs elsewhere. Write what it did as SQL and record it with "
                     "migrate_repair(name, 'applied')";
    }
    if (type.find("SQL") != type.npos && !recorded.checksum.empty()) recorded.proof = Proof::kLineCrc32;
    if (!success) {
      recorded.standing = Standing::kFailed;
      recorded.why = "it failed, and what it did may be there. Undo that, then \"flyway repair\" removes the row";
    }
    Keep(std::move(recorded));
  }

  History Finish() { return std::move(history_); }

 private:
  // A repeatable one has a row for each time that it ran; one applied again after it was undone has two.
  void Keep(Recorded recorded) {
    std::erase_if(history_.recorded, [&](const Recorded& r) { return r.id == recorded.id; });
    history_.recorded.push_back(std::move(recorded));
  }

  void TakeBack(const MigrationId& id, const std::string& why) {
    for (auto& recorded : history_.recorded) {
      if (id.version.empty() ? recorded.id != id : recorded.id.version != id.version) continue;
      recorded.standing = Standing::kRolledBack;
      recorded.why = why;
    }
  }

  History history_;
};

History ReadFlyway(const std::vector<Cells>& rows) {
  FlywayReader reader;
  for (const auto& row : rows) reader.Take(row);
  return reader.Finish();
}

}  // namespace

constexpr Tool kFlyway = {"flyway", "", "flyway_schema_history", kColumns, "t.installed_rank", ReadFlyway};
constexpr Tool kFlywayBefore5 = {"flyway", "", "schema_version", kColumns, "t.installed_rank", ReadFlyway};

}  // namespace migrate::adopt
