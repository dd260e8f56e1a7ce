#include "server/settings.h"

#include "server/compat.h"

namespace migrate {
namespace {

constexpr int kDefaultLockTimeoutMs = 5000;
constexpr int kDefaultLockRetries = 5;
constexpr int kMostLockRetries = 10000;
constexpr int kWaitByForm = -1;
constexpr int kCommittingWaitMs = 60000;
constexpr int kDefaultMaxTextKb = 200 * 1024;
constexpr int kMostTextKb = 1000 * 1024;  // a text field holds 1 GB at most

char* search_path = nullptr;
char* required = nullptr;
int lock_timeout = kDefaultLockTimeoutMs;
int lock_retries = kDefaultLockRetries;
int wait_timeout = kWaitByForm;
int max_text_size = kDefaultMaxTextKb;
int statement_timeout = 0;
bool notify = true;
bool notices = true;
bool record_failures = false;
bool supabase = false;

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
                          "-1 means 60 s for the committing forms, and not at all for functions: one that waits holds "
                          "up concurrent index builds.",
                          &wait_timeout, kWaitByForm, kWaitByForm, INT_MAX, PGC_USERSET, GUC_UNIT_MS, nullptr, nullptr,
                          nullptr);
  DefineCustomIntVariable("migrate.statement_timeout", "Sets how long a statement of a migration may take.",
                          "0 means for ever.", &statement_timeout, 0, 0, INT_MAX, PGC_USERSET, GUC_UNIT_MS, nullptr,
                          nullptr, nullptr);
  DefineCustomIntVariable("migrate.max_text_size", "Sets the largest text of a migration.",
                          "Larger ones are refused when they are loaded.", &max_text_size, kDefaultMaxTextKb, 1,
                          kMostTextKb, PGC_USERSET, GUC_UNIT_KB, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("migrate.notify", "Sends NOTIFY migrate for each event, and NOTIFY pgrst.",
                           "A transaction that has sent one can't be prepared for two-phase commit.", &notify, true,
                           PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("migrate.notices", "Tells the client of each migration that a committing form has finished.",
                           "Other notices, such as those of the migrations themselves, are not touched.", &notices,
                           true, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable(
      "migrate.record_failures", "Records failures of migrate_apply() and migrate_rollback().",
      "They undo everything, so a background worker writes the event afterwards; not for superusers.", &record_failures,
      false, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("migrate.supabase", "Keeps the history of the Supabase CLI and dashboard in step.",
                           "It is the table supabase_migrations.schema_migrations, written as the role that calls.",
                           &supabase, false, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable("migrate.required", "Sets the migration that migrate_require() asks for.",
                             "For callers that can't pass an argument.", &required, "", PGC_USERSET, 0, nullptr,
                             nullptr, nullptr);
  MarkGUCPrefixReserved("migrate");
}

std::string MigrationSearchPath() { return search_path == nullptr ? "" : search_path; }
int LockTimeoutMs() { return lock_timeout; }
int LockRetries() { return lock_retries; }
int WaitTimeoutMs() { return wait_timeout == kWaitByForm ? 0 : wait_timeout; }
int CommittingWaitTimeoutMs() { return wait_timeout == kWaitByForm ? kCommittingWaitMs : wait_timeout; }
int StatementTimeoutMs() { return statement_timeout; }
bool RecordFailuresEnabled() { return record_failures; }
bool NoticesEnabled() { return notices; }
bool NotifyEnabled() { return notify; }
bool SupabaseEnabled() { return supabase; }
std::string RequiredMigration() { return required == nullptr ? "" : required; }
size_t MaxTextBytes() { return static_cast<size_t>(max_text_size) * 1024; }

}  // namespace migrate
