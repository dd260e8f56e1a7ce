#include "core/schema/difference.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/base/cancel.h"
#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/belonging.h"
#include "core/schema/parts.h"

namespace migrate::schema {
namespace {

constexpr std::pair<std::string_view, bool Ignored::*> kAspects[] = {
    {"column order", &Ignored::column_order},
    {"owners", &Ignored::owners},
    {"grants", &Ignored::grants},
    {"comments", &Ignored::comments},
};

bool Ignores(const Ignored& ignored, Topic topic) {
  switch (topic) {
    case Topic::kObject: return false;
    case Topic::kColumnOrder: return ignored.column_order;
    case Topic::kOwner: return ignored.owners;
    case Topic::kGrants: return ignored.grants;
    case Topic::kComment: return ignored.comments;
  }
  return false;
}

using Parts = std::vector<Part>;

bool IgnoresAny(const Ignored& ignored) {
  return std::any_of(std::begin(kAspects), std::end(kAspects),
                     [&](const auto& aspect) { return ignored.*aspect.second; });
}

// The parts that count.
Parts Counting(Parts parts, const Ignored& ignored) {
  std::erase_if(parts, [&](const Part& part) { return Ignores(ignored, part.topic); });
  return parts;
}

std::optional<std::string> TextOf(const Parts& parts) {
  if (parts.empty()) return std::nullopt;
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += '\n';
    text += part.text;
  }
  return text;
}

// The parts of `parts` that are not in `others`; of equal ones as many as there are more.
Parts Without(const Parts& parts, const Parts& others) {
  std::map<std::string_view, int> left;
  for (const auto& other : others) ++left[other.text];
  Parts without;
  for (const auto& part : parts) {
    const auto found = left.find(part.text);
    if (found == left.end() || found->second-- <= 0) without.push_back(part);
  }
  return without;
}

std::vector<std::string_view> Columns(const Parts& parts) {
  const auto line =
      std::find_if(parts.begin(), parts.end(), [](const Part& part) { return part.topic == Topic::kColumnOrder; });
  return line == parts.end() ? std::vector<std::string_view>() : ColumnsIn(*line);
}

// Whether the columns that both have are in one order. Any other is a difference of its own.
bool HaveSameOrder(const Parts& here, const Parts& there) {
  std::vector<std::string_view> a = Columns(here), b = Columns(there);
  const std::set<std::string_view> in_a(a.begin(), a.end()), in_b(b.begin(), b.end());
  std::erase_if(a, [&](std::string_view name) { return !in_b.contains(name); });
  std::erase_if(b, [&](std::string_view name) { return !in_a.contains(name); });
  return a == b;
}

// The parts that count of one definition and not of the other.
std::pair<Parts, Parts> Differing(std::string_view here, std::string_view there, const Ignored& ignored) {
  Parts of_here = Counting(PartsOf(here), ignored), of_there = Counting(PartsOf(there), ignored);
  if (HaveSameOrder(of_here, of_there)) {
    for (Parts* const parts : {&of_here, &of_there}) {
      std::erase_if(*parts, [](const Part& part) { return part.topic == Topic::kColumnOrder; });
    }
  }
  std::pair<Parts, Parts> differing = {Without(of_here, of_there), Without(of_there, of_here)};
  if (ignored.grant_order || !differing.first.empty() || !differing.second.empty()) return differing;
  const auto grants_of = [](Parts parts) {
    std::erase_if(parts, [](const Part& part) { return part.topic != Topic::kGrants; });
    return parts;
  };
  const auto is_same = [](const Part& a, const Part& b) { return a.text == b.text; };
  const Parts here_given = grants_of(of_here), there_given = grants_of(of_there);
  if (std::equal(here_given.begin(), here_given.end(), there_given.begin(), there_given.end(), is_same))
    return differing;
  return {here_given, there_given};
}

// Where an object stands in the order of migrate_schema(); see Complete. What it belongs to and the number of a column
// are told by the order in which the objects come.
struct Place {
  std::string_view schema;
  std::string_view relation;
  int rank = 0;
  int column = 0;
  std::string_view kind;
  std::string_view identity;

  auto operator<=>(const Place&) const = default;
};

class Placer {
 public:
  Place Next(const Object& object) {
    if (object.schema != schema_) {
      schema_ = object.schema;
      relation_ = {};
      columns_ = 0;
    }
    const bool is_relation = IsRelation(object.kind), is_column = object.kind.ends_with(" column");
    if (is_relation) {
      relation_ = object.identity;
      columns_ = 0;
    }
    // It is in no schema, but stands by its table.
    if (object.kind == "publication relation") {
      relation_ = std::string_view(object.identity).substr(0, object.identity.find(" in publication "));
    }
    return {schema_,     relation_,      is_relation ? 0 : is_column ? 1 : 2, is_column ? ++columns_ : 0,
            object.kind, object.identity};
  }

 private:
  std::string_view schema_;
  std::string_view relation_;
  int columns_ = 0;
};

class Comparison {
 public:
  Comparison(const std::vector<Object>& here, const std::vector<Object>& there, const Ignored& ignored, bool comparable)
      : ignored_(ignored), comparable_(comparable) {
    for (const auto& object : there) others_.emplace(KeyOf(object), &object);
    Placer of_here, of_there;
    for (const auto& object : here) {
      const Place place = of_here.Next(object);
      const auto other = others_.find(KeyOf(object));
      if (other == others_.end()) {
        AddAlone(place, object, Difference::Kind::kOnlyHere);
      } else {
        ComparePair(place, object, *std::exchange(other->second, nullptr));
      }
    }
    for (const auto& object : there) {
      const Place place = of_there.Next(object);
      if (others_[KeyOf(object)] != nullptr) AddAlone(place, object, Difference::Kind::kOnlyThere);
    }
  }

  std::vector<Difference> Take() {
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Difference> differences;
    differences.reserve(found_.size());
    for (auto& [place, difference] : found_) differences.push_back(std::move(difference));
    return differences;
  }

 private:
  using Key = std::pair<std::string_view, std::string_view>;
  static Key KeyOf(const Object& object) { return {object.kind, object.identity}; }

  void AddAlone(const Place& place, const Object& object, Difference::Kind kind) {
    Pass(object.definition.size() + 1);
    std::optional<std::string> shown = object.definition;
    if (IgnoresAny(ignored_)) {
      const Parts all = PartsOf(object.definition), parts = Counting(all, ignored_);
      if (IsShownForIgnored(object, all, parts)) return;
      if (parts.size() < all.size()) shown = TextOf(parts);
    }
    Difference difference = {kind, object.kind, object.identity, {}, {}};
    (kind == Difference::Kind::kOnlyHere ? difference.here : difference.there) = std::move(shown);
    found_.emplace_back(place, std::move(difference));
  }

  // True for an object that migrate_schema() shows for no other reason than what is ignored: default privileges, or the
  // index of a constraint that has a comment. A column of a view is always shown, and so is any sequence.
  static bool IsShownForIgnored(const Object& object, const Parts& all, const Parts& parts) {
    if (parts.size() == all.size()) return false;
    if (parts.empty()) return true;
    return (object.kind == "index" || object.kind == "table constraint" || object.kind == "composite type column") &&
           std::none_of(parts.begin(), parts.end(), [](const Part& part) { return part.is_statement(); });
  }

  void ComparePair(const Place& place, const Object& here, const Object& there) {
    Pass(here.definition.size() + 1);
    if (here.definition == there.definition) return;
    const auto [only_here, only_there] = Differing(here.definition, there.definition, ignored_);
    if (only_here.empty() && only_there.empty()) return;
    const auto kind = comparable_ ? Difference::Kind::kDiffers : Difference::Kind::kNotComparable;
    found_.emplace_back(place, Difference{kind, here.kind, here.identity, TextOf(only_here), TextOf(only_there)});
  }

  const Ignored& ignored_;
  const bool comparable_;
  std::map<Key, const Object*> others_;  // null for those that were met here
  std::vector<std::pair<Place, Difference>> found_;
};

}  // namespace

Ignored IgnoredOf(const std::vector<std::string>& names) {
  Ignored ignored;
  for (const auto& name : names) {
    const auto* const aspect =
        std::find_if(std::begin(kAspects), std::end(kAspects), [&](const auto& known) { return known.first == name; });
    if (aspect == std::end(kAspects)) {
      throw Error(sqlstate::kInvalidParameter, Quoted(name) + " can't be ignored", {},
                  "What can be ignored: column order, owners, grants, comments.");
    }
    ignored.*aspect->second = true;
  }
  return ignored;
}

std::vector<Difference> Differences(const std::vector<Object>& here, const std::vector<Object>& there,
                                    const Ignored& ignored, bool comparable) {
  return Comparison(here, there, ignored, comparable).Take();
}

bool SayTheSame(const std::string& here, const std::string& there) {
  const auto [only_here, only_there] = Differing(here, there, {});
  return only_here.empty() && only_there.empty();
}

std::vector<std::string> RolesOf(const std::vector<Object>& objects, const Ignored& ignored) {
  std::set<std::string> roles;
  for (const auto& object : objects) {
    Pass(object.definition.size() + 1);
    for (const auto& part : Counting(PartsOf(object.definition), ignored)) {
      for (auto& role : RolesIn(part)) roles.insert(std::move(role));
    }
  }
  return {roles.begin(), roles.end()};
}

}  // namespace migrate::schema
