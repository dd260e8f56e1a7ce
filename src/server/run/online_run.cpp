#include "server/run/online_run.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/schema/column.h"
#include "core/schema/tokens.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/schema/describe.h"

namespace migrate {
namespace {

// clang-format off
#define MIGRATE_USER_TABLES \
  "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace " \
  "WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,m}') AND c.relpersistence OPERATOR(pg_catalog.<>) 't' " \
  "AND n.nspname OPERATOR(pg_catalog.<>) ALL ('{pg_catalog,information_schema,pg_toast,migrate}')"
#define MIGRATE_IDENTITY \
  "(pg_catalog.pg_identify_object('pg_catalog.pg_class'::pg_catalog.regclass, c.oid, 0)).identity"
// clang-format on

// A trigger for single columns fires for those that an UPDATE names: the new one is none of them.
Statement kTables = {
    "SELECT " MIGRATE_IDENTITY
    ", c.relkind OPERATOR(pg_catalog.=) 'p', "
    "c.relispartition OR EXISTS (SELECT FROM pg_catalog.pg_inherits i "
    "  WHERE c.oid OPERATOR(pg_catalog.=) ANY (ARRAY[i.inhrelid, i.inhparent])), "
    "c.relhasrules AND EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid "
    "  AND r.ev_type OPERATOR(pg_catalog.=) '2'), "
    "EXISTS (SELECT FROM pg_catalog.pg_publication p WHERE p.puballtables) "
    "  OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel p WHERE p.prrelid OPERATOR(pg_catalog.=) c.oid) "
    "  OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace p WHERE p.pnnspid OPERATOR(pg_catalog.=) n.oid), "
    "pg_catalog.row_security_active(c.oid), "
    "EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND NOT t.tgisinternal "
    "  AND (t.tgtype OPERATOR(pg_catalog.&) 16::pg_catalog.int2) OPERATOR(pg_catalog.<>) 0::pg_catalog.int2 "
    "  AND t.tgenabled OPERATOR(pg_catalog.=) ANY ('{O,A}') "
    "  AND t.tgattr::pg_catalog.text OPERATOR(pg_catalog.=) '') " MIGRATE_USER_TABLES,
    Rights::kCaller};
Statement kFiles = {"SELECT " MIGRATE_IDENTITY ", pg_catalog.pg_relation_filenode(c.oid) " MIGRATE_USER_TABLES,
                    Rights::kCaller};
Statement kMaySilence = {"SELECT pg_catalog.has_parameter_privilege(CURRENT_USER, 'session_replication_role', 'SET')",
                         Rights::kCaller};
Statement kRole = {"SELECT pg_catalog.quote_ident(CURRENT_USER)", Rights::kCaller};
Statement kName = {
    "SELECT 'migrate_' OPERATOR(pg_catalog.||) "
    "pg_catalog.left(pg_catalog.replace(pg_catalog.gen_random_uuid()::pg_catalog.text, '-', ''), 12)",
    Rights::kCaller};

Statement kKeyIndexes = {
    "SELECT pg_catalog.format('%I on %I.%I', k.conname, n.nspname, c.relname), pg_catalog.concat("
    "pg_catalog.pg_get_indexdef(k.conindid), ' TABLESPACE ' OPERATOR(pg_catalog.||) (SELECT pg_catalog.quote_ident("
    "s.spcname) FROM pg_catalog.pg_tablespace s JOIN pg_catalog.pg_class x "
    "ON x.reltablespace OPERATOR(pg_catalog.=) s.oid "
    "WHERE x.oid OPERATOR(pg_catalog.=) k.conindid), ';') "
    "FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) k.conrelid "
    "JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace "
    "WHERE k.contype OPERATOR(pg_catalog.=) ANY ('{p,u}')",
    Rights::kCaller};
Statement kAncestors = {
    "SELECT DISTINCT " MIGRATE_IDENTITY
    " FROM pg_catalog.unnest($1) t, pg_catalog.pg_partition_ancestors(t::pg_catalog.regclass) a(relid) "
    "JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.relid::pg_catalog.oid",
    Rights::kCaller};

Statement kPartitionRows = {"SELECT pg_catalog.pg_get_partition_constraintdef($1::pg_catalog.regclass)",
                            Rights::kCaller};

// Tables that a statement has made partitions of others, and what rows they may have.
void AddAttached(online::Seen& seen) {
  constexpr std::string_view kPartition = " PARTITION OF ";
  for (const auto& change : seen.changes) {
    const bool is_table = change.action == schema::Change::Action::kAltered && change.after.kind == "table";
    if (!is_table || schema::FindWords(change.after.definition, Trim(kPartition)) == std::string_view::npos) continue;
    if (schema::FindWords(change.before.definition, Trim(kPartition)) != std::string_view::npos) continue;
    const std::string rows = TextOf(QueryValue(kPartitionRows, {change.after.identity}));
    if (!rows.empty()) seen.partitions[change.after.identity] = rows;
  }
}

online::KeyIndexes ReadKeyIndexes() {
  online::KeyIndexes indexes;
  for (const auto& row : Query(kKeyIndexes)) indexes[TextOf(row[0])] = TextOf(row[1]);
  return indexes;
}

bool ChangesConstraints(const std::vector<schema::Change>& changes) {
  return std::any_of(changes.begin(), changes.end(),
                     [](const schema::Change& change) { return change.object().kind == "table constraint"; });
}

// They have no definitions of their own, but a comment, or that the table is replicated or clustered by them.
void AddIndexesOfKeys(const std::vector<schema::Object>& now, std::vector<schema::Change>& shown) {
  std::set<std::string> names;
  for (const auto& change : shown) {
    if (change.after.kind != "table constraint") continue;
    const auto [name, table] = schema::SplitAt(change.after.identity, "on");
    names.insert(std::string(schema::SplitName(table).first) + "." + std::string(name));
  }
  for (const auto& object : now) {
    const bool is_of_key = object.kind == "index" && object.definition.starts_with("--");
    if (is_of_key && names.contains(object.identity)) {
      shown.push_back({schema::Change::Action::kAltered, object, object, {}});
    }
  }
}

bool ChangesRows(const std::string& tag) {
  constexpr std::string_view kTags[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"};
  return std::find(std::begin(kTags), std::end(kTags), tag) != std::end(kTags);
}

std::string WholeText(const ScriptStatement& statement) {
  std::string text(statement.text);
  if (!text.ends_with(';')) text += ';';
  if (statement.parsed.kind == StatementKind::kCopyFromStdin) text += "\n" + std::string(statement.data) + "\\.";
  return text;
}

}  // namespace

online::Tables ReadTables() {
  online::Tables tables;
  for (const auto& row : Query(kTables)) {
    tables[TextOf(row[0])] = {BooleanOf(row[1]), BooleanOf(row[2]), BooleanOf(row[3]),
                              BooleanOf(row[4]), BooleanOf(row[5]), BooleanOf(row[6])};
  }
  return tables;
}

bool MaySilenceTriggers() { return BooleanOf(QueryValue(kMaySilence)); }

std::string QuotedRole() { return TextOf(QueryValue(kRole)); }

std::string UnguessableName() { return TextOf(QueryValue(kName)); }

OnlineRun::Files OnlineRun::ReadFiles() {
  Files files;
  for (const auto& row : Query(kFiles)) files[TextOf(row[0])] = TextOf(row[1]);
  return files;
}

void OnlineRun::StartWatching() {
  watches_ = true;
  seen_.clear();
  before_ = schema::Describe({});
  files_ = ReadFiles();
}

std::vector<online::Seen> OnlineRun::StopWatching() {
  watches_ = false;
  before_.clear();
  return std::move(seen_);
}

void OnlineRun::Run(const ScriptStatement& statement) {
  ++depth_;
  try {
    ObservedDatabase::Run(statement);
  } catch (...) {
    --depth_;
    throw;
  }
  if (--depth_ == 0 && watches_) Note(statement);
}

void OnlineRun::ShowPlace(const Place& place) {
  Place now = place;
  now.number += runs_;
  ObservedDatabase::ShowPlace(now);
}

std::string OnlineRun::RunPlain(const ScriptStatement& statement) {
  ++depth_;
  std::string too_large;
  try {
    too_large = ObservedDatabase::RunPlain(statement);
  } catch (...) {
    --depth_;
    throw;
  }
  if (--depth_ == 0 && watches_) Note(statement);
  return too_large;
}

void OnlineRun::Note(const ScriptStatement& statement) {
  online::Seen seen;
  seen.text = WholeText(statement);
  seen.line = statement.position.line;
  seen.tag = statement.parsed.tag;
  seen.is_alone = statement.parsed.kind == StatementKind::kNonTransactional;
  seen.changes_rows = ChangesRows(seen.tag);
  if (!seen.changes_rows && !statement.parsed.is_setting) {
    std::vector<schema::Object> now = schema::Describe({});
    seen.changes = schema::ChangesBetween(before_, now);
    if (ChangesConstraints(seen.changes)) seen.key_indexes = ReadKeyIndexes();
    AddAttached(seen);
    AddRewritten(seen);
    AddRetyped(seen, now);
    before_ = std::move(now);
  }
  seen_.push_back(std::move(seen));
}

// Of those that were there before this statement, whatever their names are now.
void OnlineRun::AddRewritten(online::Seen& seen) {
  Files files = ReadFiles();
  for (const auto& [table, file] : files) {
    const auto was = files_.find(table);
    if (was != files_.end() && was->second != file) seen.rewritten.push_back(table);
  }
  files_ = std::move(files);
  if (seen.rewritten.empty()) return;
  for (const auto& row : Query(kAncestors, {seen.rewritten})) {
    const std::string table = TextOf(row[0]);
    if (std::find(seen.rewritten.begin(), seen.rewritten.end(), table) == seen.rewritten.end()) {
      seen.rewritten.push_back(table);
    }
  }
}

// What hangs on the column is what shows its name: for a moment it gets another one.
void OnlineRun::AddRetyped(online::Seen& seen, const std::vector<schema::Object>& now) {
  for (const auto& change : seen.changes) {
    if (change.action != schema::Change::Action::kAltered || change.after.kind != "table column") continue;
    if (change.before.identity != change.after.identity) continue;
    const schema::Column was = schema::ColumnOf(change.before), is = schema::ColumnOf(change.after);
    const auto names = schema::SplitName(change.after.identity);
    const std::string table(names.first), name(names.second);
    const bool is_rewritten = std::find(seen.rewritten.begin(), seen.rewritten.end(), table) != seen.rewritten.end();
    if ((was.type == is.type && was.collation == is.collation) || is.is_inherited || !is_rewritten) continue;
    online::Retyped retyped;
    retyped.column = change.after.identity;
    retyped.helper = UnguessableName();
    const auto value = online::UsingOf(seen.text, name);
    retyped.is_told = value.has_value();
    retyped.value = value.value_or("");
    InSubtransaction(Ending::kUndo, [&] {
      (void) QueryOnce("ALTER TABLE " + table + " RENAME COLUMN " + name + " TO " + retyped.helper);
      for (auto& shown : schema::ChangesBetween(now, schema::Describe({}))) {
        if (shown.action == schema::Change::Action::kAltered) retyped.shown.push_back(std::move(shown));
      }
      if (ChangesConstraints(retyped.shown)) retyped.key_indexes = ReadKeyIndexes();
    });
    AddIndexesOfKeys(now, retyped.shown);
    seen.retyped.push_back(std::move(retyped));
  }
}

}  // namespace migrate
