// Texts that a tool divides by comment lines of its own, such as "-- +goose Up".
#include <algorithm>

#include "core/convention/names.h"
#include "core/text/sections.h"

namespace migrate::convention {
namespace {

MarkedLine MarkOf(std::string_view line, const Marks& marks) {
  line = Trim(WithoutByteOrderMark(line));
  const bool hash = marks.hashes && line.starts_with('#');
  if (!hash && !line.starts_with("--")) return {};
  if (Find(line, marks.word) == line.npos) return {hash ? Mark::kSilent : Mark::kNone};
  return marks.of(line.substr(hash ? 1 : 2));
}

// The sections of one text, as they come.
class Division {
 public:
  Division(const SourceFile& file, const Marks& marks) : file_(file), marks_(marks) {}

  void Divide(Part&& whole, Reading& reading) {
    std::string_view rest = WithoutByteOrderMark(whole.content);
    std::string_view line;
    sections_.push_back({});
    while (!rest.empty()) {
      const size_t begin = whole.content.size() - rest.size();
      TakeLine(rest, line);
      ++line_number_;
      const MarkedLine mark = MarkOf(line, marks_);
      Take(mark, line);
      // A mark is no part of the text, but keeps its line.
      const size_t end = whole.content.size() - rest.size();
      std::string& text = sections_.back().text;
      if (mark.mark == Mark::kNone) {
        text.append(whole.content, begin, end - begin);
      } else {
        text += '\n';
      }
    }
    Require();
    Hand(std::move(whole), reading);
  }

 private:
  struct Text {
    Section section = Section::kUp;
    std::string text;
    int first_line = 1;
    std::string no_transaction;
  };

  void Take(const MarkedLine& mark, std::string_view line) {
    switch (mark.mark) {
      case Mark::kUp:
      case Mark::kDown: Open(mark, line); break;
      case Mark::kNoTransaction: no_transaction_ = Why(line); break;
      case Mark::kRefused:
        Refuse("\"" + std::string(Trim(line)) + "\" is not supported", "Write the step in plain SQL.");
      default: break;
    }
  }

  void Open(const MarkedLine& mark, std::string_view line) {
    const Section section = mark.mark == Mark::kUp ? Section::kUp : Section::kDown;
    if (section == Section::kUp ? seen_up_ : seen_down_) {
      if (marks_.repeats && sections_.back().section == section) return;
      Refuse("section given twice", "Put all of it into one.");
    }
    const bool first = !seen_up_ && !seen_down_;
    (section == Section::kUp ? seen_up_ : seen_down_) = true;
    // What stands above is the header, unless it runs.
    const bool header = first && section == Section::kUp && HasNoStatement(sections_.back().text);
    if (first && section == Section::kUp && !header) {
      Refuse("a statement stands above the up section", "Move it below the line.");
    }
    if (!header) sections_.push_back({section, {}, line_number_, {}});
    if (mark.no_transaction) sections_.back().no_transaction = Why(line);
  }

  void Require() {
    // Comments above a down section that comes first belong to nothing.
    if (seen_up_ && sections_.front().section == Section::kUp && sections_.size() > 2)
      sections_.erase(sections_.begin());
    if (seen_up_ || !marks_.needs_up) return;
    line_number_ = 1;
    Refuse("it has no section to apply", "Divide it as the other files are.");
  }

  void Hand(Part&& whole, Reading& reading) {
    for (auto& text : sections_) {
      Part part;
      part.id = whole.id;
      part.origin = whole.origin;
      part.traits.repeatable = whole.traits.repeatable;
      part.section = text.section;
      part.content = std::move(text.text);
      part.first_line = text.first_line;
      part.traits.no_transaction = no_transaction_.empty() ? text.no_transaction : no_transaction_;
      reading.parts.push_back(std::move(part));
    }
  }

  std::string Why(std::string_view line) const {
    return "line " + std::to_string(line_number_) + ": " + std::string(Trim(line));
  }

  [[noreturn]] void Refuse(const std::string& what, const std::string& hint) const {
    throw Error(sqlstate::kFeatureNotSupported,
                "file \"" + file_.path + "\", line " + std::to_string(line_number_) + ": " + what, {}, hint);
  }

  const SourceFile& file_;
  const Marks& marks_;
  std::vector<Text> sections_;
  std::string no_transaction_;
  bool seen_up_ = false;
  bool seen_down_ = false;
  int line_number_ = 0;
};

}  // namespace

size_t FindMark(std::string_view text, const Marks& marks, Mark mark) {
  for (size_t at = 0; (at = Find(text, marks.word, at)) != text.npos;) {
    const size_t begin = text.substr(0, at).find_last_of('\n') + 1;
    const size_t end = std::min(text.find('\n', at), text.size());
    if (MarkOf(text.substr(begin, end - begin), marks).mark == mark) return begin;
    at = end;
  }
  return text.npos;
}

bool HasLine(std::string_view text, const Marks& marks, Mark mark) { return FindMark(text, marks, mark) != text.npos; }

bool HasMark(const SourceFile& file, const Marks& marks, Mark mark) {
  if (!HasLine(file.content, marks, mark)) return false;
  const auto direction = DirectionOf(file.path);
  if (direction == Section::kDown) return false;
  return direction != Section::kUp || mark != Mark::kUp || HasLine(file.content, marks, Mark::kDown);
}

bool OpensWithUp(const SourceFile& file, const Marks& marks) {
  std::string_view rest = file.content;
  std::string_view line;
  while (TakeLine(rest, line)) {
    line = Trim(WithoutByteOrderMark(line));
    const Mark mark = MarkOf(line, marks).mark;
    if (mark == Mark::kUp) return true;
    if (mark == Mark::kNone && !line.empty() && !line.starts_with("--")) return false;
  }
  return false;
}

void ReadMarked(Folder& folder, const Marks& marks, Reading& reading, bool (*has_mark)(const SourceFile& script)) {
  KeepTopFolder(folder, reading, has_mark);
  const auto spelled = OtherSpellings(folder);
  for (auto& file : folder.scripts) {
    try {
      // One that is divided holds both directions, whatever its name.
      const auto other = spelled.find(&file);
      const bool is_half = other != spelled.end() && !HasLine(file.content, marks, Mark::kUp) &&
                           !HasLine(file.content, marks, Mark::kDown);
      Part whole = TakeByName(file, folder.NameOf(is_half ? other->second : file.path));
      // What its name says to be a down script is one as a whole.
      if (whole.section == Section::kDown) {
        reading.parts.push_back(std::move(whole));
      } else {
        Division(file, marks).Divide(std::move(whole), reading);
      }
    } catch (const Error& error) {
      reading.Refuse(file, error);
    }
  }
  RefuseUndoing(reading);
}

}  // namespace migrate::convention
