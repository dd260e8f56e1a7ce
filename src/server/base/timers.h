// The clock of a running migration: ends a statement that takes longer than migrate.statement_timeout
// (the server's own timeout can't be changed inside a call), and notes which lock the session waits
// for, which the server has forgotten when it gives up.
#pragma once

#include <string>

#include "core/base/error.h"
#include "server/base/compat.h"

namespace migrate {

// Milliseconds of a duration as `-- migrate:lock-timeout` takes it; `otherwise` if it is empty.
int MillisecondsOf(const std::string& duration, int otherwise);

// Leaf. Starts to note what the session waits for, often enough for this lock timeout in
// milliseconds; 0 is none, but a deadlock ends a wait, too.
void WatchLocksLeaf(int lock_timeout);
void StopWatchingLocksLeaf();

// Runs `body`, the call of one statement's leaf, for at most `timeout` milliseconds; 0 is no limit.
// What takes longer fails with 57014 and a message that names the setting.
template <typename Body>
void WithStatementTimeout(int timeout, Body body);

// Whether who holds what a statement waited for when it gave up waits for this session, also by way of others. Runs
// queries: after the error was undone.
bool HoldsUpItself();

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
