// Rules about what an API such as PostgREST shows to its roles. The names are those of splinter.
#include "core/health/rules.h"

namespace migrate::health {

const Rule kRlsDisabledInPublic = {"rls-disabled-in-public", Level::kError, "health-api",
                                   "%1 may read all of its rows by the API: it has no row security",
                                   "ALTER TABLE %0 ENABLE ROW LEVEL SECURITY, with a policy for what they may see; or "
                                   "revoke their rights."};

const Rule kSensitiveColumnsExposed = {"sensitive-columns-exposed", Level::kError, "health-api",
                                       "%1 may read %2 of all rows by the API: the table has no row security",
                                       "ALTER TABLE %0 ENABLE ROW LEVEL SECURITY, with a policy for what they may see; "
                                       "or move such columns to a schema that the API does not show."};

const Rule kSecurityDefinerView = {"security-definer-view", Level::kError, "health-api",
                                   "%1 may read it by the API with the rights of its owner, %2",
                                   "ALTER VIEW %0 SET (security_invoker = on)."};

const Rule kAuthUsersExposed = {"auth-users-exposed", Level::kError, "health-api",
                                "%1 may read by the API what it shows of auth.users",
                                "Keep what others may know of users in a table of your own; or revoke their rights."};

const Rule kInsecureQueueExposedInApi = {"insecure-queue-exposed-in-api", Level::kError, "health-api",
                                         "%1 may read its messages by the API: it has no row security",
                                         "ALTER TABLE %0 ENABLE ROW LEVEL SECURITY."};

const Rule kMaterializedViewInApi = {"materialized-view-in-api", Level::kWarning, "health-api",
                                     "%1 may read it by the API: it can have no row security",
                                     "REVOKE SELECT ON %0 FROM %1; or move it to a schema that the API does not show."};

const Rule kForeignTableInApi = {"foreign-table-in-api", Level::kWarning, "health-api",
                                 "%1 may read it by the API: it can have no row security",
                                 "REVOKE SELECT ON %0 FROM %1; or move it to a schema that the API does not show."};

}  // namespace migrate::health
