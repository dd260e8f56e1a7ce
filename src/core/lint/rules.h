// All rules, in the order in which they are asked.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/lint/rule.h"

namespace migrate::lint {

extern const Rule kAddingAutoIncrementField;
extern const Rule kAddingExclusionConstraint;
extern const Rule kAddingFieldWithDefault;
extern const Rule kAddingForeignKeyConstraint;
extern const Rule kAddingNotNullableField;
extern const Rule kAddingRequiredField;
extern const Rule kAddingSerialPrimaryKeyField;
extern const Rule kBackfillWithSchemaChange;
extern const Rule kBanAlterDomainWithAddConstraint;
extern const Rule kBanCharField;
extern const Rule kBanConcurrentIndexCreationInTransaction;
extern const Rule kBanCreateDomainWithConstraint;
extern const Rule kBanDropColumn;
extern const Rule kBanDropDatabase;
extern const Rule kBanDropNotNull;
extern const Rule kBanDropSchema;
extern const Rule kBanDropTable;
extern const Rule kBanDuplicateColumnAssignments;
extern const Rule kBanTruncateCascade;
extern const Rule kChangingColumnType;
extern const Rule kConstraintMissingNotValid;
extern const Rule kDisallowedUniqueConstraint;
extern const Rule kIdentifierTooLong;
extern const Rule kIndexWithManyColumns;
extern const Rule kPreferBigintOverInt;
extern const Rule kPreferBigintOverSmallint;
extern const Rule kPreferIdentity;
extern const Rule kPreferJsonb;
extern const Rule kPreferRepack;
extern const Rule kPreferTextField;
extern const Rule kPreferTimestampTz;
extern const Rule kRenamingColumn;
extern const Rule kRenamingEnumValue;
extern const Rule kRenamingSchema;
extern const Rule kRenamingTable;
extern const Rule kRequireConcurrentIndexCreation;
extern const Rule kRequireConcurrentIndexDeletion;
extern const Rule kRequireConcurrentPartitionDetach;
extern const Rule kRequireConcurrentReindex;
extern const Rule kRequireEnumValueOrdering;
extern const Rule kRequireLockTimeout;
extern const Rule kRequireStatementTimeout;
extern const Rule kRewritingTable;
extern const Rule kTransactionNesting;
extern const Rule kUnusedIgnore;

inline constexpr const Rule* kRules[] = {
    &kAddingAutoIncrementField,
    &kAddingExclusionConstraint,
    &kAddingFieldWithDefault,
    &kAddingForeignKeyConstraint,
    &kAddingNotNullableField,
    &kAddingRequiredField,
    &kAddingSerialPrimaryKeyField,
    &kBackfillWithSchemaChange,
    &kBanAlterDomainWithAddConstraint,
    &kBanCharField,
    &kBanConcurrentIndexCreationInTransaction,
    &kBanCreateDomainWithConstraint,
    &kBanDropColumn,
    &kBanDropDatabase,
    &kBanDropNotNull,
    &kBanDropSchema,
    &kBanDropTable,
    &kBanDuplicateColumnAssignments,
    &kBanTruncateCascade,
    &kChangingColumnType,
    &kConstraintMissingNotValid,
    &kDisallowedUniqueConstraint,
    &kIdentifierTooLong,
    &kIndexWithManyColumns,
    &kPreferBigintOverInt,
    &kPreferBigintOverSmallint,
    &kPreferIdentity,
    &kPreferJsonb,
    &kPreferRepack,
    &kPreferTextField,
    &kPreferTimestampTz,
    &kRenamingColumn,
    &kRenamingEnumValue,
    &kRenamingSchema,
    &kRenamingTable,
    &kRequireConcurrentIndexCreation,
    &kRequireConcurrentIndexDeletion,
    &kRequireConcurrentPartitionDetach,
    &kRequireConcurrentReindex,
    &kRequireEnumValueOrdering,
    &kRequireLockTimeout,
    &kRequireStatementTimeout,
    &kRewritingTable,
    &kTransactionNesting,
    &kUnusedIgnore,
};

// Null if there is none of that name.
const Rule* FindRule(std::string_view name);
std::vector<std::string> RuleNames();

// What several rules ask.
inline bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  for (const std::string_view other : words) {
    if (word == other) return true;
  }
  return false;
}
// Whether the act gives a column a type.
inline bool IsColumn(const Act& act) {
  return act.does == Does::kDefineColumn || act.does == Does::kAddColumn || act.does == Does::kChangeType;
}

}  // namespace migrate::lint
