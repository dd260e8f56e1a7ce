// Drizzle: "0000_name.sql", divided by "--> statement-breakpoint" (a comment), in the order that
// "meta/_journal.json" gives. Since 1.0 it keeps a folder for each, "20240131120000_name/migration.sql" beside a
// "snapshot.json", ordered by name; "drizzle-kit up" makes these of those, and their texts stay.
#include <algorithm>
#include <map>

#include "core/convention/names.h"

namespace migrate::convention {
namespace {

constexpr std::string_view kJournal = "meta/_journal.json";

const SourceFile* Journal(const Folder& folder) {
  for (const auto& file : folder.others) {
    if (file.path == kJournal || file.path.ends_with("/" + std::string(kJournal))) return &file;
  }
  return nullptr;
}

// Reads the journal, which is JSON: the tags of its entries, in their order.
class JournalReader {
 public:
  explicit JournalReader(const SourceFile& file) : file_(file), text_(WithoutByteOrderMark(file.content)) {}

  std::vector<std::string> Tags() {
    TakeValue();
    SkipBlanks();
    if (at_ < text_.size()) Refuse("something follows the end of the journal");
    if (!has_entries_) Refuse("the journal has no array \"entries\"");
    return std::move(tags_);
  }

 private:
  void TakeValue() {
    SkipBlanks();
    if (Skip('{')) {
      const bool is_entry = path_ == kEntry;
      const size_t known = tags_.size();
      if (!Skip('}')) TakeMembers();
      if (is_entry && tags_.size() != known + 1) Refuse("an entry has no \"tag\"");
      return;
    }
    if (Skip('[')) {
      has_entries_ |= path_ == kEntries;
      if (!Skip(']')) TakeElements();
    } else if (at_ < text_.size() && text_[at_] == '"') {
      const std::string_view string = TakeString();
      if (path_ == kTag) tags_.emplace_back(string);
    } else {
      TakeWord();
    }
    if (path_ == kEntry) Refuse("an entry is no object");
  }

  // A number, true, false or null.
  void TakeWord() {
    constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyzE0123456789+-.";
    const size_t end = std::min(text_.find_first_not_of(kWord, at_), text_.size());
    if (end == at_) Refuse("this is no JSON");
    at_ = end;
  }

  void TakeElements() {
    Enter("[]", [&] {
      do TakeValue();
      while (Skip(','));
    });
    Require(']');
  }

  void TakeMembers() {
    do {
      SkipBlanks();
      const std::string_view key = TakeString();
      Require(':');
      Enter(key, [&] { TakeValue(); });
    } while (Skip(','));
    Require('}');
  }

  std::string_view TakeString() {
    Require('"');
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') at_ += text_[at_] == '\\' ? 2 : 1;
    const size_t end = at_;
    if (end >= text_.size() || text_[end] != '"') Refuse("this is no JSON");
    ++at_;
    return text_.substr(begin, end - begin);
  }

  // What `take` reads stands at this key.
  template <typename Take>
  void Enter(std::string_view key, Take take) {
    constexpr int kDeepest = 100;
    if (++depth_ > kDeepest) Refuse("this is no journal");
    const size_t length = path_.size();
    path_.append("/").append(key);
    take();
    path_.resize(length);
    --depth_;
  }

  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool Skip(char c) {
    SkipBlanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void Require(char c) {
    if (!Skip(c)) Refuse("this is no JSON");
  }

  [[noreturn]] void Refuse(const std::string& what) const {
    const int line = Advance({}, text_.substr(0, at_)).line;
    throw Error(sqlstate::kSyntaxError, "file \"" + file_.path + "\", line " + std::to_string(line) + ": " + what, {},
                "Restore the journal as drizzle-kit wrote it.");
  }

  static constexpr std::string_view kEntries = "/entries";
  static constexpr std::string_view kEntry = "/entries/[]";
  static constexpr std::string_view kTag = "/entries/[]/tag";

  const SourceFile& file_;
  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  std::string path_;
  std::vector<std::string> tags_;
  bool has_entries_ = false;
};

bool IsInFolder(const SourceFile& script) { return BaseName(script.path) == "migration.sql"; }

// A script in a folder with a snapshot, which Prisma's have not; null if there is none.
const SourceFile* InFolder(const Folder& folder) {
  const SourceFile* first = nullptr;
  bool any = false;
  for (const auto& script : folder.scripts) {
    if (!IsInFolder(script)) continue;
    if (first == nullptr) first = &script;
    any = any || folder.Other(std::string(FolderOf(script.path)) + "/snapshot.json") != nullptr;
  }
  return any ? first : nullptr;
}

const SourceFile* MarkedFile(const Folder& folder) {
  if (const SourceFile* const script = InFolder(folder)) return script;
  return folder.scripts.empty() ? nullptr : Journal(folder);
}

void ReadJournal(Folder& folder, Reading& reading) {
  const SourceFile* const journal = Journal(folder);
  std::map<std::string, size_t> places;
  if (journal != nullptr) {
    try {
      for (auto& tag : JournalReader(*journal).Tags()) places.emplace(std::move(tag), places.size() + 1);
    } catch (const Error& error) {
      return reading.Refuse(*journal, error);
    }
  }
  std::map<std::string, bool> found;
  for (auto& file : folder.scripts) {
    const std::string tag(Stem(file.path));
    const auto place = places.find(tag);
    if (journal != nullptr && place == places.end()) {
      reading.Ignore(file, "not in the journal: Drizzle does not run it");
      continue;
    }
    try {
      Part part = PartOf(file, ParseMigrationName(tag), Section::kUp);
      if (place != places.end()) part.traits.order = std::to_string(place->second);
      reading.parts.push_back(std::move(part));
      found[tag] = true;
    } catch (const Error& error) {
      reading.Refuse(file, error);
    }
  }
  for (const auto& [tag, place] : places) {
    if (!found.contains(tag)) {
      reading.Refuse(*journal, "names \"" + tag + "\", of which there is no file", "Add " + tag + ".sql.");
    }
  }
}

void Read(Folder& folder, const ReadOptions&, Reading& reading) {
  reading.found_by_text = true;
  const SourceFile* const script = InFolder(folder);
  if (script == nullptr) return ReadJournal(folder, reading);
  if (const SourceFile* const journal = Journal(folder)) {
    return reading.Refuse(*journal,
                          "stands beside folders of drizzle-kit 1.0, such as that of \"" + script->path + "\"",
                          "Let \"drizzle-kit up\" make one of both, or leave one out with leave_out.");
  }
  ReadFolders(folder, "migration.sql", reading);
  OrderAsText(reading.parts, '9');
}

}  // namespace

constexpr std::string_view kSideFiles[] = {"_journal.json"};

constexpr Convention kDrizzle = {"drizzle",
                                 true,
                                 [](const SourceFile& script) {
                                   return !IsInFolder(script) &&
                                          Find(script.content, "--> statement-breakpoint") != std::string::npos;
                                 },
                                 Read,
                                 MarkedFile,
                                 kSideFiles};

}  // namespace migrate::convention
