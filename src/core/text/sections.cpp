#include "core/text/sections.h"

#include <algorithm>
#include <set>

#include "core/base/cancel.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/text/lexer.h"

namespace migrate {
namespace {

[[noreturn]] void Refuse(int line, std::string message, std::string hint) {
  Error error(sqlstate::kSyntaxError, std::move(message), {}, std::move(hint));
  error.line = line;
  error.column = 1;
  throw error;
}

bool SectionOf(DirectiveKind kind, Section& section) {
  switch (kind) {
    case DirectiveKind::kUp: section = Section::kUp; return true;
    case DirectiveKind::kDown: section = Section::kDown; return true;
    case DirectiveKind::kVerify: section = Section::kVerify; return true;
    default: return false;
  }
}

// Whether anything in it looks like a directive, be it in a comment or not.
bool MayHoldDirective(std::string_view text) {
  // A line may be long and full of dashes: no more of it is looked at than a directive's own words need.
  constexpr size_t kWords = 64;
  for (size_t at = 0, dashes; (dashes = text.find("--", at)) != text.npos;) {
    Pass(dashes - at + 1);
    at = std::min(text.find_first_not_of('-', dashes), text.size());
    Pass(at - dashes);
    const size_t word = std::min(text.find_first_not_of(" \t\v\f", at), text.size());
    Pass(word - at);
    at = word;
    std::string comment = "--";
    comment += text.substr(word, kWords);
    comment.resize(LineEnd(comment, 0));
    if (LooksLikeDirective(comment)) return true;
  }
  return false;
}

// Divides a text at its section lines; see SplitSections.
class Divider {
 public:
  Divider(std::string text, Section first, int first_line)
      : owned_(std::move(text)), text_(owned_), section_(first), start_line_(first_line), line_(first_line) {}

  Sections Divide() {
    ReadHeader();
    // Most texts have none, and need not be cut into pieces for that.
    if (MayHoldDirective(text_)) TakeDirectives();
    CloseSection(text_.size());
    return std::move(sections_);
  }

 private:
  void TakeDirectives() {
    Lexer lexer(text_, true);
    while (const auto piece = lexer.Next()) {
      if (piece->kind == PieceKind::kDirective) {
        TakeDirective(*piece);
      } else {
        has_statement_ = true;
      }
    }
  }

  void TakeDirective(const Piece& piece) {
    const int line = LineOf(piece.begin);
    const std::string_view before = text_.substr(0, piece.begin);
    if (!Trim(before.substr(before.find_last_of("\r\n") + 1)).empty()) {
      Refuse(line, "directive does not stand on a line of its own",
             "Put \"" + std::string(piece.text) + "\" on the next line.");
    }
    Directive directive = ParseDirective(piece.text, line);
    Section next;
    if (SectionOf(directive.kind, next)) {
      OpenSection(next, piece, line);
      if (directive.value == "transaction:false") {
        sections_.directives.push_back({{DirectiveKind::kTransactionFalse, {}}, next, line});
      }
      return;
    }
    if (has_statement_) {
      Refuse(line, "directive stands below the first statement",
             "Move \"" + std::string(piece.text) + "\" to the top of its section.");
    }
    // Of all others there are few.
    const bool may_repeat = directive.kind == DirectiveKind::kRequires || directive.kind == DirectiveKind::kNoLint ||
                            directive.kind == DirectiveKind::kExpect;
    const bool repeated =
        !may_repeat && std::any_of(sections_.directives.begin(), sections_.directives.end(), [&](const auto& other) {
          return other.section == section_ && other.directive.kind == directive.kind;
        });
    if (repeated) {
      Refuse(line, "directive given twice", "Remove \"" + std::string(piece.text) + "\" or the one above.");
    }
    const bool only_up = may_repeat;
    if (section_ == Section::kVerify || (section_ == Section::kDown && only_up)) {
      Refuse(line, "directive does not belong into this section",
             "Move \"" + std::string(piece.text) + "\" to the top of the file.");
    }
    sections_.directives.push_back({std::move(directive), section_, line});
  }

  void OpenSection(Section next, const Piece& piece, int line) {
    // Comments before the first section line are its header: the section goes
    // on around the line.
    if (next == section_ && !opened_ && !has_statement_) {
      opened_ = true;
      return;
    }
    // … and where it opens another section, the header belongs to none.
    if (opened_ || has_statement_) CloseSection(piece.begin);
    if (sections_[next].present) {
      Refuse(line, "section given twice", "Put all of \"" + std::string(piece.text) + "\" into one section.");
    }
    section_ = next;
    opened_ = true;
    has_statement_ = false;
    size_t line_end = std::min(text_.find_first_of("\r\n", piece.end), text_.size());
    if (text_.substr(line_end).starts_with("\r\n")) ++line_end;
    start_ = std::min(line_end + 1, text_.size());
    start_line_ = line + 1;
  }

  void CloseSection(size_t end) {
    SectionText& closed = sections_[section_];
    closed.present = true;
    closed.by_line = opened_;
    closed.first_line = start_line_;
    // Texts may be large: one that is a single section is moved, not copied.
    const bool is_all = start_ == 0 && end == text_.size();
    closed.text = is_all ? std::move(owned_) : std::string(text_.substr(start_, end - start_));
  }

  void ReadHeader() {
    std::string_view header = text_.substr(0, Lexer(text_, true).FindStatement());
    std::string_view line;
    std::set<std::string> known;
    while (TakeLine(header, line)) {
      auto entry = ParseHeaderLine(line);
      if (entry && known.insert(entry->first).second) sections_.metadata.push_back(std::move(*entry));
    }
  }

  // Offsets must not go back.
  int LineOf(size_t offset) {
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    counted_ = offset;
    return line_;
  }

  std::string owned_;
  std::string_view text_;
  Section section_;
  Sections sections_;
  size_t start_ = 0;  // of this section, and its line
  int start_line_;
  bool opened_ = false;         // by a section line
  bool has_statement_ = false;  // in this section
  int line_;
  size_t counted_ = 0;
};

// A line of a comment block that only draws a rule, such as "-- =====", or
// nothing. A "*" alone is SQL.
bool IsDecoration(std::string_view comment) {
  constexpr size_t kShortest = 3;
  comment = Trim(comment);
  return (comment.empty() || comment.size() >= kShortest) && comment.find_first_not_of("=-*#~_ \t") == comment.npos;
}

// Whether a comment may be the last that stands in it.
bool EndsWithComment(std::string_view script) {
  script = TrimRight(script);
  const std::string_view last = script.substr(script.find_last_of("\r\n") + 1);  // npos + 1 is 0
  return last.find("--") != last.npos || last.ends_with("*/");
}

// Where the last statement ends, with its inline data; 0 if it has none.
size_t EndOfStatements(std::string_view script) {
  size_t end = 0;
  Lexer lexer(script, true);
  while (const auto piece = lexer.Next()) {
    if (piece->kind == PieceKind::kDirective) continue;
    end = std::max(end, piece->end);
    if (!piece->has_data) continue;
    const size_t data_end = static_cast<size_t>(piece->data.data() - script.data()) + piece->data.size();
    end = std::min(script.find('\n', data_end), script.size());
  }
  return end;
}

}  // namespace

Sections SplitSections(std::string text, Section first, int first_line) {
  if (WithoutByteOrderMark(text).size() != text.size()) text = WithoutByteOrderMark(text);
  return Divider(std::move(text), first, first_line).Divide();
}

bool HasNoStatement(std::string_view script) { return Lexer(script, true).FindStatement() == script.npos; }

std::string Uncommented(std::string_view script) {
  std::string result;
  std::string_view line;
  while (TakeLine(script, line)) {
    const std::string_view trimmed = TrimLeft(line);
    if (trimmed.starts_with("--") && !TrimLeft(trimmed.substr(2)).starts_with("migrate:")) {
      line = trimmed.substr(2);
      if (line.starts_with(' ')) line.remove_prefix(1);
      if (IsDecoration(line)) line = {};
    }
    result += line;
    result += '\n';
  }
  return result;
}

SectionText ClosingRollbackBlock(const SectionText& up) {
  SectionText block;
  if (!EndsWithComment(up.text)) return block;
  const size_t end = EndOfStatements(up.text);
  if (end == 0) return block;
  std::string_view rest = std::string_view(up.text).substr(end);
  int line_number = Advance({up.first_line, 1}, std::string_view(up.text).substr(0, end)).line - 1;
  std::string_view line;
  while (TakeLine(rest, line)) {
    ++line_number;
    const auto comment = CommentText(line);
    constexpr std::string_view kHeading = "rollback";
    if (!comment || !EqualsIgnoringCase(comment->substr(0, kHeading.size()), kHeading)) continue;
    // The heading may hold the first statement: "-- Rollback: DROP TABLE t;".
    const size_t colon = comment->find(':');
    const std::string_view first = colon == comment->npos ? std::string_view() : Trim(comment->substr(colon + 1));
    block.present = true;
    block.first_line = line_number;
    block.text = std::string(first) + "\n" + Uncommented(rest);
    return block;
  }
  return block;
}

}  // namespace migrate
