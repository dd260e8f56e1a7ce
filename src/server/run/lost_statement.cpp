#include "server/run/lost_statement.h"

#include <vector>

#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/run/statement_runner.h"

namespace migrate {
namespace {

Statement kDatabase = {"SELECT EXISTS (SELECT FROM pg_catalog.pg_database d WHERE d.datname OPERATOR(pg_catalog.=) $1)",
                       Rights::kCaller};
Statement kTablespace = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_tablespace t WHERE t.spcname OPERATOR(pg_catalog.=) $1)",
    Rights::kCaller};
Statement kDatabaseTablespace = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t "
    "ON t.oid OPERATOR(pg_catalog.=) d.dattablespace WHERE d.datname OPERATOR(pg_catalog.=) $1 "
    "AND t.spcname OPERATOR(pg_catalog.=) $2)",
    Rights::kCaller};
#define OWN_SUBSCRIPTION                                                                                       \
  "FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.subdbid " \
  "WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND s.subname OPERATOR(pg_catalog.=) $1"
Statement kSubscription = {"SELECT EXISTS (SELECT " OWN_SUBSCRIPTION ")", Rights::kCaller};
Statement kSubscribed = {"SELECT EXISTS (SELECT " OWN_SUBSCRIPTION
                         " AND $2 OPERATOR(pg_catalog.=) ANY (s.subpublications))",
                         Rights::kCaller};
// $1 the parent, $2 the partition. Null if it is none any more.
Statement kDetach = {
    "SELECT i.inhdetachpending FROM pg_catalog.pg_inherits i WHERE i.inhparent OPERATOR(pg_catalog.=) $1::pg_catalog.oid "
    "AND i.inhrelid OPERATOR(pg_catalog.=) $2::pg_catalog.oid",
    Rights::kCaller};
// Indexes of table $1: name for SQL, whether it is valid, and all that defines it but its own name and
// its table's. What REINDEX CONCURRENTLY leaves is called …_ccnew or …_ccold.
Statement kIndexes = {
    R"(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), i.indisvalid,
              pg_catalog.concat(i.indisunique, pg_catalog.substring(pg_catalog.pg_get_indexdef(c.oid), ' USING .*$')),
              c.oid, c.relname OPERATOR(pg_catalog.~) '_cc(new|old)[0-9]*$'
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
           JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE i.indrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid)",
    Rights::kCaller};

Oid RelationOf(const RangeVar* name) {
  return Call([=]() noexcept { return RangeVarGetRelid(name, NoLock, true); });
}

bool Exists(Statement& statement, const char* name) { return BooleanOf(QueryValue(statement, {name})); }

Found DoneIf(bool done) { return done ? Found::kDone : Found::kNotDone; }

// Looks one statement up. Trees belong to the parser's context, which the next parse resets: what is
// needed of the statement is taken from it first.
class LookUpOne {
 public:
  LookUpOne(const ScriptStatement& statement, SqlParser& parser, Transactions& transactions, std::string& cleared)
      : statement_(statement),
        tree_(static_cast<const ParsedTree*>(statement.parsed.tree)),
        parser_(parser),
        transactions_(transactions),
        cleared_(cleared) {}

  Found Find() {
    Node* const node = tree_->raw->stmt;
    switch (nodeTag(node)) {
      case T_IndexStmt: return FindIndex(castNode(IndexStmt, node));
      case T_DropStmt: return FindDropped(castNode(DropStmt, node));
      case T_ReindexStmt: return FindReindexed(castNode(ReindexStmt, node));
      case T_AlterTableStmt: return FindDetached(castNode(AlterTableStmt, node));
      // They can simply run again.
      case T_VacuumStmt:
      case kRepackTag:
      case kWaitTag:
      case T_AlterSystemStmt: return Found::kNotDone;
      case T_CreatedbStmt: return DoneIf(Exists(kDatabase, castNode(CreatedbStmt, node)->dbname));
      case T_DropdbStmt: return DoneIf(!Exists(kDatabase, castNode(DropdbStmt, node)->dbname));
      case T_CreateTableSpaceStmt:
        return DoneIf(Exists(kTablespace, castNode(CreateTableSpaceStmt, node)->tablespacename));
      case T_DropTableSpaceStmt:
        return DoneIf(!Exists(kTablespace, castNode(DropTableSpaceStmt, node)->tablespacename));
      case T_CreateSubscriptionStmt:
        return DoneIf(Exists(kSubscription, castNode(CreateSubscriptionStmt, node)->subname));
      case T_DropSubscriptionStmt: return DoneIf(!Exists(kSubscription, castNode(DropSubscriptionStmt, node)->subname));
      case T_AlterSubscriptionStmt: return FindSubscribed(castNode(AlterSubscriptionStmt, node));
      case T_AlterDatabaseStmt: return FindMoved(castNode(AlterDatabaseStmt, node));
      default: return Found::kUnknown;
    }
  }

 private:
  Found FindIndex(const IndexStmt* index) {
    const Oid table = RelationOf(index->relation);
    if (!OidIsValid(table)) return Found::kNotDone;
    const std::string name = index->idxname == nullptr ? "" : index->idxname;
    const char* const plain_name = index->idxname;
    const Oid named = name.empty()
                          ? InvalidOid
                          : Call([=]() noexcept { return get_relname_relid(plain_name, get_rel_namespace(table)); });
    std::string definition;
    if (!DefinitionOf(index, table, definition)) return Found::kUnknown;
    std::vector<std::string> invalid;
    Found found = Found::kNotDone;
    for (const auto& row : Query(kIndexes, {std::to_string(table)})) {
      const bool same = TextOf(row[2]) == definition;
      const bool is_it = name.empty() ? same : static_cast<Oid>(IntegerOf(row[3])) == named;
      if (!is_it) continue;
      if (!BooleanOf(row[1])) {
        invalid.push_back(TextOf(row[0]));
      } else if (same) {
        // Without a name it may have been there before.
        found = name.empty() ? Found::kUnknown : Found::kDone;
      }
    }
    Drop(invalid);
    return found;
  }

  // The server writes the definition itself, from an index on an empty copy of the table that is undone.
  bool DefinitionOf(const IndexStmt* index, Oid table, std::string& definition) {
    MemoryContext const context = CurrentMemoryContext;
    const ParsedTree* const tree = tree_;
    try {
      InSubtransaction(Ending::kUndo, [&] {
        const Oid copy = Call([=]() noexcept { return CopyTableLeaf(context, table); });
        Call([=]() noexcept { IndexCopyLeaf(tree, context, index); });
        for (const auto& row : Query(kIndexes, {std::to_string(copy)})) definition = TextOf(row[2]);
      });
    } catch (const Error& error) {
      if (error.sqlstate == sqlstate::kQueryCanceled || error.sqlstate == sqlstate::kLockNotAvailable) throw;
    }
    return !definition.empty();
  }

  static constexpr const char* kCopy = "migrate_lookup";

  static Oid CopyTableLeaf(MemoryContext context, Oid table) {
    MemoryContext const caller = MemoryContextSwitchTo(context);
    const char* const name =
        quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)), get_rel_name(table));
    char* const sql = psprintf("CREATE TEMPORARY TABLE %s (LIKE %s)", kCopy, name);
    const ParsedTree copy = {linitial_node(RawStmt, raw_parser(sql, RAW_PARSE_DEFAULT)), sql, false};
    RunStatementLeaf(&copy, context, nullptr);
    Oid schema, toast;
    GetTempNamespaceState(&schema, &toast);
    MemoryContextSwitchTo(caller);
    return get_relname_relid(kCopy, schema);
  }

  static void IndexCopyLeaf(const ParsedTree* tree, MemoryContext context, const IndexStmt* index) {
    MemoryContext const caller = MemoryContextSwitchTo(context);
    auto* raw = static_cast<RawStmt*>(copyObjectImpl(tree->raw));
    auto* twin = static_cast<IndexStmt*>(copyObjectImpl(index));
    twin->relation = makeRangeVar(pstrdup("pg_temp"), pstrdup(kCopy), -1);
    twin->idxname = nullptr;
    twin->concurrent = false;
    twin->if_not_exists = false;
    raw->stmt = reinterpret_cast<Node*>(twin);
    const ParsedTree copy = {raw, tree->source, false};
    RunStatementLeaf(&copy, context, nullptr);
    MemoryContextSwitchTo(caller);
  }

  Found FindDropped(const DropStmt* drop) {
    ListCell* cell;
    foreach (cell, drop->objects) {
      List* const name = lfirst_node(List, cell);
      const RangeVar* const relation = Call([=]() noexcept { return makeRangeVarFromNameList(name); });
      if (OidIsValid(RelationOf(relation))) return Found::kNotDone;
    }
    return Found::kDone;
  }

  // It can run again; what a failed try has left stays for ever otherwise.
  Found FindReindexed(const ReindexStmt* reindex) {
    if (reindex->relation == nullptr) return Found::kNotDone;
    Oid table = RelationOf(reindex->relation);
    if (reindex->kind == REINDEX_OBJECT_INDEX) {
      table = Call([=]() noexcept { return OidIsValid(table) ? IndexGetRelation(table, true) : table; });
    }
    std::vector<std::string> invalid;
    for (const auto& row : Query(kIndexes, {std::to_string(table)})) {
      if (BooleanOf(row[4]) && !BooleanOf(row[1])) invalid.push_back(TextOf(row[0]));
    }
    Drop(invalid);
    return Found::kNotDone;
  }

  Found FindDetached(const AlterTableStmt* alter) {
    const auto* const command = linitial_node(AlterTableCmd, alter->cmds);
    const RangeVar* const partition = castNode(PartitionCmd, command->def)->name;
    const Oid parent = RelationOf(alter->relation);
    const Oid child = RelationOf(partition);
    const auto rows = Query(kDetach, {std::to_string(parent), std::to_string(child)});
    if (rows.empty()) return OidIsValid(child) ? Found::kDone : Found::kUnknown;
    if (!BooleanOf(rows[0][0])) return Found::kNotDone;
    const std::string finalize = Call([=]() noexcept { return FinalizeLeaf(parent, child); });
    RunText(finalize);
    cleared_ = "finished the detach that had stopped half way";
    return Found::kDone;
  }

  static const char* FinalizeLeaf(Oid parent, Oid child) {
    const char* const table =
        quote_qualified_identifier(get_namespace_name(get_rel_namespace(parent)), get_rel_name(parent));
    const char* const partition =
        quote_qualified_identifier(get_namespace_name(get_rel_namespace(child)), get_rel_name(child));
    return psprintf("ALTER TABLE %s DETACH PARTITION %s FINALIZE", table, partition);
  }

  // But for these two it can run again.
  Found FindSubscribed(const AlterSubscriptionStmt* alter) {
    const bool adds = alter->kind == ALTER_SUBSCRIPTION_ADD_PUBLICATION;
    if (!adds && alter->kind != ALTER_SUBSCRIPTION_DROP_PUBLICATION) return Found::kNotDone;
    ListCell* cell;
    foreach (cell, alter->publication) {
      const char* const name = strVal(lfirst(cell));
      if (BooleanOf(QueryValue(kSubscribed, {alter->subname, name})) != adds) return Found::kNotDone;
    }
    return Found::kDone;
  }

  Found FindMoved(const AlterDatabaseStmt* alter) {
    ListCell* cell;
    foreach (cell, alter->options) {
      DefElem* const option = lfirst_node(DefElem, cell);
      if (strcmp(option->defname, "tablespace") != 0) continue;
      const char* const name = Call([=]() noexcept { return defGetString(option); });
      return DoneIf(BooleanOf(QueryValue(kDatabaseTablespace, {alter->dbname, name})));
    }
    return Found::kUnknown;
  }

  // Concurrently: it must hold up nobody either. Some servers of a distributed table may have none of it.
  void Drop(const std::vector<std::string>& indexes) {
    for (const auto& index : indexes) {
      transactions_.Commit();
      RunText("DROP INDEX CONCURRENTLY IF EXISTS " + index);
      transactions_.Commit();
      cleared_ += (cleared_.empty() ? "dropped the invalid index " : ", ") + index;
    }
    if (!indexes.empty()) cleared_ += " that a failed try had left";
  }

  void RunText(const std::string& sql) {
    ScriptReader reader(sql, statement_.position.line, ScriptUse::kMigration, parser_, true);
    const auto statement = reader.Next();
    if (statement->alone) {
      transactions_.RunAlone(*statement);
    } else {
      const auto* const tree = static_cast<const ParsedTree*>(statement->parsed.tree);
      MemoryContext const context = CurrentMemoryContext;
      Call([=]() noexcept { RunStatementLeaf(tree, context, nullptr, true); });
    }
  }

  const ScriptStatement& statement_;
  const ParsedTree* const tree_;
  SqlParser& parser_;
  Transactions& transactions_;
  std::string& cleared_;
};

}  // namespace

// That of a partitioned table is invalid, and nothing is wrong, until all partitions have theirs.
void RefuseInvalidIndexLeaf(const ParsedTree* tree) {
  if (!IsA(tree->raw->stmt, IndexStmt)) return;
  const auto* const index = castNode(IndexStmt, tree->raw->stmt);
  if (!index->if_not_exists || index->idxname == nullptr) return;
  const Oid table = RangeVarGetRelid(index->relation, NoLock, true);
  if (!OidIsValid(table)) return;
  const Oid schema = get_rel_namespace(table);
  const Oid named = get_relname_relid(index->idxname, schema);
  if (!OidIsValid(named) || get_rel_relkind(named) != RELKIND_INDEX || get_index_isvalid(named)) return;
  const char* const name = quote_qualified_identifier(get_namespace_name(schema), index->idxname);
  ereport(
      ERROR,
      (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("index \"%s\" is not valid", index->idxname),
       errdetail("Building %s failed once, or is still under way. With IF NOT EXISTS it would be left as it is.", name),
       errhint("If nobody is building it, drop it with DROP INDEX CONCURRENTLY %s, and try again.", name)));
}

Found LookUpStatement(const ScriptStatement& statement, SqlParser& parser, Transactions& transactions,
                      std::string& cleared) {
  return LookUpOne(statement, parser, transactions, cleared).Find();
}

}  // namespace migrate
