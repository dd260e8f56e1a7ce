#include "core/types/calls.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace migrate::types {
namespace {

// Types of a parameter without a name that PostgREST passes a whole body in.
constexpr ObjectId kJson = 114, kJsonb = 3802, kText = 25;
bool TakesBody(ObjectId type) { return type == kJson || type == kJsonb || type == kText; }

std::vector<const Parameter*> InputsOf(const Function& function) {
  std::vector<const Parameter*> inputs;
  for (const auto& parameter : function.parameters) {
    if (parameter.IsInput()) inputs.push_back(&parameter);
  }
  return inputs;
}

class Grouping {
 public:
  Grouping(const Catalog& catalog, const Order& order) : catalog_(catalog), order_(order) {
    for (const auto& type : catalog.types) types_[type.id] = &type;
    for (const auto& relation : catalog.relations) relations_[relation.id] = &relation;
  }

  std::vector<CallGroup> Run();

 private:
  bool CanBeCalled(const Call& call) const;
  std::string ErrorOf(const Call& call, const CallGroup& group) const;
  std::string ConflictOf(const Call& call, const CallGroup& group) const;
  std::optional<SetOptions> OptionsOf(const Function& function) const;
  ObjectId FieldOf(const Call& call) const;
  void Complete(CallGroup& group) const;

  const Type* TypeOf(ObjectId id) const {
    const auto found = types_.find(id);
    return found == types_.end() ? nullptr : found->second;
  }
  const Relation* RelationOf(ObjectId id) const {
    const auto found = relations_.find(id);
    return found == relations_.end() ? nullptr : found->second;
  }
  // What lies behind a type of rows.
  ObjectId RowsOf(ObjectId type) const {
    const Type* const found = TypeOf(type);
    return found == nullptr ? 0 : found->relation;
  }
  std::string TypeName(ObjectId id) const {
    const Type* const found = TypeOf(id);
    return found == nullptr ? "unknown" : found->name;
  }
  void SortByName(std::vector<const Parameter*>& parameters) const {
    std::stable_sort(parameters.begin(), parameters.end(),
                     [&](auto* a, auto* b) { return order_.IsBefore(a->name, b->name); });
  }

  const Catalog& catalog_;
  const Order& order_;
  std::unordered_map<ObjectId, const Type*> types_;
  std::unordered_map<ObjectId, const Relation*> relations_;
};

// PostgREST passes arguments by name, or one without.
bool Grouping::CanBeCalled(const Call& call) const {
  const auto& inputs = call.inputs;
  const bool all_are_given = std::all_of(inputs.begin(), inputs.end(), [](const Parameter* input) {
    return !input->name.empty() || (input->has_default && TakesBody(input->type));
  });
  if (all_are_given) return true;
  return inputs.size() == 1 && (TakesBody(inputs[0]->type) || RowsOf(inputs[0]->type) != 0);
}

// PostgREST can't tell functions apart that differ in the types of arguments alone.
std::string Grouping::ConflictOf(const Call& call, const CallGroup& group) const {
  constexpr char kBegin[] = "Could not choose the best candidate function between: ";
  constexpr char kEnd[] =
      ". Try renaming the parameters or the function itself in the database so function overloading can be resolved";
  const std::string name = group.schema + "." + group.name;
  if (call.inputs.empty()) {
    for (const auto& other : group.calls) {
      if (other.inputs.size() != 1 || !other.inputs[0]->name.empty() || !other.inputs[0]->has_default) continue;
      std::string conflict = kBegin + name;
      conflict.append("(), ").append(name).append("( => ").append(TypeName(other.function->result)).append(")");
      return conflict + kEnd;
    }
    return "";
  }
  if (call.inputs.size() != 1 || call.inputs[0]->name.empty()) return "";
  std::vector<const Parameter*> candidates = {call.inputs[0]};
  for (const auto& other : group.calls) {
    if (other.inputs.size() == 1 && other.inputs[0]->name == candidates[0]->name &&
        other.inputs[0]->type != candidates[0]->type) {
      candidates.push_back(other.inputs[0]);
    }
  }
  if (candidates.size() == 1) return "";
  std::stable_sort(candidates.begin(), candidates.end(), [](auto* a, auto* b) { return a->type < b->type; });
  std::string list;
  for (const auto* candidate : candidates) {
    if (!list.empty()) list += ", ";
    list += name + "(" + candidate->name + " => " + TypeName(candidate->type) + ")";
  }
  return kBegin + list + kEnd;
}

std::string Grouping::ErrorOf(const Call& call, const CallGroup& group) const {
  if (group.calls.size() > 1) {
    if (std::string conflict = ConflictOf(call, group); !conflict.empty()) return conflict;
  }
  if (call.inputs.size() != 1 || !call.inputs[0]->name.empty() || RowsOf(call.inputs[0]->type) == 0) return "";
  return "the function " + group.schema + "." + group.name +
         " with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache";
}

std::optional<SetOptions> Grouping::OptionsOf(const Function& function) const {
  const Type* const result = TypeOf(function.result);
  if (result == nullptr || result->relation == 0) return {};
  const Relation* const returned = RelationOf(result->relation);
  const bool of_row = function.parameters.size() == 1 && RowsOf(function.parameters[0].type) != 0;
  const bool returns_many = function.returns_set && function.rows > 1;
  return SetOptions{of_row ? function.only_type_text : "*", returned == nullptr ? result->name : returned->name,
                    of_row && !function.returns_set ? true : !returns_many, function.returns_set};
}

// A column of that name comes first.
ObjectId Grouping::FieldOf(const Call& call) const {
  if (call.inputs.size() != 1) return 0;
  const Function& function = *call.function;
  const Relation* const relation = RelationOf(RowsOf(call.inputs[0]->type));
  if (relation == nullptr || relation->schema != function.schema) return 0;
  const bool is_column = std::any_of(relation->columns.begin(), relation->columns.end(),
                                     [&](const Column& column) { return column.name == function.name; });
  return is_column ? 0 : relation->id;
}

void Grouping::Complete(CallGroup& group) const {
  std::stable_sort(group.calls.begin(), group.calls.end(), [&](const Call& a, const Call& b) {
    int by = order_.Compare(a.function->parameters_text, b.function->parameters_text);
    if (by == 0) by = order_.Compare(a.function->result_text, b.function->result_text);
    return by == 0 ? a.function->id < b.function->id : by < 0;
  });
  for (auto& call : group.calls) {
    call.error = ErrorOf(call, group);
    call.options = OptionsOf(*call.function);
    call.field_of = FieldOf(call);
    call.returns = RelationOf(RowsOf(call.function->result));
    for (const auto& parameter : call.function->parameters) {
      if (parameter.mode == 't') call.table.push_back(&parameter);
    }
  }
  for (auto& call : group.calls) {
    SortByName(call.inputs);
    SortByName(call.table);
  }
}

std::vector<CallGroup> Grouping::Run() {
  std::map<std::pair<std::string, std::string>, CallGroup> by_name;
  const std::set<std::string> schemas(catalog_.schemas.begin(), catalog_.schemas.end());
  for (const auto& function : catalog_.functions) {
    if (function.result_text == "trigger" || function.result_text == "event_trigger") continue;
    Call call;
    call.function = &function;
    call.inputs = InputsOf(function);
    if (!schemas.contains(function.schema) || !CanBeCalled(call)) continue;
    CallGroup& group = by_name[{function.schema, function.name}];
    group.schema = function.schema;
    group.name = function.name;
    group.calls.push_back(std::move(call));
  }
  std::vector<CallGroup> groups;
  for (auto& each : by_name) {
    Complete(each.second);
    groups.push_back(std::move(each.second));
  }
  std::stable_sort(groups.begin(), groups.end(), [&](const CallGroup& a, const CallGroup& b) {
    const int by = order_.Compare(a.schema, b.schema);
    return by == 0 ? order_.IsBefore(a.name, b.name) : by < 0;
  });
  return groups;
}

}  // namespace

std::vector<CallGroup> CallGroups(const Catalog& catalog, const Order& order) { return Grouping(catalog, order).Run(); }

}  // namespace migrate::types
