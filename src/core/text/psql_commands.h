// psql's own commands in a script: which change nothing in the database, so
// that a script says the same without them, and which read another file. All
// others can't run here.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace migrate {

// Names that psql would fill in: of `:name`, `:'name'`, `:"name"` and
// `:{?name}`.
using PsqlVariables = std::set<std::string, std::less<>>;

PsqlVariables PsqlVariablesOf(std::string_view script);

// Whether a line of psql commands may be skipped: it shows or sets what psql
// alone heeds, and no variable of `used`.
bool IsSkippable(std::string_view line, const PsqlVariables& used);

// \i and \ir, by their longer names, too.
struct PsqlInclude {
  std::string path;
  bool relative = false;  // to the file that it stands in
};

// What a line of psql commands includes, if it does that and no more.
std::optional<PsqlInclude> ParsePsqlInclude(std::string_view line);

}  // namespace migrate
