// One parsed statement and what kind it is for a runner, and the interface of
// the parser that finds out. The parser itself is the server's; core only names
// what it needs from it.
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
  kNonTransactional,  // refuses a transaction block: CREATE INDEX CONCURRENTLY,
                      // VACUUM, …
};

struct ParsedStatement {
  StatementKind kind = StatementKind::kOrdinary;
  std::string tag;              // as the server names it: "CREATE INDEX CONCURRENTLY"
  int strings_setting = -1;     // SET standard_conforming_strings: 1 on, 0 off
  bool concurrent = false;      // holds up nobody while it waits: no lock timeout
  bool has_plain_form = false;  // refuses a transaction block for no other reason than CONCURRENTLY
  std::string new_label;        // that ALTER TYPE … ADD VALUE adds
  std::string changes_rows_of;  // the tables of an UPDATE, DELETE or TRUNCATE: "app.orders,app.items"
  bool may_commit = false;      // DO and CALL: can end transactions where they stand alone
  bool may_refuse = false;      // a transaction block, by what the catalog says: REINDEX TABLE, DROP SUBSCRIPTION, …
  bool may_call = false;        // SELECT: the same by what a function says, but all of it is one transaction
  bool sets_session = false;    // what follows depends on it, in another session, too: SET, set_config
  bool is_setting = false;      // SET and RESET: takes no snapshot
  std::string isolation;        // the level, other than READ COMMITTED, that BEGIN or
                                // SET TRANSACTION asks for
  bool read_only = false;       // BEGIN READ ONLY
  size_t end = 0;               // of the first of several statements, where its semicolon
                                // stands; 0 if there is but one
  void* tree = nullptr;         // the parser's own
};

// Extensions that distribute tables heed a statement at the top level only. A block of code stays a query: at the top
// level it could commit what is not its own.
inline bool WantsTopLevel(const ParsedStatement& statement, bool distributed) {
  return distributed && !statement.may_commit;
}

class SqlParser {
 public:
  virtual ~SqlParser() = default;

  // Parses the text of one statement; an Error carries the position in it.
  // False if it holds none. Where there are several, `statement` is the first,
  // and says where it ends. What the tree points to stays valid until the next
  // call.
  virtual bool Parse(std::string_view sql, ParsedStatement& statement) = 0;

  // The setting standard_conforming_strings as it stands now.
  virtual bool StandardConformingStrings() = 0;

  // For a script that is only checked: parse as if the setting were this, since
  // the script's own SET has not run. Nothing goes back to the setting.
  virtual void AssumeStandardConformingStrings(std::optional<bool> on) = 0;
};

}  // namespace migrate
