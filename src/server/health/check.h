// How a rule of migrate_health() finds its objects: one query, whose rows are findings.
#pragma once

#include "core/health/rule.h"

namespace migrate::health {

// Its columns are the object and the facts that the rule's words want. Parameters: $1 the schemas that are looked at,
// $2 those that an API shows, $3 the roles that come by it, $4 names of columns that are sensitive. The search path is
// pg_catalog.
struct Check {
  const Rule* rule;
  const char* sql;
};

// api.cpp
extern const Check kTableInApi, kSensitiveColumn, kViewInApi, kUsersInApi, kQueueInApi, kMaterializedInApi,
    kForeignInApi;
// row_security.cpp
extern const Check kViewOfRowSecurity, kTableWithoutPolicy;
// rights.cpp
extern const Check kDefinerFunction, kPlainFunction, kExtensionInPublicSchema, kSchemaForAll, kTableForAll;
// keys.cpp
extern const Check kDisabledForeignKey, kKeyToAuth, kNotValid, kTypeDiffers, kKeyWithoutIndex, kTableWithoutKey,
    kDisabledTrigger;
// indexes.cpp
extern const Check kInvalid, kIncomplete, kDuplicate, kRedundant, kUnused;
// storage.cpp
extern const Check kBloat, kRegTypes;
// state.cpp
extern const Check kOutdatedExtension, kCountsOfKinds;

}  // namespace migrate::health
