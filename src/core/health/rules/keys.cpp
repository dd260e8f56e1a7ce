// Rules about keys, constraints, and what keeps data right.
#include "core/health/rules.h"

namespace migrate::health {

const Rule kForeignKeyViolated = {"foreign-key-violated", Level::kError, "health-deep",
                                  "%1 of %2 reference nothing in %3",
                                  "Delete such rows or add what they reference; then drop the constraint and add it "
                                  "again NOT VALID, and VALIDATE it."};

const Rule kCheckViolated = {"check-violated", Level::kError, "health-deep", "%1 of %2 break it",
                             "Put such rows right; then ALTER TABLE %2 VALIDATE CONSTRAINT %3."};

const Rule kFunctionDoesNotCompile = {"function-does-not-compile", Level::kError, "health-deep", "%1",
                                      "CREATE OR REPLACE it, or drop it if nobody calls it."};

const Rule kForeignKeyDisabled = {
    "foreign-key-disabled", Level::kError, "health-keys", "triggers on %1 that enforce it are disabled",
    "ALTER TABLE %1 ENABLE TRIGGER ALL, after migrate_health(deep => true) has looked for "
    "rows that break it."};

const Rule kFkeyToAuthUnique = {"fkey-to-auth-unique", Level::kError, "health-keys",
                                "it references a unique key of %1 that is not the primary key",
                                "Reference the primary key: updates of Supabase drop and change other keys of schema "
                                "auth."};

const Rule kNotValidConstraint = {"not-valid-constraint", Level::kWarning, "health-keys",
                                  "it was added NOT VALID: what was there before it was never checked",
                                  "ALTER %1 VALIDATE CONSTRAINT %2, after the rows that break it are put right."};

const Rule kForeignKeyTypeDiffers = {"foreign-key-type-differs", Level::kWarning, "health-keys",
                                     "column %1 is %2, and %3 that it references is %4",
                                     "Change it to %4 before the other column's values no longer fit."};

const Rule kUnindexedForeignKeys = {"unindexed-foreign-keys", Level::kInfo, "health-keys",
                                    "no index of %1 begins with %2: each DELETE in %3 reads all of %1",
                                    "CREATE INDEX CONCURRENTLY ON %1 (%2)."};

const Rule kNoPrimaryKey = {"no-primary-key", Level::kInfo, "health-keys",
                            "it has no primary key: rows can't be told apart",
                            "ALTER TABLE %0 ADD PRIMARY KEY, by CREATE UNIQUE INDEX CONCURRENTLY and USING INDEX where "
                            "it is large."};

const Rule kTriggerDisabled = {"trigger-disabled", Level::kWarning, "health-keys", "it is disabled",
                               "ALTER TABLE %1 ENABLE TRIGGER %2; or drop it."};

}  // namespace migrate::health
