// Rules about indexes and how tables are stored.
#include "core/health/rules.h"

namespace migrate::health {

const Rule kInvalidIndex = {"invalid-index", Level::kError, "health-indexes",
                            "it is not valid: no query uses it, and each write of %1 may keep it up",
                            "DROP INDEX CONCURRENTLY %0, and create it again; or REINDEX INDEX CONCURRENTLY."};

const Rule kIncompletePartitionedIndex = {"incomplete-partitioned-index", Level::kWarning, "health-indexes",
                                          "it is not valid: %1 of the partitions of %2 have no index of it",
                                          "Create one on each partition CONCURRENTLY, and ALTER INDEX %0 ATTACH "
                                          "PARTITION each."};

const Rule kDuplicateIndex = {"duplicate-index", Level::kWarning, "health-indexes", "indexes are the same: %1",
                              "DROP INDEX CONCURRENTLY all but one, which keeps a constraint if there is one."};

const Rule kRedundantIndex = {"redundant-index", Level::kInfo, "health-indexes",
                              "index %1 begins with the same columns, and answers the same queries",
                              "DROP INDEX CONCURRENTLY %0."};

const Rule kUnusedIndex = {"unused-index", Level::kInfo, "health-indexes",
                           "no query on this server has used it%2, and each write of %1 keeps it up",
                           "DROP INDEX CONCURRENTLY %0, if no standby uses it and nobody needs it once a year."};

const Rule kTableBloat = {
    "table-bloat", Level::kInfo, "health-indexes", "by statistics some %1 of its %2 are empty space",
    "Let autovacuum run more often on it; pg_repack or VACUUM FULL gives the space back, the latter "
    "while nobody reads."};

const Rule kUnsupportedRegTypes = {"unsupported-reg-types", Level::kWarning, "health-indexes",
                                   "pg_upgrade refuses a column of type %1", "Keep the name as text."};

}  // namespace migrate::health
