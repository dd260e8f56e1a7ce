#include "server/schema/touched.h"

#include <algorithm>

#include "server/base/guard.h"

namespace migrate::schema {
namespace {

// Which object a row of a catalog belongs to. Its catalog is fixed, or stands in the row.
struct Owner {
  Oid catalog;
  AttrNumber catalog_column;
  AttrNumber column;
  AttrNumber number_column = 0;  // that has the number of a column
  bool is_itself = false;        // the row is the object's own
  bool is_part = false;          // of the table that the row names, too
};

struct Source {
  Oid catalog;
  Owner owners[3];
};

constexpr Owner Itself(Oid catalog, AttrNumber oid) { return {catalog, 0, oid, 0, true}; }
constexpr Owner Part(Oid catalog, AttrNumber oid) { return {catalog, 0, oid, 0, true, true}; }
constexpr Owner Table(AttrNumber column) { return {RelationRelationId, 0, column}; }
constexpr Owner Column(AttrNumber table, AttrNumber number) { return {RelationRelationId, 0, table, number}; }

// pg_depend is read for members of extensions and DEPENDS ON EXTENSION alone.
constexpr Source kSources[] = {
    {RelationRelationId, {Itself(RelationRelationId, Anum_pg_class_oid)}},
    {AttributeRelationId,
     {Column(Anum_pg_attribute_attrelid, Anum_pg_attribute_attnum), Table(Anum_pg_attribute_attrelid)}},
    {AttrDefaultRelationId, {Column(Anum_pg_attrdef_adrelid, Anum_pg_attrdef_adnum), Table(Anum_pg_attrdef_adrelid)}},
    {IndexRelationId, {Part(RelationRelationId, Anum_pg_index_indexrelid), Table(Anum_pg_index_indrelid)}},
    {ConstraintRelationId,
     {Itself(ConstraintRelationId, Anum_pg_constraint_oid),
      Table(Anum_pg_constraint_conrelid),
      {TypeRelationId, 0, Anum_pg_constraint_contypid}}},
    {TriggerRelationId, {Part(TriggerRelationId, Anum_pg_trigger_oid), Table(Anum_pg_trigger_tgrelid)}},
    {PolicyRelationId, {Part(PolicyRelationId, Anum_pg_policy_oid), Table(Anum_pg_policy_polrelid)}},
    {RewriteRelationId, {Part(RewriteRelationId, Anum_pg_rewrite_oid), Table(Anum_pg_rewrite_ev_class)}},
    {InheritsRelationId, {Table(Anum_pg_inherits_inhrelid), Table(Anum_pg_inherits_inhparent)}},
    {PartitionedRelationId, {Table(Anum_pg_partitioned_table_partrelid)}},
    {ForeignTableRelationId, {Table(Anum_pg_foreign_table_ftrelid)}},
    {SequenceRelationId, {Table(Anum_pg_sequence_seqrelid)}},
    {StatisticExtRelationId,
     {Part(StatisticExtRelationId, Anum_pg_statistic_ext_oid), Table(Anum_pg_statistic_ext_stxrelid)}},
    {TypeRelationId, {Itself(TypeRelationId, Anum_pg_type_oid)}},
    {EnumRelationId, {{TypeRelationId, 0, Anum_pg_enum_enumtypid}}},
    {RangeRelationId, {{TypeRelationId, 0, Anum_pg_range_rngtypid}}},
    {ProcedureRelationId, {Itself(ProcedureRelationId, Anum_pg_proc_oid)}},
    {AggregateRelationId, {{ProcedureRelationId, 0, Anum_pg_aggregate_aggfnoid}}},
    {OperatorRelationId, {Itself(OperatorRelationId, Anum_pg_operator_oid)}},
    {OperatorFamilyRelationId, {Itself(OperatorFamilyRelationId, Anum_pg_opfamily_oid)}},
    {OperatorClassRelationId, {Itself(OperatorClassRelationId, Anum_pg_opclass_oid)}},
    {AccessMethodOperatorRelationId, {{OperatorFamilyRelationId, 0, Anum_pg_amop_amopfamily}}},
    {AccessMethodProcedureRelationId, {{OperatorFamilyRelationId, 0, Anum_pg_amproc_amprocfamily}}},
    {CastRelationId, {Itself(CastRelationId, Anum_pg_cast_oid)}},
    {TransformRelationId, {Itself(TransformRelationId, Anum_pg_transform_oid)}},
    {LanguageRelationId, {Itself(LanguageRelationId, Anum_pg_language_oid)}},
    {AccessMethodRelationId, {Itself(AccessMethodRelationId, Anum_pg_am_oid)}},
    {CollationRelationId, {Itself(CollationRelationId, Anum_pg_collation_oid)}},
    {ConversionRelationId, {Itself(ConversionRelationId, Anum_pg_conversion_oid)}},
    {TSParserRelationId, {Itself(TSParserRelationId, Anum_pg_ts_parser_oid)}},
    {TSTemplateRelationId, {Itself(TSTemplateRelationId, Anum_pg_ts_template_oid)}},
    {TSDictionaryRelationId, {Itself(TSDictionaryRelationId, Anum_pg_ts_dict_oid)}},
    {TSConfigRelationId, {Itself(TSConfigRelationId, Anum_pg_ts_config_oid)}},
    {TSConfigMapRelationId, {{TSConfigRelationId, 0, Anum_pg_ts_config_map_mapcfg}}},
    {ForeignDataWrapperRelationId, {Itself(ForeignDataWrapperRelationId, Anum_pg_foreign_data_wrapper_oid)}},
    {ForeignServerRelationId, {Itself(ForeignServerRelationId, Anum_pg_foreign_server_oid)}},
    {UserMappingRelationId, {Itself(UserMappingRelationId, Anum_pg_user_mapping_oid)}},
    {EventTriggerRelationId, {Itself(EventTriggerRelationId, Anum_pg_event_trigger_oid)}},
    {DefaultAclRelationId, {Itself(DefaultAclRelationId, Anum_pg_default_acl_oid)}},
    {ExtensionRelationId, {Itself(ExtensionRelationId, Anum_pg_extension_oid)}},
    {NamespaceRelationId, {Itself(NamespaceRelationId, Anum_pg_namespace_oid)}},
    {PublicationRelationId, {Itself(PublicationRelationId, Anum_pg_publication_oid)}},
    {PublicationRelRelationId,
     {Part(PublicationRelRelationId, Anum_pg_publication_rel_oid),
      Table(Anum_pg_publication_rel_prrelid),
      {PublicationRelationId, 0, Anum_pg_publication_rel_prpubid}}},
    {PublicationNamespaceRelationId,
     {Itself(PublicationNamespaceRelationId, Anum_pg_publication_namespace_oid),
      {PublicationRelationId, 0, Anum_pg_publication_namespace_pnpubid}}},
    {SubscriptionRelationId, {Itself(SubscriptionRelationId, Anum_pg_subscription_oid)}},
    {DescriptionRelationId,
     {{InvalidOid, Anum_pg_description_classoid, Anum_pg_description_objoid, Anum_pg_description_objsubid},
      {InvalidOid, Anum_pg_description_classoid, Anum_pg_description_objoid}}},
    {SecLabelRelationId,
     {{InvalidOid, Anum_pg_seclabel_classoid, Anum_pg_seclabel_objoid, Anum_pg_seclabel_objsubid},
      {InvalidOid, Anum_pg_seclabel_classoid, Anum_pg_seclabel_objoid}}},
    {DependRelationId, {{InvalidOid, Anum_pg_depend_classid, Anum_pg_depend_objid}}},
};

static_assert(std::size(kSources) == kCatalogCount);

struct PlainTouch {
  Oid catalog;
  Oid oid;
  int column;
  Touch touch;
};

// What grows while a leaf goes over the pages.
struct Found {
  MemoryContext context;
  PlainTouch* touches;
  int count, room;
  SharedInvalidationMessage* messages;
  int message_count, message_room;
  bool has_rows[std::size(kSources)];
};

// The server calls back without saying for whom in some minor releases, so it is said here.
Found* receiver = nullptr;

template <typename Item>
Item* NextLeaf(MemoryContext context, Item*& items, int& count, int& room) {
  if (count == room) {
    const int more = room == 0 ? 256 : room * 2;
    const Size bytes = sizeof(Item) * static_cast<Size>(more);
    items = static_cast<Item*>(room == 0 ? MemoryContextAllocHuge(context, bytes) : repalloc_huge(items, bytes));
    room = more;
  }
  return &items[count++];
}

void AddMessageLeaf(const SharedInvalidationMessage& message) {
  *NextLeaf(receiver->context, receiver->messages, receiver->message_count, receiver->message_room) = message;
}

void NoteCacheLeaf(int cache, uint32 hash, Oid database, void*) {
  SharedInvalidationMessage message = {};
  message.cc.id = static_cast<int8>(cache);
  message.cc.dbId = database;
  message.cc.hashValue = hash;
  AddMessageLeaf(message);
}

void NoteRelationLeaf(Oid relation) {
  SharedInvalidationMessage message = {};
  message.rc.id = SHAREDINVALRELCACHE_ID;
  message.rc.dbId = MyDatabaseId;
  message.rc.relId = relation;
  AddMessageLeaf(message);
}

Datum ValueOfLeaf(HeapTuple row, AttrNumber column, Relation catalog) {
  bool is_null;
  const Datum value = heap_getattr(row, column, RelationGetDescr(catalog), &is_null);
  return is_null ? static_cast<Datum>(0) : value;
}

Oid OidOfLeaf(HeapTuple row, AttrNumber column, Relation catalog) {
  return DatumGetObjectId(ValueOfLeaf(row, column, catalog));
}

// The number of a column stands in two bytes or in four.
int NumberOfLeaf(HeapTuple row, AttrNumber column, Relation catalog) {
  const bool is_short = TupleDescAttr(RelationGetDescr(catalog), column - 1)->attlen == sizeof(int16);
  const Datum value = ValueOfLeaf(row, column, catalog);
  return is_short ? DatumGetInt16(value) : DatumGetInt32(value);
}

// Types of arrays are never shown, those of rows only if they stand alone: then they go with a relation of their own.
bool IsHiddenTypeLeaf(Relation catalog, HeapTuple row, const Touch& touch) {
  if (RelationGetRelid(catalog) != TypeRelationId) return false;
  const auto* const type = reinterpret_cast<Form_pg_type>(GETSTRUCT(row));
  const bool is_array = type->typcategory == TYPCATEGORY_ARRAY && NameStr(type->typname)[0] == '_';
  return is_array || (type->typtype == TYPTYPE_COMPOSITE && !touch.was_there);
}

// A constraint of a table, which its row names, and what holds long values, whose row in pg_class is never shown.
bool IsPartLeaf(Relation catalog, HeapTuple row) {
  if (RelationGetRelid(catalog) == ConstraintRelationId) {
    return OidIsValid(reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row))->conrelid);
  }
  if (RelationGetRelid(catalog) != RelationRelationId) return false;
  return reinterpret_cast<Form_pg_class>(GETSTRUCT(row))->relkind == RELKIND_TOASTVALUE;
}

void NoteObjectLeaf(const PlainTouch& touch, Found* found) {
  *NextLeaf(found->context, found->touches, found->count, found->room) = touch;
  if (touch.catalog == RelationRelationId && touch.column == 0) NoteRelationLeaf(touch.oid);
}

void NoteRowLeaf(const Source* source, Relation catalog, HeapTuple row, const Touch& touch, Found* found) {
  if (source->catalog == DependRelationId &&
      OidOfLeaf(row, Anum_pg_depend_refclassid, catalog) != ExtensionRelationId) {
    return;
  }
  const bool is_hidden = IsHiddenTypeLeaf(catalog, row, touch);
  const bool is_part = IsPartLeaf(catalog, row);
  for (const Owner& owner : source->owners) {
    if (owner.column == 0 || is_hidden) break;
    const Oid oid = OidOfLeaf(row, owner.column, catalog);
    const Oid of = owner.catalog_column == 0 ? owner.catalog : OidOfLeaf(row, owner.catalog_column, catalog);
    if (!OidIsValid(oid)) continue;
    const int number = owner.number_column == 0 ? 0 : NumberOfLeaf(row, owner.number_column, catalog);
    const Touch own = {touch.commands, owner.is_itself && touch.is_made, owner.is_itself && touch.was_there,
                       owner.is_part || (owner.is_itself && is_part)};
    NoteObjectLeaf({of, oid, number, own}, found);
  }
  if (source->catalog == RelationRelationId) {
    const auto* const relation = reinterpret_cast<Form_pg_class>(GETSTRUCT(row));
    if (relation->relkind == RELKIND_COMPOSITE_TYPE)
      NoteObjectLeaf({TypeRelationId, relation->reltype, 0, touch}, found);
  }
  found->has_rows[source - kSources] = true;
  PrepareToInvalidateCacheTuple(catalog, row, nullptr, NoteCacheLeaf, nullptr);
}

void NoteOfSourceLeaf(const void* source, Relation catalog, HeapTuple row, const Touch& touch) {
  NoteRowLeaf(static_cast<const Source*>(source), catalog, row, touch, receiver);
}

void ScanLeaf(const Moment& moment, Found* found) {
  CommandCounterIncrement();
  if (!TransactionIdIsValid(GetTopTransactionIdIfAny())) return;
  receiver = found;
  for (size_t i = 0; i < kCatalogCount; ++i) {
    const Source& source = kSources[i];
    const RowCounts now = CountRowsLeaf(source.catalog), then = moment.rows[i];
    const RowCounts wanted = {now.made - then.made, now.taken - then.taken};
    if (pgstat_track_counts && wanted == RowCounts()) continue;
    const RowReceiver rows = {NoteOfSourceLeaf, &source};
    ReadChangedRowsLeaf(source.catalog, pgstat_track_counts ? &wanted : nullptr, moment, rows);
  }
}

void NowLeaf(Moment* moment) {
  // The command must have a number of its own, or the next one would share it.
  (void) GetCurrentCommandId(true);
  CommandCounterIncrement();
  moment->position = GetXLogInsertRecPtr();
  moment->command = GetCurrentCommandId(false);
  moment->oid = GetNewObjectId();
  for (size_t i = 0; i < kCatalogCount; ++i) moment->rows[i] = CountRowsLeaf(kSources[i].catalog);
}

}  // namespace

Moment Now() {
  Moment moment;
  Moment* const now = &moment;
  Call([=]() noexcept { NowLeaf(now); });
  return moment;
}

bool Touches::AllMade() const {
  return std::all_of(objects.begin(), objects.end(), [](const auto& object) {
    return object.first.column != 0 || object.second.is_part || (object.second.is_made && !object.second.was_there);
  });
}

Touches TouchedSince(const Moment& moment) {
  Found found = {Call([]() noexcept {
                   return AllocSetContextCreate(CurrentMemoryContext, "migrate touched", ALLOCSET_DEFAULT_SIZES);
                 }),
                 nullptr,
                 0,
                 0,
                 nullptr,
                 0,
                 0,
                 {}};
  Found* const filled = &found;
  const Moment* const since = &moment;
  Call([=]() noexcept { ScanLeaf(*since, filled); });
  Touches touches;
  for (int i = 0; i < found.count; ++i) {
    const PlainTouch& plain = found.touches[i];
    const auto [known, is_new] = touches.objects.emplace(Address{plain.catalog, plain.oid, plain.column}, plain.touch);
    if (is_new) continue;
    Commands& commands = known->second.commands;
    commands.first = std::min(commands.first, plain.touch.commands.first);
    commands.last = std::max(commands.last, plain.touch.commands.last);
    known->second.is_made |= plain.touch.is_made;
    known->second.was_there |= plain.touch.was_there;
    known->second.is_part |= plain.touch.is_part;
  }
  for (size_t i = 0; i < std::size(kSources); ++i) {
    if (found.has_rows[i]) touches.catalogs.insert(kSources[i].catalog);
  }
  touches.messages.assign(found.messages, found.messages + found.message_count);
  MemoryContext const context = found.context;
  Call([=]() noexcept { MemoryContextDelete(context); });
  return touches;
}

}  // namespace migrate::schema
