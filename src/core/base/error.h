// The one exception type of the project, shaped like the server's ErrorData so that nothing of a
// server error is lost on its way through C++. Holds no policy: who adds context is said at the
// functions below.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace migrate {

// SQLSTATEs that the project raises itself. Standard codes first; class MG only where a caller must
// tell ours apart (the table in docs/errors.md repeats it).
namespace sqlstate {
inline constexpr char kFeatureNotSupported[] = "0A000";
inline constexpr char kNullNotAllowed[] = "22004";
inline constexpr char kInvalidParameter[] = "22023";
inline constexpr char kNotInEncoding[] = "22021";
inline constexpr char kActiveTransaction[] = "25001";
inline constexpr char kReadOnlyTransaction[] = "25006";
inline constexpr char kInvalidTermination[] = "2D000";
inline constexpr char kInvalidSchemaName[] = "3F000";
inline constexpr char kSerializationFailure[] = "40001";
inline constexpr char kDeadlockDetected[] = "40P01";
inline constexpr char kInsufficientPrivilege[] = "42501";
inline constexpr char kWrongObjectType[] = "42809";
inline constexpr char kUndefinedTable[] = "42P01";
inline constexpr char kSyntaxError[] = "42601";
inline constexpr char kUndefinedObject[] = "42704";
inline constexpr char kDuplicateObject[] = "42710";
inline constexpr char kAmbiguous[] = "42725";
inline constexpr char kQueryCanceled[] = "57014";
inline constexpr char kInvalidDefinition[] = "42P17";
inline constexpr char kProgramLimit[] = "54000";
inline constexpr char kWrongState[] = "55000";
inline constexpr char kLockNotAvailable[] = "55P03";
inline constexpr char kUnsafeNewEnumValue[] = "55P04";
inline constexpr char kOutOfMemory[] = "53200";
inline constexpr char kTooManyConnections[] = "53300";
inline constexpr char kLimitExceeded[] = "53400";
inline constexpr char kIoError[] = "58030";
inline constexpr char kUndefinedFile[] = "58P01";
inline constexpr char kVerifyFailed[] = "MG001";
inline constexpr char kTextChanged[] = "MG002";
inline constexpr char kGuardAltered[] = "MG003";
inline constexpr char kPlanChanged[] = "MG004";
inline constexpr char kNotApplied[] = "MG005";
inline constexpr char kOutOfOrder[] = "MG006";
inline constexpr char kIrreversible[] = "MG007";
inline constexpr char kNewerThanRequired[] = "MG008";
inline constexpr char kOutsideMigration[] = "MG009";
inline constexpr char kDropsObjects[] = "MG010";
inline constexpr char kLosesRows[] = "MG011";
inline constexpr char kCantKeep[] = "MG012";
inline constexpr char kTooMuchImpact[] = "MG013";
inline constexpr char kLintRefuses[] = "MG014";
inline constexpr char kFrozen[] = "MG015";
inline constexpr char kNotApproved[] = "MG016";
inline constexpr char kProbeFailed[] = "MG017";
inline constexpr char kNotProven[] = "MG018";
}  // namespace sqlstate

// An error on its way to the client. Positions are in characters, 1-based, 0 when unknown, as in
// ErrorData; `line` and `column` are those in the migration's file.
struct Error : public std::exception {
  Error() = default;
  Error(std::string_view sqlstate, std::string message, std::string detail = {}, std::string hint = {})
      : sqlstate(sqlstate), message(std::move(message)), detail(std::move(detail)), hint(std::move(hint)) {}

  const char* what() const noexcept override { return message.c_str(); }

  std::string sqlstate = "XX000";
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;
  std::string place;  // where in a migration, as the sentence that the client gets behind the detail
  std::string schema_name;
  std::string table_name;
  std::string column_name;
  std::string datatype_name;
  std::string constraint_name;
  int cursor_position = 0;
  int internal_position = 0;
  std::string internal_query;
  std::string statement;  // of the migration, for the server's log
  int line = 0;
  int column = 0;
  // Where the server raised it: static strings of the server, null for errors of our own.
  const char* source_file = nullptr;
  int source_line = 0;
  const char* source_function = nullptr;
};

// Adds a sentence to the hint, keeping what is there.
inline void AddHint(Error& error, std::string_view sentence) {
  if (!error.hint.empty()) error.hint += ' ';
  error.hint += sentence;
}

// Adds an outer level to the context, as the server orders them: innermost first.
inline void AddContext(Error& error, std::string_view line) {
  if (!error.context.empty()) error.context += '\n';
  error.context += line;
}

}  // namespace migrate
