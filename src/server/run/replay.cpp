#include "server/run/replay.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/base/quote.h"
#include "core/run/rehearsal.h"
#include "core/run/step_runner.h"
#include "server/base/guard.h"
#include "server/run/pg_database.h"

namespace migrate {
namespace {

// Roles, databases and tablespaces, and what is said of them or granted on them.
bool IsOfServerLeaf(Node* node) {
  switch (nodeTag(node)) {
    case T_CreateRoleStmt:
    case T_AlterRoleStmt:
    case T_AlterRoleSetStmt:
    case T_DropRoleStmt:
    case T_GrantRoleStmt:
    case T_AlterDatabaseStmt:
    case T_AlterDatabaseRefreshCollStmt:
    case T_AlterDatabaseSetStmt: return true;
    default: break;
  }
  ObjectType type = OBJECT_TABLE;
  switch (nodeTag(node)) {
    case T_RenameStmt: type = castNode(RenameStmt, node)->renameType; break;
    case T_AlterOwnerStmt: type = castNode(AlterOwnerStmt, node)->objectType; break;
    case T_CommentStmt: type = castNode(CommentStmt, node)->objtype; break;
    case T_SecLabelStmt: type = castNode(SecLabelStmt, node)->objtype; break;
    case T_GrantStmt: type = castNode(GrantStmt, node)->objtype; break;
    default: break;
  }
  return type == OBJECT_ROLE || type == OBJECT_DATABASE || type == OBJECT_TABLESPACE || type == OBJECT_PARAMETER_ACL;
}

bool MayChangeRows(const ParsedStatement& statement) {
  constexpr std::string_view kTags[] = {"INSERT", "UPDATE", "DELETE", "MERGE",   "TRUNCATE TABLE",  "COPY",
                                        "DO",     "CALL",   "SELECT", "EXECUTE", "CREATE TABLE AS", "SELECT INTO"};
  return !statement.sets_session && std::find(std::begin(kTags), std::end(kTags), statement.tag) != std::end(kTags);
}

// They change no schema and no row.
bool MayBeLeftOut(const std::string& tag) {
  constexpr std::string_view kTags[] = {"VACUUM", "REINDEX", "CLUSTER", "REPACK", "ANALYZE"};
  return std::any_of(std::begin(kTags), std::end(kTags),
                     [&](std::string_view known) { return tag.starts_with(known); });
}

class ReplayDatabase : public PgDatabase {
 public:
  ReplayDatabase(ReplayNotes& notes, bool committed) : notes_(notes), committed_(committed) {}

  void Start(const std::string& migration) { migration_ = migration; }

  void Run(const ScriptStatement& statement) override {
    Node* const node = static_cast<const ParsedTree*>(statement.parsed.tree)->raw->stmt;
    SquashStatement said{migration_, statement.position.line, statement.parsed.tag, {}};
    if (Call([=]() noexcept { return IsOfServerLeaf(node); })) {
      said.text = statement.text;
      notes_.of_server.push_back(std::move(said));
      return;
    }
    if (MayChangeRows(statement.parsed)) notes_.of_rows.push_back(std::move(said));
    PgDatabase::Run(statement);
    // Nothing of this transaction stays, so that no index can be left with a label that nobody knows.
    if (committed_) Call([]() noexcept { AtEOXact_Enum(); });
  }

 private:
  ReplayNotes& notes_;
  const bool committed_;
  std::string migration_;
};

// Of a statement that refuses a transaction: what it does stays when all else is undone.
Error CantBeSquashed(const ReplayedMigration& migration, const std::string& what) {
  return Error(sqlstate::kActiveTransaction, "migration " + Quoted(migration.id) + " can't be part of a squash",
               "It is tried out in one transaction, which is undone: " + what + ".", "Squash what comes before it.");
}

void NoteNotTried(const ReplayedMigration& migration, const StepNotes& notes, ReplayNotes& all) {
  for (const auto& what : notes.not_tried) {
    if (!MayBeLeftOut(what)) throw CantBeSquashed(migration, what);
    all.left_out.push_back(migration.id.Label() + ": " + what);
  }
}

}  // namespace

ReplayNotes Replay(const std::vector<ReplayedMigration>& migrations, bool committed) {
  ReplayNotes notes;
  ReplayDatabase database(notes, committed);
  Rehearsal rehearsal(RehearsalKind::kDryRun, database);
  for (const auto& migration : migrations) {
    KnownMigration known;
    known.id = migration.id;
    known.up.first_line = migration.first_line;
    known.up.each_alone = migration.each_alone;
    known.up.transactional = migration.transactional;
    Step step;
    step.migration = &known;
    database.Start(migration.id.Label());
    rehearsal.StartStep();
    (void) RunScripts({&step, 1, 1}, {migration.text, {}}, database, &rehearsal);
    NoteNotTried(migration, rehearsal.notes(), notes);
  }
  database.EndRun();
  return notes;
}

}  // namespace migrate
