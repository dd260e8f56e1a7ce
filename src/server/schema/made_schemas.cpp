#include "server/schema/made_schemas.h"

#include <optional>

#include "core/text/script.h"
#include "server/base/guard.h"
#include "server/base/pg_parser.h"

namespace migrate::schema {
namespace {

// What one statement says. Null where it says nothing of that.
struct Said {
  bool makes;          // an object that stands in a schema
  const char* schema;  // which; null for the first of the search path
  const char* new_schema;
  const char* search_path;
  const char* extension;
  bool goes_with_table;  // what it makes
  bool sets_default_privileges;
};

void NoteRelationLeaf(const RangeVar* relation, Said* said) {
  if (relation == nullptr || relation->relpersistence == RELPERSISTENCE_TEMP) return;
  said->makes = true;
  said->schema = relation->schemaname;
}

void NoteNamesLeaf(List* names, Said* said) {
  char* schema = nullptr;
  char* name = nullptr;
  DeconstructQualifiedName(names, &schema, &name);
  said->makes = true;
  said->schema = schema;
}

// SET search_path TO a, b: the first one. Null for anything else.
const char* FirstOfPathLeaf(const VariableSetStmt* set) {
  if (set->kind != VAR_SET_VALUE || strcmp(set->name, "search_path") != 0 || set->args == NIL) return nullptr;
  Node* const first = static_cast<Node*>(linitial(set->args));
  if (!IsA(first, A_Const) || !IsA(&castNode(A_Const, first)->val.node, String)) return nullptr;
  return strVal(&castNode(A_Const, first)->val.sval);
}

void NoteOtherLeaf(Node* node, Said* said) {
  switch (nodeTag(node)) {
    case T_CreateFunctionStmt: return NoteNamesLeaf(castNode(CreateFunctionStmt, node)->funcname, said);
    case T_CreateEnumStmt: return NoteNamesLeaf(castNode(CreateEnumStmt, node)->typeName, said);
    case T_CreateRangeStmt: return NoteNamesLeaf(castNode(CreateRangeStmt, node)->typeName, said);
    case T_CreateDomainStmt: return NoteNamesLeaf(castNode(CreateDomainStmt, node)->domainname, said);
    case T_CreateOpClassStmt: return NoteNamesLeaf(castNode(CreateOpClassStmt, node)->opclassname, said);
    case T_CreateOpFamilyStmt: return NoteNamesLeaf(castNode(CreateOpFamilyStmt, node)->opfamilyname, said);
    case T_CreateConversionStmt: return NoteNamesLeaf(castNode(CreateConversionStmt, node)->conversion_name, said);
    case T_DefineStmt: return NoteNamesLeaf(castNode(DefineStmt, node)->defnames, said);
    case T_CreateStatsStmt:
      if (castNode(CreateStatsStmt, node)->defnames != NIL)
        NoteNamesLeaf(castNode(CreateStatsStmt, node)->defnames, said);
      return;
    case T_CreateSchemaStmt: said->new_schema = castNode(CreateSchemaStmt, node)->schemaname; return;
    case T_CreateExtensionStmt: said->extension = castNode(CreateExtensionStmt, node)->extname; return;
    case T_AlterDefaultPrivilegesStmt: said->sets_default_privileges = true; return;
    case T_VariableSetStmt: said->search_path = FirstOfPathLeaf(castNode(VariableSetStmt, node)); return;
    default: return;
  }
}

Said SaidLeaf(Node* node) {
  Said said = {};
  switch (nodeTag(node)) {
    case T_CreateStmt: NoteRelationLeaf(castNode(CreateStmt, node)->relation, &said); break;
    case T_CreateForeignTableStmt:
      NoteRelationLeaf(castNode(CreateForeignTableStmt, node)->base.relation, &said);
      break;
    case T_CreateTableAsStmt: NoteRelationLeaf(castNode(CreateTableAsStmt, node)->into->rel, &said); break;
    case T_ViewStmt: NoteRelationLeaf(castNode(ViewStmt, node)->view, &said); break;
    case T_CreateSeqStmt: NoteRelationLeaf(castNode(CreateSeqStmt, node)->sequence, &said); break;
    case T_CompositeTypeStmt: NoteRelationLeaf(castNode(CompositeTypeStmt, node)->typevar, &said); break;
    case T_IndexStmt: NoteRelationLeaf(castNode(IndexStmt, node)->relation, &said); break;
    case T_CreateTrigStmt: NoteRelationLeaf(castNode(CreateTrigStmt, node)->relation, &said); break;
    case T_CreatePolicyStmt: NoteRelationLeaf(castNode(CreatePolicyStmt, node)->table, &said); break;
    case T_RuleStmt: NoteRelationLeaf(castNode(RuleStmt, node)->relation, &said); break;
    default: NoteOtherLeaf(node, &said); break;
  }
  said.goes_with_table =
      IsA(node, IndexStmt) || IsA(node, CreateTrigStmt) || IsA(node, CreatePolicyStmt) || IsA(node, RuleStmt);
  return said;
}

List* NamesLeaf(const char* path) {
  List* names = NIL;
  return SplitIdentifierString(pstrdup(path), ',', &names) ? names : NIL;
}

// The first schema of a path that is there, or that the text has made.
std::string FirstOf(const std::string& path, const MadeSchemas& schemas) {
  const char* const text = path.c_str();
  const List* const names = Call([=]() noexcept { return NamesLeaf(text); });
  for (int i = 0; names != nullptr && i < names->length; ++i) {
    const char* const name = static_cast<const char*>(names->elements[i].ptr_value);
    if (schemas.made.contains(std::string_view(name))) return name;
    if (Call([=]() noexcept { return OidIsValid(get_namespace_oid(name, true)); })) return name;
  }
  return "public";
}

}  // namespace

MadeSchemas SchemasMadeBy(const std::string& text, const std::string& search_path) {
  MadeSchemas schemas;
  std::optional<std::string> own_path;
  PgParser parser(true);
  ScriptReader reader(text, 1, ScriptUse::kMigration, parser);
  while (const auto statement = reader.Next()) {
    schemas.any_statement = true;
    const auto* const tree = static_cast<const ParsedTree*>(statement->parsed.tree);
    if (tree == nullptr) continue;
    Node* const node = tree->raw->stmt;
    const Said said = Call([=]() noexcept { return SaidLeaf(node); });
    if (said.search_path != nullptr) own_path = said.search_path;
    if (said.extension != nullptr) schemas.extensions.insert(said.extension);
    schemas.sets_default_privileges |= said.sets_default_privileges;
    if (said.new_schema != nullptr) {
      schemas.made.insert(said.new_schema);
      schemas.used.insert(said.new_schema);
      schemas.owned.insert(said.new_schema);
    }
    if (!said.makes) continue;
    const std::string schema = said.schema != nullptr ? std::string(said.schema)
                               : own_path             ? *own_path
                                                      : FirstOf(search_path, schemas);
    schemas.used.insert(schema);
    if (!said.goes_with_table) schemas.owned.insert(schema);
  }
  return schemas;
}

}  // namespace migrate::schema
