// sqlx: _sqlx_migrations(version, description, installed_on, success, checksum), with the SHA-384 of the file.
#include <algorithm>

#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {
    {"version"}, {"description"}, {"installed_on", Shown::kTime}, {"success"}, {"checksum", Shown::kHex}};

History ReadSqlx(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded{{TextOf(row[0]), TextOf(row[1])}};
    std::replace(recorded.id.name.begin(), recorded.id.name.end(), ' ', '_');
    recorded.at = TextOf(row[2]);
    recorded.proof = Proof::kSha384;
    recorded.checksum = TextOf(row[4]);
    if (!IsTrue(row[3])) {
      recorded.standing = Standing::kFailed;
      recorded.why =
          "success is false: it began and did not end. Find out what of it is there and undo that; sqlx "
          "refuses to go on until its row is gone";
    }
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kSqlx = {"sqlx", "", "_sqlx_migrations", kColumns, "t.version", ReadSqlx};

}  // namespace migrate::adopt
