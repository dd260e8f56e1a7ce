// pgroll: pgroll.migrations, for each schema the names of its migrations. What was done outside of pgroll it keeps
// there, too, as "inferred".
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {
    {"schema"}, {"name"}, {"created_at", Shown::kTime}, {"done"}, {"migration_type", Shown::kText, false}};

History ReadPgroll(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded = RecordedOfFile(TextOf(row[1]));
    recorded.at = TextOf(row[2]);
    recorded.note = "of schema " + TextOf(row[0]);
    if (TextOf(row[4]) == "inferred") recorded.note += ", done outside of pgroll";
    if (TextOf(row[4]) == "baseline") recorded.up_to = true;
    if (!IsTrue(row[3])) {
      recorded.standing = Standing::kFailed;
      recorded.why = "it has begun and is not complete: \"pgroll complete\" or \"pgroll rollback\" it first";
    }
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kPgroll = {"pgroll",
                          "pgroll",
                          "migrations",
                          kColumns,
                          "t.created_at",
                          ReadPgroll,
                          false,
                          false,
                          {},
                          false,
                          {},
                          "write what its operations did as SQL to <name>.sql, load these files, then adopt again"};

}  // namespace migrate::adopt
