// How TypeScript names a type of the database. It is looked for by its name: first in its own schema, then in any.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/types/catalog.h"
#include "core/types/order.h"

namespace migrate::types {

class TypescriptNames {
 public:
  TypescriptNames(const Catalog& catalog, const Order& order);

  // "unknown" for what has no name there.
  std::string Of(std::string_view name, std::string_view schema) const;
  std::string Of(const Type& type) const { return Of(type.name, type.schema); }
  std::string Of(ObjectId type) const;
  // As Of(), but of rows only what no function computes, which nobody has to hand over.
  std::string OfArgument(ObjectId type) const;

  const Type* Find(ObjectId type) const;

 private:
  template <typename T>
  using ByName = std::unordered_map<std::string, std::vector<const T*>>;

  std::string OfEnum(const Type& type) const;
  // Database["shop"]["Tables"]["customers"]; empty if it isn't there.
  std::string OfRelation(std::string_view name, std::string_view schema) const;
  std::string Place(std::string_view schema, std::string_view part, std::string_view name) const;

  std::unordered_set<std::string> schemas_;
  std::unordered_map<ObjectId, const Type*> types_;
  ByName<Type> enums_;
  ByName<Type> composites_;
  ByName<Relation> relations_;
};

}  // namespace migrate::types
