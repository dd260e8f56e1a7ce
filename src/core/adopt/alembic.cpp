// Alembic: alembic_version(version_num), a row for each head: what a head follows is applied, too, and only the files
// know what that is.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"version_num"}};

History ReadAlembic(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded{{TextOf(row[0]), {}}};
    recorded.up_to = true;
    history.recorded.push_back(std::move(recorded));
  }
  if (rows.size() > 1) {
    history.remarks.push_back("it has several heads: say with \"-- migrate:requires\" what each follows");
  }
  return history;
}

}  // namespace

constexpr Tool kAlembic = {"alembic", "", "alembic_version", kColumns, "t.version_num", ReadAlembic, true};

}  // namespace migrate::adopt
