// Reads a script statement by statement: lexer and parser together, with the rules that hold for
// every migration's text. Loading reads it to check, running reads it to run: the same rules.
#pragma once

#include <functional>
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
  kMigration,  // up and down: BEGIN … COMMIT is redundant
  kEachAlone,  // each statement is a transaction of its own, or what BEGIN … COMMIT encloses
  kVerify,     // always undone: BEGIN … ROLLBACK is redundant
};

struct ScriptStatement {
  ParsedStatement parsed;
  std::string_view text;
  std::string_view data;  // inline data of a COPY … FROM STDIN
  Position position;      // of its first character, in the file
  int block = 0;          // number of the BEGIN … COMMIT around it if each stands alone, 0 for none

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

 private:
  ScriptStatement Parse(const Piece& piece);
  bool IsRedundant(const ScriptStatement& statement);
  void PutInPlace(ScriptStatement& statement);
  void Refuse(const ScriptStatement& statement);
  [[noreturn]] void RefuseMetaCommands(const Piece& first);
  [[noreturn]] void RefuseSectionLine(const Piece& piece);
  Position PositionOf(size_t offset);
  void Notice(const ScriptStatement& statement, const std::string& what);

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
  int blocks_ = 0;
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
