#include "server/base/pg_parser.h"

#include "server/base/guard.h"
#include "server/run/plain_form.h"

namespace migrate {
namespace {

// What a leaf finds out about one statement.
struct Facts {
  ParsedTree tree;
  StatementKind kind;
  const char* tag;
  int strings_setting;
  bool may_commit;
  bool may_refuse;
  bool may_call;
  bool sets_session;
  bool is_setting;
  const char* isolation;
  bool read_only;
  bool has_plain_form;
  const char* new_label;
  const char* changes_rows_of;
  size_t end;
  bool found;
};

const char* NameLeaf(const RangeVar* table) {
  return table->schemaname == nullptr ? table->relname : psprintf("%s.%s", table->schemaname, table->relname);
}

const char* ChangesRowsOfLeaf(const Node* node) {
  if (IsA(node, UpdateStmt)) return NameLeaf(castNode(UpdateStmt, node)->relation);
  if (IsA(node, DeleteStmt)) return NameLeaf(castNode(DeleteStmt, node)->relation);
  if (!IsA(node, TruncateStmt)) return nullptr;
  const char* names = "";
  ListCell* cell;
  foreach (cell, castNode(TruncateStmt, node)->relations) {
    names = psprintf("%s%s%s", names, *names == '\0' ? "" : ",", NameLeaf(lfirst_node(RangeVar, cell)));
  }
  return names;
}

bool HasOptionAtAll(List* options, const char* name) {
  ListCell* cell;
  foreach (cell, options) {
    if (strcmp(lfirst_node(DefElem, cell)->defname, name) == 0) return true;
  }
  return false;
}

bool IsVacuum(Node* node) { return IsA(node, VacuumStmt) && castNode(VacuumStmt, node)->is_vacuumcmd; }

bool ReindexRefusesBlock(ReindexStmt* reindex) {
  return HasOption(reindex->params, "concurrently", false) ||
         (reindex->kind != REINDEX_OBJECT_INDEX && reindex->kind != REINDEX_OBJECT_TABLE);
}

// Not called REPACK CONCURRENTLY: it ends with a lock that everybody else waits for, so that it is none of the
// statements that may wait for ever.
const char* RepackTag(const Repack& repack) {
  List* const options = repack.options == nullptr ? NIL : *repack.options;
  if (HasOption(options, "concurrently", false)) return "REPACK (CONCURRENTLY)";
  if (HasOption(options, "analyze", false) || HasOption(options, "analyse", false)) return "REPACK (ANALYZE)";
  return repack.table != nullptr ? nullptr : repack.name;
}

bool RefreshesSubscription(AlterSubscriptionStmt* alter) {
  switch (alter->kind) {
    case kRefreshPublication: return true;
    case ALTER_SUBSCRIPTION_SET_PUBLICATION:
    case ALTER_SUBSCRIPTION_ADD_PUBLICATION:
    case ALTER_SUBSCRIPTION_DROP_PUBLICATION: return HasOption(alter->options, "refresh", true);
    default: return false;
  }
}

// The calls of PreventInTransactionBlock in src/backend/tcop/utility.c and below, as of 15 to 19.
const char* NonTransactionalTag(Node* node) {
  switch (nodeTag(node)) {
    case T_IndexStmt: return castNode(IndexStmt, node)->concurrent ? "CREATE INDEX CONCURRENTLY" : nullptr;
    case T_DropStmt: return castNode(DropStmt, node)->concurrent ? "DROP INDEX CONCURRENTLY" : nullptr;
    case T_ReindexStmt:
      if (!ReindexRefusesBlock(castNode(ReindexStmt, node))) return nullptr;
      return HasOption(castNode(ReindexStmt, node)->params, "concurrently", false) ? "REINDEX CONCURRENTLY" : "REINDEX";
    case T_VacuumStmt: return IsVacuum(node) ? "VACUUM" : nullptr;
    case kRepackTag: return RepackTag(RepackOf(node));
    case kWaitTag: return "WAIT";
    case T_AlterTableStmt:
      return ConcurrentDetach(node) != nullptr ? "ALTER TABLE DETACH PARTITION CONCURRENTLY" : nullptr;
    case T_CreatedbStmt: return "CREATE DATABASE";
    case T_DropdbStmt: return "DROP DATABASE";
    case T_AlterDatabaseStmt:
      return HasOptionAtAll(castNode(AlterDatabaseStmt, node)->options, "tablespace") ? "ALTER DATABASE" : nullptr;
    case T_CreateTableSpaceStmt: return "CREATE TABLESPACE";
    case T_DropTableSpaceStmt: return "DROP TABLESPACE";
    case T_AlterSystemStmt: return "ALTER SYSTEM";
    case T_AlterSubscriptionStmt:
      return RefreshesSubscription(castNode(AlterSubscriptionStmt, node)) ? "ALTER SUBSCRIPTION" : nullptr;
    case T_CreateSubscriptionStmt:
      return HasOption(castNode(CreateSubscriptionStmt, node)->options, "connect", true) &&
                     HasOption(castNode(CreateSubscriptionStmt, node)->options, "create_slot", true)
                 ? "CREATE SUBSCRIPTION"
                 : nullptr;
    default: return nullptr;
  }
}

const char* NewLabel(Node* node) {
  if (!IsA(node, AlterEnumStmt)) return nullptr;
  const auto* const alter = castNode(AlterEnumStmt, node);
  return alter->oldVal == nullptr ? alter->newVal : nullptr;
}

// What refuses a block by the catalog, too: if the table is partitioned, if the subscription has a slot.
bool MayRefuseBlock(Node* node) {
  return IsA(node, ReindexStmt) || nodeTag(node) == kRepackTag || IsA(node, DropSubscriptionStmt) ||
         IsA(node, AlterSubscriptionStmt);
}

StatementKind TransactionKind(TransactionStmt* statement) {
  switch (statement->kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START: return StatementKind::kBegin;
    case TRANS_STMT_COMMIT: return statement->chain ? StatementKind::kTransaction : StatementKind::kCommit;
    case TRANS_STMT_ROLLBACK: return statement->chain ? StatementKind::kTransaction : StatementKind::kRollback;
    default: return StatementKind::kTransaction;
  }
}

// Statements that destroy what the caller's session has, or stay in it for
// good.
bool DestroysSession(Node* node) {
  switch (nodeTag(node)) {
    case T_DiscardStmt: {
      const DiscardMode target = castNode(DiscardStmt, node)->target;
      return target == DISCARD_ALL || target == DISCARD_TEMP;
    }
    case T_ClosePortalStmt: return castNode(ClosePortalStmt, node)->portalname == nullptr;
    case T_DeallocateStmt: return castNode(DeallocateStmt, node)->name == nullptr;
    case T_ListenStmt:
    case T_UnlistenStmt: return true;
    default: return false;
  }
}

StatementKind CopyKind(CopyStmt* copy) {
  if (copy->filename != nullptr) return StatementKind::kOrdinary;
  return copy->is_from ? StatementKind::kCopyFromStdin : StatementKind::kTalksToClient;
}

bool ComputesIndex(IndexStmt* index) {
  ListCell* cell;
  foreach (cell, index->indexParams) {
    if (lfirst_node(IndexElem, cell)->expr != nullptr) return true;
  }
  return index->whereClause != nullptr;
}

// Whether it may do what its kind does not tell: call a function or fire a
// trigger, which can leave a prepared statement or a cursor in the session, or
// something for the end of the transaction. Those that are known not to are the
// bulk of most migrations. Event triggers are not looked at here.
bool RunsCode(Node* node) {
  switch (nodeTag(node)) {
    case T_IndexStmt: return ComputesIndex(castNode(IndexStmt, node));
    case T_CreateStmt:
    case T_CommentStmt:
    case T_DropStmt:
    case T_GrantStmt:
    case T_CreateFunctionStmt:
    case T_ViewStmt:
    case T_VariableSetStmt: return false;
    default: return true;
  }
}

// Where the setting can only be on, turning it off is an error at once: what follows is written for other rules.
int StringsSettingLeaf(Node* node) {
  if (!IsA(node, VariableSetStmt)) return -1;
  auto* set = castNode(VariableSetStmt, node);
  if (set->kind == VAR_RESET_ALL) return StandardStrings();
  if (set->name == nullptr || pg_strcasecmp(set->name, "standard_conforming_strings") != 0) return -1;
  if (set->kind == VAR_RESET || set->kind == VAR_SET_DEFAULT) return StandardStrings();
  bool on;
  if (set->kind != VAR_SET_VALUE || !parse_bool(ExtractSetVariableArgs(set), &on)) return -1;
  if (!on && !kStringsCanChange) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("non-standard string literals are not supported"),
                    errdetail("From PostgreSQL 19 on, standard_conforming_strings can only be on."),
                    errhint("Remove this statement, and write strings that have backslashes as E'…'.")));
  }
  return on;
}

// SELECT set_config(…, …, false), as pg_dump writes it.
bool IsSetConfig(Node* node) {
  if (!IsA(node, SelectStmt)) return false;
  auto* select = castNode(SelectStmt, node);
  if (list_length(select->targetList) != 1 || select->fromClause != NIL) return false;
  Node* value = linitial_node(ResTarget, select->targetList)->val;
  return value != nullptr && IsA(value, FuncCall) &&
         strcmp(strVal(llast(castNode(FuncCall, value)->funcname)), "set_config") == 0;
}

// Of BEGIN and SET TRANSACTION.
const char* IsolationOption(List* options) {
  ListCell* cell;
  foreach (cell, options) {
    DefElem* option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, "transaction_isolation") == 0) return castNode(A_Const, option->arg)->val.sval.sval;
  }
  return nullptr;
}

bool BeginsReadOnly(Node* node) {
  if (!IsA(node, TransactionStmt)) return false;
  bool read_only = false;
  ListCell* cell;
  foreach (cell, castNode(TransactionStmt, node)->options) {
    DefElem* option = lfirst_node(DefElem, cell);
    if (strcmp(option->defname, "transaction_read_only") == 0) {
      read_only = castNode(A_Const, option->arg)->val.ival.ival != 0;
    }
  }
  return read_only;
}

// READ COMMITTED is what there is unless somebody has set another default.
const char* Isolation(Node* node) {
  const char* level = nullptr;
  if (IsA(node, TransactionStmt)) {
    level = IsolationOption(castNode(TransactionStmt, node)->options);
  } else if (IsA(node, VariableSetStmt)) {
    auto* set = castNode(VariableSetStmt, node);
    if (set->kind == VAR_SET_MULTI && strcmp(set->name, "TRANSACTION") == 0) level = IsolationOption(set->args);
    if (set->kind == VAR_SET_VALUE && strcmp(set->name, "transaction_isolation") == 0) {
      level = ExtractSetVariableArgs(set);
    }
  }
  for (const char* known : {"read uncommitted", "repeatable read", "serializable"}) {
    if (level != nullptr && pg_strcasecmp(level, known) == 0) return known;
  }
  return nullptr;
}

// What a later session has to run again before it can go on behind it. Its
// effect on a transaction alone does no harm there.
bool SetsSession(Node* node) {
  if (Isolation(node) != nullptr) return false;
  if (IsA(node, VariableSetStmt)) return !castNode(VariableSetStmt, node)->is_local;
  return IsSetConfig(node);
}

void Classify(Node* node, Facts* facts) {
  facts->tag = GetCommandTagName(CreateCommandTag(node));
  facts->strings_setting = StringsSettingLeaf(node);
  facts->tree.runs_code = RunsCode(node);
  facts->may_commit = IsA(node, DoStmt) || IsA(node, CallStmt);
  facts->may_refuse = MayRefuseBlock(node);
  facts->may_call = IsA(node, SelectStmt);
  facts->sets_session = SetsSession(node);
  facts->is_setting = IsA(node, VariableSetStmt);
  facts->isolation = Isolation(node);
  facts->read_only = BeginsReadOnly(node);
  facts->has_plain_form = HasPlainForm(node);
  facts->new_label = NewLabel(node);
  facts->changes_rows_of = ChangesRowsOfLeaf(node);
  facts->kind = StatementKind::kOrdinary;
  if (IsA(node, TransactionStmt)) {
    facts->kind = TransactionKind(castNode(TransactionStmt, node));
  } else if (DestroysSession(node)) {
    facts->kind = StatementKind::kDestroysSession;
  } else if (IsA(node, CopyStmt)) {
    facts->kind = CopyKind(castNode(CopyStmt, node));
  } else if (const char* tag = NonTransactionalTag(node)) {
    facts->kind = StatementKind::kNonTransactional;
    facts->tag = tag;
  }
}

Facts ParseLeaf(MemoryContext context, const char* text, size_t size) {
  Facts facts = {};
  MemoryContextReset(context);
  MemoryContext const caller = MemoryContextSwitchTo(context);
  // Not pnstrdup: a text may be larger than a plain palloc allows.
  char* source = static_cast<char*>(MemoryContextAllocHuge(context, size + 1));
  memcpy(source, text, size);
  source[size] = '\0';
  List* trees = raw_parser(source, RAW_PARSE_DEFAULT);
  if (trees != NIL) {
    facts.found = true;
    facts.tree.raw = linitial_node(RawStmt, trees);
    if (list_length(trees) > 1) facts.end = facts.tree.raw->stmt_location + facts.tree.raw->stmt_len;
    facts.tree.source = source;
    Classify(facts.tree.raw->stmt, &facts);
  }
  MemoryContextSwitchTo(caller);
  return facts;
}

// The tree of most statements fits into it; what a reset frees is not asked for
// again with each of them.
constexpr Size kFirstBlock = 64 * 1024;

}  // namespace

PgParser::PgParser(bool quiet)
    : context_(Call([]() noexcept {
        return AllocSetContextCreate(CurrentMemoryContext, "migrate statement", ALLOCSET_DEFAULT_MINSIZE, kFirstBlock,
                                     ALLOCSET_DEFAULT_MAXSIZE);
      })),
      quiet_(quiet) {}

// Its errors may be caught without a subtransaction: raw_parser touches nothing
// but memory and the variables of the settings.
bool PgParser::Parse(std::string_view sql, ParsedStatement& statement) {
  MemoryContext const context = context_;
  const char* const text = sql.data();
  const size_t size = sql.size();
  const bool strings = StandardStrings();
  const int messages = client_min_messages;
  const auto put_back = [=]() {
    SetStandardStrings(strings);
    client_min_messages = messages;
  };
  Facts facts;
  try {
    SetStandardStrings(assumed_strings_.value_or(strings));
    if (quiet_) client_min_messages = Max(messages, WARNING);
    facts = Call([=]() noexcept { return ParseLeaf(context, text, size); });
  } catch (...) {
    put_back();
    throw;
  }
  put_back();
  if (!facts.found) return false;
  tree_ = facts.tree;
  statement.kind = facts.kind;
  statement.tag = facts.tag;
  statement.strings_setting = facts.strings_setting;
  statement.may_commit = facts.may_commit;
  statement.may_refuse = facts.may_refuse;
  statement.may_call = facts.may_call;
  statement.sets_session = facts.sets_session;
  statement.is_setting = facts.is_setting;
  statement.isolation = facts.isolation == nullptr ? "" : facts.isolation;
  statement.read_only = facts.read_only;
  statement.has_plain_form = facts.has_plain_form;
  statement.new_label = facts.new_label == nullptr ? "" : facts.new_label;
  statement.changes_rows_of = facts.changes_rows_of == nullptr ? "" : facts.changes_rows_of;
  statement.concurrent = statement.kind == StatementKind::kNonTransactional && statement.tag.ends_with("CONCURRENTLY");
  statement.end = facts.end;
  statement.tree = &tree_;
  return true;
}

bool PgParser::StandardConformingStrings() { return StandardStrings(); }

}  // namespace migrate
