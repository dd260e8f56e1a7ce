#include "core/types/typescript_names.h"

#include <algorithm>

#include "core/types/typescript_text.h"

namespace migrate::types {
namespace {

// As JSON brings them.
std::string_view OfServer(std::string_view name) {
  static const std::unordered_map<std::string_view, std::string_view> names = {
      {"bool", "boolean"},       {"int2", "number"},    {"int4", "number"},    {"int8", "number"},
      {"float4", "number"},      {"float8", "number"},  {"numeric", "number"}, {"bytea", "string"},
      {"bpchar", "string"},      {"varchar", "string"}, {"date", "string"},    {"text", "string"},
      {"citext", "string"},      {"time", "string"},    {"timetz", "string"},  {"timestamp", "string"},
      {"timestamptz", "string"}, {"uuid", "string"},    {"vector", "string"},  {"interval", "string"},
      {"json", "Json"},          {"jsonb", "Json"},     {"void", "undefined"}, {"record", "Record<string, unknown>"}};
  const auto found = names.find(name);
  return found == names.end() ? std::string_view() : found->second;
}

// That of the schema, or the first of any.
template <typename T>
const T* Choose(const std::unordered_map<std::string, std::vector<const T*>>& all, std::string_view name,
                std::string_view schema) {
  const auto found = all.find(std::string(name));
  if (found == all.end()) return nullptr;
  const auto own =
      std::find_if(found->second.begin(), found->second.end(), [&](const T* each) { return each->schema == schema; });
  return own == found->second.end() ? found->second.front() : *own;
}

}  // namespace

TypescriptNames::TypescriptNames(const Catalog& catalog, const Order& order)
    : schemas_(catalog.schemas.begin(), catalog.schemas.end()) {
  for (const auto& type : catalog.types) {
    types_[type.id] = &type;
    if (!type.labels.empty()) enums_[type.name].push_back(&type);
    if (!type.attributes.empty()) composites_[type.name].push_back(&type);
  }
  for (const auto& relation : catalog.relations) relations_[relation.name].push_back(&relation);
  const auto sort_types = [&](auto& by_name) {
    for (auto& each : by_name) {
      std::sort(each.second.begin(), each.second.end(), [&](const Type* a, const Type* b) {
        const int by = order.Compare(a->schema, b->schema);
        return by == 0 ? a->id < b->id : by < 0;
      });
    }
  };
  sort_types(enums_);
  sort_types(composites_);
  for (auto& each : relations_) {
    std::sort(each.second.begin(), each.second.end(), [&](const Relation* a, const Relation* b) {
      if (a->kind != b->kind) return a->kind < b->kind;
      const int by = order.Compare(a->schema, b->schema);
      return by == 0 ? a->id < b->id : by < 0;
    });
  }
}

const Type* TypescriptNames::Find(ObjectId type) const {
  const auto found = types_.find(type);
  return found == types_.end() ? nullptr : found->second;
}

std::string TypescriptNames::Place(std::string_view schema, std::string_view part, std::string_view name) const {
  std::string place = "Database[" + TypescriptString(schema) + "][\"";
  return place.append(part).append("\"][").append(TypescriptString(name)).append("]");
}

std::string TypescriptNames::OfEnum(const Type& type) const {
  if (schemas_.contains(type.schema)) return Place(type.schema, "Enums", type.name);
  std::string labels;
  for (const auto& label : type.labels) {
    if (!labels.empty()) labels += " | ";
    labels += TypescriptString(label);
  }
  return labels;
}

std::string TypescriptNames::OfRelation(std::string_view name, std::string_view schema) const {
  const Relation* const relation = Choose(relations_, name, schema);
  if (relation == nullptr) return "";
  return Place(relation->schema, relation->IsTable() ? "Tables" : "Views", relation->name);
}

std::string TypescriptNames::Of(std::string_view name, std::string_view schema) const {
  if (const auto of_server = OfServer(name); !of_server.empty()) return std::string(of_server);
  if (name.starts_with('_')) {
    const std::string element = Of(name.substr(1), schema);
    return element.find(" | ") == element.npos ? element + "[]" : "(" + element + ")[]";
  }
  if (const Type* const type = Choose(enums_, name, schema)) return OfEnum(*type);
  if (const Type* const type = Choose(composites_, name, schema)) {
    return schemas_.contains(type->schema) ? Place(type->schema, "CompositeTypes", type->name) : "unknown";
  }
  const std::string relation = OfRelation(name, schema);
  return relation.empty() ? "unknown" : relation + "[\"Row\"]";
}

std::string TypescriptNames::Of(ObjectId type) const {
  const Type* const found = Find(type);
  return found == nullptr ? "unknown" : Of(*found);
}

std::string TypescriptNames::OfArgument(ObjectId type) const {
  const Type* const found = Find(type);
  if (found == nullptr) return "unknown";
  std::string name = Of(*found);
  const std::string relation = OfRelation(found->name, found->schema);
  if (relation.empty() || name != relation + "[\"Row\"]") return name;
  return "Omit<" + name + ", " + relation + "[\"ComputedFields\"]>";
}

}  // namespace migrate::types
