// What current_query() answers, and with it event triggers, and what the server's log calls STATEMENT: the statement of
// the migration, not the call around it. log_statement and pg_stat_activity have told of the call before.
#pragma once

#include "server/base/compat.h"

namespace migrate {

// The session's current query is `text` while it lives.
class CurrentQuery {
 public:
  explicit CurrentQuery(const char* text) : outer_(debug_query_string) { debug_query_string = text; }
  ~CurrentQuery() { debug_query_string = outer_; }
  CurrentQuery(const CurrentQuery&) = delete;
  CurrentQuery& operator=(const CurrentQuery&) = delete;

 private:
  const char* const outer_;
};

// For an error that is about to be raised: the current query is a copy of `text` until the error is reported, or the
// transaction or subtransaction that it ends is over.
void KeepCurrentQueryLeaf(const char* text);

}  // namespace migrate
