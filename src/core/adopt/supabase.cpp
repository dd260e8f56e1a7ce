// The Supabase CLI and dashboard: supabase_migrations.schema_migrations. Older ones kept neither statements nor names;
// rollback and created_by are the dashboard's.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"version"},
                               {"name", Shown::kText, false},
                               {"statements", Shown::kStatements, false},
                               {"rollback", Shown::kStatements, false},
                               {"created_by", Shown::kText, false}};

History ReadSupabase(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded{{TextOf(row[0]), TextOf(row[1])}};
    recorded.text = TextOf(row[2]);
    recorded.rollback = TextOf(row[3]);
    recorded.by = TextOf(row[4]);
    if (!recorded.text.empty()) recorded.proof = Proof::kStatements;
    if (recorded.id.version.empty()) {
      recorded.standing = Standing::kFailed;
      recorded.why =
          "it has a text but no version: find out what it did, then add it with migrate_add(name, up) and "
          "migrate_repair(name, 'applied')";
    }
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kSupabase = {"supabase", "supabase_migrations", "schema_migrations",
                            kColumns,   "t.version",           ReadSupabase};

}  // namespace migrate::adopt
