#include "core/schema/ignore.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"

namespace migrate::schema {
namespace {

[[noreturn]] void Refuse(std::string_view entry, const std::string& why) {
  throw Error(sqlstate::kInvalidParameter, "migrate.drift_ignore can't be read", "Entry " + Quoted(entry) + ": " + why);
}

// What stands between the commas, but for those in double quotes.
std::vector<std::string_view> Entries(std::string_view setting) {
  std::vector<std::string_view> entries;
  size_t begin = 0;
  bool quoted = false;
  for (size_t i = 0; i <= setting.size(); ++i) {
    if (i < setting.size() && setting[i] == '"') quoted = !quoted;
    if (i < setting.size() && (quoted || setting[i] != ',')) continue;
    entries.push_back(Trim(setting.substr(begin, i - begin)));
    begin = i + 1;
  }
  return entries;
}

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (c & 0x80) != 0;
}

// Takes a name off `rest`, written as in SQL; outside of quotes a star stands for anything.
NamePattern TakeName(std::string_view entry, std::string_view& rest) {
  NamePattern name;
  size_t at = 0;
  if (rest.starts_with('"')) {
    for (at = 1;; ++at) {
      if (at == rest.size()) Refuse(entry, "the closing quote is missing.");
      if (rest[at] == '"' && (at + 1 == rest.size() || rest[at + 1] != '"')) break;
      if (rest[at] == '"') ++at;
      name.Add(rest[at]);
    }
    ++at;
    if (name.empty()) Refuse(entry, "a name is empty.");
  } else {
    for (; at < rest.size() && (IsNameByte(rest[at]) || rest[at] == '*'); ++at) {
      if (rest[at] == '*') {
        name.AddStar();
      } else {
        name.Add(rest[at] >= 'A' && rest[at] <= 'Z' ? static_cast<char>(rest[at] - 'A' + 'a') : rest[at]);
      }
    }
    if (at == 0) Refuse(entry, "a name is missing, or needs double quotes.");
  }
  rest.remove_prefix(at);
  return name;
}

// Takes a word off `rest` that another one follows.
bool TakeWord(std::string_view& rest, std::string_view word) {
  if (rest.size() <= word.size() || !EqualsIgnoringCase(rest.substr(0, word.size()), word)) return false;
  const std::string_view behind = rest.substr(word.size());
  if (TrimLeft(behind).size() == behind.size()) return false;
  rest = TrimLeft(behind);
  return true;
}

// pg_partman makes a partition as a table of its own before it attaches it, and drops one that it has detached: its
// name is all that tells then.
bool IsNamedAsPartition(std::string_view name, std::string_view parent) {
  if (!name.starts_with(parent)) return false;
  name.remove_prefix(parent.size());
  if (name.starts_with("_default")) return true;
  return name.size() > 2 && name.starts_with("_p") && name[2] >= '0' && name[2] <= '9';
}

}  // namespace

bool NamePattern::Matches(std::string_view name) const {
  if (!has_star()) return name == plain();
  if (!name.starts_with(pieces_.front())) return false;
  name.remove_prefix(pieces_.front().size());
  for (size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const size_t at = name.find(pieces_[i]);
    if (at == std::string_view::npos) return false;
    name.remove_prefix(at + pieces_[i].size());
  }
  return name.ends_with(pieces_.back());
}

IgnoreList::Entry IgnoreList::ParseEntry(std::string_view text) {
  Entry entry;
  std::string_view rest = text;
  if (rest.empty()) Refuse(text, "nothing stands between two commas.");
  if (TakeWord(rest, "role")) {
    entry.kind = Kind::kRole;
  } else if (TakeWord(rest, "partitions")) {
    if (!TakeWord(rest, "of")) Refuse(text, "write partitions of schema.table.");
    entry.kind = Kind::kPartitions;
  }
  entry.schema = TakeName(text, rest);
  if (entry.kind != Kind::kRole && rest.starts_with('.')) {
    rest.remove_prefix(1);
    entry.name = TakeName(text, rest);
    if (entry.kind == Kind::kSchema) entry.kind = Kind::kNames;
  } else if (entry.kind == Kind::kPartitions) {
    Refuse(text, "write partitions of schema.table.");
  }
  if (!rest.empty()) Refuse(text, "what follows the name has no meaning, or needs double quotes.");
  if (entry.kind == Kind::kPartitions && (entry.schema.has_star() || entry.name.has_star())) {
    Refuse(text, "the table is named without a star.");
  }
  return entry;
}

IgnoreList IgnoreList::Parse(std::string_view setting) {
  IgnoreList list;
  if (Trim(setting).empty()) return list;
  for (const auto& text : Entries(setting)) list.entries_.push_back(ParseEntry(text));
  return list;
}

bool IgnoreList::CoversRole(std::string_view role) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.kind == Kind::kRole && entry.schema.Matches(role); });
}

bool IgnoreList::Covers(const Entry& entry, const Place& place) {
  const auto any = [](const std::vector<QualifiedName>& names, auto matches) {
    return std::any_of(names.begin(), names.end(), matches);
  };
  switch (entry.kind) {
    case Kind::kRole: return false;
    case Kind::kSchema:
      return any(place.names,
                 [&](const QualifiedName& name) { return !name.schema.empty() && entry.schema.Matches(name.schema); });
    case Kind::kNames:
      return any(place.names, [&](const QualifiedName& name) {
        return !name.schema.empty() && entry.schema.Matches(name.schema) && !name.name.empty() &&
               entry.name.Matches(name.name);
      });
    case Kind::kPartitions:
      return any(place.partition_of,
                 [&](const QualifiedName& name) {
                   return entry.schema.Matches(name.schema) && entry.name.Matches(name.name);
                 }) ||
             any(place.names, [&](const QualifiedName& name) {
               return entry.schema.Matches(name.schema) && IsNamedAsPartition(name.name, entry.name.plain());
             });
  }
  return false;
}

bool IgnoreList::Covers(const Place& place) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return Covers(entry, place); });
}

}  // namespace migrate::schema
