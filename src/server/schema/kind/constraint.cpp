#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"
#include "server/schema/table_in_hand.h"

namespace migrate {
namespace {

// Not what a table has of its parents: an inherited check, the part of a foreign key that a partition has. NOT NULL, a
// constraint from 18 on, stands with its column: it is shown here if it has a comment. A constraint trigger is a
// trigger.
bool IsShownLeaf(const TableInHand& table, Form_pg_constraint constraint) {
  switch (constraint->contype) {
    case CONSTRAINT_PRIMARY:
    case CONSTRAINT_UNIQUE:
    case CONSTRAINT_EXCLUSION: return true;
    case CONSTRAINT_CHECK: return constraint->conislocal;
    case CONSTRAINT_FOREIGN: return !OidIsValid(constraint->conparentid);
    case kNotNull: return HasCommentLeaf(ConstraintRelationId, constraint->oid, table.snapshot);
    default: return false;
  }
}

// The server's function shows neither parameters nor the tablespace of a key's index, and the one that does fails
// where the constraint has just gone.
bool HasIndexOptionsLeaf(Oid index) {
  HeapTuple const row = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
  if (!HeapTupleIsValid(row)) return false;
  bool has_none;
  (void) SysCacheGetAttr(RELOID, row, Anum_pg_class_reloptions, &has_none);
  const bool has_any = !has_none || OidIsValid(reinterpret_cast<Form_pg_class>(GETSTRUCT(row))->reltablespace);
  ReleaseSysCache(row);
  return has_any;
}

const char* StatementLeaf(const TableInHand& table, Form_pg_constraint constraint) {
  if (HasOwnIndex(constraint) && HasIndexOptionsLeaf(constraint->conindid)) {
    return pg_get_constraintdef_command(constraint->oid);
  }
  const char* const shown = TextFromLeaf(pg_get_constraintdef, ObjectIdGetDatum(constraint->oid));
  return psprintf("ALTER TABLE %s ADD CONSTRAINT %s %s", table.qualified,
                  quote_identifier(NameStr(constraint->conname)), shown == nullptr ? "" : shown);
}

// Of the key of a partition.
void AddParentLeaf(const TableInHand& table, Oid index, StringInfo text) {
  const RowsOf rows =
      OpenRowsLeaf(InheritsRelationId, InheritsRelidSeqnoIndexId, Anum_pg_inherits_inhrelid, index, table.snapshot);
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const Oid parent = reinterpret_cast<Form_pg_inherits>(GETSTRUCT(row))->inhparent;
    appendStringInfo(text, ";\nALTER INDEX %s ATTACH PARTITION %s", RelationNameLeaf(parent), RelationNameLeaf(index));
  }
  CloseRowsLeaf(rows);
}

const char* DefinitionLeaf(const TableInHand& table, Form_pg_constraint constraint) {
  if (constraint->contype == kNotNull) {
    const char* const shown = TextFromLeaf(pg_get_constraintdef, ObjectIdGetDatum(constraint->oid));
    return psprintf("-- %s", shown == nullptr ? "" : OneLineLeaf(shown));
  }
  StringInfoData text;
  initStringInfo(&text);
  appendStringInfoString(&text, StatementLeaf(table, constraint));
  if (HasOwnIndex(constraint) && table.form->relispartition) AddParentLeaf(table, constraint->conindid, &text);
  return text.data;
}

void ReadLeaf(const TableInHand& table, PlainObjects* all) {
  for (int i = 0; i < table.constraint_count; ++i) {
    Form_pg_constraint const constraint = ConstraintLeaf(table.constraints[i]);
    if (!IsShownLeaf(table, constraint)) continue;
    const char* const name = quote_identifier(NameStr(constraint->conname));
    AddLeaf(all, {.catalog = ConstraintRelationId,
                  .oid = constraint->oid,
                  .column = 0,
                  .relation = table.oid,
                  .kind = "table constraint",
                  .schema = table.schema,
                  .name = NameStr(constraint->conname),
                  .identity = psprintf("%s on %s", name, table.qualified),
                  .target = psprintf("CONSTRAINT %s ON %s", name, table.qualified),
                  .definition = DefinitionLeaf(table, constraint),
                  .owner = nullptr,
                  .privileges = nullptr,
                  .defaults = nullptr});
  }
}

}  // namespace

const Kind kConstraintKind = {nullptr, ReadLeaf};

const Kind kDomainConstraintKind = {"SELECT " OBJECT("pg_constraint", "k.oid", "0") R"sql(
  'domain constraint', n.nspname, k.conname, format('%I on %I.%I', k.conname, n.nspname, t.typname),
  format('CONSTRAINT %I ON DOMAIN %I.%I', k.conname, n.nspname, t.typname),
  format('ALTER DOMAIN %I.%I ADD CONSTRAINT %I ', n.nspname, t.typname, k.conname) || pg_get_constraintdef(k.oid), )sql" NO_OWNER
                                                                                    R"sql(
FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE k.contype = 'c' AND )sql" OF_USERS("n")};

}  // namespace migrate
