#include "core/schema/way/undo.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

std::string Text(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const auto piece : pieces) text += piece;
  return text + ';';
}

// What a statement says from some words on is replaced.
struct Ending {
  std::string_view words;
  std::array<std::string_view, 4> instead;  // one of these, in this order
};

constexpr Ending kEndings[] = {
    {"ENABLE ROW LEVEL SECURITY", {"DISABLE ROW LEVEL SECURITY"}},
    {"FORCE ROW LEVEL SECURITY", {"NO FORCE ROW LEVEL SECURITY"}},
    {"REPLICA IDENTITY", {"REPLICA IDENTITY DEFAULT"}},
    {"CLUSTER ON", {"SET WITHOUT CLUSTER"}},
    // DEFAULT came with 16.
    {"SET STORAGE", {"SET STORAGE DEFAULT", "SET STORAGE EXTENDED", "SET STORAGE PLAIN"}},
    {"SET COMPRESSION", {"SET COMPRESSION DEFAULT"}},
    {"SET STATISTICS", {"SET STATISTICS -1"}},
    {"SET DEFAULT", {"DROP DEFAULT"}},
    {"OWNED BY", {"OWNED BY NONE"}},
};

// A word in the middle of a statement is replaced.
constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"DISABLE TRIGGER", "ENABLE TRIGGER"},
    {"ENABLE REPLICA TRIGGER", "ENABLE TRIGGER"},
    {"ENABLE ALWAYS TRIGGER", "ENABLE TRIGGER"},
    {"DISABLE RULE", "ENABLE RULE"},
    {"ENABLE REPLICA RULE", "ENABLE RULE"},
    {"ENABLE ALWAYS RULE", "ENABLE RULE"},
    {"DEPENDS ON EXTENSION", "NO DEPENDS ON EXTENSION"},
};

std::string NamesOnly(std::string_view parameters) {
  std::string names;
  for (const auto parameter : Listed(parameters)) {
    if (!names.empty()) names += ", ";
    names += parameter.substr(0, parameter.find('='));
  }
  return names;
}

std::string UndoneMember(std::string_view statement) {
  constexpr std::string_view kKeywords[] = {"ADD MAPPING FOR", "WITH"};
  const Clauses clauses = ClausesIn(statement, kKeywords);
  return Text({clauses.at(""), " DROP MAPPING FOR ", clauses.at("ADD MAPPING FOR")});
}

}  // namespace

std::string DropStatement(const Object& object) {
  const std::string_view definition = object.definition;
  if (definition.starts_with("--")) return {};
  if (object.kind.ends_with(" column")) {
    const auto [table, column] = SplitName(object.identity);
    return Text(
        {object.kind.starts_with("foreign") ? "ALTER FOREIGN TABLE " : "ALTER TABLE ", table, " DROP COLUMN ", column});
  }
  if (object.kind == "table constraint" || object.kind == "domain constraint") {
    const auto [name, of] = SplitAt(object.identity, "on");
    return Text({object.kind == "table constraint" ? "ALTER TABLE " : "ALTER DOMAIN ", of, " DROP CONSTRAINT ", name});
  }
  if (object.kind == "user mapping") {
    constexpr std::string_view kKeywords[] = {"USER MAPPING", "OPTIONS"};
    return Text({"DROP USER MAPPING ", ClausesIn(WithoutSemicolon(definition), kKeywords)["USER MAPPING"]});
  }
  if (object.kind.starts_with("publication ")) {
    constexpr std::string_view kKeywords[] = {"ADD", "WHERE"};
    const Clauses clauses = ClausesIn(WithoutSemicolon(definition), kKeywords);
    std::string_view what = clauses.at("ADD");
    if (object.kind == "publication relation") what = what.substr(0, what.find(" ("));
    return Text({clauses.at(""), " DROP ", what});
  }
  return object.target.empty() ? std::string() : Text({"DROP ", object.target});
}

std::vector<Sequence> Undoing(std::string_view statement) {
  statement = WithoutSemicolon(statement);
  if (statement.starts_with("COMMENT ON ") || statement.starts_with("SECURITY LABEL ")) {
    const size_t at = FindWords(statement, "IS");
    return {{Text({statement.substr(0, at), "IS NULL"})}};
  }
  if (statement.starts_with("ALTER EVENT TRIGGER ")) {
    for (const std::string_view state : {"DISABLE", "ENABLE"}) {
      const size_t at = FindWords(statement, state);
      if (at != statement.npos) return {{Text({statement.substr(0, at), "ENABLE"})}};
    }
  }
  if (FindWords(statement, "ADD MAPPING FOR") != statement.npos) return {{UndoneMember(statement)}};
  for (const auto& [words, instead] : kWords) {
    const size_t at = FindWords(statement, words);
    if (at == statement.npos) continue;
    return {{Text({statement.substr(0, at), instead, statement.substr(at + words.size())})}};
  }
  for (const auto& [words, instead] : kEndings) {
    const size_t at = FindWords(statement, words);
    if (at == statement.npos) continue;
    std::vector<Sequence> sequences;
    for (const auto one : instead) {
      if (!one.empty()) sequences.push_back({Text({statement.substr(0, at), one})});
    }
    return sequences;
  }
  const size_t set = FindWords(statement, "SET");
  if (set != statement.npos && statement.substr(set).starts_with("SET (")) {
    const std::string names = NamesOnly(Parenthesized(statement.substr(set)));
    return {{Text({statement.substr(0, set), "RESET (", names, ")"})}};
  }
  return {};
}

namespace {

// GRANT what ON target TO whom …, REVOKE ALL ON target FROM whom
Clauses OfGrant(std::string_view statement) {
  constexpr std::string_view kGrant[] = {"GRANT", "ON", "TO", "WITH GRANT OPTION", "GRANTED BY"};
  constexpr std::string_view kRevoke[] = {"REVOKE", "ON", "FROM"};
  statement = WithoutSemicolon(statement);
  if (statement.starts_with("GRANT ")) return ClausesIn(statement, kGrant);
  return ClausesIn(statement, kRevoke);
}

}  // namespace

// Those without a schema say all that there is, and begin with what everybody has: the owner all, PUBLIC the use of
// functions and types. Those of a schema come on top of that.
Sequence DefaultGrantsFrom(const std::vector<std::string_view>& now, const std::vector<std::string_view>& wanted) {
  // ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s GRANT what ON kind TO whom …
  constexpr std::string_view kKeywords[] = {"FOR ROLE", "IN SCHEMA", "GRANT", "ON", "TO", "WITH GRANT OPTION"};
  const auto clauses_of = [&](std::string_view statement) { return ClausesIn(WithoutSemicolon(statement), kKeywords); };
  Clauses any = clauses_of(now.empty() ? wanted.front() : now.front());
  const bool is_global = !any.contains("IN SCHEMA");
  const std::string_view kind = any["ON"], role = any["FOR ROLE"];
  std::string head = "ALTER DEFAULT PRIVILEGES FOR ROLE " + std::string(role);
  if (!is_global) head += " IN SCHEMA " + std::string(any["IN SCHEMA"]);
  std::vector<std::string_view> grantees;
  for (const auto statement : now) {
    const std::string_view grantee = clauses_of(statement)["TO"];
    if (std::find(grantees.begin(), grantees.end(), grantee) == grantees.end()) grantees.push_back(grantee);
  }
  if (now.empty() && is_global) grantees = {"PUBLIC", role};
  Sequence statements;
  for (const auto grantee : grantees) statements.push_back(Text({head, " REVOKE ALL ON ", kind, " FROM ", grantee}));
  for (const auto statement : wanted) statements.emplace_back(statement);
  if (!wanted.empty() || !is_global) return statements;
  statements.push_back(Text({head, " GRANT ALL ON ", kind, " TO ", role}));
  if (kind == "FUNCTIONS" || kind == "TYPES") statements.push_back(Text({head, " GRANT ALL ON ", kind, " TO PUBLIC"}));
  return statements;
}

// The order of the entries is that of the statements: those of others are given anew.
Sequence GrantsFrom(const std::vector<std::string_view>& now, const std::vector<std::string_view>& wanted) {
  Sequence statements, given;
  std::set<std::string, std::less<>> revoked;
  for (const auto statement : now) {
    Clauses clauses = OfGrant(statement);
    const std::string_view on = clauses["ON"];
    // ALL (column) where it was given for a column.
    const std::string_view columns = Parenthesized(clauses["GRANT"]);
    const std::string all = columns.empty() ? "ALL" : "ALL (" + std::string(columns) + ")";
    if (statement.starts_with("GRANT ")) {
      std::string revoke = "REVOKE " + all + " ON " + std::string(on) + " FROM " + std::string(clauses["TO"]);
      if (clauses.contains("GRANTED BY")) revoke += " GRANTED BY " + std::string(clauses["GRANTED BY"]);
      if (revoked.insert(revoke).second) statements.push_back(revoke + ';');
    } else if (std::find(wanted.begin(), wanted.end(), statement) == wanted.end()) {
      given.push_back(Text({"GRANT ALL ON ", on, " TO ", clauses["FROM"]}));
    }
  }
  statements.insert(statements.end(), given.begin(), given.end());
  for (const auto statement : wanted) statements.emplace_back(statement);
  return statements;
}

}  // namespace migrate::schema
