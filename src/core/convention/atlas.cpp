// Atlas: "20240101120000_name.sql" beside "atlas.sum", in the order of their names. Directives stand at the top, above
// an empty line: "-- atlas:txmode none", "-- atlas:checkpoint" (all before in one), "-- atlas:delimiter", "--
// atlas:txtar" (an archive with checks.sql, migration.sql and down.sql).
#include <algorithm>

#include "core/convention/atlas_sum.h"
#include "core/convention/delimiter.h"
#include "core/convention/guard.h"
#include "core/set/version.h"
#include "core/text/lexer.h"
#include "core/text/sections.h"

namespace migrate::convention {
namespace {

struct AtlasDirective {
  std::string name;
  std::string value;
};

// "atlas:name value" of a comment line.
std::optional<AtlasDirective> DirectiveOf(std::string_view line) {
  constexpr std::string_view kPrefix = "atlas:";
  const auto comment = CommentText(WithoutByteOrderMark(line));
  if (!comment || !comment->starts_with(kPrefix)) return std::nullopt;
  const std::string_view words = comment->substr(kPrefix.size());
  const size_t end = std::min(words.find(' '), words.size());
  return AtlasDirective{std::string(words.substr(0, end)), std::string(Trim(words.substr(end)))};
}

bool IsHarmless(const AtlasDirective& directive) { return directive.name == "nolint" || directive.name == "sum"; }

int CountLines(std::string_view text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }
std::string NewlinesOf(std::string_view text) { return std::string(static_cast<size_t>(CountLines(text)), '\n'); }

class AtlasFile {
 public:
  AtlasFile(SourceFile& file, Reading& reading) : file_(file), reading_(reading) {}

  // `order` is empty where the version is its place.
  void Read(const std::string& order) {
    if (file_.problem) throw *file_.problem;
    up_ = Start(Section::kUp);
    up_.traits.order = order;
    TakeHeader();
    if (!up_.traits.replaces.empty() && !order.empty()) {
      line_ = 1;
      Refuse("a checkpoint in a folder whose names are not in the order of their versions", "Rename the files.");
    }
    if (is_archive_) {
      ReadArchive();
    } else {
      RequireNoDirective(rest_, line_ + 1);
      up_.content += delimiter_.empty() ? std::string(rest_) : WithSemicolons(rest_, delimiter_);
    }
    reading_.parts.push_back(std::move(up_));
    if (has_down_) reading_.parts.push_back(std::move(down_));
  }

 private:
  Part Start(Section section) const {
    Part part;
    part.id = ParseMigrationName(file_.path);
    part.section = section;
    part.origin = file_.path;
    return part;
  }

  // The comments at the top. They are the file's if an empty line follows; else they are the first statement's.
  void TakeHeader() {
    rest_ = WithoutByteOrderMark(file_.content);
    std::string_view after = rest_;
    std::string_view line;
    std::string_view next = rest_;
    bool is_header = true;
    for (; TakeLine(next, line); after = next) {
      if (!line.starts_with("--") && !line.starts_with('#')) {
        is_header = Trim(line).empty();
        break;
      }
    }
    line_ = 0;
    for (next = rest_; next.size() > after.size();) {
      const std::string_view begin = next;
      TakeLine(next, line);
      ++line_;
      const auto directive = DirectiveOf(line);
      if (directive) Follow(*directive, is_header);
      up_.content +=
          directive && !IsHarmless(*directive) ? "\n" : std::string(begin.substr(0, begin.size() - next.size()));
    }
    rest_ = after;
  }

  void Follow(const AtlasDirective& directive, bool is_header) {
    if (IsHarmless(directive)) return;
    if (directive.name == "delimiter" && line_ == 1) return TakeDelimiter(directive.value);
    if (!is_header || directive.name == "delimiter") RefusePlace(directive);
    if (directive.name == "txmode") {
      if (directive.value == "none") {
        up_.traits.no_transaction = "line " + std::to_string(line_) + ": atlas:txmode none";
      } else if (directive.value != "file") {
        Refuse("atlas:txmode \"" + directive.value + "\" is not known", "Write none or file.");
      }
    } else if (directive.name == "checkpoint") {
      up_.traits.replaces = ".. " + up_.id.version;
      if (!directive.value.empty()) up_.traits.tags.push_back(directive.value);
    } else if (directive.name == "txtar") {
      is_archive_ = true;
    } else {
      Refuse("\"atlas:" + directive.name + "\" is not supported", "Write what it does into the file.");
    }
  }

  void TakeDelimiter(std::string_view value) {
    for (size_t i = 0; i < value.size(); ++i) {
      const char next = i + 1 < value.size() ? value[i + 1] : '\0';
      const bool escape = value[i] == '\\' && (next == 'n' || next == 'r' || next == 't');
      delimiter_ += !escape ? value[i] : next == 'n' ? '\n' : next == 'r' ? '\r' : '\t';
      if (escape) ++i;
    }
    if (delimiter_ == ";") delimiter_.clear();
  }

  // "-- name --" begins a file of the archive.
  static std::string_view NameOf(std::string_view line) {
    line = TrimRight(line);
    if (line.size() < 7 || !line.starts_with("-- ") || !line.ends_with(" --")) return {};
    return Trim(line.substr(3, line.size() - 6));
  }

  void ReadArchive() {
    if (!delimiter_.empty()) Refuse("atlas:delimiter in an archive is not supported", "End statements with \";\".");
    std::string_view line;
    std::string name;
    int first_line = line_ + 1;
    std::string text;
    while (!rest_.empty()) {
      const std::string_view begin = rest_;
      TakeLine(rest_, line);
      ++line_;
      if (const auto next = NameOf(line); !next.empty()) {
        TakeEntry(name, text, first_line);
        name = next;
        first_line = line_ + 1;
        text.clear();
        up_.content += '\n';
      } else {
        text.append(begin, 0, begin.size() - rest_.size());
      }
    }
    TakeEntry(name, text, first_line);
    if (!has_migration_)
      Refuse("the archive has no migration.sql", "Put what is to run below \"-- migration.sql --\".");
  }

  void TakeEntry(const std::string& name, const std::string& text, int first_line) {
    const int last_line = line_;
    line_ = first_line;
    const bool is_check = name == "checks.sql" || name.starts_with("checks/");
    if (is_check) {
      if (has_migration_) Refuse("\"" + name + "\" stands below migration.sql", "Move it above.");
      TakeChecks(name, text);
    } else if (name == "migration.sql") {
      RequireNoDirective(text, first_line);
      has_migration_ = true;
      up_.content += text;
    } else if (BaseName(name) == "down.sql") {
      RequireNoDirective(text, first_line);
      has_down_ = true;
      down_ = Start(Section::kDown);
      down_.content = text;
      down_.first_line = first_line;
      down_.traits.no_transaction = up_.traits.no_transaction;
      up_.content += NewlinesOf(text);
    } else if (!name.empty() || !HasNoStatement(text)) {
      if (name.empty()) line_ += CountLines(std::string_view(text).substr(0, Lexer(text, true).FindStatement()));
      Refuse(name.empty() ? "a statement stands above the first file of the archive"
                          : "\"" + name + "\" is no file that is known in an archive",
             "Known are checks.sql, checks/name.sql, migration.sql and down.sql.");
    } else {
      up_.content += text;
    }
    line_ = last_line;
  }

  // Each query becomes a statement that fails unless it is true; of "oneof" all together.
  void TakeChecks(const std::string& name, const std::string& text) {
    const bool one_of = IsOneOf(text);
    const int first_line = line_;
    std::string conditions;
    size_t done = 0;
    Lexer lexer(text, true);
    for (;;) {
      const size_t begin = lexer.FindStatement();
      if (begin == text.npos) break;
      const auto piece = lexer.Next();
      const std::string above = NewlinesOf(std::string_view(text).substr(done, piece->begin - done));
      done = piece->end;
      if (piece->kind != PieceKind::kStatement) Refuse("a check is no query", "Write a SELECT.");
      const std::string condition = "(" + std::string(piece->text) + ")";
      if (one_of) {
        conditions.append(conditions.empty() ? "" : " OR ").append(above).append(condition).append(" IS TRUE");
      } else {
        const int line = first_line + CountLines(std::string_view(text).substr(0, piece->begin));
        up_.content += above + GuardStatement(condition, Message(name, line));
      }
    }
    if (one_of) up_.content += GuardStatement(conditions.empty() ? "false" : conditions, Message(name, first_line));
    up_.content += NewlinesOf(std::string_view(text).substr(done));
  }

  std::string Message(const std::string& name, int line) const {
    return "a check is not true: " + name + " in " + file_.path + ", line " + std::to_string(line);
  }

  static bool IsOneOf(std::string_view text) {
    std::string_view line;
    while (TakeLine(text, line)) {
      const auto directive = DirectiveOf(line);
      if (directive && directive->name == "assert" && directive->value == "oneof") return true;
    }
    return false;
  }

  // Below its top a file says nothing of itself.
  void RequireNoDirective(std::string_view text, int first_line) {
    std::string_view line;
    for (line_ = first_line; TakeLine(text, line); ++line_) {
      const auto directive = DirectiveOf(line);
      if (directive && !IsHarmless(*directive)) RefusePlace(*directive);
    }
  }

  [[noreturn]] void RefusePlace(const AtlasDirective& directive) const {
    Refuse("\"atlas:" + directive.name + "\" stands where Atlas does not see it",
           directive.name == "delimiter" ? "Make it the first line."
                                         : "Move it to the top of the file, and leave a line empty below.");
  }

  [[noreturn]] void Refuse(const std::string& what, const std::string& hint) const {
    throw Error(sqlstate::kFeatureNotSupported,
                "file \"" + file_.path + "\", line " + std::to_string(line_) + ": " + what, {}, hint);
  }

  SourceFile& file_;
  Reading& reading_;
  Part up_;
  Part down_;
  std::string_view rest_;  // what is not read yet
  int line_ = 0;
  std::string delimiter_;
  bool is_archive_ = false;
  bool has_migration_ = false;
  bool has_down_ = false;
};

const SourceFile* Sum(const Folder& folder) {
  const auto is_sum = [](const SourceFile& file) { return BaseName(file.path) == "atlas.sum"; };
  const auto found = std::find_if(folder.others.begin(), folder.others.end(), is_sum);
  return found == folder.others.end() ? nullptr : &*found;
}

// Atlas goes by names; only where their versions would go otherwise the place must say it.
bool AreInOrder(const std::vector<SourceFile*>& scripts) {
  std::string last;
  for (const auto* const script : scripts) {
    try {
      std::string key = VersionSortKey(ParseMigrationName(script->path).version);
      if (key.empty() || key < last) return false;
      last = std::move(key);
    } catch (const Error&) {
      continue;  // told where the file is read
    }
  }
  return true;
}

void Read(Folder& folder, const ReadOptions& options, Reading& reading) {
  const SourceFile* const sum = Sum(folder);
  std::vector<SourceFile*> scripts;
  for (auto& script : folder.scripts) {
    if (sum != nullptr && FolderOf(script.path) != FolderOf(sum->path)) {
      reading.Ignore(script, "not beside atlas.sum");
    } else {
      scripts.push_back(&script);
    }
  }
  std::sort(scripts.begin(), scripts.end(), [](const auto* a, const auto* b) { return a->path < b->path; });
  if (sum != nullptr) {
    if (auto problem = CheckSum(*sum, scripts, options)) {
      return reading.Refuse(*problem->file, std::move(problem->error));
    }
  }
  const bool in_order = AreInOrder(scripts);
  for (size_t i = 0; i < scripts.size(); ++i) {
    try {
      AtlasFile(*scripts[i], reading).Read(in_order ? std::string() : std::to_string(i + 1));
    } catch (const Error& error) {
      reading.Refuse(*scripts[i], error);
    }
  }
}

}  // namespace

constexpr std::string_view kSideFiles[] = {"atlas.sum"};

constexpr Convention kAtlas = {"atlas", false, nullptr, Read, Sum, kSideFiles};

}  // namespace migrate::convention
