// Stand-ins for what the server supplies (parser, hasher, database,
// transactions) and short ways to make what the tests need. The parser knows a
// statement by its first words only.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/run/database.h"
#include "core/run/step_runner.h"
#include "core/run/transactions.h"
#include "core/set/assemble.h"
#include "core/set/known.h"
#include "core/set/order.h"
#include "core/set/source.h"
#include "core/text/script.h"
#include "core/text/statement.h"

namespace migrate {

using Strings = std::vector<std::string>;

// The error that `body` throws.
template <typename Body>
Error Thrown(Body body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  BOOST_FAIL("no error was thrown");
  return {};
}

inline bool Contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// Refuses a first word that it doesn't know, and the word WRONG wherever it
// stands.
class FakeParser : public SqlParser {
 public:
  bool Parse(std::string_view sql, ParsedStatement& statement) override {
    const std::vector<std::string> words = Words(sql);
    if (words.empty()) return false;
    if (const size_t wrong = sql.find("WRONG"); wrong != sql.npos) throw SyntaxError(sql, wrong, "WRONG");
    // A body whose end the lexer can't know: it is left open up to SHUT, and one that says SEVERAL ends too soon.
    if (Contains(sql, "OPEN") && !Contains(sql, "SHUT")) throw SyntaxError(sql, sql.size(), "");
    if (Contains(sql, "SEVERAL") && sql.find(';') + 1 < sql.size()) statement.end = sql.find(';');
    static const std::vector<std::string> known = {"ALTER",   "CALL",   "COMMENT", "CREATE", "DELETE",
                                                   "DO",      "DROP",   "INSERT",  "LOCK",   "GRANT",
                                                   "REINDEX", "SELECT", "SET",     "TABLE",  "UPDATE"};
    statement.tag = words[0];
    statement.kind = KindOf(words, statement);
    const bool is_known =
        statement.kind != StatementKind::kOrdinary || std::find(known.begin(), known.end(), words[0]) != known.end();
    if (!is_known) throw SyntaxError(sql, sql.size() - SkipComments(sql).size(), words[0]);
    return true;
  }

  bool StandardConformingStrings() override { return standard_strings; }
  void AssumeStandardConformingStrings(std::optional<bool>) override {}

  bool standard_strings = true;

 private:
  static std::string_view SkipComments(std::string_view sql) {
    for (sql = TrimLeft(sql); sql.starts_with("--"); sql = TrimLeft(sql)) {
      sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
    }
    return sql;
  }

  static std::vector<std::string> Words(std::string_view sql) {
    std::string upper(SkipComments(sql));
    if (upper.ends_with(';')) upper.pop_back();
    for (char& c : upper) {
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c == '\n' || c == '\r' || c == '=' ? ' ' : c;
    }
    return SplitList(upper, ' ');
  }

  static Error SyntaxError(std::string_view sql, size_t offset, const std::string& word) {
    Error error(sqlstate::kSyntaxError, "syntax error at or near \"" + word + "\"");
    error.cursor_position = Advance({1, 1}, std::string(offset, ' ')).column;
    // Continuation bytes are no characters.
    for (const char c : sql.substr(0, offset)) error.cursor_position -= (c & 0xC0) == 0x80 ? 1 : 0;
    return error;
  }

  static size_t Find(const std::vector<std::string>& words, const char* word) {
    return static_cast<size_t>(std::find(words.begin(), words.end(), word) - words.begin());
  }

  static StatementKind KindOf(const std::vector<std::string>& words, ParsedStatement& statement) {
    const auto has = [&](const char* word) { return std::find(words.begin(), words.end(), word) != words.end(); };
    const std::string& first = words[0];
    if (first == "SET" && words.size() == 3 && words[1] == "STANDARD_CONFORMING_STRINGS") {
      statement.strings_setting = words[2] == "ON" ? 1 : 0;
    }
    statement.may_commit = first == "DO" || first == "CALL";
    statement.may_refuse = first == "REINDEX";
    statement.may_call = has("FUNCTION()");
    statement.is_setting = first == "SET";
    if (const size_t level = Find(words, "LEVEL"); level + 1 < words.size())
      statement.isolation = ToLower(words[level + 1]);
    statement.read_only = first == "BEGIN" && has("ONLY");
    statement.sets_session = first == "SET" && statement.isolation.empty();
    statement.concurrent = has("CONCURRENTLY");
    if (first == "ALTER" && has("VALUE")) statement.new_label = ToLower(words.back());
    if (first == "BEGIN" || first == "START") return StatementKind::kBegin;
    if (first == "COMMIT" || first == "END") return StatementKind::kCommit;
    if (first == "ROLLBACK" || first == "ABORT") return StatementKind::kRollback;
    if (first == "SAVEPOINT" || first == "PREPARE") return StatementKind::kTransaction;
    if (first == "DISCARD" || first == "CLOSE" || first == "DEALLOCATE") return StatementKind::kDestroysSession;
    if (first == "COPY") return has("TO") ? StatementKind::kTalksToClient : StatementKind::kCopyFromStdin;
    if (first == "VACUUM") return StatementKind::kNonTransactional;
    if (first == "CREATE" && has("CONCURRENTLY")) {
      statement.tag = "CREATE INDEX CONCURRENTLY";
      statement.has_plain_form = true;
      return StatementKind::kNonTransactional;
    }
    return StatementKind::kOrdinary;
  }
};

// The "hash" is what was fed, so that tests see the normal form.
class FakeHasher : public Hasher {
 public:
  void Add(std::string_view bytes) override { text_ += bytes; }
  std::string Finish() override { return "#" + text_; }

 private:
  std::string text_;
};

inline std::unique_ptr<Hasher> NewFakeHasher() { return std::make_unique<FakeHasher>(); }

// Logs what it is told. `effects` is what would stay: undoing takes it back to
// where it was.
class FakeDatabase : public Database {
 public:
  FakeParser parser;
  std::map<std::string, std::string> texts;    // by SHA-256
  std::map<int, Error> failures;               // by the number of the statement, from 1
  std::map<int, LeftOut> left_out;             // likewise: what is stopped before its work
  std::map<std::string, Error> failing_calls;  // by what the log, or the notice, would say
  std::string blockers;                        // what is said of who holds a lock
  bool holds_up_itself = false;                // what is said of a deadlock
  Strings log;
  Strings effects;
  Strings notices;
  Strings noted;                        // failures of a run in one transaction
  Strings not_tried;                    // what a rehearsal has said of its statements
  Strings places;                       // "2/3 1": step 2 of 3, statement 1
  Strings probed;                       // when probes were measured: "before", "behind 1_a", "behind 1_a, committed"
  std::map<std::string, Error> slower;  // by the migration behind which a probe is slower
  std::map<std::string, std::string> lasting;  // what a statement would do that is not undone, by its text
  std::vector<int> pauses;
  std::string why_not_top_level;
  bool distributes = false;
  std::string too_large;  // what is said of a table that is to be locked
  std::vector<Event> events;
  int statements = 0;
  int64_t clock = 0;

  // A statement of a verify script answers what it says: false or null.
  Answer Check(const ScriptStatement& statement) override {
    Do("check " + std::string(statement.text), true);
    if (Contains(statement.text, "false")) return Answer::kFalse;
    return Contains(statement.text, "null") ? Answer::kNull : Answer::kPassed;
  }
  void Run(const ScriptStatement& statement) override {
    Do(std::string(statement.text), true);
    if (statement.parsed.strings_setting >= 0) parser.standard_strings = statement.parsed.strings_setting == 1;
  }
  void InIsolation(const Script& script, const std::function<void()>& body) override {
    Do("isolate " + script.timeouts->lock, false);
    Keeping(body, [](bool failed) { return failed; });
  }
  std::string RunPlain(const ScriptStatement& statement) override {
    if (too_large.empty()) Do("plain " + std::string(statement.text), true);
    return too_large;
  }
  void InPart(const std::function<void()>& body, bool read_only) override {
    Do(read_only ? "part, read only" : "part", false);
    Keeping(body, [](bool failed) { return failed; });
    Do("end part", false);
  }
  void Attempt(const std::function<void()>& body) override {
    Do("attempt", false);
    Keeping(body, [](bool failed) { return failed; });
  }
  void Undone(const std::function<void()>& body, bool read_only) override {
    Do(read_only ? "undone, read only" : "undone", false);
    Keeping(body, [](bool) { return true; });
  }
  void NotTried(const std::string& why) override { not_tried.push_back(why); }
  void Record(const Event& event) override {
    Do("record " + event.kind + " " + event.migration->id.Label(), false);
    effects.push_back(log.back());
    events.push_back(event);
  }
  void MeasureProbes() override { probed.emplace_back("before"); }
  std::optional<Error> CompareProbes(const KnownMigration& migration, bool is_committed) override {
    const std::string label = migration.id.Label();
    probed.push_back("behind " + label + (is_committed ? ", committed" : ""));
    const auto found = slower.find(label);
    return found == slower.end() ? std::nullopt : std::optional<Error>(found->second);
  }
  std::string LastingEffect(const ScriptStatement& statement) override {
    const auto found = lasting.find(std::string(statement.text));
    return found == lasting.end() ? std::string() : found->second;
  }
  SqlParser& Parser() override { return parser; }
  std::string ReadText(const std::string& sha256) override {
    Do("read " + sha256, false);
    return texts.at(sha256);
  }
  void FireDeferredTriggers() override { Do("fire deferred", false); }
  std::string WhyNotTopLevel() override { return why_not_top_level; }
  bool Distributes() override { return distributes; }
  void EndRun() override { Do("end run", false); }
  void NoteFailure(const Step& step, const Error& error, double) override {
    noted.push_back(step.migration->id.Label() + " " + error.sqlstate);
  }
  bool HoldsUpItself() override { return holds_up_itself; }
  void NameBlockers(Error& error) override { error.detail += blockers; }
  void ShowPlace(const Place& place) override {
    places.push_back(std::to_string(place.number) + "/" + std::to_string(place.steps) + " " +
                     std::to_string(place.statement));
  }
  void Notice(const std::string& message) override {
    FailIfAsked(message);
    notices.push_back(message);
  }
  void Pause(int milliseconds) override { pauses.push_back(milliseconds); }
  int64_t Microseconds() override { return clock += 500; }
  double Random() override { return 1.0; }

  // Logs it, and fails if it is to fail. A statement has a number, and an
  // effect.
  void Do(const std::string& what, bool is_statement) {
    log.push_back(what);
    FailIfAsked(what);
    if (!is_statement) return;
    if (const auto failing = failures.find(++statements); failing != failures.end()) throw failing->second;
    if (const auto stopped = left_out.find(statements); stopped != left_out.end()) throw LeftOut(stopped->second);
    effects.push_back(what);
  }

  // Runs `body`; `undo` says of its end whether its effects go.
  template <typename Undo>
  void Keeping(const std::function<void()>& body, Undo undo) {
    const size_t kept = effects.size();
    const bool kept_strings = parser.standard_strings;
    const auto go_back = [&] {
      effects.resize(kept);
      parser.standard_strings = kept_strings;
    };
    try {
      body();
    } catch (...) {
      if (undo(true)) go_back();
      throw;
    }
    if (undo(false)) go_back();
  }

 private:
  void FailIfAsked(const std::string& what) {
    const auto failing = failing_calls.find(what);
    if (failing == failing_calls.end()) return;
    const Error error = failing->second;
    failing_calls.erase(failing);
    throw error;
  }
};

// Divides the effects of a database into transactions. A milestone reads
// "record statement 1_a after 2, line 5?": two statements are done, and the one
// on line 5 may be done, too.
class FakeTransactions : public Transactions {
 public:
  explicit FakeTransactions(FakeDatabase& database) : database_(database) {}

  Strings committed;  // the effects of one transaction each
  std::vector<Milestone> milestones;
  std::vector<std::string> recorded_errors;  // SQLSTATEs of the fails
  Found found = Found::kUnknown;             // what looking up finds
  std::string left_over;                     // … and clears away
  bool commits_before_failing = false;

  void Commit() override {
    database_.Do("commit", false);
    if (!database_.effects.empty()) committed.push_back(Join(database_.effects, "; "));
    database_.effects.clear();
  }
  void RollBack() override {
    database_.Do("roll back", false);
    database_.effects.clear();
  }
  void InSession(const Script& script, const std::function<void()>& body) override {
    database_.Do("session " + script.timeouts->lock, false);
    try {
      body();
    } catch (...) {
      database_.effects.clear();
      throw;
    }
  }
  void SetIsolation(const std::string& level) override {
    BOOST_TEST(database_.effects.empty(), "something was run before the isolation level");
    database_.Do("isolation " + level, false);
  }
  void InSegment(const std::function<void()>& body) override {
    database_.Do("segment", false);
    database_.Keeping(body, [](bool failed) { return failed; });
  }
  void BecomeReadOnly() override { database_.Do("read only", false); }
  void RunAlone(const ScriptStatement& statement) override {
    BOOST_TEST(database_.effects.empty(), "something is pending before " << statement.text);
    database_.Do(std::string(statement.text), true);
    committed.push_back("alone " + database_.effects.back());
    database_.effects.clear();
  }
  bool CommittedBeforeFailing() override { return commits_before_failing; }
  Found LookUp(const ScriptStatement& statement, std::string& cleared) override {
    database_.Do("look up " + std::string(statement.text), false);
    cleared = left_over;
    return found;
  }
  void Record(const Milestone& milestone) override {
    std::string what = "record " + milestone.kind + " " + milestone.step->migration->id.Label();
    if (milestone.done > 0) what += " after " + std::to_string(milestone.done);
    if (milestone.line > 0) what += ", line " + std::to_string(milestone.line);
    if (milestone.unsure) what += "?";
    database_.Do(what, false);
    database_.effects.push_back(what);
    milestones.push_back(milestone);
    if (milestone.error) recorded_errors.push_back(milestone.error->sqlstate);
  }

 private:
  FakeDatabase& database_;
};

// Of a text in normal form.
inline void SetHashes(Script& script, const std::string& hash) { script.checksum = script.sha256 = hash; }

// A pending migration named as its file; its hashes are made of its label.
inline KnownMigration Pending(const std::string& label, int64_t number, std::vector<std::string> requirements = {}) {
  KnownMigration migration;
  migration.id = ParseMigrationName(label);
  migration.number = number;
  migration.sort_key = SortKey(migration, number);
  migration.source = "files";
  SetHashes(migration.up, "up of " + label);
  SetHashes(migration.down, "down of " + label);
  migration.down.statements = 1;
  migration.reversible = Reversible::kScript;
  migration.requirements = std::move(requirements);
  return migration;
}

// … applied as the number-th event.
inline KnownMigration Applied(const std::string& label, int64_t number, std::vector<std::string> requirements = {},
                              const std::string& event = "apply") {
  KnownMigration migration = Pending(label, number, std::move(requirements));
  Application& application = migration.application.Make();
  application.event = event;
  application.event_number = number;
  application.checksum = application.sha256 = migration.up.checksum;
  application.down = migration.down;
  application.reversible = migration.reversible;
  return migration;
}

// … with a run of it that failed when so many statements were done.
inline KnownMigration Stopped(KnownMigration migration, Action action, int done, bool unsure = false) {
  Unfinished& run = migration.unfinished.Make();
  run.event = "fail";
  run.action = action;
  run.done = done;
  run.unsure = unsure;
  run.sha256 = action == Action::kApply ? migration.up.sha256 : migration.down.sha256;
  run.sqlstate = "22012";
  run.message = "division by zero";
  return migration;
}

// The set of these, with the guard as the history says.
inline MigrationSet SetOf(std::vector<KnownMigration> migrations) {
  MigrationSet set;
  const KnownMigration* newest = nullptr;
  const KnownMigration* newest_numbered = nullptr;
  for (auto& migration : migrations) {
    migration.version_is_shared =
        migration.numbered() && std::count_if(migrations.begin(), migrations.end(), [&](const KnownMigration& other) {
                                  return other.id.version == migration.id.version;
                                }) > 1;
    if (!migration.applied()) continue;
    set.has_history = true;
    if (!newest || ComesBefore(*newest, migration)) newest = &migration;
    if (!migration.numbered()) continue;
    if (!newest_numbered || ComesBefore(*newest_numbered, migration)) newest_numbered = &migration;
  }
  if (newest_numbered) {
    set.newest_numbered = newest_numbered->id;
    set.newest_numbered_key = newest_numbered->sort_key;
  }
  if (newest) {
    set.newest = newest->id;
    set.newest_key = newest->sort_key;
  }
  set.guard = {set.has_history, set.newest.value_or(MigrationId{})};
  set.migrations = std::move(migrations);
  return set;
}

// A plan over one database that holds the texts of its migrations.
struct PlanFixture {
  FakeDatabase database;
  std::deque<KnownMigration> migrations;
  Plan plan;

  KnownMigration& Add(const std::string& label, const std::string& text, const std::string& verify = {},
                      Action action = Action::kApply) {
    KnownMigration& migration = migrations.emplace_back(Pending(label, static_cast<int64_t>(migrations.size()) + 1));
    Script& script = action == Action::kApply ? migration.up : migration.down;
    script.each_alone = text.starts_with("-- migrate:no-transaction");
    const ScriptFacts facts = CheckScript(text, 1, UseOf(script), database.parser);
    script.statements = facts.statements;
    script.transactional = facts.transactional && !script.each_alone;
    script.divided = facts.divided;
    script.detail = facts.detail;
    database.texts[script.sha256] = text;
    if (!verify.empty()) {
      SetHashes(migration.verify, "verify of " + label);
      database.texts[migration.verify.sha256] = verify;
    }
    plan.steps.emplace_back().action = action;
    plan.steps.back().migration = &migration;
    return migration;
  }
};

}  // namespace migrate
