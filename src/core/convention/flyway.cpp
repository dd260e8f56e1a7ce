// Flyway: "V1.2__name.sql", "U1.2__name.sql" (what undoes it), "R__name.sql" (repeatable) and "B1.2__name.sql" (a
// baseline instead of all up to it), in any folders; "V1.2__name.sql.conf" may say executeInTransaction=false.
#include <algorithm>
#include <map>

#include "core/convention/names.h"

namespace migrate::convention {
namespace {

enum class Kind { kNone, kVersioned, kUndo, kRepeatable, kBaseline };

// The first file of each version, and of each repeatable name.
using Seen = std::map<std::pair<Kind, std::string>, std::string>;

struct Name {
  Kind kind = Kind::kNone;
  MigrationId id;
  std::string order;
};

constexpr std::string_view kSeparator = "__";
constexpr std::string_view kCallbacks[] = {"before", "after", "createSchema"};

// "1_2" is 1.2.
std::string Dotted(std::string_view version) {
  std::string dotted(version);
  std::replace(dotted.begin(), dotted.end(), '_', '.');
  return dotted;
}

// The parts are numbers: "01.0" is 1.
std::string OrderOf(const std::string& dotted) {
  std::vector<std::string> parts = SplitList(dotted, '.');
  for (auto& part : parts) part.erase(0, std::min(part.find_first_not_of('0'), part.size() - 1));
  while (parts.size() > 1 && parts.back() == "0") parts.pop_back();
  return Join(parts, ".");
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
  const bool numbered = !version.empty() && version.find_first_not_of("0123456789._") == version.npos &&
                        version.find_first_of("0123456789") != version.npos;
  const bool repeatable = name.kind == Kind::kRepeatable;
  if (repeatable ? !version.empty() || description.empty() : !numbered) return {};
  name.id = {repeatable ? std::string() : Dotted(version), std::string(description)};
  name.order = OrderOf(name.id.version);
  return name;
}

bool IsCallback(std::string_view path) {
  return std::any_of(std::begin(kCallbacks), std::end(kCallbacks),
                     [&](std::string_view word) { return BaseName(path).starts_with(word); });
}

// Whether the file runs in a transaction, as its .conf says.
bool IsInTransaction(const SourceFile* conf) {
  if (conf == nullptr) return true;
  bool in_transaction = true;
  std::string_view rest = WithoutByteOrderMark(conf->content);
  std::string_view line;
  for (int number = 1; TakeLine(rest, line); ++number) {
    const size_t equals = std::min(line.find('='), line.size());
    if (!EqualsIgnoringCase(Trim(line.substr(0, equals)), "executeInTransaction")) continue;
    const std::string_view value = Trim(line.substr(std::min(equals + 1, line.size())));
    in_transaction = EqualsIgnoringCase(value, "true");
    if (in_transaction || EqualsIgnoringCase(value, "false")) continue;
    throw Error(sqlstate::kInvalidParameter,
                "file \"" + conf->path + "\", line " + std::to_string(number) + ": executeInTransaction is \"" +
                    std::string(value) + "\"",
                {}, "Write executeInTransaction=true or executeInTransaction=false.");
  }
  return in_transaction;
}

// Two files of one version: of several environments, say. Which would run is nobody's guess.
void RefuseTwice(const SourceFile& file, const std::string& first, Reading& reading) {
  reading.Refuse(file, Error(sqlstate::kDuplicateObject, "file \"" + file.path + "\" has the version of another",
                             "\"" + first + "\" has it, too.", "Leave one of them out with leave_out."));
}

// Nothing for what does not run, which is said.
std::optional<Part> Take(SourceFile& file, const Folder& folder, Seen& seen, Reading& reading) {
  const Name name = NameOf(file.path);
  if (name.kind == Kind::kNone) {
    if (IsCallback(file.path)) {
      reading.Ignore(file, "a callback, which does not run here");
    } else {
      reading.Refuse(file, "is not named as Flyway names migrations",
                     "Name it V1__name.sql, or leave it out with leave_out.");
    }
    return std::nullopt;
  }
  RequireMigrationName(name.id.Label());
  const auto [first, is_new] =
      seen.try_emplace({name.kind, name.kind == Kind::kRepeatable ? name.id.name : name.order}, file.path);
  if (!is_new) {
    RefuseTwice(file, first->second, reading);
    return std::nullopt;
  }
  const SourceFile* const conf = folder.Other(file.path + ".conf");
  const bool alone = !IsInTransaction(conf);
  Part part = PartOf(file, name.id, name.kind == Kind::kUndo ? Section::kDown : Section::kUp);
  part.by_version = name.kind == Kind::kUndo;
  part.traits.order = name.order;
  part.traits.repeatable = name.kind == Kind::kRepeatable;
  if (name.kind == Kind::kBaseline) part.traits.replaces = ".. " + name.id.version;
  if (alone) part.traits.no_transaction = "its .conf: executeInTransaction=false";
  return part;
}

// Gives what undoes a version that version as its own file spells it.
void JoinUndone(std::vector<Part>& parts) {
  std::map<std::string, std::string> versions;  // by order
  for (const auto& part : parts) {
    if (!part.by_version && part.traits.replaces.empty()) versions.emplace(part.traits.order, part.id.version);
  }
  for (auto& part : parts) {
    const auto found = part.by_version ? versions.find(part.traits.order) : versions.end();
    if (found != versions.end()) part.id.version = found->second;
  }
}

void Read(Folder& folder, const ReadOptions&, Reading& reading) {
  reading.dollar_placeholders = true;
  Seen seen;
  for (auto& file : folder.scripts) {
    try {
      if (auto part = Take(file, folder, seen, reading)) reading.parts.push_back(std::move(*part));
    } catch (const Error& error) {
      reading.Refuse(file, error);
    }
  }
  JoinUndone(reading.parts);
}

// One without a description is no mark: "B2.sql" may be anything.
bool IsVersioned(const SourceFile& script) {
  if (BaseName(script.path).find(kSeparator) == std::string_view::npos) return false;
  const Kind kind = NameOf(script.path).kind;
  return kind != Kind::kNone && kind != Kind::kRepeatable;
}

// Repeatable files alone: among those of another convention they are of that one.
const SourceFile* FirstOfRepeatableOnly(const Folder& folder) {
  const SourceFile* first = nullptr;
  for (const auto& file : folder.scripts) {
    if (NameOf(file.path).kind == Kind::kRepeatable) {
      if (first == nullptr) first = &file;
    } else if (!IsCallback(file.path)) {
      return nullptr;
    }
  }
  return first;
}

}  // namespace

constexpr Convention kFlyway = {"flyway", true, IsVersioned, Read, FirstOfRepeatableOnly};

}  // namespace migrate::convention
