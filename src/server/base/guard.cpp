#include "server/base/guard.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "server/run/current_query.h"

namespace migrate {
namespace {

const char* OrEmpty(const char* text) { return text == nullptr ? "" : text; }

Error FromErrorData(const ErrorData& data) {
  Error error;
  error.sqlstate = unpack_sql_state(data.sqlerrcode);
  error.message = OrEmpty(data.message);
  error.detail = OrEmpty(data.detail);
  error.hint = OrEmpty(data.hint);
  error.context = OrEmpty(data.context);
  error.schema_name = OrEmpty(data.schema_name);
  error.table_name = OrEmpty(data.table_name);
  error.column_name = OrEmpty(data.column_name);
  error.datatype_name = OrEmpty(data.datatype_name);
  error.constraint_name = OrEmpty(data.constraint_name);
  error.cursor_position = data.cursorpos;
  error.internal_position = data.internalpos;
  error.internal_query = OrEmpty(data.internalquery);
  error.source_file = data.filename;
  error.source_line = data.lineno;
  error.source_function = data.funcname;
  return error;
}

// Copies the current server error; null if even that fails for want of memory.
ErrorData* CopyErrorDataLeaf(MemoryContext context) {
  ErrorData* volatile copy = nullptr;
  PG_TRY();
  {
    MemoryContextSwitchTo(context);
    copy = CopyErrorData();
  }
  PG_CATCH();
  { MemoryContextSwitchTo(context); }
  PG_END_TRY();
  FlushErrorState();
  return copy;
}

void FreeErrorDataLeaf(ErrorData* data) { FreeErrorData(data); }

}  // namespace

void RunGuarded(void (*function)(void*), void* argument) {
  MemoryContext const context = CurrentMemoryContext;
  ErrorData* volatile data = nullptr;
  volatile bool failed = false;
  // Whoever called us adds its context when Entry raises the error again; once is enough.
  ErrorContextCallback* const callers = error_context_stack;
  PG_TRY();
  {
    error_context_stack = nullptr;
    function(argument);
    error_context_stack = callers;
  }
  PG_CATCH();
  {
    failed = true;
    data = CopyErrorDataLeaf(context);
  }
  PG_END_TRY();
  error_context_stack = callers;
  if (!failed) return;
  if (data == nullptr) throw Error(sqlstate::kOutOfMemory, "out of memory");
  Error error = FromErrorData(*data);
  FreeErrorDataLeaf(data);
  throw error;
}

void InSubtransaction(Ending ending, const std::function<void()>& body) {
  MemoryContext const context = CurrentMemoryContext;
  ResourceOwner const owner = CurrentResourceOwner;
  Call([=]() noexcept {
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(context);
  });
  const auto undo = [=]() noexcept {
    RollbackAndReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
  };
  try {
    body();
  } catch (...) {
    Call(undo);
    throw;
  }
  if (ending == Ending::kUndo) {
    Call(undo);
    return;
  }
  Call([=]() noexcept {
    ReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
  });
}

namespace {

void RaiseToClient(int level, const Error& error) {
  const char* const state = error.sqlstate.c_str();
  const char* const message = error.message.c_str();
  const char* const detail = error.detail.c_str();
  const char* const hint = error.hint.c_str();
  Call([=]() noexcept {
    ereport(level,
            (errcode(MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4])), errmsg_internal("%s", message),
             detail[0] == '\0' ? 0 : errdetail_internal("%s", detail), hint[0] == '\0' ? 0 : errhint("%s", hint)));
  });
}

// The client's encoding may lack one of the characters. Nothing was begun that would have to be undone, and nothing has
// failed that the message tells of.
void RaiseReadable(int level, Error told) {
  try {
    return RaiseToClient(level, told);
  } catch (const Error& error) {
    if (error.sqlstate != "22P05") throw;
  }
  for (std::string* const text : {&told.message, &told.detail, &told.hint}) {
    for (char& c : *text) {
      if ((c & 0x80) != 0) c = '?';
    }
  }
  RaiseToClient(level, told);
}

}  // namespace

void RaiseNotice(const std::string& message) { RaiseReadable(NOTICE, Error("00000", message)); }

void RaiseWarning(const Error& warning) { RaiseReadable(WARNING, warning); }

// One block of memory: the fields one after the other behind the struct.
struct ErrorReport {
  int sqlstate;
  int cursor_position;
  int internal_position;
  const char* source_file;
  int source_line;
  const char* source_function;
  const char* message;
  const char* detail;
  const char* hint;
  const char* context;
  const char* schema_name;
  const char* table_name;
  const char* column_name;
  const char* datatype_name;
  const char* constraint_name;
  const char* internal_query;
  const char* statement;
};

namespace {

// Raised when there is no memory even for a report.
ErrorReport out_of_memory_report = {};

struct ReportField {
  const char* ErrorReport::*target;
  const std::string* source;
  const std::string* more = nullptr;  // for a line of its own behind it

  bool has_more() const { return more != nullptr && !more->empty(); }
};

}  // namespace

ErrorReport* CopyReport(const Error& error) noexcept {
  const ReportField fields[] = {
      {&ErrorReport::message, &error.message},
      {&ErrorReport::detail, &error.detail, &error.place},
      {&ErrorReport::hint, &error.hint},
      {&ErrorReport::context, &error.context},
      {&ErrorReport::schema_name, &error.schema_name},
      {&ErrorReport::table_name, &error.table_name},
      {&ErrorReport::column_name, &error.column_name},
      {&ErrorReport::datatype_name, &error.datatype_name},
      {&ErrorReport::constraint_name, &error.constraint_name},
      {&ErrorReport::internal_query, &error.internal_query},
      {&ErrorReport::statement, &error.statement},
  };
  size_t size = sizeof(ErrorReport);
  for (const auto& field : fields) size += field.source->size() + 1 + (field.has_more() ? field.more->size() + 1 : 0);
  auto* report = static_cast<ErrorReport*>(std::malloc(size));
  if (report == nullptr) return CopyReport(sqlstate::kOutOfMemory, "out of memory");
  const char* state = error.sqlstate.c_str();
  report->sqlstate = MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4]);
  report->cursor_position = error.cursor_position;
  report->internal_position = error.internal_position;
  report->source_file = error.source_file != nullptr ? error.source_file : __FILE__;
  report->source_line = error.source_file != nullptr ? error.source_line : __LINE__;
  report->source_function = error.source_file != nullptr ? error.source_function : "migrate";
  char* at = reinterpret_cast<char*>(report + 1);
  for (const auto& field : fields) {
    report->*field.target = at;
    std::memcpy(at, field.source->c_str(), field.source->size() + 1);
    at += field.source->size();
    if (field.has_more()) {
      if (!field.source->empty()) *at++ = '\n';
      std::memcpy(at, field.more->c_str(), field.more->size() + 1);
      at += field.more->size();
    }
    ++at;
  }
  return report;
}

ErrorReport* CopyReport(const char* sqlstate, const char* message) noexcept {
  out_of_memory_report = {};
  for (const auto field : {&ErrorReport::detail, &ErrorReport::hint, &ErrorReport::context, &ErrorReport::schema_name,
                           &ErrorReport::table_name, &ErrorReport::column_name, &ErrorReport::datatype_name,
                           &ErrorReport::constraint_name, &ErrorReport::internal_query, &ErrorReport::statement}) {
    out_of_memory_report.*field = "";
  }
  out_of_memory_report.sqlstate = MAKE_SQLSTATE(sqlstate[0], sqlstate[1], sqlstate[2], sqlstate[3], sqlstate[4]);
  out_of_memory_report.message = message;
  out_of_memory_report.source_file = __FILE__;
  out_of_memory_report.source_line = __LINE__;
  out_of_memory_report.source_function = "migrate";
  return &out_of_memory_report;
}

ErrorReport* ReportCurrentException() noexcept {
  try {
    throw;
  } catch (const Error& error) {
    return CopyReport(error);
  } catch (const std::bad_alloc&) {
    return CopyReport(sqlstate::kOutOfMemory, "out of memory");
  } catch (...) {
    return CopyReport("XX000", "unexpected C++ exception in extension migrate");
  }
}

void RaiseReport(ErrorReport* report) {
  if (report->statement[0] != '\0') KeepCurrentQueryLeaf(report->statement);
  // errstart and errfinish instead of ereport: the report is freed when its fields are copied.
  errstart(ERROR, TEXTDOMAIN);
  errcode(report->sqlstate);
  errmsg_internal("%s", report->message);
  if (report->detail[0] != '\0') errdetail_internal("%s", report->detail);
  if (report->hint[0] != '\0') errhint("%s", report->hint);
  if (report->context[0] != '\0') {
    set_errcontext_domain(TEXTDOMAIN);
    errcontext_msg("%s", report->context);
  }
  if (report->schema_name[0] != '\0') err_generic_string(PG_DIAG_SCHEMA_NAME, report->schema_name);
  if (report->table_name[0] != '\0') err_generic_string(PG_DIAG_TABLE_NAME, report->table_name);
  if (report->column_name[0] != '\0') err_generic_string(PG_DIAG_COLUMN_NAME, report->column_name);
  if (report->datatype_name[0] != '\0') err_generic_string(PG_DIAG_DATATYPE_NAME, report->datatype_name);
  if (report->constraint_name[0] != '\0') err_generic_string(PG_DIAG_CONSTRAINT_NAME, report->constraint_name);
  if (report->cursor_position > 0) errposition(report->cursor_position);
  if (report->internal_query[0] != '\0') {
    internalerrquery(report->internal_query);
    internalerrposition(report->internal_position);
  }
  const char* const file = report->source_file;
  const int line = report->source_line;
  const char* const function = report->source_function;
  if (report != &out_of_memory_report) std::free(report);
  errfinish(file, line, function);
  pg_unreachable();
}

}  // namespace migrate
