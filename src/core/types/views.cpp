#include "core/types/views.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/types/node_tree.h"

namespace migrate::types {
namespace {

// As the server numbers them.
constexpr int kRelation = 0, kSubquery = 1, kJoin = 2, kCommonTable = 6, kGroup = 9;
// Views on views on views: what lies deeper is taken to be null.
constexpr int kDeepest = 1000;
constexpr int kInner = 0, kLeft = 1, kRight = 3;

bool SaysWhatIsNull(std::string_view field) {
  static const std::set<std::string_view> fields = {
      "targetList",    "expr",    "resno",         "resjunk",      "varlevelsup", "varno",       "varattno",
      "rtable",        "rtekind", "relid",         "subquery",     "groupexprs",  "ctelevelsup", "ctename",
      "joinaliasvars", "cteList", "ctequery",      "jointree",     "fromlist",    "jointype",    "rtindex",
      "larg",          "rarg",    "setOperations", "cterecursive", "groupingSets"};
  return fields.contains(field);
}

bool SaysWhatIsShown(std::string_view field) {
  return field == "targetList" || field == "resno" || field == "resorigtbl" || field == "resorigcol";
}

const Node* FirstQuery(const Node& actions) {
  if (actions.Is("QUERY")) return &actions;
  const bool is_list = actions.kind == Node::Kind::kList && !actions.items.empty();
  return is_list && actions.items[0].Is("QUERY") ? &actions.items[0] : nullptr;
}

const Node& ItemOrNothing(const Node& list, int64_t index) {
  static const Node nothing;
  return index < 0 || index >= static_cast<int64_t>(list.items.size()) ? nothing
                                                                       : list.items[static_cast<size_t>(index)];
}

// Goes from a column of a view down to where it comes from.
class NullSearch {
 public:
  NullSearch(const std::vector<ViewRule>& rules, const std::set<ColumnId>& not_null) : not_null_(not_null) {
    for (const auto& rule : rules) {
      if (rule.is_query) queries_[rule.view] = &rule;
    }
  }

  std::set<ColumnId> Run() {
    std::set<ColumnId> found;
    for (const auto& [view, rule] : queries_) {
      for (const int column : OfView(view)) found.emplace(view, column);
    }
    return found;
  }

 private:
  using Queries = std::vector<const Node*>;  // those around an expression, the innermost last

  const std::set<int>& OfView(ObjectId view);
  bool IsNotNull(const Node& expression, const Queries& queries);
  bool IsNotNullColumn(const Node& expression, const Queries& queries);
  bool ColumnOf(const Node& query, int64_t column, const Queries& around);
  bool ColumnOfRelation(ObjectId relation, int column) {
    return queries_.contains(relation) ? OfView(relation).contains(column) : not_null_.contains({relation, column});
  }
  bool ColumnOfCommonTable(const Node& entry, int64_t column, const Queries& queries);
  const std::set<int64_t>& MadeNullBy(const Node& query);

  int depth_ = 0;
  const std::set<ColumnId>& not_null_;
  std::map<ObjectId, const ViewRule*> queries_;
  std::unordered_map<ObjectId, std::set<int>> of_views_;
  std::unordered_map<const Node*, std::set<int64_t>> made_null_;  // of the view that is read
};

bool KeepsRows(const Node& query) {
  return query["setOperations"].kind == Node::Kind::kNothing && query["groupingSets"].items.empty();
}

const std::set<int>& NullSearch::OfView(ObjectId view) {
  const auto [known, is_new] = of_views_.try_emplace(view);
  if (!is_new) return known->second;
  const Node actions = ReadNodeTree(queries_.at(view)->action, SaysWhatIsNull);
  std::set<int> columns;
  if (const Node* const query = FirstQuery(actions); query != nullptr && KeepsRows(*query)) {
    for (const auto& target : (*query)["targetList"].items) {
      if (target["resjunk"].word != "true" && IsNotNull(target["expr"], {query})) {
        columns.insert(static_cast<int>(target["resno"].Number()));
      }
    }
  }
  // Its nodes go; others may come to stand where they stood.
  made_null_.clear();
  return of_views_[view] = std::move(columns);
}

bool NullSearch::IsNotNull(const Node& expression, const Queries& queries) {
  ++depth_;
  const bool is_not_null = depth_ < kDeepest && IsNotNullColumn(expression, queries);
  --depth_;
  return is_not_null;
}

bool NullSearch::IsNotNullColumn(const Node& expression, const Queries& queries) {
  if (!expression.Is("VAR") || expression["varlevelsup"].Number() != 0) return false;
  const Node& query = *queries.back();
  const int64_t place = expression["varno"].Number();
  const int64_t column = expression["varattno"].Number();
  if (column <= 0 || MadeNullBy(query).contains(place)) return false;
  const Node& entry = ItemOrNothing(query["rtable"], place - 1);
  if (!entry.Is("RANGETBLENTRY")) return false;
  switch (entry["rtekind"].Number()) {
    case kRelation: return ColumnOfRelation(static_cast<ObjectId>(entry["relid"].Number()), static_cast<int>(column));
    case kSubquery: return ColumnOf(entry["subquery"], column, queries);
    case kJoin: return IsNotNull(ItemOrNothing(entry["joinaliasvars"], column - 1), queries);
    case kGroup: return IsNotNull(ItemOrNothing(entry["groupexprs"], column - 1), queries);
    case kCommonTable: return ColumnOfCommonTable(entry, column, queries);
    default: return false;
  }
}

bool NullSearch::ColumnOfCommonTable(const Node& entry, int64_t column, const Queries& queries) {
  const auto up = static_cast<size_t>(entry["ctelevelsup"].Number());
  if (up >= queries.size()) return false;
  const Queries around(queries.begin(), queries.end() - static_cast<std::ptrdiff_t>(up));
  for (const auto& table : (*around.back())["cteList"].items) {
    if (table["ctename"].word != entry["ctename"].word) continue;
    return table["cterecursive"].word != "true" && ColumnOf(table["ctequery"], column, around);
  }
  return false;
}

bool NullSearch::ColumnOf(const Node& query, int64_t column, const Queries& around) {
  if (!query.Is("QUERY") || !KeepsRows(query)) return false;
  for (const auto& target : query["targetList"].items) {
    if (target["resno"].Number() != column) continue;
    Queries inside = around;
    inside.push_back(&query);
    return IsNotNull(target["expr"], inside);
  }
  return false;
}

// The places of the range table that stand on a side of a join that may have no row.
void CollectMadeNull(const Node& joined, bool is_optional, std::set<int64_t>& places) {
  if (joined.Is("FROMEXPR")) {
    for (const auto& item : joined["fromlist"].items) CollectMadeNull(item, is_optional, places);
    return;
  }
  if (is_optional) places.insert(joined["rtindex"].Number());
  if (!joined.Is("JOINEXPR")) return;
  const int64_t type = joined["jointype"].Number();
  CollectMadeNull(joined["larg"], is_optional || (type != kInner && type != kLeft), places);
  CollectMadeNull(joined["rarg"], is_optional || (type != kInner && type != kRight), places);
}

const std::set<int64_t>& NullSearch::MadeNullBy(const Node& query) {
  const auto [known, is_new] = made_null_.try_emplace(&query);
  if (is_new) CollectMadeNull(query["jointree"], false, known->second);
  return known->second;
}

// A column of a view that is a column of something else as it stands.
struct Origin {
  int column = 0;
  ColumnId of;
};
using Origins = std::unordered_map<ObjectId, std::vector<Origin>>;

void AddOrigins(const ViewRule& rule, Origins& origins) {
  const Node actions = ReadNodeTree(rule.action, SaysWhatIsShown);
  const Node* const query = FirstQuery(actions);
  if (query == nullptr) return;
  for (const auto& target : (*query)["targetList"].items) {
    const auto relation = static_cast<ObjectId>(target["resorigtbl"].Number());
    if (relation == 0) continue;
    origins[rule.view].push_back(
        {static_cast<int>(target["resno"].Number()), {relation, static_cast<int>(target["resorigcol"].Number())}});
  }
}

// `path`: what was gone through already.
void Follow(const ColumnId& shown, const std::string& as, const Origins& origins, std::vector<ObjectId>& path,
            ShownColumns& columns) {
  columns[shown].push_back(as);
  const auto below = origins.find(shown.first);
  if (below == origins.end() || std::find(path.begin(), path.end(), shown.first) != path.end()) return;
  path.push_back(shown.first);
  for (const auto& origin : below->second) {
    if (origin.column == shown.second) Follow(origin.of, as, origins, path, columns);
  }
  path.pop_back();
}

}  // namespace

std::set<ColumnId> NotNullColumns(const std::vector<ViewRule>& rules, const std::set<ColumnId>& not_null) {
  return NullSearch(rules, not_null).Run();
}

std::vector<ShownBy> ColumnsShown(const std::vector<ViewRule>& rules) {
  Origins origins;
  for (const auto& rule : rules) {
    if (rule.is_looked_through) AddOrigins(rule, origins);
  }
  std::vector<ShownBy> shown;
  for (const auto& rule : rules) {
    if (!rule.is_query || !rule.is_wanted) continue;
    ShownBy& by = shown.emplace_back(ShownBy{&rule, {}});
    const auto own = origins.find(rule.view);
    if (own == origins.end()) continue;
    for (const auto& origin : own->second) {
      if (origin.column < 1 || origin.column > static_cast<int>(rule.columns.size())) continue;
      std::vector<ObjectId> path;
      Follow(origin.of, rule.columns[static_cast<size_t>(origin.column) - 1], origins, path, by.columns);
    }
  }
  return shown;
}

}  // namespace migrate::types
