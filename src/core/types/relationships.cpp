#include "core/types/relationships.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/base/cancel.h"
#include "core/types/views.h"

namespace migrate::types {
namespace {

using Names = std::vector<std::string>;

// A side of foreign keys, as columns of one table. Keys of several tables that have one name and lead to the same table
// are one here, as they are for the CLI.
struct KeySide {
  ObjectId relation = 0;
  bool is_target = false;
  std::string name;
  size_t size = 0;

  auto operator<=>(const KeySide&) const = default;
};
struct KeyColumn {
  size_t place = 0;
  int number = 0;

  auto operator<=>(const KeyColumn&) const = default;
};
using KeySides = std::map<KeySide, std::set<KeyColumn>>;

void AddSide(const Key& key, bool is_target, KeySides& sides) {
  const Key::Side& side = is_target ? key.to : key.from;
  auto& columns = sides[{side.relation, is_target, key.name, side.numbers.size()}];
  for (size_t i = 0; i < side.numbers.size(); ++i) columns.insert({i, side.numbers[i]});
}

// A view that shows all columns of a side; each perhaps by several of its own.
struct ViewSide {
  const ViewRule* view = nullptr;
  std::vector<Names> choices;
};
using ViewSides = std::map<std::tuple<ObjectId, bool, std::string>, std::vector<ViewSide>>;

void AddViewSides(const ShownBy& shown, const KeySides& sides, ViewSides& found) {
  std::set<ObjectId> relations;
  for (const auto& each : shown.columns) relations.insert(each.first.first);
  for (const ObjectId relation : relations) {
    const auto first = sides.lower_bound({relation, false, "", 0});
    for (auto side = first; side != sides.end() && side->first.relation == relation; ++side) {
      std::vector<Names> choices;
      for (const auto& column : side->second) {
        const auto names = shown.columns.find({relation, column.number});
        if (names != shown.columns.end()) choices.push_back(names->second);
      }
      if (choices.size() != side->first.size) continue;
      found[{relation, side->first.is_target, side->first.name}].push_back({shown.view, std::move(choices)});
    }
  }
}

// Each way to take one name of each choice.
std::vector<Names> WaysToChoose(const std::vector<Names>& choices) {
  std::vector<Names> ways(1);
  for (const auto& choice : choices) {
    std::vector<Names> longer;
    for (const auto& way : ways) {
      for (const auto& name : choice) {
        Pass(name.size());
        longer.push_back(way);
        longer.back().push_back(name);
      }
    }
    ways = std::move(longer);
  }
  return ways;
}

class Maker {
 public:
  explicit Maker(const Catalog& catalog) : catalog_(catalog) {
    KeySides sides;
    for (const auto& key : catalog.keys) {
      if (key.kind != Key::Kind::kForeign) {
        auto numbers = key.from.numbers;
        std::sort(numbers.begin(), numbers.end());
        unique_[key.from.relation].insert(std::move(numbers));
        continue;
      }
      AddSide(key, false, sides);
      AddSide(key, true, sides);
    }
    for (const auto& shown : ColumnsShown(catalog.rules)) AddViewSides(shown, sides, views_);
  }

  std::vector<Relationship> Run() {
    for (const auto& key : catalog_.keys) {
      if (key.kind == Key::Kind::kForeign && !key.of_partition) Add(key);
    }
    return std::move(made_);
  }

 private:
  // The columns of the key have to stand in the order in which the table has them.
  bool IsUnique(const Key::Side& side) const {
    const auto found = unique_.find(side.relation);
    return found != unique_.end() && found->second.contains(side.numbers);
  }

  const std::vector<ViewSide>& Views(const Key& key, bool is_target) const {
    static const std::vector<ViewSide> none;
    const auto found = views_.find({(is_target ? key.to : key.from).relation, is_target, key.name});
    return found == views_.end() ? none : found->second;
  }

  void Add(const Key& key);
  void AddOfViews(const Key& key, const Relationship& plain);

  const Catalog& catalog_;
  std::map<ObjectId, std::set<std::vector<int>>> unique_;
  ViewSides views_;
  std::vector<Relationship> made_;
};

void Maker::Add(const Key& key) {
  const Relationship plain = {key.name,           key.from.schema, key.from.name, key.from.columns,
                              IsUnique(key.from), key.to.schema,   key.to.name,   key.to.columns};
  if (key.schema_is_wanted) {
    Relationship shown = plain;
    if (!key.schema_is_plain) {
      shown.columns.reset();
      shown.to_columns.reset();
      shown.is_one_to_one = false;
    }
    made_.push_back(std::move(shown));
    for (const auto& to : Views(key, true)) {
      for (auto& names : WaysToChoose(to.choices)) {
        Relationship to_view = plain;
        to_view.to_schema = to.view->schema;
        to_view.to_relation = to.view->name;
        to_view.to_columns = std::move(names);
        made_.push_back(std::move(to_view));
      }
    }
  }
  AddOfViews(key, plain);
}

void Maker::AddOfViews(const Key& key, const Relationship& plain) {
  for (const auto& from : Views(key, false)) {
    for (const auto& names : WaysToChoose(from.choices)) {
      Relationship of_view = plain;
      of_view.schema = from.view->schema;
      of_view.relation = from.view->name;
      of_view.columns = names;
      made_.push_back(of_view);
      for (const auto& to : Views(key, true)) {
        for (auto& to_names : WaysToChoose(to.choices)) {
          of_view.to_schema = to.view->schema;
          of_view.to_relation = to.view->name;
          of_view.to_columns = std::move(to_names);
          made_.push_back(of_view);
        }
      }
    }
  }
}

}  // namespace

std::vector<Relationship> Relationships(const Catalog& catalog) { return Maker(catalog).Run(); }

}  // namespace migrate::types
