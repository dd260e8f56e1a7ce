// One parsed statement and what kind it is for a runner, and the interface of the parser that
// finds out. The parser itself is the server's; core only names what it needs from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migrate {

enum class StatementKind {
  kOrdinary,
  kBegin,            // BEGIN, START TRANSACTION
  kCommit,           // COMMIT, END
  kRollback,         // ROLLBACK, ABORT
  kTransaction,      // SAVEPOINT, PREPARE TRANSACTION, COMMIT AND CHAIN, …
  kDestroysSession,  // DISCARD ALL, CLOSE ALL, DEALLOCATE ALL, UNLISTEN *, …
  kTalksToClient,    // COPY … TO STDOUT
  kCopyFromStdin,
  kNonTransactional,  // refuses a transaction block: CREATE INDEX CONCURRENTLY, VACUUM, …
};

struct ParsedStatement {
  StatementKind kind = StatementKind::kOrdinary;
  std::string tag;            // as the server names it: "CREATE INDEX CONCURRENTLY"
  int strings_setting = -1;   // SET standard_conforming_strings: 1 on, 0 off
  bool concurrent = false;    // holds up nobody while it waits: no lock timeout
  bool may_commit = false;    // DO and CALL: can end transactions where they stand alone
  bool sets_session = false;  // what follows depends on it, in another session, too: SET, set_config
  bool is_setting = false;    // SET and RESET: takes no snapshot
  std::string isolation;      // the level, other than READ COMMITTED, that BEGIN or SET TRANSACTION asks for
  void* tree = nullptr;       // the parser's own
};

class SqlParser {
 public:
  virtual ~SqlParser() = default;

  // Parses the text of one statement; an Error carries the position in it. False if it holds none.
  // What the tree points to stays valid until the next call.
  virtual bool Parse(std::string_view sql, ParsedStatement& statement) = 0;

  // The setting standard_conforming_strings as it stands now.
  virtual bool StandardConformingStrings() = 0;

  // For a script that is only checked: parse as if the setting were this, since the script's own SET
  // has not run. Nothing goes back to the setting.
  virtual void AssumeStandardConformingStrings(std::optional<bool> on) = 0;
};

}  // namespace migrate
