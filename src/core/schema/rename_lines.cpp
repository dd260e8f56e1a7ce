#include "core/schema/rename_lines.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/text/directive.h"
#include "core/text/lexer.h"

namespace migrate::schema {
namespace {

constexpr std::string_view kPrefix = "migrate:", kRenamed = "renamed", kNotRenamed = "not-renamed", kFile = "file";

// The parts of a text between these characters, outside of double quotes; empty ones left out.
std::vector<std::string_view> SplitOutsideQuotes(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  bool quoted = false;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '"') quoted = !quoted;
    if (i < text.size() && (quoted || at.find(text[i]) == at.npos)) continue;
    if (i > begin) parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return parts;
}

// A directive of ours: its word and what follows. Nothing for another tool's.
std::optional<std::pair<std::string_view, std::string_view>> WordOf(std::string_view piece) {
  const auto comment = CommentText(piece);
  if (!comment || !comment->starts_with(kPrefix)) return std::nullopt;
  const std::string_view body = comment->substr(kPrefix.size());
  const size_t end = std::min(body.find_first_of(" \t"), body.size());
  return std::pair(Trim(body.substr(0, end)), Trim(body.substr(end)));
}

// Calls `use(word, value, line)` for each `-- migrate:` line.
template <typename Use>
void EachDirective(std::string_view text, Use use) {
  Lexer lexer(text, true);
  int line = 1;
  size_t counted = 0;
  while (const auto piece = lexer.Next()) {
    if (piece->kind != PieceKind::kDirective) continue;
    const auto passed = text.substr(counted, piece->begin - counted);
    line += static_cast<int>(std::count(passed.begin(), passed.end(), '\n'));
    counted = piece->begin;
    if (const auto word = WordOf(piece->text)) use(word->first, word->second, line);
  }
}

RenameLine ParseLine(bool renamed, std::string_view value, int number) {
  RenameLine line{renamed, {}, {}, number};
  const auto names = SplitOutsideQuotes(value, " \t");
  const size_t parts = names.empty() ? 0 : Segments(names[0]).size();
  const bool one_is_enough = !renamed && names.size() == 1;
  if ((names.size() != 2 && !one_is_enough) || (parts != 2 && parts != 3)) {
    RefuseLine(line, sqlstate::kSyntaxError,
               "directive \"migrate:" + std::string(renamed ? kRenamed : kNotRenamed) +
                   "\" names no two tables or columns",
               "It says " + Quoted(value) + ".",
               "For example \"-- migrate:renamed app.orders app.purchases\" or "
               "\"-- migrate:renamed app.orders.note app.orders.remark\".");
  }
  line.old_name = names[0];
  if (names.size() < 2) return line;
  line.new_name = names[1];
  const size_t new_parts = Segments(names[1]).size();
  if (new_parts == 1) line.new_name = TableOf(names[0]) + "." + line.new_name;
  if (new_parts != 1 && new_parts != parts) {
    RefuseLine(line, sqlstate::kSyntaxError, "a table can't be renamed to a column, nor a column to a table",
               "The line says " + Quoted(value) + ".", "Name both with their schemas.");
  }
  return line;
}

}  // namespace

std::vector<std::string_view> Segments(std::string_view name) { return SplitOutsideQuotes(name, "."); }

std::string TableOf(std::string_view column) {
  return std::string(column.substr(0, column.size() - Segments(column).back().size() - 1));
}

std::string InTable(const std::string& column, const std::string& table) {
  return table + "." + std::string(Segments(column).back());
}

void RefuseLine(const RenameLine& line, std::string_view state, std::string message, std::string detail,
                std::string hint) {
  Error error(state, std::move(message), std::move(detail), std::move(hint));
  error.line = line.line;
  error.column = 1;
  throw error;
}

std::string LineOf(const RenameLine& line) {
  return "-- " + std::string(kPrefix) + std::string(line.renamed ? kRenamed : kNotRenamed) + " " + line.old_name + " " +
         line.new_name;
}

std::vector<RenameLine> RenameLinesIn(std::string_view text) {
  std::vector<RenameLine> lines;
  EachDirective(text, [&](std::string_view word, std::string_view value, int line) {
    if (word == kRenamed || word == kNotRenamed) {
      lines.push_back(ParseLine(word == kRenamed, value, line));
    } else if (word != kFile) {
      RefuseLine({.line = line}, sqlstate::kSyntaxError,
                 "directive \"migrate:" + std::string(word) + "\" has no place in a wanted schema", {},
                 "Those that have are renamed and not-renamed.");
    }
  });
  return lines;
}

FilePlace PlaceInFiles(std::string_view text, int line) {
  FilePlace place{{}, line};
  EachDirective(text, [&](std::string_view word, std::string_view value, int at) {
    if (word == kFile && at < line) place = {std::string(value), line - at};
  });
  return place;
}

}  // namespace migrate::schema
