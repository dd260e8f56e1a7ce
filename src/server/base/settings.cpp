#include "server/base/settings.h"

#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/schema/ignore.h"
#include "server/base/compat.h"
#include "server/base/guard.h"
#include "server/base/protected_settings.h"

namespace migrate {
namespace {

constexpr int kDefaultLockTimeoutMs = 5000;
constexpr int kDefaultLockRetries = 5;
constexpr int kMostLockRetries = 10000;
constexpr int kWaitByForm = -1;
constexpr int kCommittingWaitMs = 60000;
constexpr int kHalfOfWorkers = -1;
constexpr int kDefaultMaxTextKb = 200 * 1024;
constexpr int kDefaultRehearseKb = 64 * 1024;
constexpr int kDefaultRewriteKb = 64 * 1024;
constexpr int kDefaultBriefLockMs = 100;
constexpr int kDefaultExplainHoldMs = 2000;
constexpr int kDefaultProbeTimeoutMs = 1000;
constexpr int kDefaultImpactKb = 8 * 1024;
constexpr int kDefaultKeepKb = 1024 * 1024;
constexpr int kMostTextKb = 1000 * 1024;  // a text field holds 1 GB at most

char* search_path = nullptr;
char* required = nullptr;
char* drift_ignore = nullptr;
bool guard_bypass = false;
int lock_timeout = kDefaultLockTimeoutMs;
int lock_retries = kDefaultLockRetries;
int wait_timeout = kWaitByForm;
int max_jobs = kHalfOfWorkers;
int max_text_size = kDefaultMaxTextKb;
int statement_timeout = 0;
bool notify = true;
bool notices = true;
bool record_failures = false;
bool record_changes = true;
bool generate_down = true;
int rewrite_limit = kDefaultRewriteKb;
bool supabase = false;
char* freeze_override = nullptr;
int rehearse_size = kDefaultRehearseKb;
int brief_lock = kDefaultBriefLockMs;
int explain_hold = kDefaultExplainHoldMs;
int probe_timeout = kDefaultProbeTimeoutMs;
bool keep_dropped = false;
int keep_limit = kDefaultKeepKb;
int keep_days = 0;
constexpr int kAnyImpact = -1;
int max_impact = kAnyImpact;
int max_impact_size = kDefaultImpactKb;

// The scale of verdicts, by its words.
const config_enum_entry kImpacts[] = {{"off", kAnyImpact, false},
                                      {"safe", static_cast<int>(explain::Level::kSafe), false},
                                      {"brief lock", static_cast<int>(explain::Level::kBrief), false},
                                      {"blocks writes", static_cast<int>(explain::Level::kWrites), false},
                                      {"blocks reads", static_cast<int>(explain::Level::kReads), false},
                                      {nullptr, 0, false}};
int lint_mode = static_cast<int>(LintMode::kOff);

const config_enum_entry kLintModes[] = {
    {"off", static_cast<int>(LintMode::kOff), false},
    {"notice", static_cast<int>(LintMode::kNotice), false},
    {"block", static_cast<int>(LintMode::kBlock), false},
    {nullptr, 0, false},
};

constexpr char kPrefix[] = "migrate.";

// A setting that somebody gave a value before the library was loaded, which the server keeps as a placeholder.
struct EarlySetting {
  char* name;
  char* value;
  GucSource source;
  bool is_known;
  EarlySetting* next;
};
EarlySetting* early_settings = nullptr;  // once all are defined: those that had no effect

bool IsOurs(const config_generic& setting) { return pg_strncasecmp(setting.name, kPrefix, sizeof(kPrefix) - 1) == 0; }

// In the memory of the session, in which the list lives.
void RememberEarlySettingsLeaf() {
  int count = 0;
  config_generic** const settings = AllSettings(&count);
  for (int i = 0; i < count; ++i) {
    const config_generic& setting = *settings[i];
    if (!IsOurs(setting) || (setting.flags & GUC_CUSTOM_PLACEHOLDER) == 0 || setting.source == PGC_S_DEFAULT) continue;
    const char* const value = GetConfigOption(setting.name, true, false);
    auto* const early = static_cast<EarlySetting*>(MemoryContextAlloc(TopMemoryContext, sizeof(EarlySetting)));
    *early = {MemoryContextStrdup(TopMemoryContext, setting.name),
              MemoryContextStrdup(TopMemoryContext, value == nullptr ? "" : value), setting.source, false,
              early_settings};
    early_settings = early;
  }
}

// What has its value now needs no word.
void ForgetSettingsInEffectLeaf() {
  int count = 0;
  config_generic** const settings = AllSettings(&count);
  for (EarlySetting** at = &early_settings; *at != nullptr;) {
    bool in_effect = false;
    for (int i = 0; i < count; ++i) {
      const config_generic& setting = *settings[i];
      if ((setting.flags & GUC_CUSTOM_PLACEHOLDER) != 0 || pg_strcasecmp(setting.name, (*at)->name) != 0) continue;
      (*at)->is_known = true;
      in_effect = setting.source != PGC_S_DEFAULT;
    }
    if (in_effect) {
      *at = (*at)->next;
    } else {
      at = &(*at)->next;
    }
  }
}

// The server's form of a check: it says what is wrong after everything of C++ is gone.
bool CheckDriftIgnore(char** value, void**, GucSource) {
  constexpr size_t kMostBytes = 500;
  static char detail[kMostBytes];
  bool good = true;
  try {
    (void) schema::IgnoreList::Parse(*value == nullptr ? "" : *value);
  } catch (const std::exception& error) {
    good = false;
    const auto* const ours = dynamic_cast<const Error*>(&error);
    const std::string_view text = ours == nullptr ? error.what() : std::string_view(ours->detail);
    detail[text.copy(detail, sizeof(detail) - 1)] = '\0';
  }
  if (good) return true;
  // A character that was cut off is none.
  detail[pg_mbcliplen(detail, static_cast<int>(strlen(detail)), static_cast<int>(sizeof(detail)) - 1)] = '\0';
  GUC_check_errdetail("%s", detail);
  return false;
}

std::vector<std::string> KnownNames() {
  int count = 0;
  config_generic** const settings = Call([&]() noexcept { return AllSettings(&count); });
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    if (IsOurs(*settings[i])) names.emplace_back(settings[i]->name);
  }
  return names;
}

void DefineGuardSettings() {
  DefineCustomStringVariable("migrate.drift_ignore", "Sets which objects and roles the guard passes over.",
                             "A list of: schema, schema.name with stars, partitions of schema.table, role name.",
                             &drift_ignore, "", PGC_SUSET, 0, CheckDriftIgnore, nullptr, nullptr);
  DefineCustomBoolVariable("migrate.guard_bypass", "Lets DDL pass where the guard would warn or refuse.",
                           "For emergencies; it is recorded all the same.", &guard_bypass, false, PGC_SUSET, 0, nullptr,
                           nullptr, nullptr);
}

// Of what is told before it is done.
void DefineForesightSettings() {
  DefineCustomEnumVariable("migrate.lint", "Sets what becomes of what migrate_lint() finds before migrations run.",
                           "Errors and warnings are told as notices, or refuse the call.", &lint_mode,
                           static_cast<int>(LintMode::kOff), kLintModes, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.brief_lock", "Sets below which time migrate_explain() calls a lock brief.",
                          "It counts from the beginning of its statement to the end of its migration.", &brief_lock,
                          kDefaultBriefLockMs, 0, INT_MAX, PGC_USERSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.explain_hold", "Sets how long migrate_explain() may block reads or writes.",
                          "It then undoes what it tries, and estimates the rest; 0 means for ever.", &explain_hold,
                          kDefaultExplainHoldMs, 0, INT_MAX, PGC_USERSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.probe_timeout", "Sets how long one run of a probe may take.",
                          "One that takes longer before a migration is not measured.", &probe_timeout,
                          kDefaultProbeTimeoutMs, 1, INT_MAX, PGC_USERSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
  DefineCustomEnumVariable("migrate.max_impact", "Sets what migrations may do to others.",
                           "They are tried first, as migrate_explain() does; off means that they may do anything.",
                           &max_impact, kAnyImpact, kImpacts, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.max_impact_size", "Sets from which size of a table migrate.max_impact counts.",
                          "What destroys data counts on any.", &max_impact_size, kDefaultImpactKb, 0, INT_MAX,
                          PGC_USERSET, GUC_UNIT_KB, nullptr, nullptr, nullptr);
}

void DefineKeepSettings() {
  DefineCustomBoolVariable("migrate.keep_dropped", "Keeps the rows of tables and columns that migrations drop.",
                           "They are copied into schema migrate_kept; a rollback brings them back.", &keep_dropped,
                           false, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.keep_limit", "Sets how much a migration may have to keep.",
                          "By the size of the tables; a migration that drops more is refused.", &keep_limit,
                          kDefaultKeepKb, 0, INT_MAX, PGC_USERSET, GUC_UNIT_KB, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.keep_days", "Sets after how many days what was kept is freed.",
                          "But for what a rollback would bring back; 0 means never.", &keep_days, 0, 0, INT_MAX / 2,
                          PGC_SUSET, 0, nullptr, nullptr, nullptr);
}

void DefineChangesSettings() {
  DefineCustomBoolVariable("migrate.generate_down", "Rolls a migration without a down script back by its changes.",
                           "migrate_changes() shows them.", &generate_down, true, PGC_USERSET, 0, nullptr, nullptr,
                           nullptr);
  DefineCustomIntVariable("migrate.rewrite_limit", "Sets up to which size a rollback may rewrite a table.",
                          "Only where it is called with rewrite; the indexes don't count.", &rewrite_limit,
                          kDefaultRewriteKb, 0, INT_MAX, PGC_USERSET, GUC_UNIT_KB, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("migrate.record_changes", "Records which objects each migration creates, alters and drops.",
                           "migrate_changes() shows them.", &record_changes, true, PGC_USERSET, 0, nullptr, nullptr,
                           nullptr);
}

}  // namespace

void RequireKnownSettings() {
  if (early_settings == nullptr) return;
  const EarlySetting& early = *early_settings;
  const std::string name = std::string("\"") + early.name + "\"";
  const std::string value = std::string("\"") + early.value + "\"";
  const std::string source = GucSource_Names[early.source];
  if (early.source == PGC_S_SESSION) early_settings = early.next;
  std::string hint;
  if (early.is_known) {
    hint = "The table of settings says which values it has and who may set it.";
  } else {
    const auto nearest = NearestNames(early.name, KnownNames(), 1);
    hint = nearest.empty() ? "" : "Did you mean \"" + nearest.front() + "\"?";
  }
  if (early.source != PGC_S_SESSION) {
    hint += (hint.empty() ? "" : " ") + std::string("Mend it where it is set, and connect again.");
  }
  if (IsRefused(early.name, early.source)) {
    throw Error(sqlstate::kInsufficientPrivilege, "setting " + name + " can't be set for a session or a role",
                "It was set before the library was loaded, from this source: " + source + ". It has no effect.",
                "Set it with ALTER DATABASE or in the configuration file, and connect again.");
  }
  throw early.is_known
      ? Error(sqlstate::kInvalidParameter, "setting " + name + " can't be " + value,
              "It was set before the library was loaded, from this source: " + source + ". It has no effect.", hint)
      : Error(sqlstate::kUndefinedObject, "there is no setting " + name,
              "It was set to " + value + " before the library was loaded, from this source: " + source + ".", hint);
}

void DefineSettings() {
  RememberEarlySettingsLeaf();
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
  DefineCustomIntVariable(
      "migrate.rehearse_size", "Sets up to which size of a table a statement is tried without CONCURRENTLY.",
      "In a dry run, or with migrate.plain_indexes: it blocks writes until that ends.", &rehearse_size,
      kDefaultRehearseKb, 0, INT_MAX, PGC_USERSET, GUC_UNIT_KB, nullptr, nullptr, nullptr);
  DefineProtectedSettings();
  DefineCustomStringVariable("migrate.freeze_override", "Sets why migrations are applied in a freeze.",
                             "The history keeps it; empty means that they are not applied.", &freeze_override, "",
                             PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migrate.max_jobs", "Sets how many background workers one role may have at a time.",
                          "Those of all databases count together; -1 means half of max_worker_processes.", &max_jobs,
                          kHalfOfWorkers, kHalfOfWorkers, INT_MAX, PGC_SUSET, 0, nullptr, nullptr, nullptr);
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
  DefineChangesSettings();
  DefineCustomBoolVariable("migrate.supabase", "Keeps the history of the Supabase CLI and dashboard in step.",
                           "It is the table supabase_migrations.schema_migrations, written as the role that calls.",
                           &supabase, false, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable("migrate.required", "Sets the migration that migrate_require() asks for.",
                             "For callers that can't pass an argument.", &required, "", PGC_USERSET, 0, nullptr,
                             nullptr, nullptr);
  DefineForesightSettings();
  DefineKeepSettings();
  DefineGuardSettings();
  ForgetSettingsInEffectLeaf();
  MarkGUCPrefixReserved("migrate");
}

std::string MigrationSearchPath() { return search_path == nullptr ? "" : search_path; }
int LockTimeoutMs() { return lock_timeout; }
int LockRetries() { return lock_retries; }
int WaitTimeoutMs() { return wait_timeout == kWaitByForm ? 0 : wait_timeout; }
int CommittingWaitTimeoutMs() { return wait_timeout == kWaitByForm ? kCommittingWaitMs : wait_timeout; }
int StatementTimeoutMs() { return statement_timeout; }
bool RecordFailuresEnabled() { return record_failures; }
bool RecordChangesEnabled() { return record_changes; }
bool GenerateDownEnabled() { return generate_down; }
bool NoticesEnabled() { return notices; }
bool NotifyEnabled() { return notify; }
std::string FreezeOverride() { return freeze_override == nullptr ? "" : freeze_override; }
int RehearseSizeKb() { return rehearse_size; }
int BriefLockMs() { return brief_lock; }
int ProbeTimeoutMs() { return probe_timeout; }
int ExplainHoldMs() { return explain_hold; }
std::optional<explain::Level> MaxImpact() {
  if (max_impact == kAnyImpact) return std::nullopt;
  return static_cast<explain::Level>(max_impact);
}
int64_t MaxImpactBytes() { return int64_t{max_impact_size} * 1024; }
bool KeepDroppedEnabled() { return keep_dropped; }
int KeepLimitKb() { return keep_limit; }
int KeepDays() { return keep_days; }
int RewriteLimitKb() { return rewrite_limit; }
LintMode LintBeforeApply() { return static_cast<LintMode>(lint_mode); }
bool SupabaseEnabled() { return supabase; }
std::string RequiredMigration() { return required == nullptr ? "" : required; }
std::string DriftIgnore() { return drift_ignore == nullptr ? "" : drift_ignore; }
bool GuardBypassEnabled() { return guard_bypass; }
int MaxJobs() { return max_jobs == kHalfOfWorkers ? std::max(max_worker_processes / 2, 1) : max_jobs; }
size_t MaxTextBytes() { return static_cast<size_t>(max_text_size) * 1024; }

}  // namespace migrate
