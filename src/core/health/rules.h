// All rules of migrate_health(), in the order in which their findings are shown.
#pragma once

#include <string_view>

#include "core/health/rule.h"

namespace migrate::health {

// state.cpp
extern const Rule kMigrationFailed, kMigrationPartial, kMigrationChanged, kMigrationMissing, kExpectationNotMet, kDrift,
    kExtensionVersionsOutdated, kCounts, kSkipped;
// api.cpp
extern const Rule kRlsDisabledInPublic, kSensitiveColumnsExposed, kSecurityDefinerView, kAuthUsersExposed,
    kInsecureQueueExposedInApi, kMaterializedViewInApi, kForeignTableInApi;
// row_security.cpp
extern const Rule kPolicyReadsOwnTable, kPolicyExistsRlsDisabled, kRlsReferencesUserMetadata, kViewBypassesRowSecurity,
    kRlsPolicyAlwaysTrue, kAuthRlsInitplan, kMultiplePermissivePolicies, kRlsEnabledNoPolicy;
// rights.cpp
extern const Rule kSecurityDefinerSearchPath, kFunctionSearchPathMutable, kExtensionInPublic, kPublicMayCreate,
    kPublicMayWrite;
// keys.cpp
extern const Rule kForeignKeyViolated, kCheckViolated, kForeignKeyDisabled, kFkeyToAuthUnique, kNotValidConstraint,
    kForeignKeyTypeDiffers, kUnindexedForeignKeys, kNoPrimaryKey, kTriggerDisabled, kFunctionDoesNotCompile;
// numbers.cpp
extern const Rule kSequenceNearEnd, kIntKeyNearEnd;
// indexes.cpp
extern const Rule kInvalidIndex, kIncompletePartitionedIndex, kDuplicateIndex, kRedundantIndex, kUnusedIndex,
    kTableBloat, kUnsupportedRegTypes;

inline constexpr const Rule* kRules[] = {
    &kMigrationFailed,
    &kMigrationPartial,
    &kExpectationNotMet,
    &kFunctionDoesNotCompile,
    &kForeignKeyViolated,
    &kCheckViolated,
    &kForeignKeyDisabled,
    &kInvalidIndex,
    &kSequenceNearEnd,
    &kIntKeyNearEnd,
    &kRlsDisabledInPublic,
    &kSensitiveColumnsExposed,
    &kAuthUsersExposed,
    &kInsecureQueueExposedInApi,
    &kSecurityDefinerView,
    &kViewBypassesRowSecurity,
    &kPolicyReadsOwnTable,
    &kPolicyExistsRlsDisabled,
    &kRlsReferencesUserMetadata,
    &kSecurityDefinerSearchPath,
    &kFkeyToAuthUnique,
    &kMigrationChanged,
    &kMigrationMissing,
    &kDrift,
    &kNotValidConstraint,
    &kForeignKeyTypeDiffers,
    &kTriggerDisabled,
    &kIncompletePartitionedIndex,
    &kDuplicateIndex,
    &kMaterializedViewInApi,
    &kForeignTableInApi,
    &kRlsPolicyAlwaysTrue,
    &kAuthRlsInitplan,
    &kMultiplePermissivePolicies,
    &kPublicMayCreate,
    &kPublicMayWrite,
    &kFunctionSearchPathMutable,
    &kExtensionInPublic,
    &kExtensionVersionsOutdated,
    &kUnsupportedRegTypes,
    &kUnindexedForeignKeys,
    &kNoPrimaryKey,
    &kRlsEnabledNoPolicy,
    &kRedundantIndex,
    &kUnusedIndex,
    &kTableBloat,
    &kSkipped,
    &kCounts,
};

}  // namespace migrate::health
