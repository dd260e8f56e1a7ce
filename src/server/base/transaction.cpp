#include "server/base/transaction.h"

#include "server/base/compat.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

// As _SPI_commit in src/backend/executor/spi.c, without the connection, which no one here needs.
void CommitLeaf() {
  MemoryContext const context = CurrentMemoryContext;
  ForgetPortalSnapshots();
  CommitTransactionCommand();
  StartTransactionCommand();
  MemoryContextSwitchTo(context);
}

void RollBackLeaf() {
  MemoryContext const context = CurrentMemoryContext;
  AbortCurrentTransaction();
  StartTransactionCommand();
  MemoryContextSwitchTo(context);
}

void SetIsolationLeaf(const char* level) {
  (void) set_config_option("transaction_isolation", level, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0,
                           false);
}

}  // namespace

void CommitTransaction() {
  Call([]() noexcept { CommitLeaf(); });
}

void RollBackTransaction() {
  Call([]() noexcept { RollBackLeaf(); });
}

void BecomeReadOnlyLeaf() {
  (void) set_config_option("transaction_read_only", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

void SetTransactionIsolation(const std::string& level) {
  const char* const text = level.c_str();
  Call([=]() noexcept { SetIsolationLeaf(text); });
}

}  // namespace migrate
