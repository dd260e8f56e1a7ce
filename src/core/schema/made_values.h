// Values for rows that are made up: of each type a few, of which the first that a table takes is used. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrate::schema {

// For the first and the second row, as their types write them.
struct MadePair {
  std::string first, second;

  bool operator==(const MadePair&) const = default;
};

// Of a type by its name in pg_type; of one that is not known, texts that many types take. Numbers are large ones, which
// neither sequences nor rows that migrations add are likely to have; the same number stands in each type that can hold
// it, so that what is to refer to another table finds it there.
std::vector<MadePair> MadeValuesOf(std::string_view type);

// Of an array or a range whose elements have these, and of a row with such columns.
std::vector<MadePair> InArray(const std::vector<MadePair>& elements);
std::vector<MadePair> InRange(const std::vector<MadePair>& bounds, bool of_many);
MadePair InRow(const std::vector<MadePair>& columns);

// The constants of a condition, and of whole numbers the ones behind them: what it is met by is often one of them.
std::vector<MadePair> ConstantsIn(std::string_view condition);

// The parts of a condition, joined by AND at its top level, that name this column and none of the others: names as they
// are quoted. As one condition; empty if there are none.
std::string ConditionOn(const std::string& column, const std::vector<std::string>& others, std::string_view condition);

}  // namespace migrate::schema
