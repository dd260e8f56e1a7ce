// Hands rows to the caller of a set-returning function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/compat.h"
#include "server/sql.h"

namespace migrate {

// Returns `rows` as the result of the set-returning function of `info`, each value as text that its
// column's type reads. The caller returns the Datum.
Datum ReturnRows(FunctionCallInfo info, const std::vector<Row>& rows);

// Values for a row.
Value TextValue(const std::string& text);  // empty is null
Value BooleanValue(bool value);
Value NumberValue(double value);

}  // namespace migrate
