#include "core/health/policy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <utility>

#include "core/base/text.h"
#include "core/health/recursion.h"
#include "core/health/rules.h"

namespace migrate::health {
namespace {

// Their result is the same for all rows of a query.
constexpr std::string_view kCalls[] = {"auth.uid()", "auth.jwt()", "auth.role()", "auth.email()", "current_setting("};

bool IsWordAt(std::string_view text, size_t at, std::string_view word) {
  if (text.size() - at < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (std::toupper(static_cast<unsigned char>(text[at + i])) != word[i]) return false;
  }
  const size_t end = at + word.size();
  return end == text.size() || text[end] == ' ' || text[end] == '\n' || text[end] == '(';
}

// What stands between two parentheses.
struct Group {
  size_t parent;
  bool is_select = false;
  bool has_from = false;
};

struct Made {
  std::string call;
  size_t group;
};

// Behind the quote that closes a string or a name.
size_t BehindQuoted(std::string_view text, size_t at) {
  const size_t end = text.find(text[at], at + 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

bool IsRunOnce(const std::vector<Group>& groups, size_t at) {
  for (; at != 0; at = groups[at].parent) {
    if (groups[at].is_select && !groups[at].has_from) return true;
  }
  return false;
}

bool IsAlwaysTrue(const Expression& expression) {
  std::string plain;
  for (const char c : expression.text) {
    if (c != ' ' && c != '\n' && c != '\t') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return plain == "true" || plain == "(true)" || plain == "1=1" || plain == "(1=1)";
}

bool TrustsUserMetadata(const std::string& text) {
  for (const std::string_view claims : {"auth.jwt()", "request.jwt.claims"}) {
    const size_t at = text.find(claims);
    if (at != std::string::npos && text.find("user_metadata", at) != std::string::npos) return true;
  }
  return false;
}

// Whether it lets write what it should not: USING decides of old rows, WITH CHECK of new ones, and USING takes the
// place of a WITH CHECK that is not there.
bool AllowsAnyWrite(const Policy& policy) {
  const bool changes = policy.command == 'w' || policy.command == 'd' || policy.command == '*';
  if (changes && (!policy.uses.is_there || IsAlwaysTrue(policy.uses))) return true;
  if (policy.command == 'r' || policy.command == 'd') return false;
  if (policy.checks.is_there) return IsAlwaysTrue(policy.checks);
  return policy.command == 'a';
}

const char* WriteOf(char command) {
  switch (command) {
    case 'a': return "insert";
    case 'w': return "update";
    case 'd': return "delete";
    default: return "read and write";
  }
}

bool IsForOutside(const Policy& policy, const std::vector<std::string>& api_roles) {
  return std::any_of(policy.roles.begin(), policy.roles.end(), [&](const std::string& role) {
    return role == kPublicRole || std::find(api_roles.begin(), api_roles.end(), role) != api_roles.end();
  });
}

std::string RolesOf(const Policy& policy) {
  return policy.roles == std::vector<std::string>{std::string(kPublicRole)} ? "everybody" : Join(policy.roles, ", ");
}

std::string ObjectOf(const Policy& policy) { return policy.name + " on " + policy.name_of_table; }

void JudgeOne(const Policy& policy, const std::vector<std::string>& api_roles, std::vector<Finding>& findings) {
  if (TrustsUserMetadata(policy.uses.text) || TrustsUserMetadata(policy.checks.text)) {
    findings.push_back(Say(kRlsReferencesUserMetadata, {ObjectOf(policy)}));
  }
  if (!policy.enabled) return;
  auto calls = CallsForEachRow(policy.uses.text);
  calls.merge(CallsForEachRow(policy.checks.text));
  if (!calls.empty()) {
    findings.push_back(Say(kAuthRlsInitplan, {ObjectOf(policy), Join({calls.begin(), calls.end()}, ", ")}));
  }
  if (policy.permissive && AllowsAnyWrite(policy) && IsForOutside(policy, api_roles)) {
    findings.push_back(Say(kRlsPolicyAlwaysTrue, {ObjectOf(policy), RolesOf(policy), WriteOf(policy.command)}));
  }
}

constexpr std::array<std::pair<char, const char*>, 4> kCommands = {
    {{'r', "SELECT"}, {'a', "INSERT"}, {'w', "UPDATE"}, {'d', "DELETE"}}};

// Of one table. Each role is asked for its own policies and for those of everybody.
void JudgeTogether(const std::vector<const Policy*>& policies, std::vector<Finding>& findings) {
  const Policy& first = *policies.front();
  if (!first.enabled) {
    std::vector<std::string> names;
    for (const Policy* const policy : policies) names.push_back(policy->name);
    findings.push_back(Say(kPolicyExistsRlsDisabled, {first.name_of_table, Join(names, ", ")}));
    return;
  }
  std::vector<std::string> commands;
  std::set<std::string> names;
  for (const auto& [letter, command] : kCommands) {
    std::map<std::string, std::vector<const Policy*>> by_role;
    for (const Policy* const policy : policies) {
      if (!policy->permissive || (policy->command != '*' && policy->command != letter)) continue;
      for (const auto& role : policy->roles) by_role[role].push_back(policy);
    }
    const std::vector<const Policy*> of_all = by_role[std::string(kPublicRole)];
    bool several = false;
    for (auto& [role, asked] : by_role) {
      if (role != kPublicRole) asked.insert(asked.end(), of_all.begin(), of_all.end());
      if (asked.size() < 2) continue;
      several = true;
      for (const Policy* const policy : asked) names.insert(policy->name);
    }
    if (several) commands.emplace_back(command);
  }
  if (commands.empty()) return;
  findings.push_back(Say(kMultiplePermissivePolicies,
                         {first.name_of_table, Join(commands, ", "), Join({names.begin(), names.end()}, ", ")}));
}

}  // namespace

std::set<std::string> CallsForEachRow(std::string_view expression) {
  std::vector<Group> groups = {{0}};
  std::vector<Made> made;
  size_t group = 0;
  for (size_t at = 0; at < expression.size();) {
    const char c = expression[at];
    if (c == '\'' || c == '"') {
      at = BehindQuoted(expression, at);
      continue;
    }
    for (const std::string_view call : kCalls) {
      const bool begins = at == 0 || (std::isalnum(static_cast<unsigned char>(expression[at - 1])) == 0 &&
                                      expression[at - 1] != '_' && expression[at - 1] != '.');
      if (begins && expression.substr(at).starts_with(call)) {
        made.push_back({std::string(call) + (call.back() == '(' ? "…)" : ""), group});
      }
    }
    if (c == '(') {
      groups.push_back({group});
      group = groups.size() - 1;
      size_t next = at + 1;
      while (next < expression.size() && (expression[next] == ' ' || expression[next] == '\n')) ++next;
      groups[group].is_select = IsWordAt(expression, next, "SELECT");
    } else if (c == ')') {
      group = groups[group].parent;
    } else if ((c == 'F' || c == 'f') && at > 0 && (expression[at - 1] == ' ' || expression[at - 1] == '\n') &&
               IsWordAt(expression, at, "FROM")) {
      groups[group].has_from = true;
    }
    ++at;
  }
  std::set<std::string> calls;
  for (const auto& one : made) {
    if (!IsRunOnce(groups, one.group)) calls.insert(one.call);
  }
  return calls;
}

std::vector<Finding> JudgePolicies(const std::vector<Policy>& policies, const std::vector<std::string>& api_roles) {
  std::vector<Finding> findings;
  std::map<std::string, std::vector<const Policy*>> by_table;
  for (const auto& policy : policies) {
    JudgeOne(policy, api_roles, findings);
    by_table[policy.table].push_back(&policy);
  }
  for (const auto& [table, of_table] : by_table) JudgeTogether(of_table, findings);
  for (const auto& recursion : FindRecursions(policies)) {
    std::vector<std::string> tables;
    for (const Policy* const policy : recursion.through) tables.push_back(policy->name_of_table);
    findings.push_back(Say(kPolicyReadsOwnTable, {ObjectOf(*recursion.policy), Join(tables, ", ")}));
  }
  return findings;
}

}  // namespace migrate::health
