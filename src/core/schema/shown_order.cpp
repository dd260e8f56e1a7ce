#include "core/schema/shown_order.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "core/base/cancel.h"
#include "core/schema/belonging.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

// Where columns stand in their tables, which only the definitions of these tell.
class ColumnPlaces {
 public:
  explicit ColumnPlaces(const std::vector<Object>& objects) {
    for (const auto& object : objects) {
      if (!IsRelation(object.kind)) continue;
      Pass(object.definition.size());
      size_t place = 0;
      for (const auto& part : PartsOf(object.definition)) {
        for (const auto name : ColumnsIn(part)) places_[{object.identity, Unquoted(name)}] = ++place;
      }
    }
  }

  size_t Of(const Object& object) const {
    const auto place = places_.find({std::string(RelationOf(object)), object.name});
    return place == places_.end() ? 0 : place->second;
  }

 private:
  std::map<std::pair<std::string, std::string>, size_t> places_;
};

}  // namespace

std::vector<Object> InShownOrder(const std::vector<Object>& objects) {
  const ColumnPlaces columns(objects);
  struct Shown {
    std::string relation;
    int rank;
    size_t column;
    const Object* object;
  };
  std::vector<Shown> shown;
  shown.reserve(objects.size());
  for (const auto& object : objects) {
    const bool is_relation = IsRelation(object.kind), is_column = object.kind.ends_with("column");
    shown.push_back({is_relation ? object.identity : std::string(RelationOf(object)),
                     is_relation ? 0
                     : is_column ? 1
                                 : 2,
                     is_column ? columns.Of(object) : 0, &object});
  }
  std::sort(shown.begin(), shown.end(), [](const Shown& a, const Shown& b) {
    return std::tie(a.object->schema, a.relation, a.rank, a.column, a.object->kind, a.object->identity) <
           std::tie(b.object->schema, b.relation, b.rank, b.column, b.object->kind, b.object->identity);
  });
  std::vector<Object> ordered;
  ordered.reserve(shown.size());
  for (const auto& one : shown) ordered.push_back(*one.object);
  return ordered;
}

}  // namespace migrate::schema
