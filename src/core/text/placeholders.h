// Placeholders in a text, as Flyway (${name}), tern ({{.name}}) and graphile-migrate (:NAME) write them. The text that
// is kept and hashed has them unfilled: the same file has the same checksum wherever it is loaded.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace migrate {

using Placeholders = std::map<std::string, std::string>;  // values by name, which may begin with a colon

// Which forms there are, and the values. Of a form that is not asked for, what looks like one is plain text.
struct PlaceholderRules {
  Placeholders values;
  bool dollar = false;  // ${name}, which must have a value
  bool braces = false;  // {{.name}}, which must
  bool colon = false;   // :NAME, of which those must that begin with :DATABASE_
};

// The values that the text needs. Throws 42704 with the line of one that has none; `first_line` is where the
// text starts in its file.
Placeholders PlaceholdersOf(std::string_view text, int first_line, const PlaceholderRules& rules);

// The text with each of these filled, in any form.
std::string FillPlaceholders(std::string text, const Placeholders& values);

}  // namespace migrate
