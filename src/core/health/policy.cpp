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
  if (!policy.calls.empty()) {
    findings.push_back(
        Say(kAuthRlsInitplan, {ObjectOf(policy), Join({policy.calls.begin(), policy.calls.end()}, ", ")}));
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
