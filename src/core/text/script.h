// Reads a script statement by statement: lexer and parser together, with the
// rules that hold for every migration's text. Loading reads it to check,
// running reads it to run: the same rules.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/set/migration.h"
#include "core/text/lexer.h"
#include "core/text/psql_commands.h"
#include "core/text/statement.h"

namespace migrate {

enum class ScriptUse {
  kMigration,  // up and down: one BEGIN … COMMIT around all of it is redundant,
               // any other divides it into parts
  kEachAlone,  // each statement is a transaction of its own, or what BEGIN …
               // COMMIT encloses
  kVerify,     // always undone: BEGIN … ROLLBACK is redundant, and so is any COMMIT
};

struct ScriptStatement {
  ParsedStatement parsed;
  std::string_view text;
  std::string_view data;   // inline data of a COPY … FROM STDIN
  Position position;       // of its first character, in the file
  int block = 0;           // number of the BEGIN … COMMIT around it if each stands alone,
                           // 0 for none
  int part = 0;            // how many transactions of the script were ended above it
  std::string isolation;   // the level that its transaction must begin with,
                           // where that is said
  bool read_only = false;  // its transaction must begin as READ ONLY
  std::string apart;       // why its script is no single transaction: "line 3: CREATE
                           // INDEX CONCURRENTLY"

  // Whether it runs outside of any transaction of ours, and may have committed on its way when it fails.
  bool alone = false;
  bool may_half = false;
};

class ScriptReader {
 public:
  using NoticeFunction = std::function<void(const std::string&)>;

  // `first_line` is the line of the file that `script` starts on. While
  // checking, SET standard_conforming_strings is followed in the text; while
  // running, the server's own value is.
  ScriptReader(std::string_view script, int first_line, ScriptUse use, SqlParser& parser, bool running = false,
               NoticeFunction notice = {});

  // The next statement to run, or nothing at the end. Throws an Error with line
  // and column for what the parser refuses and for what no migration may say.
  std::optional<ScriptStatement> Next();

  // Calls it for each BEGIN and COMMIT, none of which Next gives.
  using CommandFunction = std::function<void(Position, const std::string& tag)>;
  void TellCommands(CommandFunction tell) { tell_command_ = std::move(tell); }

  // The isolation level that the transaction of the next statement must begin
  // with, empty for the default. The parser's tree of the statement before is
  // gone then.
  std::string IsolationAhead() const;

 private:
  Piece FindEnd(Piece piece);
  std::string_view WithSemicolon(const Piece& piece) const;
  ScriptStatement Parse(const Piece& piece);
  bool ParsesWithoutBody(std::string_view text, std::string_view body, ParsedStatement& parsed);
  bool IsRedundant(const ScriptStatement& statement);
  void Begin(const ScriptStatement& statement);
  void Commit(const ScriptStatement& statement);
  void NoteRedundant(const ScriptStatement& statement);
  void EndPart(const std::string& by);
  void PutInPlace(ScriptStatement& statement);
  void PutInPart(ScriptStatement& statement);
  void Refuse(const ScriptStatement& statement);
  bool Skips(const Piece& piece);
  void NoticeCommand(const Piece& piece);
  [[noreturn]] void RefuseMetaCommands(const Piece& first);
  [[noreturn]] void RefuseSectionLine(const Piece& piece);
  Position PositionOf(size_t offset);
  void NoticeSkipped(Position position, const std::string& tag, const char* why);

  std::string_view script_;
  ScriptUse use_;
  SqlParser& parser_;
  bool running_;
  NoticeFunction notice_;
  CommandFunction tell_command_;
  Lexer lexer_;
  Position position_;  // of offset_
  size_t offset_ = 0;
  Position block_;  // where the open BEGIN stands
  bool in_block_ = false;
  bool in_mode_ = false;  // the open block has an isolation level, or is read only
  int blocks_ = 0;
  int part_ = 0;
  bool part_is_empty_ = true;
  bool part_only_sets_ = true;                               // no snapshot was taken in it
  bool idle_ = true;                                         // nothing was run since the last COMMIT
  std::string end_of_part_;                                  // what ends it, if anything follows: "line 4: COMMIT"
  std::optional<Position> last_;                             // a COMMIT without BEGIN that nothing has followed yet
  std::string isolation_;                                    // of the open block, until its first statement has it
  bool read_only_ = false;                                   // likewise
  std::string mode_said_;                                    // "line 1: ISOLATION LEVEL SERIALIZABLE"
  std::vector<std::pair<Position, std::string>> redundant_;  // each BEGIN and COMMIT, if nothing is divided by them
  std::shared_ptr<std::set<std::pair<int, int>>> told_;  // where the notices were: what is read again is not told again
  bool any_statement_ = false;
  bool is_open_ = false;                            // the last statement has no semicolon
  size_t end_tries_ = 0;                            // bytes parsed to find where routines end
  std::shared_ptr<const PsqlVariables> variables_;  // that the script uses; null until that is asked
};

// The error, at this place of the file.
Error At(Position position, Error error);

// Moves the server's position in a statement's text to the error's line and
// column in the file.
void Locate(Error& error, const ScriptStatement& statement);

// The line of an error's context that says where in a migration it happened.
std::string PlaceInMigration(const MigrationId& id, Section section, const Error& error);

// Says so in the error: in its context, which most drivers drop, and for its detail. The innermost place is the one
// that counts.
void SetPlace(Error& error, const MigrationId& id, Section section);

// What is known of a script without running it.
struct ScriptFacts {
  int statements = 0;
  bool transactional = true;
  std::string detail;    // why it is not: "line 3: CREATE INDEX CONCURRENTLY"
  bool divided = false;  // for no other reason than that BEGIN and COMMIT divide it
};

// Checks a whole script. Throws at its first error; psql meta-commands are
// listed all together. The grammar of an INSERT of more than 8 kB is not
// checked.
ScriptFacts CheckScript(std::string_view script, int first_line, ScriptUse use, SqlParser& parser);

}  // namespace migrate
