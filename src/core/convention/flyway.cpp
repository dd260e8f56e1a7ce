// Flyway: "V1.2__name.sql", "U1.2__name.sql" (what undoes it), "R__name.sql" (repeatable) and "B1.2__name.sql" (a
// baseline instead of all up to it), in any folders; "V1.2__name.sql.conf" may say executeInTransaction=false.
#include <algorithm>
#include <map>

#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

enum class Kind { kNone, kVersioned, kUndo, kRepeatable, kBaseline };

struct Name {
  Kind kind = Kind::kNone;
  MigrationId id;
  std::string order;
};

constexpr std::string_view kSeparator = "__";
constexpr std::string_view kCallbacks[] = {"before", "after", "createSchema"};

// "1_2" is 1.2, and 1.0 is 1.
std::string Dotted(std::string_view version) {
  std::string dotted(version);
  std::replace(dotted.begin(), dotted.end(), '_', '.');
  return dotted;
}

std::string OrderOf(std::string_view dotted) {
  while (dotted.ends_with(".0")) dotted.remove_suffix(2);
  return std::string(dotted);
}

// A version needs no description: "V1.2.sql".
Name NameOf(std::string_view path) {
  const std::string_view stem = Stem(path);
  if (stem.empty()) return {};
  const size_t separator = std::min(stem.find(kSeparator), stem.size());
  const std::string_view version = stem.substr(1, separator - 1);
  const std::string_view description = stem.substr(std::min(separator + kSeparator.size(), stem.size()));
  Name name;
  switch (stem[0]) {
    case 'V': name.kind = Kind::kVersioned; break;
    case 'U': name.kind = Kind::kUndo; break;
    case 'B': name.kind = Kind::kBaseline; break;
    case 'R': name.kind = Kind::kRepeatable; break;
    default: return {};
  }
  const bool numbered = !version.empty() && version.find_first_not_of("0123456789._") == version.npos;
  const bool repeatable = name.kind == Kind::kRepeatable;
  if (numbered == repeatable || (repeatable && description.empty())) return {};
  name.id = {repeatable ? std::string() : Dotted(version), std::string(description)};
  name.order = OrderOf(name.id.version);
  RequireMigrationName(name.id.Label());
  return name;
}

bool IsCallback(std::string_view path) {
  return std::any_of(std::begin(kCallbacks), std::end(kCallbacks),
                     [&](std::string_view word) { return BaseName(path).starts_with(word); });
}

bool IsOutsideTransaction(const Folder& folder, const std::string& path) {
  const SourceFile* const conf = folder.Other(path + ".conf");
  if (conf == nullptr) return false;
  std::string compact = ToLower(conf->content);
  std::erase_if(compact, [](char c) { return c == ' ' || c == '\t'; });
  return compact.find("executeintransaction=false") != compact.npos;
}

// Two files of one version: of several environments, say. Which would run is nobody's guess.
void RefuseTwice(const SourceFile& file, const std::string& first, Reading& reading) {
  reading.Refuse(file, Error(sqlstate::kDuplicateObject, "file \"" + file.path + "\" has the version of another",
                             "\"" + first + "\" has it, too.", "Leave one of them out with leave_out."));
}

void Read(Folder& folder, const ReadOptions&, Reading& reading) {
  reading.dollar_placeholders = true;
  std::map<std::pair<Kind, std::string>, std::string> seen;
  for (auto& file : folder.scripts) {
    const Name name = NameOf(file.path);
    if (name.kind == Kind::kNone) {
      if (IsCallback(file.path)) {
        reading.Ignore(file, "a callback, which does not run here");
      } else {
        reading.Refuse(file, "is not named as Flyway names migrations",
                       "Name it V1__name.sql, or leave it out with leave_out.");
      }
      continue;
    }
    const auto [first, is_new] =
        seen.try_emplace({name.kind, name.kind == Kind::kRepeatable ? name.id.name : name.order}, file.path);
    if (!is_new) {
      RefuseTwice(file, first->second, reading);
      continue;
    }
    const bool alone = IsOutsideTransaction(folder, file.path);
    Part part = PartOf(file, name.id, name.kind == Kind::kUndo ? Section::kDown : Section::kUp);
    part.by_version = name.kind == Kind::kUndo;
    part.traits.order = name.order;
    part.traits.repeatable = name.kind == Kind::kRepeatable;
    if (name.kind == Kind::kBaseline) part.traits.replaces = ".. " + name.id.version;
    if (alone) part.traits.no_transaction = "its .conf: executeInTransaction=false";
    reading.parts.push_back(std::move(part));
  }
}

}  // namespace

// One without a description is no mark: "B2.sql" may be anything.
constexpr Convention kFlyway = {"flyway", true,
                                [](const SourceFile& script) {
                                  return BaseName(script.path).find(kSeparator) != std::string_view::npos &&
                                         NameOf(script.path).kind != Kind::kNone;
                                },
                                Read};

}  // namespace migrate::convention
