// Kinds of objects in a schema: how each is read from the catalogs, with its definition as SQL. One small file for each
// in kind/. What all have in common (comments, labels, owners, grants, members of extensions) is not theirs.
#pragma once

namespace migrate {

// A query whose rows are objects; its columns, in this order:
//   catalog, oid and column number   which object it is
//   relation                         the table or view that it goes with, by OID; 0 for none
//   class, schema, name, identity    as pg_identify_object() has them; the name without quotes
//   target                           how COMMENT ON, ALTER … OWNER TO and GRANT call it
//   definition                       the statements that make it, without the trailing semicolon; empty lines for none
//   owner                            for SQL; null if it has none of its own
//   privileges, default privileges   entries of an ACL, apart by byte 1; null for the default
//
// The kinds that most objects are of, those of tables and sequences, have no query: a leaf reads what one relation has
// of them.
struct RelationInHand;
struct PlainObjects;
struct Kind {
  const char* sql;
  void (*read_leaf)(const RelationInHand& relation, PlainObjects* all) = nullptr;
};

extern const Kind kSchemaKind, kExtensionKind, kTableKind, kColumnKind, kViewKind, kViewColumnKind, kSequenceKind,
    kConstraintKind, kIndexKind, kTriggerKind, kRuleKind, kPolicyKind, kFunctionKind, kAggregateKind, kEnumKind,
    kDomainKind, kDomainConstraintKind, kCompositeKind, kRangeKind, kBaseTypeKind, kCollationKind, kConversionKind,
    kOperatorKind, kOperatorFamilyKind, kOperatorClassKind, kCastKind, kTransformKind, kLanguageKind, kAccessMethodKind,
    kTextSearchParserKind, kTextSearchTemplateKind, kTextSearchDictionaryKind, kTextSearchConfigurationKind,
    kForeignDataWrapperKind, kServerKind, kUserMappingKind, kStatisticsKind, kPublicationKind, kPublicationTableKind,
    kPublicationSchemaKind, kSubscriptionKind, kEventTriggerKind, kDefaultPrivilegesKind;

}  // namespace migrate
