// Reads a script statement by statement: lexer and parser together, with the rules that hold for
// every migration's text. Loading reads it to check, running reads it to run: the same rules.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/lexer.h"
#include "core/migration.h"
#include "core/statement.h"
#include "core/text.h"

namespace migrate {

enum class ScriptUse {
  kMigration,  // up and down: BEGIN … COMMIT is redundant, a COMMIT without BEGIN ends a transaction
  kEachAlone,  // each statement is a transaction of its own, or what BEGIN … COMMIT encloses
  kVerify,     // always undone: BEGIN … ROLLBACK is redundant, and so is any COMMIT
};

struct ScriptStatement {
  ParsedStatement parsed;
  std::string_view text;
  std::string_view data;  // inline data of a COPY … FROM STDIN
  Position position;      // of its first character, in the file
  int block = 0;          // number of the BEGIN … COMMIT around it if each stands alone, 0 for none
  int part = 0;           // how many transactions of the script were ended above it
  std::string isolation;  // the level that its transaction must begin with, where that is said
  std::string apart;      // why its script is no single transaction: "line 3: CREATE INDEX CONCURRENTLY"

  // Whether it runs outside of any transaction of ours.
  bool alone = false;
};

class ScriptReader {
 public:
  using NoticeFunction = std::function<void(const std::string&)>;

  // `first_line` is the line of the file that `script` starts on. While checking, SET
  // standard_conforming_strings is followed in the text; while running, the server's own value is.
  ScriptReader(std::string_view script, int first_line, ScriptUse use, SqlParser& parser, bool running = false,
               NoticeFunction notice = {});

  // The next statement to run, or nothing at the end. Throws an Error with line and column for
  // what the parser refuses and for what no migration may say.
  std::optional<ScriptStatement> Next();

  // The isolation level that the transaction of the next statement must begin with, empty for the default. The
  // parser's tree of the statement before is gone then.
  std::string IsolationAhead() const;

 private:
  ScriptStatement Parse(const Piece& piece);
  bool ParsesWithoutBody(std::string_view text, std::string_view body, ParsedStatement& parsed);
  bool IsRedundant(const ScriptStatement& statement);
  void Begin(const ScriptStatement& statement);
  void Commit(const ScriptStatement& statement);
  void EndPart(const std::string& by);
  void PutInPlace(ScriptStatement& statement);
  void PutInPart(ScriptStatement& statement);
  void Refuse(const ScriptStatement& statement);
  [[noreturn]] void RefuseMetaCommands(const Piece& first);
  [[noreturn]] void RefuseSectionLine(const Piece& piece);
  Position PositionOf(size_t offset);
  void NoticeSkipped(Position position, const std::string& tag, const char* why);

  std::string_view script_;
  ScriptUse use_;
  SqlParser& parser_;
  bool running_;
  NoticeFunction notice_;
  Lexer lexer_;
  Position position_;  // of offset_
  size_t offset_ = 0;
  Position block_;  // where the open BEGIN stands
  bool in_block_ = false;
  bool begun_ = false;     // BEGIN is what was read last
  bool isolated_ = false;  // the open block has an isolation level
  int blocks_ = 0;
  int part_ = 0;
  bool part_is_empty_ = true;
  bool part_only_sets_ = true;      // no snapshot was taken in it
  bool idle_ = true;                // nothing was run since the last COMMIT
  std::string end_of_part_;         // what ends it, if anything follows: "line 4: COMMIT"
  std::optional<Position> last_;    // a COMMIT without BEGIN that nothing has followed yet
  std::string isolation_;           // of the open block, until its first statement has it
  std::string isolation_said_;      // "line 1: ISOLATION LEVEL SERIALIZABLE"
  std::shared_ptr<Position> told_;  // where the last notice was: what is read again is not told again
  bool any_statement_ = false;
};

// Moves the server's position in a statement's text to the error's line and column in the file.
void Locate(Error& error, const ScriptStatement& statement);

// The line of an error's context that says where in a migration it happened.
std::string PlaceInMigration(const MigrationId& id, Section section, const Error& error);

// What is known of a script without running it.
struct ScriptFacts {
  int statements = 0;
  bool transactional = true;
  std::string detail;  // why it is not: "line 3: CREATE INDEX CONCURRENTLY"
};

// Checks a whole script. Throws at its first error; psql meta-commands are listed all together. The
// grammar of an INSERT of more than 8 kB is not checked.
ScriptFacts CheckScript(std::string_view script, int first_line, ScriptUse use, SqlParser& parser);

}  // namespace migrate
