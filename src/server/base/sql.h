// Runs the product's own SQL through SPI: prepared once a session, parameters and results as text.
// Not for migration text, which pg_database runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/compat.h"

namespace migrate {

// Whose rights a statement runs with.
enum class Rights {
  kCaller,
  kOwner,  // of the tables: for statements that touch schema migrate only
};

enum class Planning {
  kOnce,      // without a look at the parameters, which may be large texts that it would copy
  kEachTime,  // for lists that are joined: which way is quick depends on their length, and that of the table by now
};

// A statement and its plan, made on first use and kept for the session. Always a static object. In
// a call that only reads it sees what the calling query sees.
struct Statement {
  const char* sql;
  Rights rights;
  Planning planning = Planning::kOnce;
  SPIPlanPtr plan = nullptr;
};

// While one lives, queries write nothing and see what the active snapshot does, whatever the call may do.
class ActiveSnapshotOnly {
 public:
  ActiveSnapshotOnly();
  ~ActiveSnapshotOnly();
  ActiveSnapshotOnly(const ActiveSnapshotOnly&) = delete;
  ActiveSnapshotOnly& operator=(const ActiveSnapshotOnly&) = delete;

 private:
  bool const saved_;
};

// Whether the next query sees what the active snapshot does, for whatever reason.
bool ReadsActiveSnapshotOnly();

// A parameter: text, null, or an array of texts.
class Parameter {
 public:
  Parameter(std::nullptr_t) {}
  Parameter(std::string_view text) : text_(text), is_null_(false) {}
  Parameter(const std::string& text) : text_(text), is_null_(false) {}
  Parameter(const char* text) : text_(text), is_null_(false) {}
  Parameter(const std::vector<std::string>& texts) : texts_(&texts), is_null_(false) {}
  Parameter(const std::optional<std::string>& text) : is_null_(!text) {
    if (text) text_ = *text;
  }

  // A text that is freed as soon as the server has its copy: texts may be large.
  static Parameter Consumed(std::string& text) {
    Parameter parameter(text);
    parameter.consumed_ = &text;
    return parameter;
  }

  std::string_view text() const { return text_; }
  std::string* consumed() const { return consumed_; }
  const std::vector<std::string>* texts() const { return texts_; }
  bool is_null() const { return is_null_; }

 private:
  std::string_view text_;
  const std::vector<std::string>* texts_ = nullptr;
  std::string* consumed_ = nullptr;
  bool is_null_ = true;
};

// An empty string as null.
inline Parameter OrNull(const std::string& text) { return text.empty() ? Parameter(nullptr) : Parameter(text); }

using Value = std::optional<std::string>;
using Row = std::vector<Value>;

// Runs the statement and returns its rows. An error of the server is thrown as Error.
std::vector<Row> Query(Statement& statement, std::initializer_list<Parameter> parameters = {});

// Rows and how the query calls their columns.
struct NamedRows {
  std::vector<std::string> names;
  std::vector<Row> rows;

  // The value of that column in one of the rows.
  const Value& At(const Row& row, std::string_view name) const;
};

// Query() of a SELECT, with the names.
NamedRows QueryNamed(Statement& statement, std::initializer_list<Parameter> parameters = {});

// Query() of a SELECT that may return very many rows: hands them to `use` one after the other, as texts
// or null that last as long as the call of it.
void QueryEach(Statement& statement, std::initializer_list<Parameter> parameters,
               const std::function<void(const char* const* values)>& use);

// Runs SQL that is made for this once, as the caller.
std::vector<Row> QueryOnce(const std::string& sql);

// The first column of the only row; nothing if there is no row or it is null.
Value QueryValue(Statement& statement, std::initializer_list<Parameter> parameters = {});

// The text in the first column of the only row, for texts that may be large: copied once. False if
// there is no row or it is null.
bool QueryText(Statement& statement, std::initializer_list<Parameter> parameters, std::string& text);

// Conversions of values; null and empty count as 0 and false.
std::string TextOf(const Value& value);
int64_t IntegerOf(const Value& value);
bool BooleanOf(const Value& value);

}  // namespace migrate
