#include "server/base/reading_window.h"

#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

// As SPI has it: what the calling query sees, or else all up to now, this transaction's own changes among it.
void OpenLeaf(SqlWindow* window, bool only_active) {
  OpenCallerWindowLeaf(window);
  if (only_active && ActiveSnapshotSet()) {
    PushActiveSnapshot(GetActiveSnapshot());
    return;
  }
  if (!only_active) CommandCounterIncrement();
  PushActiveSnapshot(GetTransactionSnapshot());
}

void CloseLeaf(const SqlWindow* window) {
  PopActiveSnapshot();
  CloseWindowLeaf(window);
}

}  // namespace

ReadingWindow::ReadingWindow() {
  const bool only_active = ReadsActiveSnapshotOnly();
  SqlWindow* const window = &window_;
  Call([=]() noexcept { OpenLeaf(window, only_active); });
}

void ReadingWindow::Close() const {
  const SqlWindow* const window = &window_;
  Call([=]() noexcept { CloseLeaf(window); });
}

}  // namespace migrate
