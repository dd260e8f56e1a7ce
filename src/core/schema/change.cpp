#include "core/schema/change.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/cancel.h"

namespace migrate::schema {
namespace {

bool HoldsData(const Object& object) {
  return object.kind == "table" || object.kind == "table column" || object.kind == "sequence";
}

bool IsSame(const Object& a, const Object& b) {
  return std::tie(a.kind, a.identity, a.definition) == std::tie(b.kind, b.identity, b.definition);
}

// Finds what an object was before.
class Before {
 public:
  explicit Before(std::vector<Object>& objects) {
    for (auto& object : objects) {
      by_address_.emplace(object.address, &object);
      if (!HoldsData(object)) by_identity_.emplace(std::pair(object.kind, object.identity), &object);
    }
  }

  // Null if there was none. `gone`: those at whose address nothing is any more.
  Object* Find(const Object& after, const std::set<Address>& still_there) const {
    if (const auto found = by_address_.find(after.address); found != by_address_.end()) return found->second;
    const auto found = by_identity_.find({after.kind, after.identity});
    if (found == by_identity_.end() || still_there.contains(found->second->address)) return nullptr;
    return found->second;
  }

 private:
  std::map<Address, Object*> by_address_;
  std::map<std::pair<std::string, std::string>, Object*> by_identity_;
};

}  // namespace

const char* ActionName(Change::Action action) {
  switch (action) {
    case Change::Action::kCreated: return "created";
    case Change::Action::kAltered: return "altered";
    default: return "dropped";
  }
}

std::vector<Change> ChangesBetween(std::vector<Object> before, std::vector<Object> after) {
  std::set<Address> still_there;
  for (const auto& object : after) still_there.insert(object.address);
  const Before known(before);
  std::set<const Object*> paired;
  std::vector<Change> rest;
  for (auto& object : after) {
    Pass(object.definition.size());
    Object* const was = known.Find(object, still_there);
    if (was == nullptr) {
      rest.push_back({Change::Action::kCreated, {}, std::move(object)});
    } else if (paired.insert(was).second && !IsSame(*was, object)) {
      rest.push_back({Change::Action::kAltered, *was, std::move(object)});
    }
  }
  std::vector<Change> changes;
  for (auto& object : before) {
    if (!paired.contains(&object)) changes.push_back({Change::Action::kDropped, std::move(object), {}});
  }
  std::move(rest.begin(), rest.end(), std::back_inserter(changes));
  return changes;
}

}  // namespace migrate::schema
