#include "core/text/tool_marks.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/set/migration_name.h"

namespace migrate {
namespace {

bool StandsAlone(std::string_view rest) { return Trim(rest).empty(); }
bool IsAnything(std::string_view) { return true; }

// That an up section begins needs no saying where all of a text is one.
bool IsNotUp(std::string_view rest) {
  return (rest.starts_with(' ') || rest.starts_with('\t')) && !EqualsIgnoringCase(Trim(rest), "up");
}

// "formatted sql", with attributes of the file behind it.
bool IsFormatted(std::string_view rest) {
  constexpr std::string_view kFormatted = "formatted";
  return EqualsIgnoringCase(TrimLeft(rest).substr(0, kFormatted.size()), kFormatted);
}

// One transaction for the file is what it has anyway.
bool IsNotFile(std::string_view rest) { return !EqualsIgnoringCase(Trim(rest), "file"); }

constexpr ToolMark kMarks[] = {
    {"liquibase", "Liquibase", "liquibase", IsFormatted},
    {"atlas:txmode", "Atlas", "atlas", IsNotFile},
    {"atlas:txtar", "Atlas", "atlas"},
    {"atlas:checkpoint", "Atlas", "atlas"},
    {"atlas:delimiter", "Atlas", "atlas"},
    {"atlas:import", "Atlas", "atlas"},
    {"atlas:assert", "Atlas", "atlas"},
    {"+goose", "goose", "goose", IsNotUp},
    {"+migrate", "sql-migrate", "sql-migrate", IsNotUp},
    {"+micrate", "micrate", "headings", IsNotUp},
    {"+nomad", "nomad", "", IsNotUp},
    {"+ptah", "Ptah", "", IsNotUp},
    {"rambler", "rambler", "headings", [](std::string_view rest) { return EqualsIgnoringCase(Trim(rest), "down"); }},
    {"migration:down", "cigogne", "headings", StandsAlone},
    {"migration:end", "cigogne", "headings", StandsAlone},
    {"!downs", "Play", "play"},
    {"@undo", "MyBatis Migrations or dbdeploy", "mybatis"},
    {"@delimiter", "MyBatis Migrations", ""},
    {"create above / drop below", "tern", "tern", IsAnything},
    {"tern: disable-tx", "tern", "tern", IsAnything},
    {"!include", "graphile-migrate", ""},
    {"! include", "graphile-migrate", ""},
    {"evolve-", "Evolve", "", IsAnything},
    {"txn-mode", "Bytebase", ""},
    {"waypoint:", "Waypoint", "", IsAnything},
    {";; down", "a Clojure tool", "", StandsAlone},
};
constexpr ToolMark kMojo = {"", "Mojo::Pg", ""};

// "1 up" and "1 down": all versions in one file.
bool IsMojo(std::string_view words) {
  const size_t digits = std::min(words.find_first_not_of("0123456789"), words.size());
  if (digits == 0) return false;
  const std::string_view direction = Trim(words.substr(digits));
  return EqualsIgnoringCase(direction, "up") || EqualsIgnoringCase(direction, "down");
}

bool Matches(const ToolMark& mark, std::string_view words) {
  if ((words[0] | 0x20) != (mark.words[0] | 0x20)) return false;
  if (!EqualsIgnoringCase(words.substr(0, mark.words.size()), mark.words)) return false;
  const std::string_view rest = words.substr(mark.words.size());
  return mark.matches != nullptr ? mark.matches(rest)
                                 : rest.empty() || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r';
}

}  // namespace

const ToolMark* FindToolMark(std::string_view words) {
  // dbdeploy and MyBatis write "//@UNDO", graphile-migrate "--! include".
  while (words.starts_with('/') || words.starts_with(' ')) words.remove_prefix(1);
  if (words.empty()) return nullptr;
  if (IsDigit(words[0])) return IsMojo(words) ? &kMojo : nullptr;
  constexpr std::string_view kFirst = "lLaAmMrRcCtTeEwW+!@;";  // most comments are none by their first letter
  if (kFirst.find(words[0]) == kFirst.npos) return nullptr;
  const auto* const found =
      std::find_if(std::begin(kMarks), std::end(kMarks), [&](const ToolMark& mark) { return Matches(mark, words); });
  return found == std::end(kMarks) ? nullptr : found;
}

}  // namespace migrate
