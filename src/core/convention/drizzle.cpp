// Drizzle: "0000_name.sql", divided by "--> statement-breakpoint" (a comment), in the order that
// "meta/_journal.json" gives; newer versions keep a folder for each, as Prisma does.
#include <map>

#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

constexpr std::string_view kJournal = "meta/_journal.json";

const SourceFile* Journal(const Folder& folder) {
  for (const auto& file : folder.others) {
    if (file.path == kJournal || file.path.ends_with("/" + std::string(kJournal))) return &file;
  }
  return nullptr;
}

// The tags in their order. A journal is an array of flat objects: what follows each "tag" is all we need.
std::vector<std::string> Tags(std::string_view journal) {
  constexpr std::string_view kTag = "\"tag\"";
  std::vector<std::string> tags;
  for (size_t at = journal.find(kTag); at != journal.npos; at = journal.find(kTag, at)) {
    const size_t open = journal.find('"', at + kTag.size());
    const size_t close = open == journal.npos ? open : journal.find('"', open + 1);
    if (close == journal.npos) break;
    tags.emplace_back(journal.substr(open + 1, close - open - 1));
    at = close + 1;
  }
  return tags;
}

void Read(Folder& folder, const ReadOptions&, Reading& reading) {
  const SourceFile* const journal = Journal(folder);
  std::map<std::string, size_t> places;
  if (journal != nullptr) {
    for (auto& tag : Tags(journal->content)) places.emplace(std::move(tag), places.size() + 1);
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

}  // namespace

constexpr Convention kDrizzle = {
    "drizzle", true,
    [](const SourceFile& script) {
      return BaseName(script.path) != "migration.sql" &&
             Find(script.content, "--> statement-breakpoint") != std::string::npos;
    },
    Read, [](const Folder& folder) { return folder.scripts.empty() ? nullptr : Journal(folder); }};

}  // namespace migrate::convention
