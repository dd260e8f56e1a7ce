// The server's own parser behind core's SqlParser, and the table that says which statements refuse a
// transaction block or would touch the session they run in.
#pragma once

#include <optional>
#include <string_view>

#include "core/text/statement.h"
#include "server/base/compat.h"

namespace migrate {

// What ParsedStatement::tree points to.
struct ParsedTree {
  RawStmt* raw;
  const char* source;  // the statement's text, null-terminated
  bool runs_code;      // may do what its kind does not tell
};

class PgParser : public SqlParser {
 public:
  // Quiet where a text is only checked: what the grammar has to say, of long names for example, is said when it runs.
  explicit PgParser(bool quiet = false);
  ~PgParser() override = default;  // the memory context goes with its parent: destructors call no server

  bool Parse(std::string_view sql, ParsedStatement& statement) override;
  bool StandardConformingStrings() override;
  void AssumeStandardConformingStrings(std::optional<bool> on) override { assumed_strings_ = on; }

  // Where the current statement's tree lives; reset by the next Parse.
  MemoryContext context() const { return context_; }

 private:
  MemoryContext const context_;
  const bool quiet_;
  ParsedTree tree_ = {};
  std::optional<bool> assumed_strings_;
};

}  // namespace migrate
