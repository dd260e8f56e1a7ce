#include "server/run/other_extensions.h"

#include "server/base/guard.h"
#include "server/run/statement_runner.h"

namespace migrate {
namespace {

// Comes to the server's own code, which refuses it, or is refused on the way.
void TryTopLevelLeaf() {
  char* const sql = pstrdup("DEALLOCATE \"migrate: no statement has this name\"");
  const ParsedTree probe = {linitial_node(RawStmt, raw_parser(sql, RAW_PARSE_DEFAULT)), sql, false};
  RunStatementLeaf(&probe, CurrentMemoryContext, nullptr, true);
}

void SetLockTimeoutElsewhereLeaf(int lock_timeout) {
  const int level = NewGUCNestLevel();
  (void) set_config_option("citus.propagate_set_commands", "local", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
                           0, false);
  char* const sql = psprintf("SET LOCAL lock_timeout = %d", lock_timeout);
  const ParsedTree set = {linitial_node(RawStmt, raw_parser(sql, RAW_PARSE_DEFAULT)), sql, false};
  RunStatementLeaf(&set, CurrentMemoryContext, nullptr);
  AtEOXact_GUC(false, level);
}

}  // namespace

void SetLockTimeoutElsewhere(int lock_timeout) {
  Call([=]() noexcept { SetLockTimeoutElsewhereLeaf(lock_timeout); });
}

bool CitusIsHere() {
  return Call([]() noexcept { return OidIsValid(get_extension_oid("citus", true)); });
}

std::string WhyNotTopLevel() {
  if (ProcessUtility_hook == nullptr) return {};
  const auto error = TryCall([]() noexcept { TryTopLevelLeaf(); });
  return error && error->sqlstate == "XX000" ? error->message : std::string();
}

}  // namespace migrate
