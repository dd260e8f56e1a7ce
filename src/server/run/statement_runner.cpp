#include "server/run/statement_runner.h"

namespace migrate {
namespace {

// A receiver that looks for a row whose only column is false, or null: a check that can't tell has not passed.
struct CheckReceiver {
  DestReceiver receiver;
  Answer answer;
};

bool ReceiveRow(TupleTableSlot* slot, DestReceiver* self) {
  auto* check = reinterpret_cast<CheckReceiver*>(self);
  if (slot->tts_tupleDescriptor->natts != 1) return true;
  const Oid type = TupleDescAttr(slot->tts_tupleDescriptor, 0)->atttypid;
  bool is_null;
  const Datum value = slot_getattr(slot, 1, &is_null);
  if (is_null) {
    // A function that returns nothing may do so as a null.
    if (type != VOIDOID && check->answer == Answer::kPassed) check->answer = Answer::kNull;
  } else if (type == BOOLOID && !DatumGetBool(value)) {
    check->answer = Answer::kFalse;
  }
  return true;
}

void StartReceiving(DestReceiver*, int, TupleDesc) {}
void StopReceiving(DestReceiver*) {}

// The text is in the server's encoding, whatever it and the client say. What the server would refuse stays.
List* InServerEncoding(List* options) {
  List* result = NIL;
  bool any = false;
  ListCell* cell;
  foreach (cell, options) {
    DefElem* option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, "encoding") == 0) {
      any = true;
      const bool valid = option->arg != nullptr && pg_char_to_encoding(defGetString(option)) >= 0;
      if (valid) option->arg = reinterpret_cast<Node*>(makeString(pstrdup(GetDatabaseEncodingName())));
    }
    result = lappend(result, option);
  }
  if (any) return result;
  char* encoding = pstrdup(GetDatabaseEncodingName());
  return lappend(result, makeDefElem(pstrdup("encoding"), reinterpret_cast<Node*>(makeString(encoding)), -1));
}

}  // namespace

void RunStatementLeaf(const ParsedTree* tree, MemoryContext context, Answer* answer, bool is_top_level) {
  MemoryContext const caller = MemoryContextSwitchTo(context);
  CheckReceiver checker = {*None_Receiver, Answer::kPassed};
  checker.receiver.receiveSlot = ReceiveRow;
  checker.receiver.rStartup = StartReceiving;
  checker.receiver.rShutdown = StopReceiving;
  checker.receiver.rDestroy = StopReceiving;
  DestReceiver* receiver = answer != nullptr ? &checker.receiver : None_Receiver;

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
  if (answer != nullptr) *answer = checker.answer;
}

void PrepareCopyLeaf(const ParsedTree* tree, MemoryContext context) {
  MemoryContext const caller = MemoryContextSwitchTo(context);
  auto* copy = castNode(CopyStmt, tree->raw->stmt);
  copy->options = InServerEncoding(copy->options);
  MemoryContextSwitchTo(caller);
  table_close(table_openrv(copy->relation, RowExclusiveLock), NoLock);
}

}  // namespace migrate
