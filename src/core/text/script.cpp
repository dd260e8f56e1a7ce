#include "core/text/script.h"

#include <algorithm>

#include "core/base/cancel.h"
#include "core/text/directive.h"

namespace migrate {
namespace {

// An INSERT of this size is data. It can be nothing but an ordinary statement,
// so its grammar is left to the run: parsing it twice would make loading cost
// as much as running.
constexpr size_t kBulkBytes = 8 * 1024;

bool IsBulkInsert(std::string_view statement) {
  constexpr std::string_view kInsert = "insert";
  return statement.size() > kBulkBytes && EqualsIgnoringCase(statement.substr(0, kInsert.size()), kInsert) &&
         TrimLeft(statement.substr(kInsert.size(), 1)).empty();
}

// From here on a function's body is worth leaving out; see
// ScriptReader::ParsesWithoutBody.
constexpr size_t kLongBody = 256;

// See ScriptReader::FindEnd.
constexpr size_t kEndTries = 32;

constexpr char kInTransaction[] = "a migration runs in a transaction anyway";
constexpr char kHasBegun[] = "there is already a transaction in progress";
constexpr char kNoTransaction[] = "there is no transaction in progress";

std::string LineOf(const ScriptStatement& statement) {
  return "line " + std::to_string(statement.position.line) + ": ";
}

std::string ModeSaid(const ScriptStatement& statement) {
  std::string level = statement.parsed.isolation;
  for (char& c : level) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return LineOf(statement) + (level.empty() ? "READ ONLY" : "ISOLATION LEVEL " + level);
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
      told_(std::make_shared<std::set<std::pair<int, int>>>()) {
  position_.line = first_line;
  parser_.AssumeStandardConformingStrings(std::nullopt);
}

std::optional<ScriptStatement> ScriptReader::Next() {
  for (;;) {
    // A migration may change it, and the rest must be read as the server will
    // read it.
    if (running_) lexer_.SetStandardConformingStrings(parser_.StandardConformingStrings());
    const auto piece = lexer_.Next();
    if (!piece) break;
    if (piece->kind == PieceKind::kDirective) {
      if (any_statement_ && IsSectionLine(piece->text)) RefuseSectionLine(*piece);
      continue;
    }
    any_statement_ = true;
    if (piece->kind == PieceKind::kMetaCommand) {
      if (!Skips(*piece)) RefuseMetaCommands(*piece);
      NoticeCommand(*piece);
      continue;
    }
    is_open_ = !piece->terminated;
    ScriptStatement statement = Parse(FindEnd(*piece));
    if (statement.text.empty() || IsRedundant(statement)) continue;
    Refuse(statement);
    PutInPlace(statement);
    return statement;
  }
  // One that says what is so anyway may stay open, as by psql -1.
  if (in_block_ && (use_ != ScriptUse::kMigration || in_mode_)) {
    throw At(block_, Error(sqlstate::kSyntaxError, "BEGIN without a COMMIT", {},
                           "A migration runs in a transaction of its own: "
                           "remove both, or add the other."));
  }
  if (part_ == 0) {
    for (const auto& [position, tag] : redundant_) NoticeSkipped(position, tag, kInTransaction);
  }
  if (last_) NoticeSkipped(*last_, "COMMIT", kNoTransaction);
  return std::nullopt;
}

// Words such as CASE and END can be names in the body of a routine, and then
// the lexer errs about where that ends: too late, and the parser finds several
// statements; too soon, and it wants more, up to which semicolon it is asked.
// All that is parsed again for this is bounded by the script's length, times
// kEndTries.
Piece ScriptReader::FindEnd(Piece piece) {
  if (!piece.has_body || end_tries_ > kEndTries * script_.size()) return piece;
  Piece longer = piece;
  Lexer ahead = lexer_;
  for (size_t more = 1;; more *= 2) {
    ParsedStatement parsed;
    bool wants_more = false;
    try {
      (void) parser_.Parse(WithSemicolon(longer), parsed);
    } catch (const Error& error) {
      LetCancelPass(error);
      wants_more = error.cursor_position > 0 &&
                   OffsetOfCharacter(WithSemicolon(longer), error.cursor_position) >= WithSemicolon(longer).size();
      if (!wants_more) return piece;
    }
    end_tries_ += longer.text.size();
    if (!wants_more) {
      lexer_ = ahead;
      if (parsed.end > 0) {
        longer.end = longer.begin + parsed.end;
        lexer_.GoOnBehind(longer.end);
      }
      longer.text = TrimRight(script_.substr(longer.begin, longer.end - longer.begin));
      return longer;
    }
    if (end_tries_ > kEndTries * script_.size()) return piece;
    for (size_t i = 0; i < more; ++i) {
      const auto next = ahead.Next();
      if (!next || next->kind != PieceKind::kStatement || next->has_data) break;
      longer.end = next->end;
      longer.terminated = next->terminated;
    }
    const std::string_view text = script_.substr(longer.begin, longer.end - longer.begin);
    if (text.size() == longer.text.size()) return piece;
    longer.text = text;
  }
}

// As psql sends it: the parser names the semicolon in its errors.
std::string_view ScriptReader::WithSemicolon(const Piece& piece) const {
  const bool terminated = piece.end < script_.size() && script_[piece.end] == ';';
  return script_.substr(piece.begin, piece.end - piece.begin + (terminated ? 1 : 0));
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
    const std::string_view text = WithSemicolon(piece);
    const bool parsed = !running_ && ParsesWithoutBody(text, piece.body, statement.parsed);
    if (!parsed && !parser_.Parse(text, statement.parsed)) statement.text = {};
  } catch (Error& error) {
    Locate(error, statement);
    throw;
  }
  if (statement.parsed.end > 0) {
    throw At(statement.position, Error(sqlstate::kSyntaxError, "several statements where one was expected", {},
                                       "Quote words such as CASE and END where they are names in a "
                                       "routine's body."));
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

// The grammar does not look into a text in dollar quotes: where a script is
// only checked, a long one need not be read. An error is found again in the
// whole statement, which its message may quote.
bool ScriptReader::ParsesWithoutBody(std::string_view text, std::string_view body, ParsedStatement& parsed) {
  if (body.size() < kLongBody) return false;
  const size_t begin = static_cast<size_t>(body.data() - text.data());
  std::string shortened(text.substr(0, begin));
  shortened += text.substr(begin + body.size());
  try {
    return parser_.Parse(shortened, parsed) && parsed.end == 0;
  } catch (const Error&) {
    return false;
  }
}

// What only says where a transaction begins and ends is no statement to run.
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
  if (tell_command_) tell_command_(statement.position, statement.parsed.tag);
  return true;
}

// Ends the part above it, if that is more than settings, which stay set anyway.
void ScriptReader::Begin(const ScriptStatement& statement) {
  in_block_ = true;
  ++blocks_;
  block_ = statement.position;
  in_mode_ = use_ != ScriptUse::kVerify && (!statement.parsed.isolation.empty() || statement.parsed.read_only);
  if (use_ == ScriptUse::kEachAlone) part_only_sets_ = true;
  if (in_mode_) {
    isolation_ = statement.parsed.isolation;
    read_only_ = statement.parsed.read_only;
    mode_said_ = ModeSaid(statement);
    EndPart(mode_said_);
  } else {
    if (!part_only_sets_) EndPart(LineOf(statement) + statement.parsed.tag);
    NoteRedundant(statement);
  }
}

// One without BEGIN is a warning in psql. What was run before it stays all the
// same, whatever becomes of the rest: it divides the script as any other does,
// if anything stands behind it.
void ScriptReader::Commit(const ScriptStatement& statement) {
  const bool closes = in_block_;
  const bool divides = use_ == ScriptUse::kMigration && (closes || !idle_);
  if (closes && !in_mode_) NoteRedundant(statement);
  in_block_ = in_mode_ = read_only_ = false;
  isolation_.clear();
  idle_ = true;
  if (divides) {
    EndPart(LineOf(statement) + statement.parsed.tag);
    if (!closes) last_ = statement.position;
  } else if (!closes) {
    NoticeSkipped(statement.position, statement.parsed.tag, kNoTransaction);
  }
}

void ScriptReader::NoteRedundant(const ScriptStatement& statement) {
  if (use_ == ScriptUse::kMigration && part_ == 0) redundant_.emplace_back(statement.position, statement.parsed.tag);
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
  const ParsedStatement& parsed = statement.parsed;
  const bool by_itself = use_ == ScriptUse::kEachAlone && !in_block_;
  statement.alone = refuses || (by_itself && (parsed.may_commit || parsed.may_refuse || parsed.may_call));
  statement.may_half = statement.alone && !parsed.may_call;
  if (use_ != ScriptUse::kVerify) PutInPart(statement);
  if (refuses && statement.apart.empty()) statement.apart = LineOf(statement) + statement.parsed.tag;
}

void ScriptReader::PutInPart(ScriptStatement& statement) {
  const bool asks = !statement.parsed.isolation.empty();
  if (asks) mode_said_ = ModeSaid(statement);
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
    in_mode_ = in_block_;
  }
  statement.part = part_;
  statement.isolation = std::move(isolation_);
  statement.read_only = read_only_;
  isolation_.clear();
  read_only_ = false;
  const bool has_mode = !statement.isolation.empty() || statement.read_only;
  if (has_mode && use_ == ScriptUse::kMigration && statement.apart.empty()) statement.apart = mode_said_;
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
      throw At(statement.position, Error(sqlstate::kFeatureNotSupported, tag + " is not allowed here",
                                         "Of these commands only COMMIT, and a BEGIN that has one, "
                                         "may stand in a migration.",
                                         "Remove the statement, or split the migration."));
    case StatementKind::kDestroysSession:
      throw At(statement.position, Error(sqlstate::kFeatureNotSupported, tag + " is not allowed in a migration",
                                         "It would change what belongs to the "
                                         "session that runs the migration.",
                                         "Remove the statement, or name the "
                                         "objects that the migration made."));
    case StatementKind::kTalksToClient:
      throw At(statement.position, Error(sqlstate::kFeatureNotSupported, tag + " is not allowed in a migration",
                                         "Inside the database there is no client to copy from or to.",
                                         "For COPY FROM STDIN write the data below the statement, "
                                         "closed by a line \"\\.\"."));
    default: return;
  }
}

// Sections were divided as if standard_conforming_strings were on. Where a
// script that turns it off still holds a section line, what stands below it
// must not run as part of this section.
void ScriptReader::RefuseSectionLine(const Piece& piece) {
  throw At(PositionOf(piece.begin), Error(sqlstate::kSyntaxError, "section line inside a script",
                                          "A backslash in a string above it reads differently with "
                                          "standard_conforming_strings off.",
                                          "Write strings that hold backslashes as E'...'."));
}

Position ScriptReader::PositionOf(size_t offset) {
  position_ = Advance(position_, script_.substr(offset_, offset - offset_));
  offset_ = offset;
  return position_;
}

void ScriptReader::NoticeSkipped(Position position, const std::string& tag, const char* why) {
  if (!notice_ || !told_->insert({position.line, position.column}).second) return;
  notice_("line " + std::to_string(position.line) + ": skipped " + tag + ", " + why);
}

ScriptFacts CheckScript(std::string_view script, int first_line, ScriptUse use, SqlParser& parser) {
  ScriptReader reader(script, first_line, use, parser);
  ScriptFacts facts;
  bool only_divided = true;
  while (const auto statement = reader.Next()) {
    ++facts.statements;
    if (statement->alone || statement->read_only || !statement->isolation.empty()) only_divided = false;
    if (statement->apart.empty() || !facts.transactional) continue;
    facts.transactional = false;
    facts.detail = statement->apart;
  }
  facts.divided = !facts.transactional && only_divided;
  return facts;
}

}  // namespace migrate
