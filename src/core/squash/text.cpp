#include "core/squash/text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/base/cancel.h"
#include "core/base/text.h"
#include "core/schema/way/text.h"

namespace migrate {
namespace {

constexpr size_t kMostNamed = 10;

// A remark is one line: a name may have more.
void AddLine(std::string& text, std::string remark) {
  std::replace(remark.begin(), remark.end(), '\n', ' ');
  std::replace(remark.begin(), remark.end(), '\r', ' ');
  text += "-- " + remark + "\n";
}

// Behind the quote that ends the string; a doubled one does not.
size_t StringEnd(std::string_view text, size_t from) {
  for (size_t at = from + 1; at < text.size(); ++at) {
    if (text[at] != '\'') continue;
    if (at + 1 == text.size() || text[at + 1] != '\'') return at + 1;
    ++at;
  }
  return text.size();
}

std::string PlaceOf(const SquashStatement& statement) {
  return statement.tag + " in line " + std::to_string(statement.line);
}

}  // namespace

std::string SquashHead(const std::string& upto, const std::string& range, const std::vector<std::string>& expected) {
  std::string head = "-- migrate:replaces .. " + upto + "\n";
  for (const auto& line : expected) AddLine(head, "migrate:expect " + line);
  AddLine(head, "Description: " + range + " in one");
  return head;
}

std::string SquashText(const SquashParts& parts) {
  std::string text = parts.head;
  for (const auto& remark : parts.remarks) AddLine(text, remark);
  text += "\n";
  for (const auto& statement : parts.of_server) {
    AddLine(text, statement.migration + ", line " + std::to_string(statement.line));
    text += statement.text;
    text += statement.text.ends_with(';') ? "\n" : ";\n";
  }
  if (!parts.of_server.empty()) text += "\n";
  return text + schema::TextOf(parts.statements);
}

int DividingLine(const SquashParts& parts, const std::string& text) {
  Pass(text.size());
  std::string_view rest = text, line;
  for (int number = 1; TakeLine(rest, line); ++number) {
    const bool is_head = static_cast<size_t>(line.data() - text.data()) < parts.head.size();
    std::string_view said = TrimLeft(line);
    if (is_head || !said.starts_with("--")) continue;
    said = TrimLeft(said.substr(2));
    if (said.starts_with("migrate:")) return number;
  }
  return 0;
}

std::string InOneLine(const std::string& row) {
  Pass(row.size());
  if (row.find_first_of("\n\r") == std::string::npos) return row;
  std::string line;
  for (size_t at = 0; at < row.size();) {
    if (row[at] != '\'') {
      line += row[at++];
      continue;
    }
    // The server doubles backslashes where there is one, behind an E.
    const size_t end = StringEnd(row, at);
    const std::string_view value = std::string_view(row).substr(at, end - at);
    const bool is_escaped = at > 0 && row[at - 1] == 'E';
    if (!is_escaped && value.find_first_of("\n\r") != std::string_view::npos) line += 'E';
    for (const char c : value) {
      if (c == '\n') {
        line += "\\n";
      } else if (c == '\r') {
        line += "\\r";
      } else {
        line += c;
      }
    }
    at = end;
  }
  return line;
}

std::vector<std::string> DataRemarks(const std::vector<SquashStatement>& statements) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_migration;
  for (const auto& statement : statements) {
    if (by_migration.empty() || by_migration.back().first != statement.migration) {
      by_migration.emplace_back(statement.migration, std::vector<std::string>());
    }
    by_migration.back().second.push_back(PlaceOf(statement));
  }
  std::vector<std::string> remarks;
  for (const auto& [migration, places] : by_migration)
    remarks.push_back(migration + ": " + JoinFirst(places, kMostNamed));
  return remarks;
}

}  // namespace migrate
