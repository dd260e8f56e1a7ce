#include <algorithm>

#include "core/order.h"
#include "core/supabase.h"
#include "server/commands.h"
#include "server/extension.h"
#include "server/result.h"
#include "server/store.h"

namespace migrate {
namespace {

// As it ran, with what was loaded to undo and to verify it; null if one of its texts was purged.
Value ContentOf(const KnownMigration& migration) {
  const bool separate_down = migration.reversible_now() == Reversible::kScript;
  const Script none;
  const Script& down = separate_down ? migration.down_now() : none;
  for (const Script* script : {&down, &migration.verify}) {
    if (script->exists() && !HasScript(script->checksum)) return std::nullopt;
  }
  if (!HasScript(migration.application->checksum)) return std::nullopt;
  const auto text = [](const Script& script) { return script.exists() ? ReadScript(script.checksum) : std::string(); };
  return SupabaseFile(SupabaseStatements(
      SupabaseText(ReadScript(migration.application->checksum), text(down), text(migration.verify))));
}

}  // namespace

Datum Export(FunctionCallInfo info) {
  const CallScope scope("migrate_export", CallKind::kReads);
  MigrationSet set = ReadApplied();
  std::erase_if(set.migrations, [](const KnownMigration& migration) { return !migration.applied(); });
  std::sort(set.migrations.begin(), set.migrations.end(), ComesBefore);
  std::vector<Row> rows;
  for (const auto& migration : set.migrations) {
    rows.push_back({SupabaseFileName(migration.id), ContentOf(migration)});
  }
  return ReturnRows(info, rows);
}

}  // namespace migrate
