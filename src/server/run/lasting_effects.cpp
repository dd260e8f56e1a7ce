#include "server/run/lasting_effects.h"

#include "server/run/plain_form.h"

namespace migrate {
namespace {

constexpr char kSetval[] = "setval";

// Functions of the server that act on other sessions, the server itself, files, or replication.
constexpr const char* kServerFunctions[] = {
    kSetval,
    "lo_export",
    "pg_cancel_backend",
    "pg_terminate_backend",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_promote",
    "pg_switch_wal",
    "pg_create_restore_point",
    "pg_backup_start",
    "pg_backup_stop",
    "pg_wal_replay_pause",
    "pg_wal_replay_resume",
    "pg_create_logical_replication_slot",
    "pg_create_physical_replication_slot",
    "pg_copy_logical_replication_slot",
    "pg_copy_physical_replication_slot",
    "pg_drop_replication_slot",
    "pg_replication_slot_advance",
    "pg_file_write",
    "pg_file_rename",
    "pg_file_unlink",
};

// Those of the extension http. pg_net has some of these names, in schema net: its requests wait for the commit.
constexpr const char* kHttpFunctions[] = {"http",       "http_get",    "http_post", "http_put",
                                          "http_patch", "http_delete", "http_head"};
constexpr char kSchemaOfPgNet[] = "net";

template <size_t N>
bool IsOneOf(const char* name, const char* const (&names)[N]) {
  for (const char* const known : names) {
    if (strcmp(name, known) == 0) return true;
  }
  return false;
}

bool StartsWith(const char* text, const char* start) { return strncmp(text, start, strlen(start)) == 0; }

const char* NameOf(const FuncCall* call) { return strVal(llast(call->funcname)); }

bool IsKnown(const char* schema, const char* name) {
  if (IsOneOf(name, kServerFunctions)) return schema == nullptr || strcmp(schema, "pg_catalog") == 0;
  if (StartsWith(name, "dblink")) return !StartsWith(name, "dblink_build_") && !StartsWith(name, "dblink_get_");
  return IsOneOf(name, kHttpFunctions) && (schema == nullptr || strcmp(schema, kSchemaOfPgNet) != 0);
}

const char* StringOf(Node* node) {
  while (node != nullptr && IsA(node, TypeCast)) node = castNode(TypeCast, node)->arg;
  if (node == nullptr || !IsA(node, A_Const)) return nullptr;
  auto* const constant = castNode(A_Const, node);
  return !constant->isnull && IsA(&constant->val, String) ? constant->val.sval.sval : nullptr;
}

// The sequence as setval() is told it: by name, or as that of a column. Null if it is computed otherwise.
const char* SequenceName(Node* node) {
  while (node != nullptr && IsA(node, TypeCast)) node = castNode(TypeCast, node)->arg;
  if (node == nullptr) return nullptr;
  if (!IsA(node, FuncCall)) return StringOf(node);
  auto* const call = castNode(FuncCall, node);
  if (strcmp(NameOf(call), "pg_get_serial_sequence") != 0 || list_length(call->args) != 2) return nullptr;
  const char* const table = StringOf(static_cast<Node*>(linitial(call->args)));
  const char* const column = StringOf(static_cast<Node*>(lsecond(call->args)));
  if (table == nullptr || column == nullptr) return nullptr;
  LOCAL_FCINFO(info, 2);
  InitFunctionCallInfoData(*info, nullptr, 2, InvalidOid, nullptr, nullptr);
  info->args[0] = {CStringGetTextDatum(table), false};
  info->args[1] = {CStringGetTextDatum(column), false};
  const Datum name = pg_get_serial_sequence(info);
  return info->isnull ? "" : TextDatumGetCString(name);
}

// A sequence that this transaction has made goes with it; one that does not exist is the statement's own error.
bool IsOfThisTransaction(FuncCall* call) {
  if (call->args == NIL) return true;
  const char* const name = SequenceName(static_cast<Node*>(linitial(call->args)));
  if (name == nullptr) return false;
  if (*name == '\0') return true;
  List* const names = textToQualifiedNameList(cstring_to_text(name));
  const Oid sequence = RangeVarGetRelid(makeRangeVarFromNameList(names), AccessShareLock, true);
  if (!OidIsValid(sequence)) return true;
  const Relation relation = relation_open(sequence, NoLock);
  const bool is_new = relation->rd_createSubid != InvalidSubTransactionId;
  relation_close(relation, NoLock);
  return is_new;
}

bool Walk(Node* node, void* context) {
  if (node == nullptr) return false;
  auto* const found = static_cast<LastingEffect*>(context);
  if (IsA(node, FuncCall)) {
    auto* const call = castNode(FuncCall, node);
    const char* const name = NameOf(call);
    if (ActsOutside(call)) {
      found->name = psprintf("%s()", name);
      if (strcmp(name, kSetval) != 0 || !IsOfThisTransaction(call)) return true;
      found->name = nullptr;
    }
  }
// Up to 15 a callback has no arguments in its type; from 16 on the server casts whatever it is given.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-function-type"
  return raw_expression_tree_walker(node, reinterpret_cast<bool (*)()>(Walk), context);
#pragma GCC diagnostic pop
}

void FindInQuery(Node* node, LastingEffect* found) {
  if (node != nullptr) (void) Walk(node, found);
}

void FindInCopy(CopyStmt* copy, LastingEffect* found) {
  if (copy->is_program) {
    found->name = copy->is_from ? "COPY FROM PROGRAM" : "COPY TO PROGRAM";
  } else if (copy->filename != nullptr && !copy->is_from) {
    found->name = "COPY TO a file";
  } else {
    FindInQuery(copy->query, found);
    if (found->name == nullptr) FindInQuery(copy->whereClause, found);
  }
}

}  // namespace

bool ActsOutside(const FuncCall* call) {
  const int parts = list_length(call->funcname);
  return IsKnown(parts > 1 ? strVal(list_nth(call->funcname, parts - 2)) : nullptr, NameOf(call));
}

// What a statement only defines, such as a view or a function, is not run by it.
void FindLastingEffectLeaf(Node* node, LastingEffect* found) {
  switch (nodeTag(node)) {
    case T_CopyStmt: return FindInCopy(castNode(CopyStmt, node), found);
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt: return FindInQuery(node, found);
    case T_CallStmt: return FindInQuery(reinterpret_cast<Node*>(castNode(CallStmt, node)->funccall), found);
    case T_CreateTableAsStmt: return FindInQuery(castNode(CreateTableAsStmt, node)->query, found);
    case T_DeclareCursorStmt: return FindInQuery(castNode(DeclareCursorStmt, node)->query, found);
    case T_PrepareStmt: return FindInQuery(castNode(PrepareStmt, node)->query, found);
    case T_ExecuteStmt: return FindInQuery(reinterpret_cast<Node*>(castNode(ExecuteStmt, node)->params), found);
    case T_ExplainStmt:
      if (HasOption(castNode(ExplainStmt, node)->options, "analyze", false)) {
        FindLastingEffectLeaf(castNode(ExplainStmt, node)->query, found);
      }
      return;
    default: return;
  }
}

}  // namespace migrate
