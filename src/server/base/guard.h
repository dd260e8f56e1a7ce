// The two doors between C++, which fails by throw, and PostgreSQL, which fails by longjmp. Call goes
// in, Entry goes out; CONTRIBUTING explains the rule. Nobody else uses PG_TRY.
#pragma once

#include <functional>
#include <optional>
#include <type_traits>

#include "core/base/error.h"
#include "server/base/compat.h"

namespace migrate {

// Runs `function(argument)`; an ereport(ERROR) in it is thrown as Error. Use Call.
void RunGuarded(void (*function)(void*), void* argument);

// The door in: runs a leaf, which may ereport and so must hold nothing that needs a destructor.
template <typename Leaf>
auto Call(Leaf leaf) {
  static_assert(noexcept(leaf()), "a leaf must be noexcept: longjmp may not pass a C++ exception");
  static_assert(std::is_trivially_destructible_v<Leaf>, "a leaf may capture plain values and references only");
  using Result = decltype(leaf());
  if constexpr (std::is_void_v<Result>) {
    RunGuarded([](void* argument) { (*static_cast<Leaf*>(argument))(); }, &leaf);
  } else {
    static_assert(std::is_trivially_destructible_v<Result>, "a leaf may return plain values only");
    struct Frame {
      Leaf* leaf;
      Result result;
    } frame{&leaf, {}};
    RunGuarded(
        [](void* argument) {
          auto* f = static_cast<Frame*>(argument);
          f->result = (*f->leaf)();
        },
        &frame);
    return frame.result;
  }
}

enum class Ending { kKeep, kUndo };

// Runs C++ code in an internal subtransaction. Its effects are undone when it throws, and with kUndo
// always; memory context and resource owner are restored. The exception goes on.
void InSubtransaction(Ending ending, const std::function<void()>& body);

// Runs a leaf in a subtransaction and returns its error, for callers that go on after it. Cancel
// (57014) and assert failures (P0004) are thrown all the same.
template <typename Leaf>
std::optional<Error> TryCall(Leaf leaf) {
  try {
    InSubtransaction(Ending::kKeep, [&] { Call(leaf); });
  } catch (const Error& error) {
    if (error.sqlstate == "57014" || error.sqlstate == "P0004") throw;
    return error;
  }
  return std::nullopt;
}

// Sends a notice to the client.
void RaiseNotice(const std::string& message);

// … or what would be an error if it were refused, as a warning.
void RaiseWarning(const Error& warning);

// An error copied out of C++, to be raised when no C++ object is left; freed by RaiseReport.
struct ErrorReport;
ErrorReport* CopyReport(const Error& error) noexcept;
ErrorReport* CopyReport(const char* sqlstate, const char* message) noexcept;
[[noreturn]] void RaiseReport(ErrorReport* report);

// The current exception as a report. Only inside a catch block.
ErrorReport* ReportCurrentException() noexcept;

// The door out: the one line of every SQL-callable function. Whatever `body` throws becomes an
// ereport(ERROR) after the catch block is left.
template <typename Body>
Datum Entry(Body body) {
  static_assert(std::is_trivially_destructible_v<Body>, "arguments are read into plain values before Entry");
  ErrorReport* report = nullptr;
  Datum result = 0;
  try {
    result = body();
  } catch (...) {
    report = ReportCurrentException();
  }
  if (report != nullptr) RaiseReport(report);
  return result;
}

}  // namespace migrate
