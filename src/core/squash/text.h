// The text of a migration that stands for many. Pure.
#pragma once

#include <string>
#include <vector>

namespace migrate {

// A statement of a migration that is not of the database alone, or that may have changed rows.
struct SquashStatement {
  std::string migration;
  int line = 0;
  std::string tag;
  std::string text;  // of what is carried over as it stands
};

struct SquashParts {
  std::string head;  // its first lines
  std::vector<std::string> remarks;
  std::vector<SquashStatement> of_server;
  std::vector<std::string> statements;
};

// The first lines: what it replaces, and what the replaced expect of the schema, each of `expected` by its text.
std::string SquashHead(const std::string& upto, const std::string& range, const std::vector<std::string>& expected);

std::string SquashText(const SquashParts& parts);

// The first line behind the head that would divide the text where it is loaded, as a comment of several lines can have
// one; 0 if there is none.
int DividingLine(const SquashParts& parts, const std::string& text);

// A row of values, (1, 'x'), without line ends in its strings: a line of a value could be taken for one that divides
// the text, and a tool may write line ends in another way.
std::string InOneLine(const std::string& row);

// What is to be said of statements that may have changed rows: one line for each migration, "0003_seed: INSERT in line
// 4, DO in line 9".
std::vector<std::string> DataRemarks(const std::vector<SquashStatement>& statements);

}  // namespace migrate
