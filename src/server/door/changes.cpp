// migrate_changes(): what migrations did to the schema.
#include <optional>
#include <vector>

#include "server/base/extension.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/result.h"
#include "server/store/store.h"
#include "server/store/store_changes.h"

namespace migrate {

Datum ShowChanges(FunctionCallInfo info, Argument migration) {
  const auto name = migration.NotEmpty("migration");
  const CallScope scope("migrate_changes", CallKind::kReads);
  std::optional<std::vector<MigrationId>> wanted;
  if (name) {
    wanted.emplace();
    for (const auto& known : FindMigrations(ReadNamed(*name), *name)) wanted->push_back(known.id);
  }
  return ReturnRows(info, ReadChanges(wanted, CallerReadsTexts()));
}

}  // namespace migrate
