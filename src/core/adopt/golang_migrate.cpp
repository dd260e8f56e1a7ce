// golang-migrate: schema_migrations(version, dirty), one row: the newest version. Hasura before 2 kept a row for each
// in the same shape.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"version"}, {"dirty"}};

std::string WhyDirty(const std::string& version) {
  return "dirty: migration " + version +
         " began and did not end. Find out what of it is there; undo that or finish it, "
         "then set the version right with the tool's own \"force\"";
}

Recorded RecordedOf(const Cells& row) {
  Recorded recorded{{TextOf(row[0]), {}}};
  if (IsTrue(row[1])) {
    recorded.standing = Standing::kFailed;
    recorded.why = WhyDirty(recorded.id.version);
  }
  return recorded;
}

// All up to the version are applied; what a dirty one leaves of itself and of those before it, nobody can tell.
History ReadGolangMigrate(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded = RecordedOf(row);
    recorded.up_to = true;
    if (!recorded.applied()) recorded.why += "; until then nothing is adopted";
    history.recorded.push_back(std::move(recorded));
  }
  if (rows.size() > 1) history.remarks.push_back("it has more than one row, and should have one");
  return history;
}

History ReadHasuraBefore2(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) history.recorded.push_back(RecordedOf(row));
  return history;
}

}  // namespace

constexpr Tool kGolangMigrate = {"golang-migrate",  "",  "schema_migrations", kColumns, "t.version",
                                 ReadGolangMigrate, true};
constexpr Tool kHasuraBefore2 = {"hasura",          "hdb_catalog", "schema_migrations", kColumns, "t.version",
                                 ReadHasuraBefore2, true};

}  // namespace migrate::adopt
