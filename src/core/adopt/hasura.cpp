// Hasura: hdb_catalog.hdb_version has one row, whose cli_state holds the state of the CLI as JSON: "migrations", by
// database, each version and whether it is dirty.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"cli_state"},
                               {"version", Shown::kText, false, "v.key"},
                               {"dirty", Shown::kText, false, "v.value"},
                               {"database", Shown::kText, false, "d.key"}};
constexpr std::string_view kFrom =
    "pg_catalog.jsonb_each(CASE WHEN pg_catalog.jsonb_typeof(t.cli_state::pg_catalog.jsonb OPERATOR(pg_catalog.->) "
    "'migrations') OPERATOR(pg_catalog.=) 'object' THEN t.cli_state::pg_catalog.jsonb OPERATOR(pg_catalog.->) "
    "'migrations' END) d, pg_catalog.jsonb_each_text(CASE WHEN pg_catalog.jsonb_typeof(d.value) "
    "OPERATOR(pg_catalog.=) 'object' THEN d.value END) v";

History ReadHasura(const std::vector<Cells>& rows) {
  History history;
  std::string first;
  bool several = false;
  for (const auto& row : rows) {
    Recorded recorded{{TextOf(row[1]), {}}};
    const std::string database = TextOf(row[3]);
    if (first.empty()) first = database;
    several |= database != first;
    if (database != "default") recorded.note = "of the database that Hasura calls \"" + database + "\"";
    if (IsTrue(row[2])) {
      recorded.standing = Standing::kFailed;
      recorded.why =
          "dirty: it began and did not end. Find out what of it is there; undo that or finish it, then "
          "migrate_repair(name, 'applied') records it";
    }
    history.recorded.push_back(std::move(recorded));
  }
  if (several) history.remarks.push_back("it holds the migrations of several databases: look which are this one's");
  return history;
}

}  // namespace

constexpr Tool kHasura = {"hasura", "hdb_catalog", "hdb_version", kColumns, "v.key", ReadHasura, false, false,
                          {},       false,         kFrom};

}  // namespace migrate::adopt
