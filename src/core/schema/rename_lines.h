// What a wanted schema says of names in lines of its own, and names as these have them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrate::schema {

// `-- migrate:renamed app.orders app.purchases` or
// `-- migrate:not-renamed app.orders.note app.orders.remark`. Names are those of tables or of their columns.
struct RenameLine {
  bool renamed = true;
  std::string old_name, new_name;
  int line = 0;
};

// The line that says so.
std::string LineOf(const RenameLine& line);

// All such lines of a text. Any other `-- migrate:` line is an error (42601) but `-- migrate:file NAME`.
std::vector<RenameLine> RenameLinesIn(std::string_view text);

// Where a line of the text stands, if `-- migrate:file` lines tell which files it was made of.
struct FilePlace {
  std::string file;
  int line = 0;
};
FilePlace PlaceInFiles(std::string_view text, int line);

// The parts of a name: {app, orders, note}. Dots in quotes part nothing.
std::vector<std::string_view> Segments(std::string_view name);

// Of a column, its table.
std::string TableOf(std::string_view column);

// The column's name with that of another table before it.
std::string InTable(const std::string& column, const std::string& table);

// The error of a line.
[[noreturn]] void RefuseLine(const RenameLine& line, std::string_view state, std::string message, std::string detail,
                             std::string hint);

}  // namespace migrate::schema
