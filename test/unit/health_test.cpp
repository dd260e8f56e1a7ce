#include "core/health/rule.h"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <set>

#include "core/health/numbers.h"
#include "core/health/policy.h"
#include "core/health/recursion.h"
#include "core/health/rules.h"
#include "core/health/tree.h"

using namespace migrate::health;

namespace {

constexpr int64_t kMostOfInt = 2147483647, kMostOfBigint = std::numeric_limits<int64_t>::max();

Policy PolicyOn(const std::string& table, const std::string& name, char command = '*') {
  Policy policy;
  policy.table = table;
  policy.name_of_table = "public." + table;
  policy.name = name;
  policy.enabled = true;
  policy.command = command;
  policy.roles = {"public"};
  policy.uses = {true, "(id > 1)"};
  return policy;
}

Policy Reading(const std::string& table, std::vector<std::string> reads, char command = '*',
               std::string role = "public") {
  Policy policy = PolicyOn(table, "p", command);
  policy.reads = std::move(reads);
  policy.roles = {std::move(role)};
  return policy;
}

// The names of the rules that find something.
std::multiset<std::string> RulesOf(const std::vector<Policy>& policies,
                                   const std::vector<std::string>& api_roles = {"anon"}) {
  std::multiset<std::string> names;
  for (const auto& finding : JudgePolicies(policies, api_roles)) names.emplace(finding.rule->name);
  return names;
}
using Names = std::multiset<std::string>;

std::set<std::string> Recursive(const std::vector<Policy>& policies) {
  std::set<std::string> tables;
  for (const auto& recursion : FindRecursions(policies)) tables.insert(recursion.policy->table);
  return tables;
}
using Tables = std::set<std::string>;

size_t PlacesIn(std::string_view text) {
  size_t most = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '%' && text[i + 1] >= '0' && text[i + 1] <= '9') {
      most = std::max(most, static_cast<size_t>(text[i + 1] - '0'));
    }
  }
  return most;
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(Names)
BOOST_TEST_DONT_PRINT_LOG_VALUE(Tables)

BOOST_AUTO_TEST_SUITE(health)

BOOST_AUTO_TEST_CASE(rules_are_whole_and_named_once) {
  std::set<std::string_view> names;
  for (const Rule* const rule : kRules) {
    BOOST_TEST(names.insert(rule->name).second, rule->name);
    BOOST_TEST(rule->page.starts_with("health-"), rule->name);
    BOOST_TEST(!rule->message.ends_with('.'), rule->name);
    BOOST_TEST((rule->fix.ends_with('.') || rule->fix == "%2"), rule->name);
    BOOST_TEST(PlacesIn(rule->message) <= 4, rule->name);
  }
}

BOOST_AUTO_TEST_CASE(what_a_rule_says_is_filled_once) {
  const Rule rule = {"a-rule", Level::kWarning, "health-keys", "90 % of %1, %2 and %1%", "Look at %0."};
  const Finding finding = Say(rule, {"the %1 object", "%2", "b"});
  BOOST_TEST(finding.object == "the %1 object");
  BOOST_TEST(finding.message == "90 % of %2, b and %2%");
  BOOST_TEST(finding.fix == "Look at the %1 object.");
  BOOST_TEST((finding.level == Level::kWarning));
  BOOST_TEST((Say(rule, {"a"}, Level::kError).level == Level::kError));
  BOOST_TEST(Say(rule, {"a"}).message == "90 % of ,  and %");
  BOOST_TEST(PageOf(rule) == "docs/health-keys.md#a-rule");
}

BOOST_AUTO_TEST_CASE(findings_are_sorted_by_level_rule_and_object) {
  std::vector<Finding> findings = {Say(kCounts, {"x"}),           Say(kUnusedIndex, {"b", "t"}),
                                   Say(kUnusedIndex, {"a", "t"}), Say(kDrift, {"x"}),
                                   Say(kInvalidIndex, {"z"}),     Say(kUnusedIndex, {"c", "t"}, Level::kError)};
  SortFindings(findings);
  std::string order;
  for (const auto& finding : findings) order += finding.object + " ";
  BOOST_TEST(order == "z c x a b x ");
}

BOOST_AUTO_TEST_CASE(sequences_are_near_their_end_from_seventy_percent) {
  const Sequence ascending = {1, 100};
  BOOST_TEST(!JudgeSequence(ascending, "s", {}, 70));
  const auto warning = JudgeSequence(ascending, "s", {}, 71);
  BOOST_REQUIRE(warning);
  BOOST_TEST((warning->level == Level::kWarning));
  BOOST_TEST(warning->message == "70 % of its numbers are used: it is at 71 and ends at 100");
  BOOST_TEST((JudgeSequence(ascending, "s", {}, 91)->level == Level::kError));
  const Sequence cycling = {.least = 1, .most = 100, .cycles = true};
  BOOST_TEST(!JudgeSequence(cycling, "s", {}, 100));
  const Sequence descending = {.least = std::numeric_limits<int64_t>::min(), .most = -1, .descends = true};
  BOOST_TEST(!JudgeSequence(descending, "s", {}, -1000));
  BOOST_TEST((JudgeSequence(descending, "s", {}, std::numeric_limits<int64_t>::min())->level == Level::kError));
  const Sequence whole = {std::numeric_limits<int64_t>::min(), kMostOfBigint};
  BOOST_TEST(!JudgeSequence(whole, "s", {}, 0));
}

BOOST_AUTO_TEST_CASE(a_column_may_end_before_its_sequence) {
  const Column column = {"public.t.id", "integer", kMostOfInt};
  const auto finding = JudgeSequence({1, kMostOfBigint}, "s", column, 2000000000);
  BOOST_REQUIRE(finding);
  BOOST_TEST(finding->rule == &kIntKeyNearEnd);
  BOOST_TEST(finding->object == "public.t.id");
  BOOST_TEST(JudgeSequence({1, kMostOfInt}, "s", column, 2000000000)->rule == &kIntKeyNearEnd);
  BOOST_TEST(JudgeSequence({1, 100}, "s", column, 95)->rule == &kSequenceNearEnd);
  BOOST_TEST(!JudgeSequence({1, kMostOfBigint}, "s", column, 1000));
  BOOST_TEST(JudgeKey(column, 5000000000)->message ==
             "100 % of the numbers of type integer are used: it is at 5000000000 of 2147483647");
  BOOST_TEST(MayBeNearEnd({1, kMostOfBigint}, 30000));
  BOOST_TEST(!MayBeNearEnd({1, kMostOfBigint}, 1000));
}

BOOST_AUTO_TEST_CASE(a_tree_tells_what_is_called_and_read) {
  using Texts = std::set<std::string>;
  const Askers askers = {{"50", "auth.uid()"}, {"51", "auth.jwt()"}};
  const auto facts = [&](const std::string& tree) { return ReadTree(tree, askers); };
  BOOST_TEST((facts("{FUNCEXPR :funcid 50 :args <>}").calls == Texts{"auth.uid()"}));
  BOOST_TEST(facts("{FUNCEXPR :funcid 5 :args ({FUNCEXPR :funcid 501 :args <>})}").calls.empty());
  const std::string once = "{SUBLINK :subselect {QUERY :rtable <> :targetList ({FUNCEXPR :funcid 50 :args <>})}}";
  const std::string many =
      "{SUBLINK :subselect {QUERY :rtable ({RANGETBLENTRY :relid 7 :x <>}) :targetList ({FUNCEXPR :funcid 51 :args <>})}}";
  BOOST_TEST(facts(once).calls.empty());
  BOOST_TEST((facts(many).calls == Texts{"auth.jwt()"}));
  BOOST_TEST((facts(once + many + "{FUNCEXPR :funcid 50 :args <>}").calls == Texts{"auth.jwt()", "auth.uid()"}));
  BOOST_TEST((facts(many).reads == Texts{"7"}));
  BOOST_TEST(facts("{RANGETBLENTRY :relid 7}").reads.empty());
  BOOST_TEST(facts("{VAR :varno 1}").has_column);
  BOOST_TEST(!facts("{CONST :constvalue 1 [ 1 ]}").has_column);
  BOOST_TEST(
      facts("{CONST :constvalue 17 [ 68 0 0 0 117 115 101 114 95 109 101 116 97 100 97 116 97 ]}").names_user_metadata);
  BOOST_TEST(!facts("{CONST :constvalue 4 [ 117 115 ]}").names_user_metadata);
  // Braces and colons in names have a backslash.
  BOOST_TEST(facts("{ALIAS :aliasname \\{VAR\\ \\}\\:funcid\\ 50}").calls.empty());
  BOOST_TEST(facts("}}{").calls.empty());
}

BOOST_AUTO_TEST_CASE(policies_that_allow_all_writes_are_found) {
  const auto allows = [](char command, std::optional<std::string> uses, std::optional<std::string> checks) {
    Policy policy = PolicyOn("t", "p", command);
    policy.uses = {uses.has_value(), uses.value_or("")};
    policy.checks = {checks.has_value(), checks.value_or("")};
    return RulesOf({policy}).contains("rls-policy-always-true");
  };
  BOOST_TEST(allows('*', "true", {}));
  BOOST_TEST(allows('*', "(1 = 1)", {}));
  BOOST_TEST(allows('w', "TRUE", "(id > 1)"));
  BOOST_TEST(allows('w', "(id > 1)", "true"));
  BOOST_TEST(allows('d', {}, {}));
  BOOST_TEST(allows('a', {}, {}));
  BOOST_TEST(allows('a', {}, "( true )"));
  BOOST_TEST(!allows('r', "true", {}));
  BOOST_TEST(!allows('*', "(id > 1)", {}));
  BOOST_TEST(!allows('w', "(id > 1)", {}));
  BOOST_TEST(!allows('a', {}, "(id > 1)"));
  Policy policy = PolicyOn("t", "p");
  policy.uses = {true, "true"};
  policy.roles = {"anon"};
  BOOST_TEST(JudgePolicies({policy}, {"anon"}).front().message == "it lets anon read and write any row");
  BOOST_TEST(RulesOf({policy}, {}).empty());
  policy.permissive = false;
  BOOST_TEST(RulesOf({policy}).empty());
}

BOOST_AUTO_TEST_CASE(policies_are_judged_together) {
  const auto policy = [](const std::string& name, char command, const std::string& role) {
    Policy made = PolicyOn("t", name, command);
    made.roles = {role};
    return made;
  };
  BOOST_TEST((RulesOf({policy("a", 'r', "public"), policy("b", '*', "app")}) == Names{"multiple-permissive-policies"}));
  BOOST_TEST(RulesOf({policy("a", 'r', "app"), policy("b", '*', "web")}).empty());
  BOOST_TEST(RulesOf({policy("a", 'r', "app"), policy("b", 'w', "app")}).empty());
  const auto findings = JudgePolicies({policy("a", '*', "app"), policy("b", '*', "app")}, {});
  BOOST_REQUIRE(findings.size() == 1U);
  BOOST_TEST(findings.front().message ==
             "several policies are asked for each row of SELECT, INSERT, UPDATE, DELETE: a, b");
  Policy off = policy("a", 'r', "app");
  off.enabled = false;
  BOOST_TEST((RulesOf({off, off}) == Names{"policy-exists-rls-disabled"}));
  Policy metadata = off;
  metadata.uses.text = "((auth.jwt() -> 'user_metadata'::text) IS NOT NULL)";
  BOOST_TEST((RulesOf({metadata}) == Names{"policy-exists-rls-disabled", "rls-references-user-metadata"}));
  metadata.uses.text = "((auth.jwt() -> 'app_metadata'::text) IS NOT NULL)";
  BOOST_TEST(RulesOf({metadata}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(recursion_is_found_in_circles_of_one_role) {
  BOOST_TEST((Recursive({Reading("a", {"a"})}) == Tables{"a"}));
  BOOST_TEST((Recursive({Reading("a", {"b"}), Reading("b", {"a"})}) == Tables{"a", "b"}));
  BOOST_TEST((Recursive({Reading("a", {"b"}), Reading("b", {"c", "d"}), Reading("c", {"a"}), Reading("d", {"e"})}) ==
              Tables{"a", "b", "c"}));
  BOOST_TEST((Recursive({Reading("a", {"b"}, 'r', "app"), Reading("b", {"a"}, 'r', "web")}).empty()));
  BOOST_TEST((Recursive({Reading("a", {"b"}, 'r', "app"), Reading("b", {"a"})}) == Tables{"a", "b"}));
  BOOST_TEST((Recursive({Reading("a", {"b"}), Reading("c", {"a"})}).empty()));
  // What leads into a circle is not in it.
  BOOST_TEST((Recursive({Reading("a", {"b"}), Reading("b", {"b"})}) == Tables{"b"}));
  Policy off = Reading("a", {"a"});
  off.enabled = false;
  BOOST_TEST((Recursive({off}).empty()));
}

BOOST_AUTO_TEST_CASE(writing_recurses_only_where_reading_asks_something) {
  BOOST_TEST((Recursive({Reading("a", {"a"}, 'a')}).empty()));
  BOOST_TEST((Recursive({Reading("a", {"a"}, 'a'), Reading("a", {"b"}, 'r')}) == Tables{"a"}));
  BOOST_TEST(
      (Recursive({Reading("a", {"b"}, 'a'), Reading("b", {"a"}, 'r'), Reading("a", {"c"}, 'r')}) == Tables{"a"}));
  BOOST_TEST((Recursive({Reading("a", {"b"}, 'w'), Reading("b", {"a"}, 'r')}).empty()));
}

BOOST_AUTO_TEST_CASE(long_chains_of_policies_are_walked_without_recursion) {
  constexpr int kTables = 50000;
  std::vector<Policy> policies;
  for (int i = 0; i < kTables; ++i) policies.push_back(Reading(std::to_string(i), {std::to_string(i + 1)}));
  BOOST_TEST(Recursive(policies).empty());
  policies.push_back(Reading(std::to_string(kTables), {"0"}));
  BOOST_TEST(Recursive(policies).size() == static_cast<size_t>(kTables + 1));
}

BOOST_AUTO_TEST_SUITE_END()
