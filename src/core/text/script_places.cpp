// Where an error stands: in the file, and in the statement that the client is
// shown.
#include <algorithm>

#include "core/text/script.h"

namespace migrate {
namespace {

// Makes the statement the error's internal query, so that the client points
// into it and not into the call. Of a long one only the lines around the place.
void ShowStatement(Error& error, std::string_view text, size_t offset) {
  constexpr size_t kAround = 1000;
  size_t begin = offset > kAround ? text.rfind('\n', offset - kAround) + 1 : 0;
  if (offset - begin > 2 * kAround) begin = offset - kAround;
  size_t end = offset + kAround < text.size() ? std::min(text.find('\n', offset + kAround), text.size()) : text.size();
  end = std::min(end, offset + 2 * kAround);
  while (begin < offset && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  error.internal_query = text.substr(begin, end - begin);
  error.internal_position = 1 + CountCharacters(text.substr(begin, offset - begin));
}

}  // namespace

Error At(Position position, Error error) {
  error.line = position.line;
  error.column = position.column;
  return error;
}

void Locate(Error& error, const ScriptStatement& statement) {
  if (error.line != 0) return;
  Position position = statement.position;
  // A position in an internal query says nothing about this text.
  if (error.cursor_position > 0 && error.internal_query.empty()) {
    const size_t offset = OffsetOfCharacter(statement.text, error.cursor_position);
    position = Advance(position, statement.text.substr(0, offset));
    ShowStatement(error, statement.text, offset);
  }
  error.cursor_position = 0;
  error.line = position.line;
  error.column = position.column;
}

std::string PlaceInMigration(const MigrationId& id, Section section, const Error& error) {
  std::string place = "migration " + Quoted(id);
  if (section == Section::kDown) place += " down";
  if (section == Section::kVerify) place += " verify";
  if (error.line > 0) place += ", line " + std::to_string(error.line) + ", column " + std::to_string(error.column);
  return place;
}

void SetPlace(Error& error, const MigrationId& id, Section section) {
  const std::string place = PlaceInMigration(id, section, error);
  AddContext(error, place);
  if (error.place.empty()) error.place = "M" + place.substr(1) + ".";
}

}  // namespace migrate
