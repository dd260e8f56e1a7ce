#include "server/schema/reading.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "server/base/guard.h"

namespace migrate::schema {
namespace {

constexpr Way kWays[] = {
    {&kSchemaKind, NamespaceRelationId, NamespaceRelationId},
    {&kExtensionKind, ExtensionRelationId, ExtensionRelationId},
    {&kTableKind, kOfRelation, RelationRelationId},
    {&kColumnKind, kOfRelation, AttributeRelationId},
    {&kViewKind, kOfRelation, RewriteRelationId, {RewriteRelationId, RewriteOidIndexId, Anum_pg_rewrite_oid}},
    {&kViewColumnKind, kOfRelation, RewriteRelationId},
    {&kSequenceKind,
     RelationRelationId,
     SequenceRelationId,
     {SequenceRelationId, SequenceRelidIndexId, Anum_pg_sequence_seqrelid}},
    {&kConstraintKind, kOfRelation, ConstraintRelationId},
    {&kIndexKind, kOfRelation, IndexRelationId},
    {&kTriggerKind, kOfRelation, TriggerRelationId, {TriggerRelationId, TriggerOidIndexId, Anum_pg_trigger_oid}},
    {&kRuleKind, kOfRelation, RewriteRelationId, {RewriteRelationId, RewriteOidIndexId, Anum_pg_rewrite_oid}},
    {&kPolicyKind, kOfRelation, PolicyRelationId, {PolicyRelationId, PolicyOidIndexId, Anum_pg_policy_oid}},
    {&kFunctionKind, ProcedureRelationId, ProcedureRelationId},
    {&kAggregateKind,
     ProcedureRelationId,
     AggregateRelationId,
     {AggregateRelationId, AggregateFnoidIndexId, Anum_pg_aggregate_aggfnoid}},
    {&kEnumKind, TypeRelationId, TypeRelationId},
    {&kDomainKind, TypeRelationId, TypeRelationId},
    {&kDomainConstraintKind,
     ConstraintRelationId,
     TypeRelationId,
     {ConstraintRelationId, ConstraintTypidIndexId, Anum_pg_constraint_contypid}},
    {&kCompositeKind, TypeRelationId, TypeRelationId},
    {&kRangeKind, TypeRelationId, TypeRelationId, {RangeRelationId, RangeTypidIndexId, Anum_pg_range_rngtypid}},
    {&kBaseTypeKind, TypeRelationId, TypeRelationId},
    {&kCollationKind,
     CollationRelationId,
     CollationRelationId,
     {CollationRelationId, CollationOidIndexId, Anum_pg_collation_oid}},
    {&kConversionKind,
     ConversionRelationId,
     ConversionRelationId,
     {ConversionRelationId, ConversionOidIndexId, Anum_pg_conversion_oid}},
    {&kOperatorKind,
     OperatorRelationId,
     OperatorRelationId,
     {OperatorRelationId, OperatorOidIndexId, Anum_pg_operator_oid}},
    {&kOperatorFamilyKind,
     OperatorFamilyRelationId,
     OperatorFamilyRelationId,
     {OperatorFamilyRelationId, OpfamilyOidIndexId, Anum_pg_opfamily_oid}},
    {&kOperatorClassKind,
     OperatorClassRelationId,
     OperatorClassRelationId,
     {OperatorClassRelationId, OpclassOidIndexId, Anum_pg_opclass_oid}},
    {&kCastKind, CastRelationId, CastRelationId, {CastRelationId, CastOidIndexId, Anum_pg_cast_oid}},
    {&kTransformKind,
     TransformRelationId,
     TransformRelationId,
     {TransformRelationId, TransformOidIndexId, Anum_pg_transform_oid}},
    {&kLanguageKind, LanguageRelationId, LanguageRelationId},
    {&kAccessMethodKind,
     AccessMethodRelationId,
     AccessMethodRelationId,
     {AccessMethodRelationId, AmOidIndexId, Anum_pg_am_oid}},
    {&kTextSearchParserKind,
     TSParserRelationId,
     TSParserRelationId,
     {TSParserRelationId, TSParserOidIndexId, Anum_pg_ts_parser_oid}},
    {&kTextSearchTemplateKind,
     TSTemplateRelationId,
     TSTemplateRelationId,
     {TSTemplateRelationId, TSTemplateOidIndexId, Anum_pg_ts_template_oid}},
    {&kTextSearchDictionaryKind,
     TSDictionaryRelationId,
     TSDictionaryRelationId,
     {TSDictionaryRelationId, TSDictionaryOidIndexId, Anum_pg_ts_dict_oid}},
    {&kTextSearchConfigurationKind,
     TSConfigRelationId,
     TSConfigRelationId,
     {TSConfigRelationId, TSConfigOidIndexId, Anum_pg_ts_config_oid}},
    {&kForeignDataWrapperKind,
     ForeignDataWrapperRelationId,
     ForeignDataWrapperRelationId,
     {ForeignDataWrapperRelationId, ForeignDataWrapperOidIndexId, Anum_pg_foreign_data_wrapper_oid}},
    {&kServerKind,
     ForeignServerRelationId,
     ForeignServerRelationId,
     {ForeignServerRelationId, ForeignServerOidIndexId, Anum_pg_foreign_server_oid}},
    {&kUserMappingKind,
     UserMappingRelationId,
     UserMappingRelationId,
     {UserMappingRelationId, UserMappingOidIndexId, Anum_pg_user_mapping_oid}},
    {&kStatisticsKind,
     kOfRelation,
     StatisticExtRelationId,
     {StatisticExtRelationId, StatisticExtOidIndexId, Anum_pg_statistic_ext_oid}},
    {&kPublicationKind,
     PublicationRelationId,
     PublicationRelationId,
     {PublicationRelationId, PublicationObjectIndexId, Anum_pg_publication_oid}},
    {&kPublicationTableKind,
     kOfRelation,
     PublicationRelRelationId,
     {PublicationRelRelationId, PublicationRelObjectIndexId, Anum_pg_publication_rel_oid}},
    {&kPublicationSchemaKind,
     PublicationNamespaceRelationId,
     PublicationNamespaceRelationId,
     {PublicationNamespaceRelationId, PublicationNamespaceObjectIndexId, Anum_pg_publication_namespace_oid}},
    {&kSubscriptionKind,
     SubscriptionRelationId,
     SubscriptionRelationId,
     {SubscriptionRelationId, SubscriptionObjectIndexId, Anum_pg_subscription_oid}},
    {&kEventTriggerKind,
     EventTriggerRelationId,
     EventTriggerRelationId,
     {EventTriggerRelationId, EventTriggerOidIndexId, Anum_pg_event_trigger_oid}},
    {&kDefaultPrivilegesKind,
     DefaultAclRelationId,
     DefaultAclRelationId,
     {DefaultAclRelationId, DefaultAclOidIndexId, Anum_pg_default_acl_oid}},
};

// What a definition would show otherwise in another session, as pg_dump sets it; and, which pg_dump does not, the time
// zone and how money is written.
constexpr std::pair<const char*, const char*> kSettings[] = {
    {"DateStyle", "ISO, MDY"},
    {"IntervalStyle", "postgres"},
    {"extra_float_digits", "3"},
    {"TimeZone", "UTC"},
    {"bytea_output", "hex"},
    {"xmloption", "content"},
    {"quote_all_identifiers", "off"},
    {"lc_monetary", "C"},
    {"standard_conforming_strings", "on"},
};

// What is not the index looks so dear then that the server would compile the query, which takes longer than running it;
// and so it does where all of a large schema is read.
constexpr const char* kOtherWays[] = {"enable_seqscan", "enable_hashjoin", "enable_mergejoin"};

// What definitions leave out, and what they would stumble over: bodies of functions come before what they name.
constexpr std::pair<const char*, const char*> kMaking[] = {
    {"search_path", "pg_catalog, pg_temp"},  {"check_function_bodies", "off"}, {"default_tablespace", ""},
    {"default_table_access_method", "heap"}, {"client_min_messages", "error"}, {"default_toast_compression", "pglz"},
};

// Of these two lists: what reads a statement, or decides what it makes.
constexpr std::string_view kReadStatements[] = {"IntervalStyle", "xmloption", "standard_conforming_strings",
                                                "default_tablespace", "default_table_access_method"};

void SetLeaf(const char* name, const char* value) {
  (void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

int OpenLeaf(Reading reading) {
  const int level = NewGUCNestLevel();
  for (const auto& setting : kSettings) SetLeaf(setting.first, setting.second);
  SetLeaf("jit", "off");
  if (reading == Reading::kMaking) {
    for (const auto& setting : kMaking) SetLeaf(setting.first, setting.second);
  }
  if (reading != Reading::kSome) return level;
  for (const char* const way : kOtherWays) SetLeaf(way, "off");
  return level;
}

void CloseLeaf(int level) { AtEOXact_GUC(true, level); }

enum Place {
  kCatalog,
  kOid,
  kColumn,
  kRelation,
  kClass,
  kSchema,
  kName,
  kIdentity,
  kTarget,
  kDefinition,
  kOwner,
  kPrivileges,
  kDefaults
};

std::string Text(const char* value) { return value == nullptr ? std::string() : std::string(value); }

std::vector<std::string> Entries(const char* value) { return SplitList(value, '\x01'); }

}  // namespace

std::span<const Way> Ways() { return kWays; }

PinnedSettings::PinnedSettings(Reading reading) : level_(Call([=]() noexcept { return OpenLeaf(reading); })) {}

void PinnedSettings::Close() const {
  const int level = level_;
  Call([=]() noexcept { CloseLeaf(level); });
}

std::vector<std::string> SettingsForMaking() {
  std::vector<std::string> statements;
  const auto add = [&](const auto& settings) {
    for (const auto& [name, wanted] : settings) {
      if (std::find(std::begin(kReadStatements), std::end(kReadStatements), name) == std::end(kReadStatements))
        continue;
      const char* const setting = name;
      const char* const now = Call([=]() noexcept { return GetConfigOption(setting, false, false); });
      if (now != std::string_view(wanted)) {
        statements.push_back(std::string("SET LOCAL ") + name + " = " + SqlLiteral(wanted) + ";");
      }
    }
  };
  add(kSettings);
  add(kMaking);
  statements.emplace_back("SET LOCAL search_path = pg_catalog, pg_temp;");
  return statements;
}

uint32_t Number(const char* value) { return static_cast<uint32_t>(std::strtoul(value, nullptr, 10)); }

Described DescribedOf(const char* const* values) {
  return DescribedOf(PlainObject{.catalog = Number(values[kCatalog]),
                                 .oid = Number(values[kOid]),
                                 .column = std::atoi(values[kColumn]),
                                 .relation = Number(values[kRelation]),
                                 .kind = values[kClass],
                                 .schema = values[kSchema],
                                 .name = values[kName],
                                 .identity = values[kIdentity],
                                 .target = values[kTarget],
                                 .definition = values[kDefinition],
                                 .owner = values[kOwner],
                                 .privileges = values[kPrivileges],
                                 .defaults = values[kDefaults]});
}

Described DescribedOf(const PlainObject& plain) {
  Described described;
  described.address = {plain.catalog, plain.oid, plain.column};
  described.relation = {RelationRelationId, plain.relation, 0};
  described.object = {Text(plain.kind),     Text(plain.schema),     Text(plain.name),
                      Text(plain.identity), Text(plain.definition), {}};
  described.target = Text(plain.target);
  described.owner = Text(plain.owner);
  if (plain.privileges != nullptr) {
    described.privileges = Entries(plain.privileges);
    described.by_default = Entries(plain.defaults == nullptr ? "" : plain.defaults);
  }
  return described;
}

Remark RemarkOf(const char* const* values) {
  const std::string_view kind = values[3];
  return {{Number(values[0]), Number(values[1]), std::atoi(values[2])},
          kind == "comment" ? Remark::Kind::kComment
          : kind == "label" ? Remark::Kind::kLabel
                            : Remark::Kind::kExtension,
          Text(values[4]),
          Text(values[5])};
}

void Members::Add(const char* const* values) {
  extensions.emplace(std::pair(Number(values[0]), Number(values[1])), values[2]);
}

void Members::AddPrivileges(const char* const* values) {
  privileges.emplace(Address{Number(values[0]), Number(values[1]), std::atoi(values[2])}, Entries(values[3]));
}

bool Keeps(const Described& described) { return described.object.schema == "migrate_kept"; }

bool Counts(const Members& members, Described& described) {
  if (Keeps(described)) return false;
  for (const auto& address : {described.address, described.relation}) {
    const auto found = members.extensions.find({address.catalog, address.oid});
    if (found == members.extensions.end()) continue;
    if (!described.privileges || found->second == "migrate") return false;
    described.extension = found->second;
    const auto given = members.privileges.find(described.address);
    if (given != members.privileges.end()) described.by_default = given->second;
    return true;
  }
  return true;
}

}  // namespace migrate::schema
