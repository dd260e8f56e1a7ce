// migrate_text(): a text with its line numbers, what has changed in it, or the way back that stands for it.
#include <string>
#include <vector>

#include "core/base/differing_lines.h"
#include "server/base/extension.h"
#include "server/door/commands.h"
#include "server/door/down_text.h"
#include "server/door/find_migration.h"
#include "server/door/result.h"
#include "server/store/store.h"

namespace migrate {
namespace {

struct TextResult {
  Cell line, mark, text;
};
constexpr Column<TextResult> kColumns[] = {
    {"line", &TextResult::line},
    {"mark", &TextResult::mark},
    {"text", &TextResult::text},
};

// Of each text, when what has changed is shown.
constexpr size_t kMostLines = 10;

const Script& ScriptOf(const KnownMigration& migration, const std::string& section) {
  if (section == "up") return migration.up;
  if (section == "down") return migration.down_now();
  if (section == "verify") return migration.verify;
  throw Error(sqlstate::kInvalidParameter, "unknown section \"" + section + "\"", {}, "Give 'up', 'down' or 'verify'.");
}

std::vector<MarkedLine> LinesOf(const KnownMigration& migration, const std::string& section, bool rewrites) {
  const Script& script = ScriptOf(migration, section);
  const bool is_up = section == "up";
  if (!script.exists()) {
    if (section == "down" && migration.has_recorded_way())
      return NumberedLines(GeneratedDownText(migration, rewrites), 1);
    throw Error(sqlstate::kWrongState, "migration " + Quoted(migration.id) + " has no " + section + " script", {},
                "SELECT * FROM migrate_show(" + Literal(migration.id) + ") tells what it has.");
  }
  const std::string text = ReadScript(script.sha256);
  if (is_up && migration.changed() && HasScript(migration.application->sha256)) {
    auto lines = DifferingLines(ReadScript(migration.application->sha256), text, script.first_line, kMostLines);
    if (!lines.empty()) return lines;
  }
  return NumberedLines(text, script.first_line);
}

}  // namespace

Datum ShowText(FunctionCallInfo info, Argument migration, Argument section, Flag rewrite) {
  const std::string name = migration.Required("migration");
  const std::string wanted = section.Required("section");
  const bool rewrites = rewrite.Required("rewrite");
  const CallScope scope("migrate_text", CallKind::kReads);
  RequireReadsTexts();
  const auto found = FindMigrations(ReadNamed(name), name);
  if (found.size() > 1) {
    throw Error(sqlstate::kAmbiguous, "version \"" + name + "\" is shared by several migrations", {},
                "Give version and name together.");
  }
  const KnownMigration& known = found.front();
  std::vector<TextResult> results;
  for (const auto& line : LinesOf(known, wanted, rewrites)) {
    results.push_back({.line = line.line ? Value(std::to_string(*line.line)) : Value(),
                       .mark = TextValue(line.mark),
                       .text = line.text});
  }
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
