#include "core/script.h"

#include <algorithm>

#include "core/directive.h"

namespace migrate {
namespace {

// psql 15.14, 16.10, 17.6 and later write \restrict and \unrestrict around a dump; they guard psql
// against meta-commands inside, which are refused here anyway.
bool IsHarmless(std::string_view meta_command) {
  for (const std::string_view word : {"\\restrict", "\\unrestrict"}) {
    if (meta_command.starts_with(word)) {
      const std::string_view rest = meta_command.substr(word.size());
      return rest.empty() || rest[0] == ' ' || rest[0] == '\t';
    }
  }
  return false;
}

// Makes the statement the error's internal query, so that the client points into it and not into the
// call. Of a long one only the lines around the place.
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

// An INSERT of this size is data. It can be nothing but an ordinary statement, so its grammar is
// left to the run: parsing it twice would make loading cost as much as running.
constexpr size_t kBulkBytes = 8 * 1024;

bool IsBulkInsert(std::string_view statement) {
  constexpr std::string_view kInsert = "insert";
  return statement.size() > kBulkBytes && EqualsIgnoringCase(statement.substr(0, kInsert.size()), kInsert) &&
         TrimLeft(statement.substr(kInsert.size(), 1)).empty();
}

// From here on a function's body is worth leaving out; see ScriptReader::ParsesWithoutBody.
constexpr size_t kLongBody = 256;

Error At(Position position, Error error) {
  error.line = position.line;
  error.column = position.column;
  return error;
}

constexpr char kInTransaction[] = "a migration runs in a transaction anyway";
constexpr char kHasBegun[] = "there is already a transaction in progress";
constexpr char kNoTransaction[] = "there is no transaction in progress";

std::string LineOf(const ScriptStatement& statement) {
  return "line " + std::to_string(statement.position.line) + ": ";
}

std::string IsolationSaid(const ScriptStatement& statement) {
  std::string level = statement.parsed.isolation;
  for (char& c : level) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return LineOf(statement) + "ISOLATION LEVEL " + level;
}

}  // namespace

ScriptReader::ScriptReader(std::string_view script, int first_line, ScriptUse use, SqlParser& parser, bool running,
                           NoticeFunction notice)
    : script_(WithoutByteOrderMark(script)),
      use_(use),
      parser_(parser),
      running_(running),
      notice_(std::move(notice)),
      lexer_(script_, parser.StandardConformingStrings()),
      told_(std::make_shared<Position>(Position{0, 0})) {
  position_.line = first_line;
  parser_.AssumeStandardConformingStrings(std::nullopt);
}

std::optional<ScriptStatement> ScriptReader::Next() {
  for (;;) {
    // A migration may change it, and the rest must be read as the server will read it.
    if (running_) lexer_.SetStandardConformingStrings(parser_.StandardConformingStrings());
    const auto piece = lexer_.Next();
    if (!piece) break;
    if (piece->kind == PieceKind::kDirective) {
      if (any_statement_ && IsSectionLine(piece->text)) RefuseSectionLine(*piece);
      continue;
    }
    any_statement_ = true;
    if (piece->kind == PieceKind::kMetaCommand) {
      if (!IsHarmless(piece->text)) RefuseMetaCommands(*piece);
      continue;
    }
    ScriptStatement statement = Parse(*piece);
    if (statement.text.empty() || IsRedundant(statement)) continue;
    Refuse(statement);
    PutInPlace(statement);
    return statement;
  }
  // One that says what is so anyway may stay open, as by psql -1.
  if (in_block_ && (use_ != ScriptUse::kMigration || isolated_)) {
    throw At(block_, Error(sqlstate::kSyntaxError, "BEGIN without a COMMIT", {},
                           "A migration runs in a transaction of its own: remove both, or add the other."));
  }
  if (last_) NoticeSkipped(*last_, "COMMIT", kNoTransaction);
  return std::nullopt;
}

ScriptStatement ScriptReader::Parse(const Piece& piece) {
  ScriptStatement statement;
  statement.position = PositionOf(piece.begin);
  statement.text = piece.text;
  statement.data = piece.data;
  if (!running_ && IsBulkInsert(piece.text)) {
    statement.parsed.tag = "INSERT";
    return statement;
  }
  try {
    // With its semicolon, as psql sends it: the parser names it in its errors.
    const bool terminated = piece.end < script_.size() && script_[piece.end] == ';';
    const std::string_view text = script_.substr(piece.begin, piece.end - piece.begin + (terminated ? 1 : 0));
    const bool parsed = !running_ && ParsesWithoutBody(text, piece.body, statement.parsed);
    if (!parsed && !parser_.Parse(text, statement.parsed)) statement.text = {};
  } catch (Error& error) {
    Locate(error, statement);
    throw;
  }
  if (statement.parsed.kind == StatementKind::kCopyFromStdin && !piece.has_data) {
    statement.parsed.kind = StatementKind::kTalksToClient;
  }
  if (!running_ && statement.parsed.strings_setting >= 0) {
    lexer_.SetStandardConformingStrings(statement.parsed.strings_setting == 1);
    parser_.AssumeStandardConformingStrings(statement.parsed.strings_setting == 1);
  }
  return statement;
}

// The grammar does not look into a text in dollar quotes: where a script is only checked, a long one need not be read.
// An error is found again in the whole statement, which its message may quote.
bool ScriptReader::ParsesWithoutBody(std::string_view text, std::string_view body, ParsedStatement& parsed) {
  if (body.size() < kLongBody) return false;
  const size_t begin = static_cast<size_t>(body.data() - text.data());
  std::string shortened(text.substr(0, begin));
  shortened += text.substr(begin + body.size());
  try {
    return parser_.Parse(shortened, parsed);
  } catch (const Error&) {
    return false;
  }
}

// BEGIN … COMMIT in a migration and BEGIN … ROLLBACK in a verify script say what is so anyway.
bool ScriptReader::IsRedundant(const ScriptStatement& statement) {
  const StatementKind kind = statement.parsed.kind;
  if (kind == StatementKind::kBegin && in_block_) {
    NoticeSkipped(statement.position, statement.parsed.tag, kHasBegun);
  } else if (kind == StatementKind::kBegin) {
    Begin(statement);
  } else if (kind == StatementKind::kCommit) {
    Commit(statement);
  } else if (kind == StatementKind::kRollback && in_block_ && use_ == ScriptUse::kVerify) {
    in_block_ = false;
  } else {
    return false;
  }
  return true;
}

void ScriptReader::Begin(const ScriptStatement& statement) {
  in_block_ = begun_ = true;
  ++blocks_;
  block_ = statement.position;
  isolated_ = use_ != ScriptUse::kVerify && !statement.parsed.isolation.empty();
  if (use_ == ScriptUse::kEachAlone) part_only_sets_ = true;
  if (isolated_) {
    isolation_ = statement.parsed.isolation;
    isolation_said_ = IsolationSaid(statement);
    EndPart(isolation_said_);
  } else if (use_ != ScriptUse::kEachAlone) {
    NoticeSkipped(statement.position, statement.parsed.tag, kInTransaction);
  }
}

// As in psql, where one without BEGIN is a warning. What was run before it stays, whatever becomes of the rest: it
// divides the script if anything stands behind it.
void ScriptReader::Commit(const ScriptStatement& statement) {
  const bool closes = in_block_;
  const bool divides = use_ == ScriptUse::kMigration && (closes ? isolated_ : !idle_);
  in_block_ = begun_ = isolated_ = false;
  isolation_.clear();
  idle_ = true;
  if (divides) {
    EndPart(LineOf(statement) + statement.parsed.tag);
    if (!closes) last_ = statement.position;
  } else if (!closes) {
    NoticeSkipped(statement.position, statement.parsed.tag, kNoTransaction);
  } else if (use_ != ScriptUse::kEachAlone) {
    NoticeSkipped(statement.position, statement.parsed.tag, kInTransaction);
  }
}

void ScriptReader::EndPart(const std::string& by) {
  if (use_ == ScriptUse::kMigration && !part_is_empty_ && end_of_part_.empty()) end_of_part_ = by;
  part_is_empty_ = true;
}

// Says in which transaction the statement runs.
void ScriptReader::PutInPlace(ScriptStatement& statement) {
  const bool refuses = statement.parsed.kind == StatementKind::kNonTransactional;
  const bool in_own_block = use_ == ScriptUse::kEachAlone && in_block_;
  if (in_own_block && refuses) {
    throw At(statement.position,
             Error(sqlstate::kActiveTransaction, statement.parsed.tag + " can't run between BEGIN and COMMIT",
                   "The statement refuses a transaction block.", "Write it before the BEGIN or behind the COMMIT."));
  }
  if (in_own_block) statement.block = blocks_;
  statement.alone = refuses || (use_ == ScriptUse::kEachAlone && !in_block_ && statement.parsed.may_commit);
  if (use_ != ScriptUse::kVerify) PutInPart(statement);
  if (refuses && statement.apart.empty()) statement.apart = LineOf(statement) + statement.parsed.tag;
}

void ScriptReader::PutInPart(ScriptStatement& statement) {
  const bool asks = !statement.parsed.isolation.empty();
  if (asks) isolation_said_ = IsolationSaid(statement);
  if (asks && begun_ && !part_only_sets_) EndPart(isolation_said_);
  if (!end_of_part_.empty()) {
    ++part_;
    statement.apart = std::move(end_of_part_);
    end_of_part_.clear();
    last_.reset();
    part_only_sets_ = true;
  }
  if (use_ == ScriptUse::kEachAlone && !in_block_) part_only_sets_ = true;
  if (asks && part_only_sets_) {
    isolation_ = statement.parsed.isolation;
    isolated_ = in_block_;
  }
  statement.part = part_;
  statement.isolation = std::move(isolation_);
  isolation_.clear();
  if (!statement.isolation.empty() && use_ == ScriptUse::kMigration && statement.apart.empty()) {
    statement.apart = isolation_said_;
  }
  begun_ = false;
  part_is_empty_ = idle_ = statement.alone;
  part_only_sets_ = statement.alone || (part_only_sets_ && statement.parsed.is_setting);
}

std::string ScriptReader::IsolationAhead() const {
  ScriptReader ahead = *this;
  std::optional<ScriptStatement> first;
  while (const auto statement = ahead.Next()) {
    if (!first) first = statement;
    const bool same = statement->part == first->part && statement->block == first->block;
    if (!same || statement->alone) break;
    if (!statement->isolation.empty()) return statement->isolation;
    if (!statement->parsed.is_setting || (use_ == ScriptUse::kEachAlone && first->block == 0)) break;
  }
  return {};
}

void ScriptReader::Refuse(const ScriptStatement& statement) {
  const std::string& tag = statement.parsed.tag;
  switch (statement.parsed.kind) {
    case StatementKind::kRollback:
    case StatementKind::kTransaction:
      throw At(statement.position,
               Error(sqlstate::kFeatureNotSupported, tag + " is not allowed here",
                     "Of these commands only COMMIT, and a BEGIN that has one, may stand in a migration.",
                     "Remove the statement, or split the migration."));
    case StatementKind::kDestroysSession:
      throw At(statement.position, Error(sqlstate::kFeatureNotSupported, tag + " is not allowed in a migration",
                                         "It would change what belongs to the session that runs the migration.",
                                         "Remove the statement, or name the objects that the migration made."));
    case StatementKind::kTalksToClient:
      throw At(statement.position,
               Error(sqlstate::kFeatureNotSupported, tag + " is not allowed in a migration",
                     "Inside the database there is no client to copy from or to.",
                     "For COPY FROM STDIN write the data below the statement, closed by a line \"\\.\"."));
    default: return;
  }
}

// Lists every meta-command of the script, so that the author can mend them in one go.
void ScriptReader::RefuseMetaCommands(const Piece& first) {
  const Position position = PositionOf(first.begin);
  std::string list;
  std::optional<Piece> piece = first;
  for (; piece; piece = lexer_.Next()) {
    if (piece->kind != PieceKind::kMetaCommand || IsHarmless(piece->text)) continue;
    if (!list.empty()) list += '\n';
    list += "line " + std::to_string(PositionOf(piece->begin).line) + ": " + std::string(piece->text);
  }
  throw At(position, Error(sqlstate::kSyntaxError, "psql meta-commands can't run inside the database", list,
                           "Remove them, or write what they do as SQL."));
}

// Sections were divided as if standard_conforming_strings were on. Where a script that turns it off
// still holds a section line, what stands below it must not run as part of this section.
void ScriptReader::RefuseSectionLine(const Piece& piece) {
  throw At(PositionOf(piece.begin),
           Error(sqlstate::kSyntaxError, "section line inside a script",
                 "A backslash in a string above it reads differently with standard_conforming_strings off.",
                 "Write strings that hold backslashes as E'...'."));
}

Position ScriptReader::PositionOf(size_t offset) {
  position_ = Advance(position_, script_.substr(offset_, offset - offset_));
  offset_ = offset;
  return position_;
}

void ScriptReader::NoticeSkipped(Position position, const std::string& tag, const char* why) {
  if (!notice_ || std::pair(position.line, position.column) <= std::pair(told_->line, told_->column)) return;
  *told_ = position;
  notice_("line " + std::to_string(position.line) + ": skipped " + tag + ", " + why);
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
  std::string place = "migration \"" + id.Label() + "\"";
  if (section == Section::kDown) place += " down";
  if (section == Section::kVerify) place += " verify";
  if (error.line > 0) place += ", line " + std::to_string(error.line) + ", column " + std::to_string(error.column);
  return place;
}

ScriptFacts CheckScript(std::string_view script, int first_line, ScriptUse use, SqlParser& parser) {
  ScriptReader reader(script, first_line, use, parser);
  ScriptFacts facts;
  while (const auto statement = reader.Next()) {
    ++facts.statements;
    if (statement->apart.empty() || !facts.transactional) continue;
    facts.transactional = false;
    facts.detail = statement->apart;
  }
  return facts;
}

}  // namespace migrate
