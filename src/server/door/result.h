// Hands rows to the caller of a set-returning function. A result that people read is a struct of Cells, one for each
// column, filled by its members' names: a column that is forgotten or swapped does not compile. What SQL returns as it
// stands has the names that its query gives. Either is compared with the function's columns before the first row.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/base/compat.h"
#include "server/base/sql.h"

namespace migrate {

// A value of a column, as text that its type reads. It has no default: a row says each.
class Cell {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a row is written as its values
  Cell(Value value) : value_(std::move(value)) {}
  Cell(std::string text) : value_(std::move(text)) {}
  Cell(const char* text) : value_(text) {}
  // NOLINTEND(google-explicit-constructor)
  Cell(bool) = delete;  // see BooleanValue

  const char* data() const { return value_ ? value_->c_str() : nullptr; }

 private:
  Value value_;
};

// A member of a result, and the column of the function that it fills.
template <typename Result>
struct Column {
  const char* name;
  Cell Result::*cell;
};

// Writes the rows of one result.
class ResultWriter {
 public:
  // `names` are those that the function's columns must have.
  ResultWriter(FunctionCallInfo info, const char* const* names, size_t columns);

  void Put(const char* const* values);

 private:
  Tuplestorestate* store_;
  AttInMetadata* metadata_;
  MemoryContext context_;
};

// Returns `results` as the result of the set-returning function of `info`. The caller returns the Datum.
template <typename Result, size_t N>
Datum ReturnRows(FunctionCallInfo info, const std::vector<Result>& results, const Column<Result> (&columns)[N]) {
  static_assert(sizeof(Result) == N * sizeof(Cell), "each member of a result is one of its columns");
  std::array<const char*, N> names, values;
  for (size_t i = 0; i < N; ++i) names[i] = columns[i].name;
  ResultWriter writer(info, names.data(), N);
  for (const auto& result : results) {
    for (size_t i = 0; i < N; ++i) values[i] = (result.*columns[i].cell).data();
    writer.Put(values.data());
  }
  return static_cast<Datum>(0);
}

// What a query found, as it stands.
Datum ReturnRows(FunctionCallInfo info, const NamedRows& found);

// What became of a migration, or of a file: the result of most functions that register or repair.
struct ActionResult {
  Cell version, name, action, detail;
};
Datum ReturnRows(FunctionCallInfo info, const std::vector<ActionResult>& results);

// A step that ran, or was recorded: the result of all that applies, rolls back or verifies.
struct StepResult {
  Cell version, name, action, statements, duration_ms;
};
Datum ReturnRows(FunctionCallInfo info, const std::vector<StepResult>& results);

// One text.
Datum ReturnText(const std::string& text);

// Values for a row.
Value TextValue(const std::string& text);  // empty is null
Value BooleanValue(bool value);
Value NumberValue(double value);

}  // namespace migrate
