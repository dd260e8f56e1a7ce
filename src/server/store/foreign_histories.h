// Finds and reads the tables in which other tools keep their histories, always as the caller.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/adopt/history.h"

namespace migrate {

struct FoundHistory {
  std::string oid;
  adopt::Candidate candidate;
  const adopt::Tool* tool = nullptr;  // null if the table only looks like one
  size_t rows = 0;
  adopt::History history;
  bool was_read = false;

  std::string Name() const { return candidate.Name(); }
};

// All tables that are called as a tool's is, in any schema; none of them is read yet.
std::vector<FoundHistory> FindHistories();

// The table that `name` means, as the tool's whatever it is called. 42P01 if there is none, 55000 if it has another
// shape.
FoundHistory FindHistory(const std::string& tool, const std::string& name);

// Fills in the rows and what they say.
void ReadRows(FoundHistory& found);

}  // namespace migrate
