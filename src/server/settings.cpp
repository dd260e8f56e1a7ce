#include "server/settings.h"

#include "server/compat.h"

namespace migrate {
namespace {

constexpr int kDefaultLockTimeoutMs = 5000;
constexpr int kDefaultLockRetries = 5;
constexpr int kMostLockRetries = 10000;
constexpr int kWaitByForm = -1;
constexpr int kDefaultMaxTextKb = 200 * 1024;
constexpr int kMostTextKb = 1000 * 1024;  // a text field holds 1 GB at most

char* search_path = nullptr;
char* required = nullptr;
int lock_timeout = kDefaultLockTimeoutMs;
int lock_retries = kDefaultLockRetries;
int wait_timeout = kWaitByForm;
int max_text_size = kDefaultMaxTextKb;
bool notify = true;

}  // namespace

void DefineSettings() {
  DefineCustomStringVariable("migrate.search_path", "Sets the search_path that migrations start from.",
                             "Empty means the value that the role and the database have set.", &search_path, "",
                             PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.lock_timeout", "Sets how long a statement of a migration waits for a lock.",
                          "0 means for ever.", &lock_timeout, kDefaultLockTimeoutMs, 0, INT_MAX, PGC_USERSET,
                          GUC_UNIT_MS, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.lock_retries", "Sets how often a migration that did not get a lock is tried again.",
                          "The pauses between the tries grow from 0.1 to 10 seconds.", &lock_retries,
                          kDefaultLockRetries, 0, kMostLockRetries, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.wait_timeout", "Sets how long a call waits while another session migrates.",
                          "-1 means not at all: a waiting function would hold up concurrent index builds.",
                          &wait_timeout, kWaitByForm, kWaitByForm, INT_MAX, PGC_USERSET, GUC_UNIT_MS, nullptr, nullptr,
                          nullptr);
  DefineCustomIntVariable("migrate.max_text_size", "Sets the largest text of a migration.",
                          "Larger ones are refused when they are loaded.", &max_text_size, kDefaultMaxTextKb, 1,
                          kMostTextKb, PGC_USERSET, GUC_UNIT_KB, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("migrate.notify", "Sends NOTIFY migrate for each event, and NOTIFY pgrst.",
                           "A transaction that has sent one can't be prepared for two-phase commit.", &notify, true,
                           PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable("migrate.required", "Sets the migration that migrate_require() asks for.",
                             "For callers that can't pass an argument.", &required, "", PGC_USERSET, 0, nullptr,
                             nullptr, nullptr);
  MarkGUCPrefixReserved("migrate");
}

std::string MigrationSearchPath() { return search_path == nullptr ? "" : search_path; }
int LockTimeoutMs() { return lock_timeout; }
int LockRetries() { return lock_retries; }
int WaitTimeoutMs() { return wait_timeout == kWaitByForm ? 0 : wait_timeout; }
bool NotifyEnabled() { return notify; }
std::string RequiredMigration() { return required == nullptr ? "" : required; }
size_t MaxTextBytes() { return static_cast<size_t>(max_text_size) * 1024; }

}  // namespace migrate
