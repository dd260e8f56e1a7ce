#include "server/run/squash_work.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/counted.h"
#include "core/base/text.h"
#include "core/run/rehearsal.h"
#include "core/schema/difference.h"
#include "core/squash/stages.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/base/transaction.h"
#include "server/run/squash_rows.h"
#include "server/schema/settle.h"

namespace migrate {
namespace {

using schema::Object;
using schema::TextReader;
using schema::TextWriter;
using Objects = std::vector<Object>;
using Texts = std::vector<std::string>;

constexpr char kYes[] = "yes";
constexpr size_t kMostNamed = 10;
// … and what is said of them by default, which only their owner may say.
constexpr char kDefaults[] =
    "SELECT pg_catalog.format('%I VERSION %L', e.name, e.default_version), "
    "pg_catalog.format('COMMENT ON EXTENSION %I IS %L;', e.name, e.comment) FROM pg_catalog.pg_available_extensions e";

Texts ListOf(const ReplayedMigration& migration) {
  return {migration.id.version,
          migration.id.name,
          migration.text,
          std::to_string(migration.first_line),
          migration.each_alone ? kYes : "",
          migration.transactional ? kYes : ""};
}

ReplayedMigration MigrationOf(const Texts& list) {
  return {{list.at(0), list.at(1)}, list.at(2), std::stoi(list.at(3)), !list.at(4).empty(), !list.at(5).empty()};
}

// What is counted, down to the order of columns and grants.
schema::Ignored Nothing() {
  schema::Ignored nothing;
  nothing.grant_order = false;
  return nothing;
}

// What migrations have left.
struct Left {
  ReplayNotes notes;
  Objects objects;
  Contents contents;
};

class SquashWork {
 public:
  SquashWork(const ScratchGround& ground, TextReader& reader) : ground_(ground), start_(reader.Objects()) {
    const Texts name = reader.List();
    squash_ = {name.at(0), name.at(1)};
    parts_.head = reader.Text();
    parts_.remarks = reader.List();
    for (int count = std::stoi(reader.Text()); count > 0; --count) migrations_.push_back(MigrationOf(reader.List()));
  }

  Texts Take() {
    const Left left = Run(migrations_, true);
    AddRemarks(left);
    Write(left);
    const std::string text = SquashText(parts_);
    Prove(left, text);
    TextWriter writer;
    writer.Put(text);
    writer.Put(parts_.remarks);
    writer.Put(unproven_);
    return writer.Take();
  }

 private:
  // Each time from the start, in a transaction of its own: time goes on between two.
  void Begin() {
    RollBackTransaction();
    ground_.Lay(start_);
  }

  Left Run(const std::vector<ReplayedMigration>& migrations, bool committed) {
    Begin();
    const CallScope scope(kSquash, CallKind::kWatches);  // the extension is another one each time
    Left left;
    left.notes = Replay(migrations, committed);
    left.objects = ScratchGround::ReadAll();
    left.contents = ReadContents();
    return left;
  }

  void AddRemarks(const Left& left) {
    for (const auto& remark : DataRemarks(left.notes.of_rows)) parts_.remarks.push_back("may change rows: " + remark);
    size_t rows = 0;
    for (const auto& [table, held] : left.contents.tables) rows += held.rows.size();
    if (rows > 0) {
      parts_.remarks.push_back("has the rows that a new database would have: " + Counted(rows, "row") + " in " +
                               Counted(left.contents.tables.size(), "table"));
    } else if (!left.notes.of_rows.empty()) {
      parts_.remarks.emplace_back("a new database would have no row of these");
    }
    if (!left.contents.empty()) {
      const Texts unstable = DifferencesOf(left.contents, Run(migrations_, true).contents);
      if (!unstable.empty()) {
        parts_.remarks.push_back("differ with each run, and stand here as one has left them: " +
                                 JoinFirst(unstable, kMostNamed));
      }
    }
    NoteOwnName(left.contents);
    for (const auto& remark : left.notes.left_out) parts_.remarks.push_back("left out: " + remark);
    for (const auto& remark : DataRemarks(left.notes.of_server)) {
      parts_.remarks.push_back("of the server, taken over untried: " + remark);
    }
    parts_.of_server = left.notes.of_server;
  }

  // A row that has the name of the database in it has that of this one.
  void NoteOwnName(const Contents& contents) {
    const std::string name = TextOf(QueryOnce("SELECT pg_catalog.current_database()").at(0).at(0));
    for (const auto& [table, held] : contents.tables) {
      const bool has_name = std::any_of(held.rows.begin(), held.rows.end(),
                                        [&](const std::string& row) { return row.find(name) != row.npos; });
      if (has_name) unproven_.push_back("rows of " + table + " have the name of the scratch database");
    }
  }

  // The statements that lead there, as they worked.
  void Write(const Left& left) {
    Begin();
    const Objects before = ScratchGround::ReadAll();
    std::set<std::string> versions, comments;
    for (const auto& row : QueryOnce(kDefaults)) {
      versions.insert(TextOf(row[0]));
      comments.insert(TextOf(row[1]));
    }
    const auto go = [&](const Objects& wanted) {
      for (const auto& statement : schema::Settle(ScratchGround::ReadAll, wanted, {}, Nothing()).statements) {
        if (!comments.contains(statement)) parts_.statements.push_back(schema::WithLeave(statement, versions));
      }
    };
    go(schema::FirstStage(before, left.objects));
    for (auto& statement : StatementsOf(left.contents)) {
      // What fails here, with the settings of this session, may work in a migration: the proof tells.
      try {
        InSubtransaction(Ending::kKeep, [&] { (void) QueryOnce(statement); });
      } catch (const Error& error) {
        if (ComesFromOutside(error)) throw;
      }
      parts_.statements.push_back(std::move(statement));
    }
    go(left.objects);
    NoteCaller();
  }

  // ALTER DEFAULT PRIVILEGES is for whoever runs it, if it does not say for whom; in the catalogs it is for the role
  // that has run it here.
  void NoteCaller() {
    const std::string name = TextOf(QueryOnce("SELECT pg_catalog.quote_ident(CURRENT_USER)").at(0).at(0));
    const std::string begin = "ALTER DEFAULT PRIVILEGES FOR ROLE " + name + " ";
    const bool is_named = std::any_of(parts_.statements.begin(), parts_.statements.end(),
                                      [&](const std::string& statement) { return statement.starts_with(begin); });
    if (is_named) parts_.remarks.push_back("has default privileges for role " + name + ", which has made it");
  }

  void Prove(const Left& left, const std::string& text) {
    if (const int line = DividingLine(parts_, text); line > 0) {
      unproven_.push_back("line " + std::to_string(line) + " would divide the text where it is loaded");
    }
    Left proof;
    try {
      proof = Run({{squash_, text}}, false);
    } catch (const Error& error) {
      if (ComesFromOutside(error)) throw;
      unproven_.push_back("line " + std::to_string(error.line) + " fails: " + error.message);
      return;
    }
    for (const auto& difference : schema::Differences(proof.objects, left.objects, Nothing(), true)) {
      unproven_.push_back(difference.object_class + " " + difference.identity);
    }
    for (auto& difference : DifferencesOf(proof.contents, left.contents)) unproven_.push_back(std::move(difference));
  }

  const ScratchGround& ground_;
  const Objects start_;
  MigrationId squash_;
  std::vector<ReplayedMigration> migrations_;
  SquashParts parts_;
  Texts unproven_;
};

}  // namespace

Squashed Squash(Scratch& scratch, const SquashRequest& request) {
  TextWriter writer;
  writer.Put(request.start);
  writer.Put(Texts{request.squash.version, request.squash.name});
  writer.Put(request.head);
  writer.Put(request.remarks);
  writer.Put(std::to_string(request.migrations.size()));
  for (const auto& migration : request.migrations) writer.Put(ListOf(migration));
  const Message answer = scratch.Ask({kSquash, writer.Take()});
  TextReader reader(answer.texts);
  Squashed squashed;
  squashed.text = reader.Text();
  squashed.remarks = reader.List();
  squashed.unproven = reader.List();
  return squashed;
}

Texts SquashInScratch(const ScratchGround& ground, TextReader& reader) { return SquashWork(ground, reader).Take(); }

}  // namespace migrate
