#include "core/schema/grants.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/base/text.h"

namespace migrate::schema {
namespace {

// Letters of src/include/utils/acl.h, which aclitemout writes.
constexpr std::pair<char, const char*> kPrivileges[] = {
    {'a', "INSERT"},  {'r', "SELECT"},  {'w', "UPDATE"}, {'d', "DELETE"}, {'D', "TRUNCATE"}, {'x', "REFERENCES"},
    {'t', "TRIGGER"}, {'X', "EXECUTE"}, {'U', "USAGE"},  {'C', "CREATE"}, {'m', "MAINTAIN"},
};

// "role=arw*/grantor". Names stand in double quotes where they need it, and a quote in them is doubled.
struct Entry {
  std::string grantee;  // empty for PUBLIC
  std::string letters;
  std::string grantor;

  bool operator==(const Entry&) const = default;
};

std::string TakeName(std::string_view& rest) {
  size_t end = 0;
  for (bool quoted = false; end < rest.size(); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (!quoted && (rest[end] == '=' || rest[end] == '/')) break;
  }
  std::string name(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  // A list quotes no letters and digits; SQL wants capitals quoted, and a digit in front.
  const bool is_bare = !name.empty() && name[0] != '"';
  const bool needs_quotes =
      is_bare && ((name[0] >= '0' && name[0] <= '9') ||
                  std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
  return needs_quotes ? '"' + name + '"' : name;
}

Entry Parse(std::string_view text) {
  Entry entry;
  entry.grantee = TakeName(text);
  const size_t slash = text.find('/');
  entry.letters = text.substr(0, slash);
  text.remove_prefix(std::min(slash, text.size() - 1) + 1);
  entry.grantor = TakeName(text);
  return entry;
}

std::vector<Entry> ParseAll(const std::vector<std::string>& texts) {
  std::vector<Entry> entries;
  entries.reserve(texts.size());
  for (const auto& text : texts) {
    if (!text.empty()) entries.push_back(Parse(text));
  }
  return entries;
}

// GRANT names a view, too, as a table, and an aggregate as a function. Of a column the privilege bears its name.
std::string GrantTarget(const Described& described, std::string& column) {
  const std::string& target = described.target;
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"FOREIGN TABLE ", "TABLE "}, {"MATERIALIZED VIEW ", "TABLE "}, {"VIEW ", "TABLE "},
      {"AGGREGATE ", "FUNCTION "},  {"SERVER ", "FOREIGN SERVER "},
  };
  if (described.address.column != 0) {
    const std::string& identity = described.object.identity;
    size_t dot = identity.size();
    for (bool quoted = false; dot > 0; --dot) {
      if (identity[dot - 1] == '"') quoted = !quoted;
      if (!quoted && identity[dot - 1] == '.') break;
    }
    column = " (" + identity.substr(dot) + ")";
    return "TABLE " + identity.substr(0, dot - 1);
  }
  for (const auto& [name, instead] : kNames) {
    if (target.starts_with(name)) return std::string(instead) + target.substr(name.size());
  }
  return target;
}

class Writer {
 public:
  explicit Writer(const Described& described) : owner_(described.owner), target_(GrantTarget(described, column_)) {}

  void Revoke(const Entry& entry) {
    statements_.push_back("REVOKE ALL" + column_ + " ON " + target_ + " FROM " + Grantee(entry));
  }

  // What may be granted further, and what not, is told apart.
  void Grant(const Entry& entry) {
    std::vector<std::string> plain, further;
    for (size_t i = 0; i < entry.letters.size(); ++i) {
      const auto* const found = std::find_if(std::begin(kPrivileges), std::end(kPrivileges),
                                             [&](const auto& known) { return known.first == entry.letters[i]; });
      if (found == std::end(kPrivileges)) continue;
      const bool grantable = i + 1 < entry.letters.size() && entry.letters[i + 1] == '*';
      (grantable ? further : plain).push_back(found->second + column_);
    }
    Write(entry, plain, "");
    Write(entry, further, " WITH GRANT OPTION");
  }

  std::vector<std::string> Take() { return std::move(statements_); }

 private:
  static std::string Grantee(const Entry& entry) { return entry.grantee.empty() ? "PUBLIC" : entry.grantee; }

  void Write(const Entry& entry, const std::vector<std::string>& privileges, const char* option) {
    if (privileges.empty()) return;
    std::string statement = "GRANT " + Join(privileges, ", ");
    statement.append(" ON ").append(target_).append(" TO ").append(Grantee(entry)).append(option);
    if (!owner_.empty() && entry.grantor != owner_) statement += " GRANTED BY " + entry.grantor;
    statements_.push_back(std::move(statement));
  }

  std::string owner_;
  std::string column_;
  std::string target_;
  std::vector<std::string> statements_;
};

}  // namespace

std::vector<std::string> GrantStatements(const Described& described) {
  if (!described.privileges) return {};
  const auto wanted = ParseAll(*described.privileges), given = ParseAll(described.by_default);
  if (wanted == given) return {};
  Writer writer(described);
  const auto has = [](const std::vector<Entry>& entries, const Entry& entry) {
    return std::find(entries.begin(), entries.end(), entry) != entries.end();
  };
  for (const auto& entry : given) {
    if (!has(wanted, entry)) writer.Revoke(entry);
  }
  for (const auto& entry : wanted) {
    if (!has(given, entry)) writer.Grant(entry);
  }
  return writer.Take();
}

}  // namespace migrate::schema
