// Rules about row security and its policies.
#include "core/health/rules.h"

namespace migrate::health {

const Rule kPolicyReadsOwnTable = {"policy-reads-own-table", Level::kError, "health-row-security",
                                   "it reads %1, whose policies lead back to it: infinite recursion (42P17)",
                                   "Ask in a SECURITY DEFINER function with a pinned search_path, whose owner row "
                                   "security does not hold for, and call that in the policy."};

const Rule kPolicyExistsRlsDisabled = {"policy-exists-rls-disabled", Level::kError, "health-row-security",
                                       "row security is off, so its policies do nothing: %1",
                                       "ALTER TABLE %0 ENABLE ROW LEVEL SECURITY; or drop the policies."};

const Rule kRlsReferencesUserMetadata = {"rls-references-user-metadata", Level::kError, "health-row-security",
                                         "it trusts user_metadata, which each user may change",
                                         "Use app_metadata, or a table of your own."};

const Rule kViewBypassesRowSecurity = {"view-bypasses-row-security", Level::kError, "health-row-security",
                                       "it reads %1 as %2, whom the row security of %1 does not hold for",
                                       "ALTER VIEW %0 SET (security_invoker = on). A materialized view can't: revoke "
                                       "the right to read it."};

const Rule kRlsPolicyAlwaysTrue = {"rls-policy-always-true", Level::kWarning, "health-row-security",
                                   "it lets %1 %2 any row", "Say in the policy which rows they may write."};

const Rule kAuthRlsInitplan = {"auth-rls-initplan", Level::kWarning, "health-row-security", "it calls %1 for each row",
                               "Write (SELECT %1) in the policy, which is called once a query."};

const Rule kMultiplePermissivePolicies = {"multiple-permissive-policies", Level::kWarning, "health-row-security",
                                          "several policies are asked for each row of %1: %2",
                                          "Make one policy of them with OR; or make those that limit others "
                                          "RESTRICTIVE."};

const Rule kRlsEnabledNoPolicy = {"rls-enabled-no-policy", Level::kInfo, "health-row-security",
                                  "row security is on and there is no policy: only the owner sees rows",
                                  "CREATE POLICY, if others should see any."};

}  // namespace migrate::health
