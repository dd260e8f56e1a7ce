#include "core/set/known.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/text.h"

namespace migrate {

Hook HookFromName(std::string_view name) {
  const std::string words = Join(SplitList(name, ' '), " ");
  for (const Hook hook : {Hook::kBeforeAll, Hook::kBeforeEach, Hook::kAfterEach, Hook::kAfterAll}) {
    if (EqualsIgnoringCase(words, HookName(hook))) return hook;
  }
  return Hook::kNone;
}

const char* HookName(Hook hook) {
  switch (hook) {
    case Hook::kBeforeAll: return "before all";
    case Hook::kBeforeEach: return "before each";
    case Hook::kAfterEach: return "after each";
    case Hook::kAfterAll: return "after all";
    default: return "";
  }
}

std::string KeptAs(const Expected& expected) { return std::to_string(expected.line) + " " + expected.text; }

Expected ExpectedOf(const std::string& kept) {
  const size_t blank = std::min(kept.find(' '), kept.size());
  return {std::atoi(kept.c_str()), kept.substr(std::min(blank + 1, kept.size()))};
}

std::string HowFar(const KnownMigration& migration) {
  const Unfinished& run = *migration.unfinished;
  if (!run.partial()) return {};
  const Script& script = run.action == Action::kApply ? migration.up : migration.down_now();
  // Of another text nobody has counted the statements.
  const bool counted = run.sha256 == script.sha256;
  return " with " + std::to_string(run.done) + (counted ? " of " + std::to_string(script.statements) : "") +
         (!counted && run.done == 1 ? " statement done" : " statements done") + (run.unsure ? ", perhaps more" : "");
}

std::string WhereItStopped(const KnownMigration& migration) {
  const int line = migration.unfinished->line;
  if (line == 0) return HowFar(migration);
  std::string where = " at line " + std::to_string(line);
  if (migration.unfinished->partial()) where += "," + HowFar(migration);
  return where;
}

}  // namespace migrate
