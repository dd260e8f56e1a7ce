#include "server/transaction.h"

#include "server/compat.h"
#include "server/guard.h"

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

}  // namespace

void CommitTransaction() {
  Call([]() noexcept { CommitLeaf(); });
}

void RollBackTransaction() {
  Call([]() noexcept { RollBackLeaf(); });
}

}  // namespace migrate
