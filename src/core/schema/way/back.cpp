#include "core/schema/way/back.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/schema/column.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

using Key = std::pair<std::string, std::string>;

Key KeyOf(const Object& object) { return {object.kind, object.identity}; }

// What became of one object from the first change of it to the last.
struct Whole {
  std::optional<Object> before, after;
};

// Several parts put together. Within one all happened at once: two objects can have swapped their names.
std::vector<Whole> Composed(const std::vector<std::vector<Change>>& parts) {
  std::vector<Whole> wholes;
  for (const auto& changes : parts) {
    std::map<Key, size_t> earlier;
    for (size_t i = 0; i < wholes.size(); ++i) {
      if (wholes[i].after) earlier[KeyOf(*wholes[i].after)] = i;
    }
    for (const auto& change : changes) {
      const bool is_dropped = change.action == Change::Action::kDropped;
      const auto after = is_dropped ? std::nullopt : std::optional<Object>(change.after);
      const bool is_new = change.action == Change::Action::kCreated;
      const auto found = is_new ? earlier.end() : earlier.find(KeyOf(change.before));
      if (found != earlier.end()) {
        wholes[found->second].after = after;
      } else {
        wholes.push_back({is_new ? std::nullopt : std::optional<Object>(change.before), after});
      }
    }
  }
  std::erase_if(wholes, [](const Whole& whole) { return !whole.before && !whole.after; });
  return wholes;
}

std::string Named(const Object& object) { return object.kind + " " + object.identity; }

std::set<std::string_view> LabelsOf(std::string_view statement) {
  const auto labels = Listed(Parenthesized(statement));
  return {labels.begin(), labels.end()};
}

// CREATE TYPE name AS ENUM (…) has all labels of the other, and more.
bool HasMoreLabels(std::string_view now, std::string_view then) {
  if (FindWords(now, "AS ENUM") == now.npos || FindWords(then, "AS ENUM") == then.npos) return false;
  const auto labels_now = LabelsOf(now), labels_then = LabelsOf(then);
  return std::includes(labels_now.begin(), labels_now.end(), labels_then.begin(), labels_then.end());
}

bool IsAsLeft(const Object& now, const Object& left) {
  Ignored ignored;
  ignored.column_order = true;
  for (const auto& difference : Differences({now}, {left}, ignored, true)) {
    if (!IsOfMoreLabels(difference)) return false;
  }
  return true;
}

class Taking {
 public:
  Taking(const std::vector<std::vector<Change>>& parts, const std::vector<Object>& now)
      : wholes_(Composed(parts)), now_(now) {
    for (const auto& object : now) here_.emplace(KeyOf(object), &object);
  }

  Back Take() {
    std::set<Key> replaced;
    for (const auto& whole : wholes_) {
      if (whole.after) replaced.insert(KeyOf(*whole.after));
    }
    for (const auto& whole : wholes_) Add(whole, replaced);
    for (const auto& object : now_) {
      if (object.kind == "table column" && !replaced.contains(KeyOf(object)) &&
          Goes(SplitName(object.identity).first)) {
        AddObstacle(object, "was added");
      }
      if (!replaced.contains(KeyOf(object))) back_.wanted.push_back(object);
    }
    for (const auto& whole : wholes_) {
      if (!whole.before) continue;
      if (!whole.after) AddReplaced(KeyOf(*whole.before));
      back_.wanted.push_back(*whole.before);
    }
    return std::move(back_);
  }

 private:
  void AddObstacle(const Object& object, const char* what) {
    back_.obstacles.push_back(Named(object) + " " + what);
    back_.obstructing.push_back(object.identity);
  }

  bool Goes(std::string_view table) const {
    return std::any_of(back_.going.begin(), back_.going.end(),
                       [&](const Object& object) { return object.kind == "table" && object.identity == table; });
  }

  void AddReplaced(const Key& dropped) {
    for (const auto& object : back_.going) {
      if (KeyOf(object) == dropped) back_.replaced.push_back(object);
    }
  }

  void Add(const Whole& whole, const std::set<Key>& replaced) {
    if (whole.before && whole.before->definition.empty()) {
      AddObstacle(*whole.before, "was not described");
    }
    if (!whole.after) return AddDropped(*whole.before, replaced);
    const auto found = here_.find(KeyOf(*whole.after));
    if (found == here_.end()) {
      AddObstacle(*whole.after, "is gone");
      return;
    }
    if (!IsAsLeft(*found->second, *whole.after)) {
      AddObstacle(*whole.after, "was changed");
    }
    if (!whole.before) {
      if (HoldsRows(*whole.after)) back_.going.push_back(*found->second);
      return;
    }
    if (whole.before->identity != whole.after->identity) {
      back_.renames.push_back({whole.after->kind, whole.after->identity, whole.before->identity});
    }
    // Its values are computed again: what stands there now goes.
    if (IsComputed(*whole.before) && !IsComputed(*whole.after)) back_.going.push_back(*found->second);
    if (whole.after->kind != "table column") return;
    const std::string_view now = ColumnOf(*whole.after).type, then = ColumnOf(*whole.before).type;
    if (now != then) {
      const auto [table, column] = SplitName(whole.after->identity);
      back_.retyped.push_back({std::string(table), std::string(column), std::string(now), std::string(then)});
    }
  }

  void AddDropped(const Object& object, const std::set<Key>& replaced) {
    if (here_.contains(KeyOf(object)) && !replaced.contains(KeyOf(object))) {
      AddObstacle(object, "is there again");
    }
    // Of a column that was dropped with its table the table says it.
    const bool is_column = object.kind == "table column";
    const bool goes_along = is_column && std::any_of(wholes_.begin(), wholes_.end(), [&](const Whole& whole) {
                              return !whole.after && whole.before->kind == "table" &&
                                     whole.before->identity == SplitName(object.identity).first;
                            });
    if ((HoldsRows(object) && !goes_along && !IsComputed(object)) ||
        (object.kind == "sequence" && !object.definition.starts_with("--"))) {
      back_.lost.push_back(Named(object));
    }
  }

  std::vector<Whole> wholes_;
  const std::vector<Object>& now_;
  std::map<Key, const Object*> here_;
  Back back_;
};

bool IsGrantOrder(const Difference& difference) {
  if (!difference.here || !difference.there) return false;
  const auto grants_of = [](std::string_view text) {
    std::multiset<std::string_view> grants;
    for (const auto& part : PartsOf(text)) {
      if (part.topic == Topic::kGrants) grants.insert(part.text);
    }
    return grants;
  };
  const size_t all = PartsOf(*difference.here).size();
  const auto here = grants_of(*difference.here), there = grants_of(*difference.there);
  return here.size() == all && here == there;
}

}  // namespace

Back TakenBack(const std::vector<std::vector<Change>>& parts, const std::vector<Object>& now) {
  return Taking(parts, now).Take();
}

bool IsComputed(const Object& object) { return object.kind == "table column" && !ColumnOf(object).generated.empty(); }

bool IsColumnOrder(const Difference& difference) {
  return difference.kind == Difference::Kind::kDiffers && difference.here && difference.there &&
         difference.here->starts_with("-- columns: ") && difference.there->starts_with("-- columns: ") &&
         difference.here->find('\n') == std::string::npos && difference.there->find('\n') == std::string::npos;
}

bool IsOfMoreLabels(const Difference& difference) {
  return HasMoreLabels(difference.here.value_or(""), difference.there.value_or(""));
}

std::string VerdictOf(const std::vector<Difference>& left) {
  std::string order, grants, more;
  for (const auto& difference : left) {
    if (IsColumnOrder(difference)) {
      order = "equal but for column order";
    } else if (IsGrantOrder(difference)) {
      grants = "equal but for the order of grants";
    } else if (IsOfMoreLabels(difference)) {
      more += (more.empty() ? "superset: labels of " : ", ") + difference.identity;
    } else {
      return {};
    }
  }
  AddRemark(order, grants);
  AddRemark(order, more);
  return order.empty() ? "exact" : order;
}

}  // namespace migrate::schema
