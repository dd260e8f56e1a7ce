#include "server/run/domain_effects.h"

namespace migrate {
namespace {

bool ChecksRows(const AlterDomainStmt* alter) {
  switch (alter->subtype) {
    case 'C': return !castNode(Constraint, alter->def)->skip_validation;
    case 'O':
    case 'V': return true;
    default: return false;
  }
}

Oid FindLeaf(List* names) {
  char* schema;
  char* name;
  DeconstructQualifiedName(names, &schema, &name);
  if (schema == nullptr) return TypenameGetTypid(name);
  return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
                         ObjectIdGetDatum(get_namespace_oid(schema, true)));
}

}  // namespace

void AddDomainEffectsLeaf(const AlterDomainStmt* alter, Effects* effects) {
  if (!ChecksRows(alter)) return;
  const Oid domain = FindLeaf(alter->typeName);
  if (!OidIsValid(domain)) return;
  Relation catalog = table_open(DependRelationId, AccessShareLock);
  ScanKeyData keys[2];
  ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(TypeRelationId));
  ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(domain));
  SysScanDesc scan = systable_beginscan(catalog, DependReferenceIndexId, true, nullptr, 2, keys);
  for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
    const auto* const row = reinterpret_cast<Form_pg_depend>(GETSTRUCT(tuple));
    if (row->classid == RelationRelationId) AddEffectLeaf(effects, row->objid, ShareLock, kScans);
  }
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
}

}  // namespace migrate
