#include "server/health/attempt.h"

#include "core/health/rules.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/base/sql.h"
#include "server/base/timers.h"
#include "server/schema/as_owner.h"

namespace migrate::health {
namespace {

void LimitLocksLeaf(const char* timeout) {
  (void) set_config_option("lock_timeout", timeout, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

}  // namespace

std::optional<Error> Attempt(Oid owner, const std::function<void()>& body) {
  const std::string timeout = std::to_string(LockTimeoutMs());
  const char* const lock_timeout = timeout.c_str();
  bool timed_out = false;
  try {
    InSubtransaction(Ending::kUndo, [&] {
      if (LockTimeoutMs() > 0) Call([=]() noexcept { LimitLocksLeaf(lock_timeout); });
      try {
        WithStatementTimeout(StatementTimeoutMs(), [&] { schema::AsOwner(owner, body); });
      } catch (const Error& error) {
        timed_out = error.sqlstate == sqlstate::kQueryCanceled && StatementTimedOut();
        throw;
      }
    });
  } catch (const Error& error) {
    if (error.sqlstate == "P0004" || (error.sqlstate == sqlstate::kQueryCanceled && !timed_out)) throw;
    return error;
  }
  return std::nullopt;
}

Finding Skipped(const std::string& object, const std::string& why, const std::string& fix) {
  return Say(kSkipped, {object, why, fix});
}

Finding Skipped(const std::string& object, const Error& error) {
  if (error.sqlstate == sqlstate::kQueryCanceled) {
    return Skipped(object, "it took longer than migrate.statement_timeout",
                   "Raise that, and ask for its schema alone.");
  }
  if (error.sqlstate == sqlstate::kLockNotAvailable)
    return Skipped(object, error.message, "Ask again when nobody changes it.");
  return Skipped(object, error.message, error.hint.empty() ? "Look at it by hand." : error.hint);
}

std::optional<Finding> SkippedOfOthers(const std::string& object, Oid owner) {
  if (Call([=]() noexcept { return MayBecome(GetUserId(), owner); })) return {};
  const std::string role = schema::NameOfRole(owner);
  return Skipped(object, "it belongs to role " + role, "Ask as a member of that role, or as a superuser.");
}

}  // namespace migrate::health
