#include "core/schema/way/alter.h"

#include <algorithm>
#include <string>

#include "core/base/text.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

// CREATE SEQUENCE name AS type START WITH … has the clauses of ALTER SEQUENCE. Where it stands is no part of it.
std::vector<std::vector<Sequence>> SequenceAlterations(const Object& now, std::string_view from, std::string_view to) {
  const auto head_of = [](std::string_view statement) { return SplitAt(statement, "AS").first; };
  std::vector<std::vector<Sequence>> alterations;
  const bool was_unlogged = head_of(from).starts_with("CREATE UNLOGGED"),
             is_unlogged = head_of(to).starts_with("CREATE UNLOGGED");
  const std::string alter = "ALTER SEQUENCE " + now.identity + " ";
  if (was_unlogged != is_unlogged) alterations.push_back({{alter + (is_unlogged ? "SET UNLOGGED;" : "SET LOGGED;")}});
  const std::string_view before = SplitAt(WithoutSemicolon(from), "AS").second;
  const std::string_view after = SplitAt(WithoutSemicolon(to), "AS").second;
  if (before == after) return alterations;
  std::string change = alter + "AS " + std::string(after);
  if (!after.ends_with(" CYCLE")) change += " NO CYCLE";
  alterations.push_back({{change + ";"}, {change + " RESTART;"}});
  return alterations;
}

// CREATE EXTENSION name WITH SCHEMA s VERSION 'v'
std::vector<std::vector<Sequence>> ExtensionAlterations(const Object& now, std::string_view from, std::string_view to) {
  constexpr std::string_view kKeywords[] = {"WITH SCHEMA", "VERSION"};
  Clauses before = ClausesIn(WithoutSemicolon(from), kKeywords), after = ClausesIn(WithoutSemicolon(to), kKeywords);
  std::vector<std::vector<Sequence>> alterations;
  const std::string alter = "ALTER EXTENSION " + now.identity + " ";
  if (before["VERSION"] != after["VERSION"]) {
    alterations.push_back({{alter + "UPDATE TO " + std::string(after["VERSION"]) + ";"}});
  }
  if (before["WITH SCHEMA"] != after["WITH SCHEMA"]) {
    alterations.push_back({{alter + "SET SCHEMA " + std::string(after["WITH SCHEMA"]) + ";"}});
  }
  return alterations;
}

// Where they stand in the first statement of a definition, they are all that can differ.
std::vector<std::vector<Sequence>> ServerAlterations(const Object& now, std::string_view from, std::string_view to) {
  constexpr std::string_view kKeywords[] = {"OPTIONS"};
  Clauses before = ClausesIn(WithoutSemicolon(from), kKeywords), after = ClausesIn(WithoutSemicolon(to), kKeywords);
  if (before[""] != after[""]) return {};
  return OptionAlterations("ALTER " + now.target, before["OPTIONS"], after["OPTIONS"]);
}

// What was not valid and is wanted valid.
std::vector<std::vector<Sequence>> ConstraintAlterations(const Object& now, std::string_view from,
                                                         std::string_view to) {
  constexpr std::string_view kNotValid = " NOT VALID";
  from = WithoutSemicolon(from);
  if (!from.ends_with(kNotValid) || from.substr(0, from.size() - kNotValid.size()) != WithoutSemicolon(to)) return {};
  const auto [name, of] = SplitAt(now.identity, "on");
  const char* const what = now.kind == "table constraint" ? "ALTER TABLE " : "ALTER DOMAIN ";
  return {{{what + std::string(of) + " VALIDATE CONSTRAINT " + std::string(name) + ";"}}};
}

}  // namespace

std::vector<std::vector<Sequence>> OptionAlterations(const std::string& alter, std::string_view from,
                                                     std::string_view to) {
  const auto name_of = [](std::string_view option) {
    return option.substr(0, option[0] == '"' ? QuotedEnd(option, 0) : option.find(' '));
  };
  const auto before = Listed(Parenthesized(from)), after = Listed(Parenthesized(to));
  const auto has = [&](const auto& options, std::string_view name) {
    return std::any_of(options.begin(), options.end(), [&](auto option) { return name_of(option) == name; });
  };
  std::vector<std::vector<Sequence>> alterations;
  const auto add = [&](const std::string& what) { alterations.push_back({{alter + " OPTIONS (" + what + ");"}}); };
  for (const auto option : before) {
    if (!has(after, name_of(option))) add("DROP " + std::string(name_of(option)));
  }
  for (const auto option : after) {
    if (std::find(before.begin(), before.end(), option) != before.end()) continue;
    add((has(before, name_of(option)) ? "SET " : "ADD ") + std::string(option));
  }
  return alterations;
}

std::vector<std::vector<Sequence>> Alterations(const Object& now, std::string_view from, std::string_view to) {
  const std::string& kind = now.kind;
  if (kind == "table column" || kind == "foreign table column") return ColumnAlterations(now, from, to);
  if (kind == "table" || kind == "foreign table") return TableAlterations(from, to);
  if (kind == "sequence") return SequenceAlterations(now, from, to);
  if (kind == "extension") return ExtensionAlterations(now, from, to);
  if (kind.ends_with(" constraint")) return ConstraintAlterations(now, from, to);
  if (kind == "server" || kind == "foreign-data wrapper") return ServerAlterations(now, from, to);
  // Its definition begins CREATE OR REPLACE.
  if (kind == "function" || kind == "procedure") return {{{std::string(to)}}};
  if (kind == "view") {
    constexpr std::string_view kCreate = "CREATE ";
    return {{{"CREATE OR REPLACE " + std::string(to.substr(kCreate.size()))}}};
  }
  if (kind != "type") return {};
  const auto is = [&](std::string_view what) {
    return FindWords(from, what) != from.npos && FindWords(to, what) != to.npos;
  };
  if (is("AS ENUM")) return EnumAlterations(from, to);
  if (from.starts_with("CREATE DOMAIN ") && to.starts_with("CREATE DOMAIN ")) return DomainAlterations(from, to);
  if (is("AS RANGE") || !is("AS")) return {};
  return CompositeAlterations(from, to);
}

}  // namespace migrate::schema
