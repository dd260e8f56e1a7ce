#include "server/base/protected_settings.h"

#include <algorithm>
#include <iterator>

#include "core/base/text.h"
#include "core/set/environment.h"
#include "server/base/compat.h"

namespace migrate {
namespace {

constexpr char kEnvironmentName[] = "migrate.environment";
constexpr char kFreezeName[] = "migrate.freeze";
constexpr char kApprovalName[] = "migrate.require_approval";
constexpr char kProofName[] = "migrate.require_proof";
constexpr char kPlainIndexesName[] = "migrate.plain_indexes";
constexpr const char* kNames[] = {kEnvironmentName, kFreezeName, kApprovalName, kProofName, kPlainIndexesName};

char* environment = nullptr;
char* freeze = nullptr;
bool require_approval = false;
int require_proof = static_cast<int>(ProofRule::kOff);
bool plain_indexes = false;

const config_enum_entry kProofRules[] = {{"off", static_cast<int>(ProofRule::kOff), false},
                                         {"local", static_cast<int>(ProofRule::kLocal), false},
                                         {"any", static_cast<int>(ProofRule::kAny), false},
                                         {nullptr, 0, false}};

// The server tries a value of ALTER DATABASE, and of ALTER ROLE, too, before it stores it; that of a role is refused
// when it is to count.
bool ComesFromSession(GucSource source) {
  return source == PGC_S_CLIENT || source == PGC_S_USER || source == PGC_S_DATABASE_USER || source == PGC_S_SESSION ||
         source == PGC_S_INTERACTIVE;
}

// The server's form of a check.
template <const char* Name, typename Value>
bool CheckSource(Value*, void**, GucSource source) {
  if (!ComesFromSession(source)) return true;
  GUC_check_errcode(ERRCODE_INSUFFICIENT_PRIVILEGE);
  GUC_check_errmsg("setting \"%s\" can't be set for a session or a role", Name);
  GUC_check_errdetail("It protects the database from those who migrate it.");
  GUC_check_errhint("Set it with ALTER DATABASE or in the configuration file, and connect again.");
  return false;
}

bool CheckEnvironment(char** value, void** extra, GucSource source) {
  if (!CheckSource<kEnvironmentName, char*>(value, extra, source)) return false;
  if (**value == '\0' || IsEnvironment(*value)) return true;
  GUC_check_errdetail("The name of an environment has letters, digits, \"-\" and \"_\".");
  return false;
}

}  // namespace

void DefineProtectedSettings() {
  DefineCustomStringVariable(kEnvironmentName, "Sets which environment this database is.",
                             "Migrations with -- migrate:only are skipped in others; empty means production.",
                             &environment, "", PGC_USERSET, 0, CheckEnvironment, nullptr, nullptr);
  DefineCustomStringVariable(kFreezeName, "Sets when nothing is applied.",
                             "Windows such as Fri 16:00 - Mon 08:00 Europe/Berlin; several with commas.", &freeze, "",
                             PGC_USERSET, 0, CheckSource<kFreezeName, char*>, nullptr, nullptr);
  DefineCustomBoolVariable(kApprovalName, "Applies only plans that another role has approved.",
                           "With migrate_approve().", &require_approval, false, PGC_USERSET, 0,
                           CheckSource<kApprovalName, bool>, nullptr, nullptr);
  DefineCustomEnumVariable(kProofName, "Applies only migrations whose way back was proved.",
                           "By migrate_prove() in this database (local), or wherever (any).", &require_proof,
                           static_cast<int>(ProofRule::kOff), kProofRules, PGC_USERSET, 0, CheckSource<kProofName, int>,
                           nullptr, nullptr);
  DefineCustomBoolVariable(kPlainIndexesName, "Runs what wants several transactions in one, without CONCURRENTLY.",
                           "For tests that undo their transaction; the history says so.", &plain_indexes, false,
                           PGC_USERSET, 0, CheckSource<kPlainIndexesName, bool>, nullptr, nullptr);
}

bool IsRefused(std::string_view setting, int source) {
  return ComesFromSession(static_cast<GucSource>(source)) &&
         std::any_of(std::begin(kNames), std::end(kNames),
                     [&](const char* name) { return EqualsIgnoringCase(name, setting); });
}

std::string Environment() { return environment == nullptr || *environment == '\0' ? kProduction : environment; }
std::string Freeze() { return freeze == nullptr ? "" : freeze; }
bool ApprovalRequired() { return require_approval; }
ProofRule RequiredProof() { return static_cast<ProofRule>(require_proof); }
bool PlainIndexesEnabled() { return plain_indexes; }

}  // namespace migrate
