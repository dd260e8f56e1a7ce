#include "core/types/views.h"

#include "core/types/node_tree.h"

namespace migrate::types {
namespace {

constexpr ObjectId kTable = 16400, kView = 16500;

Node Read(std::string_view text) {
  return ReadNodeTree(text, [](std::string_view) { return true; });
}

std::string Var(int place, int column, int up = 0) {
  return "{VAR :varno " + std::to_string(place) + " :varattno " + std::to_string(column) +
         " :vartype 23 :varlevelsup " + std::to_string(up) + " :location -1}";
}
std::string Target(int number, const std::string& expression, const std::string& more = ":resjunk false") {
  return "{TARGETENTRY :expr " + expression + " :resno " + std::to_string(number) + " :resname a\\ b " + more + "}";
}
std::string Of(ObjectId relation) { return "{RANGETBLENTRY :rtekind 0 :relid " + std::to_string(relation) + "}"; }
std::string Query(const std::string& tables, const std::string& from, const std::string& targets,
                  const std::string& more = "") {
  return "{QUERY :commandType 1 :cteList <> :rtable (" + tables + ") :jointree {FROMEXPR :fromlist (" + from +
         ") :quals <>} :targetList (" + targets + ") :groupingSets <> :setOperations <> " + more + "}";
}
const std::string kFrom1 = "{RANGETBLREF :rtindex 1}";

ViewRule RuleOf(const std::string& action, ObjectId view = kView) {
  return {view, "public", "v" + std::to_string(view), {"a", "b"}, true, true, true, action};
}

// Which columns of the last view can't be null, if column 1 of the table can't.
std::string NotNull(const std::vector<std::string>& actions) {
  std::vector<ViewRule> rules;
  for (size_t i = 0; i < actions.size(); ++i)
    rules.push_back(RuleOf("(" + actions[i] + ")", kView + static_cast<ObjectId>(i)));
  std::string columns;
  for (const auto& [view, column] : NotNullColumns(rules, {{kTable, 1}})) {
    if (view == rules.back().view) columns += std::to_string(column);
  }
  return columns;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(types_views)

BOOST_AUTO_TEST_CASE(a_tree_is_read) {
  const Node node =
      Read("({A :one 1 :text a\\ \\{\\}b :none <> :empty :list (i 4 5) :value 4 [ 1 0 0 0 ] :last \"x\"} {B})");
  BOOST_REQUIRE(node.items.size() == 2);
  BOOST_TEST(node.items[0].Is("A"));
  BOOST_TEST(node.items[0]["one"].Number() == 1);
  BOOST_TEST(node.items[0]["text"].word == "a\\ \\{\\}b");
  BOOST_TEST((node.items[0]["none"].kind == Node::Kind::kNothing));
  BOOST_TEST((node.items[0]["empty"].kind == Node::Kind::kNothing));
  BOOST_TEST(node.items[0]["list"].items.size() == 2);
  BOOST_TEST(node.items[0]["list"].items[1].Number() == 5);
  BOOST_TEST(node.items[0]["last"].word == "\"x\"");
  BOOST_TEST(node.items[1].Is("B"));
}

BOOST_AUTO_TEST_CASE(a_field_that_is_not_wanted_is_skipped) {
  const Node node =
      ReadNodeTree("{A :x {B :y (1 {C :z (2)})} :y 3}", [](std::string_view field) { return field == "y"; });
  BOOST_TEST(node["y"].Number() == 3);
  BOOST_TEST((node["x"].kind == Node::Kind::kNothing));
}

BOOST_AUTO_TEST_CASE(what_is_no_tree_is_nothing) {
  for (const auto* text : {"", "}", "{A", "{A x}", "(", "{A :x (1}", "{A :x"}) {
    BOOST_TEST((Read(text).kind == Node::Kind::kNothing), text);
  }
  BOOST_TEST((Read(std::string(100000, '(')).kind == Node::Kind::kNothing));
}

BOOST_AUTO_TEST_CASE(a_column_that_cant_be_null_stays_so) {
  BOOST_TEST(NotNull({Query(Of(kTable), kFrom1, Target(1, Var(1, 1)) + Target(2, Var(1, 2)))}) == "1");
  BOOST_TEST(NotNull({Query(Of(kTable), kFrom1, Target(1, "{FUNCEXPR :args (" + Var(1, 1) + ")}"))}) == "");
  BOOST_TEST(NotNull({Query(Of(kTable), kFrom1, Target(1, Var(1, 1), ":resjunk true"))}) == "");
  BOOST_TEST(NotNull({Query(Of(kTable), kFrom1, Target(1, Var(1, -1)))}) == "");
  BOOST_TEST(NotNull({Query(Of(kTable), kFrom1, Target(1, Var(1, 1, 1)))}) == "");
  BOOST_TEST(NotNull({Query(Of(kTable), kFrom1, Target(1, Var(7, 1)))}) == "");
}

BOOST_AUTO_TEST_CASE(through_views_subqueries_and_common_tables) {
  const std::string plain = Query(Of(kTable), kFrom1, Target(1, Var(1, 1)));
  BOOST_TEST(NotNull({plain, Query(Of(kView), kFrom1, Target(1, Var(1, 1)))}) == "1");
  BOOST_TEST(NotNull({Query("{RANGETBLENTRY :rtekind 1 :subquery " + plain + "}", kFrom1, Target(1, Var(1, 1)))}) ==
             "1");
  const auto with = [&](const char* is_recursive) {
    std::string query = Query("{RANGETBLENTRY :rtekind 6 :ctename c :ctelevelsup 0}", kFrom1, Target(1, Var(1, 1)));
    return query.replace(query.find(":cteList <>"), 11,
                         std::string(":cteList ({COMMONTABLEEXPR :ctename c :cterecursive ") + is_recursive +
                             " :ctequery " + plain + "})");
  };
  BOOST_TEST(NotNull({with("false")}) == "1");
  BOOST_TEST(NotNull({with("true")}) == "");
}

BOOST_AUTO_TEST_CASE(a_view_that_reads_itself_ends) {
  BOOST_TEST(NotNull({Query(Of(kView), kFrom1, Target(1, Var(1, 1)))}) == "");
}

BOOST_AUTO_TEST_CASE(outer_joins_make_null) {
  const auto joined = [&](int type, int side) {
    const std::string join = "{JOINEXPR :jointype " + std::to_string(type) +
                             " :larg {RANGETBLREF :rtindex 1} :rarg {RANGETBLREF :rtindex 2} :rtindex 3}";
    const std::string aliases = "{RANGETBLENTRY :rtekind 2 :joinaliasvars (" + Var(1, 1) + Var(2, 1) + ")}";
    return Query(Of(kTable) + Of(kTable) + aliases, join, Target(1, Var(3, side)) + Target(2, Var(side, 1)));
  };
  struct {
    int type;
    const char *left, *right;
  } cases[] = {{0, "12", "12"}, {1, "12", ""}, {2, "", ""}, {3, "", "12"}};
  for (const auto& each : cases) {
    BOOST_TEST(NotNull({joined(each.type, 1)}) == each.left, each.type);
    BOOST_TEST(NotNull({joined(each.type, 2)}) == each.right, each.type);
  }
}

BOOST_AUTO_TEST_CASE(set_operations_and_grouping_sets_make_null) {
  std::string query = Query(Of(kTable), kFrom1, Target(1, Var(1, 1)));
  std::string united = query;
  united.replace(united.find(":setOperations <>"), 17, ":setOperations {SETOPERATIONSTMT :op 1}");
  std::string sets = query;
  sets.replace(sets.find(":groupingSets <>"), 16, ":groupingSets ({GROUPINGSET :kind 4})");
  BOOST_TEST(NotNull({united}) == "");
  BOOST_TEST(NotNull({sets}) == "");
}

BOOST_AUTO_TEST_CASE(columns_are_followed_to_their_table) {
  const auto shown = [](int number, ObjectId relation, int column) {
    return Target(number, Var(1, 1),
                  ":resorigtbl " + std::to_string(relation) + " :resorigcol " + std::to_string(column));
  };
  std::vector<ViewRule> rules = {
      RuleOf("(" + Query(Of(kTable), kFrom1, shown(1, kTable, 3) + shown(2, kTable, 3)) + ")", kView),
      RuleOf("(" + Query(Of(kView), kFrom1, shown(1, kView, 2) + shown(2, 0, 0)) + ")", kView + 1)};
  auto found = ColumnsShown(rules);
  BOOST_REQUIRE(found.size() == 2);
  BOOST_TEST((found[0].columns == ShownColumns{{{kTable, 3}, {"a", "b"}}}));
  BOOST_TEST((found[1].columns == ShownColumns{{{kView, 2}, {"a"}}, {{kTable, 3}, {"a"}}}));
  rules[0].is_looked_through = rules[0].is_wanted = false;
  found = ColumnsShown(rules);
  BOOST_REQUIRE(found.size() == 1);
  BOOST_TEST((found[0].columns == ShownColumns{{{kView, 2}, {"a"}}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::types
