// Liquibase's formatted SQL: "--liquibase formatted sql" in the first line, "--changeset author:id key:value …" above
// each changeset, "--rollback …" in it. As Liquibase does, it is read line by line, whatever quotes a line stands in.
#include <algorithm>

#include "core/convention/delimiter.h"
#include "core/convention/guard.h"
#include "core/convention/liquibase.h"
#include "core/text/sections.h"

namespace migrate::convention {
namespace {

// What stands behind a keyword of a comment line; nothing if the line is not that.
std::optional<std::string_view> Behind(std::string_view line, std::string_view keyword, std::string_view ends) {
  const auto words = CommentText(WithoutByteOrderMark(line));
  if (!words || !EqualsIgnoringCase(words->substr(0, keyword.size()), keyword)) return std::nullopt;
  const std::string_view rest = words->substr(keyword.size());
  if (!rest.empty() && ends.find(rest[0]) == ends.npos) return std::nullopt;
  return rest;
}
std::optional<std::string_view> Behind(std::string_view line, std::string_view keyword) {
  return Behind(line, keyword, " \t");
}

bool IsHeader(std::string_view line) {
  const auto rest = Behind(line, "liquibase");
  constexpr std::string_view kFormatted = "formatted";
  return rest && EqualsIgnoringCase(TrimLeft(*rest).substr(0, kFormatted.size()), kFormatted);
}

bool IsTrue(const std::string& value) { return EqualsIgnoringCase(value, "true"); }

// What ends statements, where it is no semicolon.
struct Delimiter {
  std::string text;
  bool at_line_start = false;

  std::string In(std::string&& sql) const {
    return text.empty() ? std::move(sql) : WithSemicolons(sql, text, at_line_start);
  }
};

class ChangesetReader {
 public:
  ChangesetReader(const SourceFile& file, const ReadOptions& options) : file_(file), options_(options) {}

  std::vector<Changeset> Read() {
    std::string_view rest = file_.content;
    std::string_view line;
    bool has_header = false;
    while (Next(rest, line)) {
      if (IsHeader(line)) {
        if (!has_header) TakeAttributes(TrimLeft(*Behind(line, "liquibase")), file_attributes_);
        has_header = true;
        Blank();
      } else if (const auto lines = Behind(line, "ignorelines", ":")) {
        SkipLines(*lines, rest);
      } else if (const auto property = Behind(line, "property")) {
        TakeProperty(*property);
      } else if (const auto words = Behind(line, "changeset")) {
        Close();
        Open(*words);
      } else if (IsRollbackBlock(line)) {
        TakeRollbackBlock(rest);
      } else if (!TakeLineOfChangeset(line)) {
        Append(whole_);
      }
    }
    Close();
    return std::move(changesets_);
  }

 private:
  bool Next(std::string_view& rest, std::string_view& line) {
    const std::string_view before = rest;
    if (!TakeLine(rest, line)) return false;
    whole_ = before.substr(0, before.size() - rest.size());
    ++line_number_;
    return true;
  }

  // A line that is no SQL keeps its place.
  void Blank() { Append("\n"); }
  void Append(std::string_view text) { up_.append(text); }

  // Up to a line that says the end, or a number of lines.
  void SkipLines(std::string_view words, std::string_view& rest) {
    words = Trim(words.substr(1));
    const int begin = line_number_;
    Blank();
    std::string_view line;
    if (EqualsIgnoringCase(words, "start")) {
      while (Next(rest, line)) {
        Blank();
        const auto end = Behind(line, "ignorelines", ":");
        if (end && EqualsIgnoringCase(Trim(end->substr(1)), "end")) return;
      }
      line_number_ = begin;
      Refuse("\"ignoreLines:start\" has no end", "Write \"--ignoreLines:end\" below what is to be ignored.");
    }
    constexpr size_t kDigits = 6;
    if (words.empty() || words.size() > kDigits || words.find_first_not_of("0123456789") != words.npos) {
      Refuse("ignoreLines takes a number, start or end", "Write for example \"--ignoreLines:2\".");
    }
    for (int count = std::stoi(std::string(words)); count > 0 && Next(rest, line); --count) Blank();
  }

  void TakeProperty(std::string_view words) {
    Attributes attributes;
    TakeAttributes(words, attributes);
    RequireValue(attributes["name"], attributes["value"], Place(), options_);
    Blank();
  }

  static bool IsRollbackBlock(std::string_view line) {
    line = Trim(line);
    if (!line.starts_with("/*")) return false;
    std::string words = ToLower(line.substr(2));
    std::erase_if(words, [](char c) { return c == ' ' || c == '\t'; });
    return words == "liquibaserollback";
  }

  void TakeRollbackBlock(std::string_view& rest) {
    RequireChangeset();
    const int begin = line_number_;
    Blank();
    std::string_view line;
    while (Next(rest, line)) {
      Blank();
      const std::string_view trimmed = TrimRight(line);
      const bool ends = trimmed.ends_with("*/");
      AppendRollback(ends ? trimmed.substr(0, trimmed.size() - 2) : line);
      if (ends) return;
    }
    line_number_ = begin;
    Refuse("the comment with the rollback is not closed", "Close it with \"*/\" at the end of a line.");
  }

  // True if the line is one of Liquibase's.
  bool TakeLineOfChangeset(std::string_view line) {
    if (!current_.skipped.empty()) return false;
    for (const std::string_view keyword : {"rollbackSqlFile", "tagDatabase", "tagDatabase:", "include", "includeAll"}) {
      const auto words = Behind(line, keyword);
      const bool is_include = keyword == "include";
      if (!words || (is_include && !TrimLeft(*words).starts_with("file:"))) continue;
      Refuse("\"" + std::string(keyword) + "\" is not supported", "Write what it does into the file.");
    }
    if (const auto sql = Behind(line, "rollback"); sql && !sql->empty()) {
      RequireChangeset();
      AppendRollback(sql->substr(1));
      Blank();
    } else if (const auto settings = Behind(line, "preconditions")) {
      RequireChangeset();
      TakePreconditions(*settings);
      Blank();
    } else if (const auto condition = Behind(line, "precondition", "-")) {
      RequireChangeset();
      TakePrecondition(condition->substr(1));
    } else {
      return false;
    }
    return true;
  }

  void RequireChangeset() const {
    if (!open_) Refuse("a line of a changeset stands above the first one", "Move it below its \"--changeset\".");
  }

  void AppendRollback(std::string_view sql) {
    if (current_.down_line == 0) current_.down_line = line_number_;
    // Each line stays in its place.
    const auto line = static_cast<size_t>(line_number_ - current_.down_line);
    current_.down.append(line - static_cast<size_t>(std::count(current_.down.begin(), current_.down.end(), '\n')),
                         '\n');
    current_.down.append(sql);
  }

  void Open(std::string_view words) {
    const std::string_view whole = Trim(words);
    words = whole;
    const std::string author = TakeWord(words, ":");
    const bool has_id = words.size() > 1 && words[0] == ':' && words[1] != ' ' && words[1] != '\t';
    if (has_id) words.remove_prefix(1);
    const std::string id = has_id ? TakeWord(words, " \t") : std::string();
    if (author.empty() || id.empty()) {
      Refuse("a changeset without author and id", "Write \"--changeset author:id\", without a blank between them.");
    }
    open_ = true;
    current_ = {};
    current_.line = line_number_;
    Attributes attributes;
    TakeAttributes(words, attributes);
    current_.name = PathOf(attributes) + "::" + id + "::" + author;
    current_.skipped = WhySkipped(attributes, current_.name, Place(), options_);
    if (!current_.skipped.empty()) return;
    for (const auto& [key, value] : attributes) Honour(key, value);
  }

  std::string PathOf(Attributes& attributes) {
    for (auto* const given : {&attributes, &file_attributes_}) {
      const std::string path = (*given)["logicalfilepath"];
      if (!path.empty()) return std::string(LiquibasePath(path));
    }
    return file_.path;
  }

  // "key:value" and "key:"a value"", between which words without a colon say nothing.
  void TakeAttributes(std::string_view rest, Attributes& attributes) {
    while (!(rest = TrimLeft(rest)).empty()) {
      const size_t end = std::min(rest.find_first_of(": \t"), rest.size());
      const std::string key = ToLower(rest.substr(0, end));
      rest.remove_prefix(end);
      if (!rest.starts_with(':')) continue;
      rest.remove_prefix(1);
      std::string value = FillPlaceholders(TakeWord(rest, " \t"), options_.values);
      if (value.empty()) {
        Refuse("nothing follows \"" + key + ":\"", "Write the value behind the colon, without a blank.");
      }
      if (value.find("${") != value.npos) {
        Refuse(Join({"\"", key, "\" has a parameter without a value: ", value}, ""), "Give it one with placeholders.");
      }
      attributes[key] = std::move(value);
    }
  }

  void Honour(const std::string& key, const std::string& value) {
    constexpr std::string_view kOther[] = {"splitstatements",
                                           "rollbacksplitstatements",
                                           "stripcomments",
                                           "logicalfilepath",
                                           "onvalidationfail",
                                           "runwithspoolfile",
                                           "created",
                                           "objectquotingstrategy",
                                           "dbms",
                                           "ignore",
                                           "context",
                                           "contextfilter",
                                           "labels"};
    const auto is_key = [&](std::string_view other) { return key == other; };
    if (key == "runonchange") {
      current_.repeatable = IsTrue(value);
    } else if (key == "runintransaction") {
      if (!IsTrue(value))
        current_.no_transaction = "line " + std::to_string(line_number_) + ": runInTransaction:" + value;
    } else if (key == "runalways" && IsTrue(value)) {
      Refuse("runAlways is not supported", "Write runOnChange:true, or run it by itself after each deployment.");
    } else if (key == "failonerror" && !IsTrue(value)) {
      Refuse("failOnError:false is not supported", "Write SQL that does not fail, with IF EXISTS for example.");
    } else if (key == "enddelimiter" || key == "rollbackenddelimiter") {
      TakeDelimiter(key, value);
    } else if (key == "runwith" && !EqualsIgnoringCase(value, "psql") && !EqualsIgnoringCase(value, "jdbc")) {
      Refuse("runWith:" + value + " is not supported", "Write it as SQL.");
    } else if (key != "runalways" && key != "failonerror" && key != "runwith" &&
               std::none_of(std::begin(kOther), std::end(kOther), is_key)) {
      Refuse("attribute \"" + key + "\" is not known", "Remove it, or leave the changeset out with leave_out.");
    }
  }

  // Liquibase takes it for a regular expression; those that are more than their own characters are not honoured.
  void TakeDelimiter(const std::string& key, std::string_view value) {
    Delimiter& delimiter = key == "enddelimiter" ? delimiter_ : rollback_delimiter_;
    for (const std::string_view newline : {"\\r\\n", "\\n"}) {
      if (!value.starts_with(newline)) continue;
      value.remove_prefix(newline.size());
      delimiter.at_line_start = true;
    }
    delimiter.at_line_start |=
        value == "/" || (!value.empty() && ((value[0] | 0x20) >= 'a' && (value[0] | 0x20) <= 'z'));
    if (value.empty() || value.find_first_of("\\^$.|?*+()[]{}") != value.npos) {
      Refuse(key + ":" + std::string(value) + " is not supported",
             "End statements with \";\": bodies in dollar quotes may hold any.");
    }
    if (value != ";") delimiter.text = value;
  }

  // What happens where one is not met; the default is that it fails.
  void TakePreconditions(std::string_view words) {
    Attributes attributes;
    TakeAttributes(words, attributes);
    for (const auto& [key, value] : attributes) {
      if ((key != "onfail" && key != "onerror") || EqualsIgnoringCase(value, "HALT")) continue;
      Refuse(Join({key, value}, ":") + " is not supported",
             "Write onFail:HALT, or the condition into the SQL, in a DO block for example.");
    }
  }

  // Becomes a statement in front of the script, in its own line.
  void TakePrecondition(std::string_view words) {
    if (!HasNoStatement(std::string_view(up_).substr(guarded_))) {
      Refuse("a precondition stands below a statement", "Move it to the top of the changeset.");
    }
    std::string condition;
    try {
      condition = ConditionOf(words);
    } catch (const Error& error) {
      Refuse(error.message, error.hint);
    }
    const std::string what = "a precondition is not met: " + file_.path + ", line " + std::to_string(line_number_);
    Append(GuardStatement(condition, what) + "\n");
    guarded_ = up_.size();
  }

  void Close() {
    if (!open_ && !HasNoStatement(up_)) {
      Refuse("a statement stands above the first changeset, where Liquibase does not run it",
             "Move it below a \"--changeset\", or remove it.");
    }
    if (open_) {
      current_.up = delimiter_.In(std::move(up_));
      if (current_.down_line > 0) TakeRollback();
      changesets_.push_back(std::move(current_));
    }
    up_.clear();
    guarded_ = 0;
    current_ = {};
    delimiter_ = {};
    rollback_delimiter_ = {};
  }

  void TakeRollback() {
    const std::string words = ToLower(Trim(current_.down));
    if (words.starts_with("empty") || words.starts_with("not required")) {
      current_.down.clear();
    } else if (words.find("changesetid") != words.npos) {
      line_number_ = current_.down_line;
      Refuse("a rollback by another changeset is not supported", "Write its SQL here.");
    } else {
      current_.down = rollback_delimiter_.In(std::move(current_.down));
    }
  }

  std::string Place() const { return "file \"" + file_.path + "\", line " + std::to_string(line_number_) + ": "; }

  [[noreturn]] void Refuse(const std::string& what, const std::string& hint) const {
    throw Error(sqlstate::kFeatureNotSupported, Place() + what, {}, hint);
  }

  const SourceFile& file_;
  const ReadOptions& options_;
  Attributes file_attributes_;
  std::vector<Changeset> changesets_;
  Changeset current_;
  bool open_ = false;
  std::string up_;
  size_t guarded_ = 0;  // where the preconditions end in it
  Delimiter delimiter_;
  Delimiter rollback_delimiter_;
  std::string_view whole_;  // the line with its end
  int line_number_ = 0;
};

}  // namespace

bool IsFormattedSql(std::string_view text) {
  std::string_view line;
  while (TakeLine(text, line)) {
    if (!Trim(WithoutByteOrderMark(line)).empty()) return IsHeader(line);
  }
  return false;
}

std::vector<Changeset> ReadChangesets(const SourceFile& file, const ReadOptions& options) {
  return ChangesetReader(file, options).Read();
}

}  // namespace migrate::convention
