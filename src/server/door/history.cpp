#include <optional>
#include <string>

#include "server/base/extension.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/store/store.h"

namespace migrate {

Datum ShowHistory(FunctionCallInfo info, Argument since, Count limit_rows) {
  const CallScope scope("migrate_history", CallKind::kReads);
  if (!limit_rows.is_null && limit_rows.value < 1) {
    throw Error(sqlstate::kInvalidParameter, "limit_rows must be at least 1", {}, "Leave it out to get all events.");
  }
  const auto limit = limit_rows.is_null ? std::nullopt : std::optional(std::to_string(limit_rows.value));
  return ReturnRows(info, ReadHistory(since.optional(), limit));
}

Datum ShowVersion(FunctionCallInfo info) {
  const CallScope scope("migrate_version", CallKind::kReads);
  const MigrationSet set = ReadNamed("");
  const MigrationId& id = set.guard.id;
  if (id.Label().empty()) {
    info->isnull = true;
    return static_cast<Datum>(0);
  }
  return ReturnText(id.version.empty() ? id.name : id.version);
}

}  // namespace migrate
