#include "server/base/sql.h"

#include <algorithm>
#include <cstdlib>

#include "server/base/extension.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

constexpr int kMostParameters = 32;
constexpr int kRowsAtOnce = 1000;

// What a leaf may hold of a Parameter.
struct PlainText {
  const char* data;
  size_t size;
};

struct PlainParameter {
  Datum made;  // already a datum: a consumed text
  PlainText text;
  const PlainText* texts;  // of an array
  int count;
  bool is_array;
  bool is_null;
};

struct PlainRows {
  MemoryContext context;
  uint64 rows;
  int columns;
  char** values;  // row by row
  char** names;   // of the columns, if wanted
  text* only;     // or the first value alone, as the server has it
};

bool active_snapshot_only = false;

enum class Wanted { kRows, kNamedRows, kText };

Datum TextDatumLeaf(const PlainText& text) {
  return PointerGetDatum(cstring_to_text_with_len(text.data, static_cast<int>(text.size)));
}

Datum TextDatumInLeaf(MemoryContext context, const PlainText& text) {
  MemoryContext const caller = MemoryContextSwitchTo(context);
  const Datum datum = TextDatumLeaf(text);
  MemoryContextSwitchTo(caller);
  return datum;
}

MemoryContext NewContextLeaf() {
  return AllocSetContextCreate(CurrentMemoryContext, "migrate rows", ALLOCSET_DEFAULT_SIZES);
}

// As construct_array does it, which would want each element as a datum first, and so copy large texts twice.
Datum ArrayDatumLeaf(const PlainText* texts, int count) {
  if (count == 0) return PointerGetDatum(construct_empty_array(TEXTOID));
  Size bytes = ARR_OVERHEAD_NONULLS(1);
  for (int i = 0; i < count; ++i) bytes += INTALIGN(VARHDRSZ + texts[i].size);
  if (!AllocSizeIsValid(bytes)) elog(ERROR, "array of %zu bytes is too large", bytes);
  ArrayType* array = static_cast<ArrayType*>(palloc0(bytes));
  SET_VARSIZE(array, bytes);
  array->ndim = 1;
  array->dataoffset = 0;  // no nulls
  array->elemtype = TEXTOID;
  *ARR_DIMS(array) = count;
  *ARR_LBOUND(array) = 1;
  char* at = ARR_DATA_PTR(array);
  for (int i = 0; i < count; ++i) {
    SET_VARSIZE(at, VARHDRSZ + texts[i].size);
    memcpy(VARDATA(at), texts[i].data, texts[i].size);
    at += INTALIGN(VARHDRSZ + texts[i].size);
  }
  return PointerGetDatum(array);
}

Datum ParameterDatumLeaf(const PlainParameter& parameter) {
  if (parameter.made != 0) return parameter.made;
  if (!parameter.is_array) return TextDatumLeaf(parameter.text);
  return ArrayDatumLeaf(parameter.texts, parameter.count);
}

void PrepareLeaf(Statement* statement, const PlainParameter* parameters, int count) {
  Oid types[kMostParameters];
  for (int i = 0; i < count; ++i) types[i] = parameters[i].is_array ? TEXTARRAYOID : TEXTOID;
  const int planning = statement->planning == Planning::kOnce ? CURSOR_OPT_GENERIC_PLAN : CURSOR_OPT_CUSTOM_PLAN;
  SPIPlanPtr plan = SPI_prepare_cursor(statement->sql, count, types, planning);
  if (plan == nullptr) elog(ERROR, "could not prepare \"%s\": %s", statement->sql, SPI_result_code_string(SPI_result));
  SPI_keepplan(plan);
  statement->plan = plan;
}

// Copies what SPI returned into `rows->context`, which outlives SPI_finish.
void CopyRowsLeaf(PlainRows* rows) {
  rows->rows = SPI_tuptable == nullptr ? 0 : SPI_processed;
  if (rows->rows == 0) return;
  MemoryContext old = MemoryContextSwitchTo(rows->context);
  rows->columns = SPI_tuptable->tupdesc->natts;
  rows->values = static_cast<char**>(
      MemoryContextAllocHuge(rows->context, sizeof(char*) * rows->rows * static_cast<uint64>(rows->columns)));
  for (uint64 row = 0; row < rows->rows; ++row) {
    for (int column = 0; column < rows->columns; ++column) {
      rows->values[row * static_cast<uint64>(rows->columns) + static_cast<uint64>(column)] =
          SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column + 1);
    }
  }
  MemoryContextSwitchTo(old);
}

// Copies how the columns are called, which the server knows without a row, too.
void CopyNamesLeaf(PlainRows* rows) {
  MemoryContext old = MemoryContextSwitchTo(rows->context);
  rows->columns = SPI_tuptable->tupdesc->natts;
  rows->names = static_cast<char**>(palloc(sizeof(char*) * static_cast<Size>(rows->columns)));
  for (int column = 0; column < rows->columns; ++column) {
    rows->names[column] = SPI_fname(SPI_tuptable->tupdesc, column + 1);
  }
  MemoryContextSwitchTo(old);
}

// Copies the first value alone, detoasted.
void CopyTextLeaf(PlainRows* rows) {
  if (SPI_tuptable == nullptr || SPI_processed == 0) return;
  bool is_null;
  const Datum value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
  if (is_null) return;
  MemoryContext old = MemoryContextSwitchTo(rows->context);
  rows->only = DatumGetTextPCopy(value);
  MemoryContextSwitchTo(old);
}

// What a leaf opens around its work with SPI, and closes behind it.
struct Access {
  SqlWindow window;
  bool without_snapshot;
};

void OpenAccessLeaf(const Statement* statement, Access* access) {
  if (statement->rights == Rights::kOwner) {
    OpenOwnerWindowLeaf(&access->window);
  } else {
    OpenCallerWindowLeaf(&access->window);
  }
  // Behind a commit there is no snapshot; without one SPI would take one for the whole portal, which a
  // worker doesn't have and a procedure would keep.
  access->without_snapshot = !ActiveSnapshotSet();
  if (access->without_snapshot) PushActiveSnapshot(GetTransactionSnapshot());
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
}

void CloseAccessLeaf(const Access* access) {
  SPI_finish();
  if (access->without_snapshot) PopActiveSnapshot();
  CloseWindowLeaf(&access->window);
}

// A statement with its parameters, and the memory for both them and what it returns.
struct PlainQuery {
  MemoryContext context;
  Statement* statement;
  PlainParameter parameters[kMostParameters];
  int count;
  bool read_only;
};

struct PlainValues {
  Datum values[kMostParameters];
  char nulls[kMostParameters];
};

// Behind OpenAccessLeaf: it prepares the statement, too.
void BindLeaf(const PlainQuery* query, PlainValues* bound) {
  if (query->statement->plan == nullptr) PrepareLeaf(query->statement, query->parameters, query->count);
  MemoryContext const caller = MemoryContextSwitchTo(query->context);
  for (int i = 0; i < query->count; ++i) {
    const PlainParameter& parameter = query->parameters[i];
    bound->nulls[i] = parameter.is_null ? 'n' : ' ';
    bound->values[i] = parameter.is_null ? static_cast<Datum>(0) : ParameterDatumLeaf(parameter);
  }
  MemoryContextSwitchTo(caller);
}

PlainRows QueryLeaf(const PlainQuery* query, Wanted wanted) {
  PlainRows rows = {query->context, 0, 0, nullptr, nullptr, nullptr};
  MemoryContext const caller = CurrentMemoryContext;
  Access access;
  OpenAccessLeaf(query->statement, &access);
  PlainValues bound;
  BindLeaf(query, &bound);
  const int code = SPI_execute_plan(query->statement->plan, bound.values, bound.nulls, query->read_only, 0);
  if (code < 0) elog(ERROR, "could not execute \"%s\": %s", query->statement->sql, SPI_result_code_string(code));
  if (wanted == Wanted::kText) {
    CopyTextLeaf(&rows);
  } else {
    CopyRowsLeaf(&rows);
  }
  if (wanted == Wanted::kNamedRows) CopyNamesLeaf(&rows);
  CloseAccessLeaf(&access);
  MemoryContextSwitchTo(caller);
  return rows;
}

Portal OpenCursorLeaf(const PlainQuery* query) {
  MemoryContext const caller = CurrentMemoryContext;
  Access access;
  OpenAccessLeaf(query->statement, &access);
  PlainValues bound;
  BindLeaf(query, &bound);
  Portal portal = SPI_cursor_open(nullptr, query->statement->plan, bound.values, bound.nulls, query->read_only);
  CloseAccessLeaf(&access);
  MemoryContextSwitchTo(caller);
  return portal;
}

// Replaces the rows that were fetched before.
PlainRows FetchLeaf(const PlainQuery* query, Portal portal) {
  PlainRows rows = {query->context, 0, 0, nullptr, nullptr, nullptr};
  MemoryContext const caller = CurrentMemoryContext;
  MemoryContextReset(query->context);
  Access access;
  OpenAccessLeaf(query->statement, &access);
  SPI_cursor_fetch(portal, true, kRowsAtOnce);
  CopyRowsLeaf(&rows);
  CloseAccessLeaf(&access);
  MemoryContextSwitchTo(caller);
  return rows;
}

// Our own SQL tells no one anything. What stands before it is of triggers and the like, and stays.
void ForgetOwnText(Error& error, const char* sql) {
  if (error.internal_query == sql) {
    error.internal_query.clear();
    error.internal_position = 0;
  }
  const size_t text = error.context.find(sql);
  if (text == std::string::npos) return;
  const size_t line = error.context.rfind('\n', text);
  error.context.resize(line == std::string::npos ? 0 : line);
}

// Makes the leaves' form of a statement and its parameters for `use`; frees it afterwards.
template <typename Use>
void WithPlainQuery(Statement& statement, std::initializer_list<Parameter> parameters, Use use) {
  MemoryContext const context = Call([]() noexcept { return NewContextLeaf(); });
  std::vector<std::vector<PlainText>> arrays;
  arrays.reserve(parameters.size());
  PlainQuery query;
  query.context = context;
  query.statement = &statement;
  query.count = 0;
  query.read_only = ReadsActiveSnapshotOnly();
  for (const auto& parameter : parameters) {
    PlainParameter& p = query.parameters[query.count++];
    p = {0, {parameter.text().data(), parameter.text().size()}, nullptr, 0, false, parameter.is_null()};
    if (std::string* const text = parameter.consumed()) {
      const PlainText plain_text = p.text;
      p.made = Call([=]() noexcept { return TextDatumInLeaf(context, plain_text); });
      std::string().swap(*text);
    }
    if (parameter.texts() == nullptr) continue;
    auto& texts = arrays.emplace_back();
    for (const auto& text : *parameter.texts()) texts.push_back({text.data(), text.size()});
    p.texts = texts.data();
    p.count = static_cast<int>(texts.size());
    p.is_array = true;
  }
  try {
    use(static_cast<const PlainQuery*>(&query));
  } catch (Error& error) {
    ForgetOwnText(error, statement.sql);
    throw;
  }
  Call([=]() noexcept { MemoryContextDelete(context); });
}

std::vector<Row> RowsOf(const PlainRows& found) {
  std::vector<Row> rows(found.rows, Row(static_cast<size_t>(found.columns)));
  char** value = found.values;
  for (auto& row : rows) {
    for (auto& cell : row) {
      if (*value != nullptr) cell = *value;
      ++value;
    }
  }
  return rows;
}

}  // namespace

ActiveSnapshotOnly::ActiveSnapshotOnly() : saved_(active_snapshot_only) { active_snapshot_only = true; }

ActiveSnapshotOnly::~ActiveSnapshotOnly() { active_snapshot_only = saved_; }

bool ReadsActiveSnapshotOnly() { return active_snapshot_only || CallOnlyReads(); }

std::vector<Row> Query(Statement& statement, std::initializer_list<Parameter> parameters) {
  std::vector<Row> rows;
  WithPlainQuery(statement, parameters, [&](const PlainQuery* query) {
    rows = RowsOf(Call([=]() noexcept { return QueryLeaf(query, Wanted::kRows); }));
  });
  return rows;
}

const Value& NamedRows::At(const Row& row, std::string_view name) const {
  const auto column = std::find(names.begin(), names.end(), name);
  if (column == names.end()) throw Error("XX000", "the rows have no column \"" + std::string(name) + "\"");
  return row[static_cast<size_t>(column - names.begin())];
}

NamedRows QueryNamed(Statement& statement, std::initializer_list<Parameter> parameters) {
  NamedRows named;
  WithPlainQuery(statement, parameters, [&](const PlainQuery* query) {
    const PlainRows found = Call([=]() noexcept { return QueryLeaf(query, Wanted::kNamedRows); });
    named.names.assign(found.names, found.names + found.columns);
    named.rows = RowsOf(found);
  });
  return named;
}

void QueryEach(Statement& statement, std::initializer_list<Parameter> parameters,
               const std::function<void(const char* const* values)>& use) {
  WithPlainQuery(statement, parameters, [&](const PlainQuery* query) {
    Portal const portal = Call([=]() noexcept { return OpenCursorLeaf(query); });
    PlainRows found;
    do {
      found = Call([=]() noexcept { return FetchLeaf(query, portal); });
      for (uint64 row = 0; row < found.rows; ++row) use(found.values + row * static_cast<uint64>(found.columns));
    } while (found.rows == kRowsAtOnce);
    Call([=]() noexcept { SPI_cursor_close(portal); });
  });
}

std::vector<Row> QueryOnce(const std::string& sql) {
  Statement statement = {sql.c_str(), Rights::kCaller};
  const auto forget = [&] {
    const SPIPlanPtr plan = statement.plan;
    if (plan != nullptr) Call([=]() noexcept { (void) SPI_freeplan(plan); });
  };
  try {
    std::vector<Row> rows = Query(statement);
    forget();
    return rows;
  } catch (const Error&) {
    forget();
    throw;
  }
}

bool QueryText(Statement& statement, std::initializer_list<Parameter> parameters, std::string& text) {
  bool found_one = false;
  WithPlainQuery(statement, parameters, [&](const PlainQuery* query) {
    const PlainRows found = Call([=]() noexcept { return QueryLeaf(query, Wanted::kText); });
    found_one = found.only != nullptr;
    if (found_one) text.assign(VARDATA_ANY(found.only), VARSIZE_ANY_EXHDR(found.only));
  });
  return found_one;
}

Value QueryValue(Statement& statement, std::initializer_list<Parameter> parameters) {
  const auto rows = Query(statement, parameters);
  return rows.empty() ? Value() : rows.front().front();
}

std::string TextOf(const Value& value) { return value.value_or(std::string()); }

int64_t IntegerOf(const Value& value) { return value ? std::strtoll(value->c_str(), nullptr, 10) : 0; }

bool BooleanOf(const Value& value) { return value && *value == "t"; }

}  // namespace migrate
