// What becomes of psql's own commands in a script.
#include <algorithm>

#include "core/text/script.h"

namespace migrate {

// Whether a line of psql's commands is as if it were not there. In the middle
// of a statement it divides that here, but not in psql.
bool ScriptReader::Skips(const Piece& piece) {
  if (is_open_) return false;
  // Looked for once, and for nothing in most scripts: they may be long.
  if (piece.text.find("set") == piece.text.npos) return IsSkippable(piece.text, {});
  if (!variables_) variables_ = std::make_shared<const PsqlVariables>(PsqlVariablesOf(script_));
  return IsSkippable(piece.text, *variables_);
}

// Once: a script may be full of them. \restrict is pg_dump's, and says nothing
// to anybody.
void ScriptReader::NoticeCommand(const Piece& piece) {
  const std::string_view name = piece.text.substr(0, std::min(piece.text.find_first_of(" \t"), piece.text.size()));
  if (!notice_ || name == "\\restrict" || name == "\\unrestrict" || !told_->insert({0, 0}).second) return;
  notice_("line " + std::to_string(PositionOf(piece.begin).line) + ": skipped " + std::string(name) +
          ", like all commands of psql that change nothing in the database");
}

// Lists every meta-command of the script, so that the author can mend them in
// one go.
void ScriptReader::RefuseMetaCommands(const Piece& first) {
  const Position position = PositionOf(first.begin);
  std::string list;
  std::optional<Piece> piece = first;
  for (; piece; piece = lexer_.Next()) {
    if (piece->kind != PieceKind::kMetaCommand) {
      is_open_ = piece->kind == PieceKind::kStatement && !piece->terminated;
      continue;
    }
    if (Skips(*piece)) continue;
    if (!list.empty()) list += '\n';
    list += "line " + std::to_string(PositionOf(piece->begin).line) + ": " + std::string(piece->text);
    is_open_ = false;  // it may have sent the statement
  }
  throw At(position, Error(sqlstate::kSyntaxError, "psql meta-commands can't run inside the database", list,
                           "Remove them, or write what they do as SQL."));
}

}  // namespace migrate
