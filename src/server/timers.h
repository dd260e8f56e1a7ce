// The clock of a running migration: ends a statement that takes longer than migrate.statement_timeout
// (the server's own timeout can't be changed inside a call), and notes which lock the session waits
// for, which the server has forgotten when it gives up.
#pragma once

#include <string>

#include "core/error.h"
#include "server/compat.h"

namespace migrate {

// Milliseconds of a duration as `-- migrate:lock-timeout` takes it; `otherwise` if it is empty.
int MillisecondsOf(const std::string& duration, int otherwise);

// Leaf. Starts to note what the session waits for, often enough for this lock timeout in
// milliseconds; 0 is none.
void WatchLocksLeaf(int lock_timeout);
void StopWatchingLocksLeaf();

// Runs `body`, the call of one statement's leaf, for at most `timeout` milliseconds; 0 is no limit.
// What takes longer fails with 57014 and a message that names the setting.
template <typename Body>
void WithStatementTimeout(int timeout, Body body);

// What a statement waited for when it gave up, and which sessions have it; empty if it did not wait.
// Runs queries: after the error was undone.
std::string DescribeBlockers();

// The halves of WithStatementTimeout.
void StartStatementTimer(int timeout);
void StopStatementTimer();
bool StatementTimedOut();
Error StatementTimeoutError(const Error& canceled, int timeout);

template <typename Body>
void WithStatementTimeout(int timeout, Body body) {
  if (timeout == 0) return body();
  StartStatementTimer(timeout);
  try {
    body();
  } catch (const Error& error) {
    StopStatementTimer();
    if (error.sqlstate == sqlstate::kQueryCanceled && StatementTimedOut()) throw StatementTimeoutError(error, timeout);
    throw;
  }
  StopStatementTimer();
}

}  // namespace migrate
