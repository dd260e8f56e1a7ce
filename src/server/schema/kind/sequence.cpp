#include "server/schema/kind.h"
#include "server/schema/relation_in_hand.h"

namespace migrate {
namespace {

// The column that has the sequence for its own.
struct OwnerOfSequence {
  Oid table;
  bool is_identity;
  const char* name;  // as SQL has it; null if the column has just gone
};

// False if it has none.
bool FindOwnerLeaf(const RelationInHand& sequence, OwnerOfSequence* owner) {
  ScanKeyData keys[3];
  ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
  ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(sequence.oid));
  ScanKeyInit(&keys[2], Anum_pg_depend_objsubid, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(0));
  Relation const catalog = table_open(DependRelationId, AccessShareLock);
  SysScanDesc const scan = systable_beginscan(catalog, DependDependerIndexId, true, sequence.snapshot, 3, keys);
  bool has_one = false;
  while (HeapTuple const row = systable_getnext(scan)) {
    const auto* const form = reinterpret_cast<Form_pg_depend>(GETSTRUCT(row));
    const bool is_identity = form->deptype == DEPENDENCY_INTERNAL;
    if (form->refclassid != RelationRelationId || form->refobjsubid <= 0) continue;
    if (!is_identity && form->deptype != DEPENDENCY_AUTO) continue;
    const char* const table = get_rel_name(form->refobjid);
    const char* const column = get_attname(form->refobjid, static_cast<AttrNumber>(form->refobjsubid), true);
    const char* name = nullptr;
    if (table != nullptr && column != nullptr) {
      const char* const schema = get_namespace_name(get_rel_namespace(form->refobjid));
      name = psprintf("%s.%s", quote_qualified_identifier(schema, table), quote_identifier(column));
    }
    *owner = {form->refobjid, is_identity, name};
    has_one = true;
  }
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
  return has_one;
}

const char* StatementLeaf(const RelationInHand& sequence) {
  HeapTuple const row = SearchSysCache1(SEQRELID, ObjectIdGetDatum(sequence.oid));
  if (!HeapTupleIsValid(row)) return nullptr;
  const auto* const form = reinterpret_cast<Form_pg_sequence>(GETSTRUCT(row));
  const char* const statement =
      psprintf("CREATE %sSEQUENCE %s AS %s START WITH " INT64_FORMAT " INCREMENT BY " INT64_FORMAT
               " MINVALUE " INT64_FORMAT " MAXVALUE " INT64_FORMAT " CACHE " INT64_FORMAT "%s",
               sequence.form->relpersistence == RELPERSISTENCE_UNLOGGED ? "UNLOGGED " : "", sequence.qualified,
               format_type_be(form->seqtypid), form->seqstart, form->seqincrement, form->seqmin, form->seqmax,
               form->seqcache, form->seqcycle ? " CYCLE" : "");
  ReleaseSysCache(row);
  return statement;
}

// What makes the sequence of an identity column stands with the column.
const char* DefinitionLeaf(const RelationInHand& sequence, const OwnerOfSequence* owner) {
  if (owner != nullptr && owner->is_identity) {
    return owner->name == nullptr ? nullptr : psprintf("-- of %s", OneLineLeaf(owner->name));
  }
  const char* const statement = StatementLeaf(sequence);
  if (statement == nullptr || owner == nullptr || owner->name == nullptr) return statement;
  return psprintf("%s;\nALTER SEQUENCE %s OWNED BY %s", statement, sequence.qualified, owner->name);
}

void ReadLeaf(const RelationInHand& sequence, PlainObjects* all) {
  if (sequence.form->relkind != RELKIND_SEQUENCE) return;
  OwnerOfSequence column;
  const bool is_owned = FindOwnerLeaf(sequence, &column);
  bool has_none;
  const Datum acl = heap_getattr(sequence.row, Anum_pg_class_relacl, sequence.columns, &has_none);
  const Oid owner = sequence.form->relowner;
  AddLeaf(all, {.catalog = RelationRelationId,
                .oid = sequence.oid,
                .column = 0,
                .relation = is_owned ? column.table : InvalidOid,
                .kind = "sequence",
                .schema = sequence.schema,
                .name = sequence.name,
                .identity = sequence.qualified,
                .target = psprintf("SEQUENCE %s", sequence.qualified),
                .definition = DefinitionLeaf(sequence, is_owned ? &column : nullptr),
                .owner = is_owned ? nullptr : RoleNameLeaf(owner),
                .privileges = has_none ? nullptr : AclLeaf(acl),
                .defaults = has_none ? nullptr : AclLeaf(PointerGetDatum(acldefault(OBJECT_SEQUENCE, owner)))});
}

}  // namespace

const Kind kSequenceKind = {nullptr, ReadLeaf};

}  // namespace migrate
