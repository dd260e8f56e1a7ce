#include <algorithm>

#include "core/set/order.h"
#include "core/supabase/history.h"
#include "server/base/extension.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/store/store.h"

namespace migrate {
namespace {

// As it ran, with what was loaded to undo and to verify it; null if one of its texts was purged.
Value ContentOf(const KnownMigration& migration) {
  const bool separate_down = migration.reversible_now() == Reversible::kScript;
  const Script none;
  const Script& down = separate_down ? migration.down_now() : none;
  for (const Script* script : {&down, &migration.verify}) {
    if (script->exists() && !HasScript(script->sha256)) return std::nullopt;
  }
  if (!HasScript(migration.application->sha256)) return std::nullopt;
  const auto text = [](const Script& script) { return script.exists() ? ReadScript(script.sha256) : std::string(); };
  return SupabaseFile(
      SupabaseStatements(SupabaseText(ReadScript(migration.application->sha256), text(down), text(migration.verify))));
}

struct FileResult {
  Cell name, content;
};
constexpr Column<FileResult> kColumns[] = {
    {"name", &FileResult::name},
    {"content", &FileResult::content},
};

}  // namespace

Datum Export(FunctionCallInfo info) {
  const CallScope scope("migrate_export", CallKind::kReads);
  MigrationSet set = ReadApplied();
  std::erase_if(set.migrations, [](const KnownMigration& migration) { return !migration.applied(); });
  std::sort(set.migrations.begin(), set.migrations.end(), ComesBefore);
  std::vector<FileResult> results;
  for (const auto& migration : set.migrations) {
    results.push_back({.name = SupabaseFileName(migration.id), .content = ContentOf(migration)});
  }
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
