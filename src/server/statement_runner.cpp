#include "server/statement_runner.h"

namespace migrate {
namespace {

// A receiver that looks for a row whose only column is false.
struct CheckReceiver {
  DestReceiver receiver;
  bool failed;
};

bool ReceiveRow(TupleTableSlot* slot, DestReceiver* self) {
  auto* check = reinterpret_cast<CheckReceiver*>(self);
  if (slot->tts_tupleDescriptor->natts != 1) return true;
  if (TupleDescAttr(slot->tts_tupleDescriptor, 0)->atttypid != BOOLOID) return true;
  bool is_null;
  const Datum value = slot_getattr(slot, 1, &is_null);
  if (!is_null && !DatumGetBool(value)) check->failed = true;
  return true;
}

void StartReceiving(DestReceiver*, int, TupleDesc) {}
void StopReceiving(DestReceiver*) {}

// The inline data of the COPY that runs now: the server's callback takes no argument.
struct CopySource {
  const char* data;
  size_t left;
};
CopySource copy_source = {nullptr, 0};

int ReadCopyData(void* buffer, int, int most) {
  const size_t size = Min(copy_source.left, static_cast<size_t>(most));
  memcpy(buffer, copy_source.data, size);
  copy_source.data += size;
  copy_source.left -= size;
  return static_cast<int>(size);
}

// The text is in the server's encoding, whatever the client's is.
List* WithServerEncoding(List* options) {
  List* result = NIL;
  ListCell* cell;
  foreach (cell, options) {
    DefElem* option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, "encoding") != 0) result = lappend(result, option);
  }
  char* encoding = pstrdup(GetDatabaseEncodingName());
  return lappend(result, makeDefElem(pstrdup("encoding"), reinterpret_cast<Node*>(makeString(encoding)), -1));
}

// As DoCopy in src/backend/commands/copy.c prepares it.
Node* TransformCopyWhere(ParseState* state, ParseNamespaceItem* item, Node* where) {
  if (where == nullptr) return nullptr;
  addNSItemToQuery(state, item, false, true, true);
  where = transformExpr(state, where, EXPR_KIND_COPY_WHERE);
  where = coerce_to_boolean(state, where, "WHERE");
  assign_expr_collations(state, where);
  where = eval_const_expressions(nullptr, where);
  where = reinterpret_cast<Node*>(canonicalize_qual(reinterpret_cast<Expr*>(where), false));
  return reinterpret_cast<Node*>(make_ands_implicit(reinterpret_cast<Expr*>(where)));
}

void RefuseRowSecurityLeaf(Relation relation) {
  if (check_enable_rls(RelationGetRelid(relation), InvalidOid, false) != RLS_ENABLED) return;
  ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("COPY FROM not supported with row-level security"),
                  errhint("Use INSERT statements instead.")));
}

}  // namespace

bool RunStatementLeaf(const ParsedTree* tree, MemoryContext context, bool check, bool is_top_level) {
  MemoryContext const caller = MemoryContextSwitchTo(context);
  CheckReceiver checker = {*None_Receiver, false};
  checker.receiver.receiveSlot = ReceiveRow;
  checker.receiver.rStartup = StartReceiving;
  checker.receiver.rShutdown = StopReceiving;
  checker.receiver.rDestroy = StopReceiving;
  DestReceiver* receiver = check ? &checker.receiver : None_Receiver;

  // The same steps as exec_simple_query in src/backend/tcop/postgres.c.
  CommandCounterIncrement();
  const bool needs_snapshot = analyze_requires_snapshot(tree->raw);
  if (needs_snapshot) PushActiveSnapshot(GetTransactionSnapshot());
  List* queries = pg_analyze_and_rewrite_fixedparams(tree->raw, tree->source, nullptr, 0, nullptr);
  List* plans = pg_plan_queries(queries, tree->source, CURSOR_OPT_PARALLEL_OK, nullptr);
  if (needs_snapshot) PopActiveSnapshot();

  Portal portal = CreateNewPortal();
  portal->visible = false;
  // Without an owner of its own its locks go to the subtransaction at once. Handing them over at the
  // end of each statement would look at every lock of the transaction each time.
  ResourceOwnerDelete(portal->resowner);
  portal->resowner = nullptr;
  PortalDefineQuery(portal, nullptr, tree->source, CreateCommandTag(tree->raw->stmt), plans, nullptr);
  PortalStart(portal, nullptr, 0, InvalidSnapshot);
  QueryCompletion completion;
  InitializeQueryCompletion(&completion);
  (void) RunPortal(portal, is_top_level, receiver, &completion);
  // PortalDrop forgets the snapshot of a portal that kept its rows and has no owner.
  if (portal->holdSnapshot != nullptr) UnregisterSnapshot(portal->holdSnapshot);
  portal->holdSnapshot = nullptr;
  PortalDrop(portal, false);
  CommandCounterIncrement();
  MemoryContextSwitchTo(caller);
  return !checker.failed;
}

void RunCopyLeaf(const ParsedTree* tree, MemoryContext context, const char* data, size_t size) {
  MemoryContext const caller = MemoryContextSwitchTo(context);
  auto* copy = castNode(CopyStmt, tree->raw->stmt);
  CommandCounterIncrement();
  PushActiveSnapshot(GetTransactionSnapshot());

  ParseState* state = make_parsestate(nullptr);
  state->p_sourcetext = tree->source;
  Relation relation = table_openrv(copy->relation, RowExclusiveLock);
  ParseNamespaceItem* item = addRangeTableEntryForRelation(state, relation, RowExclusiveLock, nullptr, false, false);
  Node* where = TransformCopyWhere(state, item, copy->whereClause);
  RequireInsertPrivilege(state, item, CopyGetAttnums(RelationGetDescr(relation), relation, copy->attlist));
  RefuseRowSecurityLeaf(relation);
  if (XactReadOnly && !relation->rd_islocaltemp) PreventCommandIfReadOnly("COPY FROM");

  const CopySource outer = copy_source;  // a trigger can run a verify script that copies, too
  copy_source = {data, size};
  CopyFromState from = BeginCopyFrom(state, relation, where, nullptr, false, ReadCopyData, copy->attlist,
                                     WithServerEncoding(copy->options));
  pgstat_progress_update_param(PROGRESS_COPY_BYTES_TOTAL, static_cast<int64>(size));
  (void) CopyFrom(from);
  copy_source = outer;
  EndCopyFrom(from);
  free_parsestate(state);
  table_close(relation, NoLock);
  PopActiveSnapshot();
  CommandCounterIncrement();
  MemoryContextSwitchTo(caller);
}

}  // namespace migrate
