#include "core/types/typescript.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/types/calls.h"
#include "core/types/typescript_names.h"
#include "core/types/typescript_text.h"

namespace migrate::types {
namespace {

constexpr char kNone[] = "[_ in never]: never;";

std::string OrNull(const std::string& type, bool is_nullable) {
  if (type == "Json" && !is_nullable) return "NonNullable<Json>";
  return type == "unknown" || !is_nullable ? type : type + " | null";
}

std::string ListOf(const std::optional<std::vector<std::string>>& texts) {
  if (!texts) return "null";
  std::string list;
  for (const auto& text : *texts) list.append(list.empty() ? "" : ", ").append(TypescriptString(text));
  return "[" + list + "]";
}

// An object of these lines. A formatter leaves it in one line if it begins so and is short enough.
std::string ObjectOf(std::string_view fields, bool in_one_line) {
  std::string object = "{";
  while (!fields.empty()) {
    const size_t end = fields.find('\n');
    object.append(in_one_line ? " " : "\n  ").append(fields.substr(0, end));
    fields.remove_prefix(end + 1);
  }
  if (!in_one_line) return object + "\n}";
  object.back() = ' ';  // the last semicolon
  return object + "}";
}

// What one schema has, in order.
struct Part {
  std::string schema;
  std::vector<const Relation*> tables;
  std::vector<const Relation*> views;
  std::vector<const CallGroup*> functions;
  std::vector<const Type*> enums;
  std::vector<const Type*> composites;
};

class Writer {
 public:
  Writer(const Catalog& catalog, std::vector<Relationship> relationships, const Order& order)
      : order_(order), names_(catalog, order), groups_(CallGroups(catalog, order)) {
    AddRelationships(std::move(relationships));
    AddParts(catalog);
    AddFields();
  }

  std::string Run();

 private:
  using Field = std::pair<std::string, const Call*>;

  void AddRelationships(std::vector<Relationship> relationships);
  void AddParts(const Catalog& catalog);
  void AddFields();

  void WriteSchema(const Part& part);
  void WriteRelation(const Relation& relation);
  void WriteRow(const Relation& relation);
  void WriteTableChanges(const Relation& table, const char* change, bool all_are_optional);
  void WriteViewChanges(const Relation& view, const char* change);
  void WriteRelationships(const Relation& relation);
  void WriteFunctions(const CallGroup& group);
  void WriteConstants();

  std::string CallText(const Call& call) const;
  std::string Arguments(const Call& call) const;
  std::string Result(const Call& call) const;
  std::vector<std::string> RowLines(const Relation& relation) const;
  std::vector<const Column*> Sorted(const Relation& relation) const;

  template <typename T>
  void SortByName(std::vector<const T*>& list) const {
    std::stable_sort(list.begin(), list.end(), [&](const T* a, const T* b) {
      const int by = order_.Compare(a->name, b->name);
      return by == 0 ? a->id < b->id : by < 0;
    });
  }

  const Order& order_;
  TypescriptNames names_;
  std::vector<CallGroup> groups_;
  std::map<std::pair<std::string, std::string>, std::vector<Relationship>> relationships_;
  std::map<ObjectId, std::vector<Field>> fields_;  // of relations, in order
  std::vector<Part> parts_;
  TypescriptText text_;
};

void Writer::AddRelationships(std::vector<Relationship> relationships) {
  for (auto& each : relationships) {
    // Those that lead out of the schema are none for who selects.
    if (each.schema == each.to_schema) relationships_[{each.schema, each.relation}].push_back(std::move(each));
  }
  for (auto& [relation, list] : relationships_) {
    std::stable_sort(list.begin(), list.end(), [&](const Relationship& a, const Relationship& b) {
      int by = order_.Compare(a.key, b.key);
      if (by == 0) by = order_.Compare(a.to_relation, b.to_relation);
      if (by == 0) by = order_.Compare(ListOf(a.to_columns), ListOf(b.to_columns));
      if (by == 0) by = order_.Compare(ListOf(a.columns), ListOf(b.columns));
      return by < 0;
    });
  }
}

void Writer::AddParts(const Catalog& catalog) {
  std::map<std::string, Part> by_schema;
  for (const auto& schema : catalog.schemas) by_schema[schema].schema = schema;
  const auto find = [&](const std::string& schema) {
    const auto found = by_schema.find(schema);
    return found == by_schema.end() ? nullptr : &found->second;
  };
  for (const auto& relation : catalog.relations) {
    Part* const part = find(relation.schema);
    if (part != nullptr) (relation.IsTable() ? part->tables : part->views).push_back(&relation);
  }
  for (const auto& type : catalog.types) {
    Part* const part = type.labels.empty() && type.attributes.empty() ? nullptr : find(type.schema);
    if (part != nullptr) (type.labels.empty() ? part->composites : part->enums).push_back(&type);
  }
  for (const auto& group : groups_) {
    if (Part* const part = find(group.schema)) part->functions.push_back(&group);
  }
  for (auto& [schema, part] : by_schema) {
    SortByName(part.tables);
    SortByName(part.views);
    SortByName(part.enums);
    SortByName(part.composites);
    parts_.push_back(std::move(part));
  }
  std::stable_sort(parts_.begin(), parts_.end(),
                   [&](const Part& a, const Part& b) { return order_.IsBefore(a.schema, b.schema); });
}

std::vector<const Column*> Writer::Sorted(const Relation& relation) const {
  std::vector<const Column*> columns;
  for (const auto& column : relation.columns) columns.push_back(&column);
  std::stable_sort(columns.begin(), columns.end(), [&](auto* a, auto* b) { return order_.IsBefore(a->name, b->name); });
  return columns;
}

std::vector<std::string> Writer::RowLines(const Relation& relation) const {
  std::vector<std::string> lines;
  for (const Column* column : Sorted(relation)) {
    const std::string type = OrNull(names_.Of(column->type_name, column->type_schema), column->is_nullable);
    lines.push_back(TypescriptKey(column->name) + ": " + type + ";");
  }
  return lines;
}

// Functions of rows that a request can select like columns. Of several of one name the first.
void Writer::AddFields() {
  for (const auto& group : groups_) {
    for (const auto& call : group.calls) {
      if (call.field_of == 0) continue;
      auto& fields = fields_[call.field_of];
      if (fields.empty() || fields.back().first != group.name) fields.emplace_back(group.name, &call);
    }
  }
}

void Writer::WriteRow(const Relation& relation) {
  const auto& fields = fields_[relation.id];
  text_.Open("Row: ");
  for (const auto& line : RowLines(relation)) text_.Line(line);
  for (const auto& [name, call] : fields) text_.Line(TypescriptKey(name) + ": " + OrNull(Result(*call), true) + ";");
  text_.Close(";");
  std::string list;
  for (const auto& field : fields) list.append(list.empty() ? "" : " | ").append(TypescriptString(field.first));
  text_.Line("ComputedFields: " + (list.empty() ? "never" : list) + ";");
}

void Writer::WriteTableChanges(const Relation& table, const char* change, bool all_are_optional) {
  text_.Open(std::string(change) + ": ");
  for (const Column* column : Sorted(table)) {
    const std::string key = TypescriptKey(column->name);
    if (column->is_always_made) {
      text_.Line(key + "?: never;");
      continue;
    }
    const bool is_optional = all_are_optional || column->is_nullable || column->is_identity || column->has_default;
    std::string line = key + (is_optional ? "?: " : ": ");
    line += OrNull(names_.Of(column->type_name, column->type_schema), column->is_nullable);
    text_.Line(line + ";");
  }
  text_.Close(";");
}

void Writer::WriteViewChanges(const Relation& view, const char* change) {
  text_.Open(std::string(change) + ": ");
  for (const Column* column : Sorted(view)) {
    const std::string type =
        column->is_writable ? OrNull(names_.Of(column->type_name, column->type_schema), true) : "never";
    text_.Line(TypescriptKey(column->name) + "?: " + type + ";");
  }
  text_.Close(";");
}

void Writer::WriteRelationships(const Relation& relation) {
  const auto found = relationships_.find({relation.schema, relation.name});
  if (found == relationships_.end()) return text_.Line("Relationships: [];");
  text_.Line("Relationships: [");
  for (const auto& each : found->second) {
    text_.Line("  {\n    foreignKeyName: " + TypescriptString(each.key) + ";\n    columns: " + ListOf(each.columns) +
               ";\n    isOneToOne: " + (each.is_one_to_one ? "true" : "false") + ";\n    referencedRelation: " +
               TypescriptString(each.to_relation) + ";\n    referencedColumns: " + ListOf(each.to_columns) + ";\n  },");
  }
  text_.Line("];");
}

void Writer::WriteRelation(const Relation& relation) {
  text_.Open(TypescriptKey(relation.name) + ": ");
  WriteRow(relation);
  if (relation.IsTable()) {
    WriteTableChanges(relation, "Insert", false);
    WriteTableChanges(relation, "Update", true);
  } else {
    if (relation.takes_inserts) WriteViewChanges(relation, "Insert");
    if (relation.takes_updates) WriteViewChanges(relation, "Update");
  }
  WriteRelationships(relation);
  text_.Close(";");
}

std::string Writer::Arguments(const Call& call) const {
  if (call.inputs.empty()) return "Record<PropertyKey, never>";
  std::string list;
  for (const Parameter* input : call.inputs) {
    if (!list.empty()) list += "; ";
    list += TypescriptKey(input->name) + (input->has_default ? "?: " : ": ");
    list += input->name.empty() ? names_.Of(input->type) : names_.OfArgument(input->type);
  }
  return "{ " + list + " }";
}

std::string Writer::Result(const Call& call) const {
  std::vector<std::string> lines;
  if (!call.table.empty()) {
    for (const Parameter* column : call.table) {
      lines.push_back(TypescriptKey(column->name) + ": " + names_.Of(column->type) + ";");
    }
  } else if (call.returns != nullptr && call.returns->schema == call.function->schema) {
    lines = RowLines(*call.returns);
  } else {
    return names_.Of(call.function->result);
  }
  std::string fields;
  for (const auto& line : lines) fields += line + "\n";
  return ObjectOf(fields, false);
}

std::string Writer::CallText(const Call& call) const {
  const bool is_one = call.options && call.options->is_one_to_one;
  std::string result = call.error.empty() ? Result(call) : "{ error: true } & " + TypescriptString(call.error);
  if (call.error.empty() && call.function->returns_set && !is_one) result += "[]";
  std::string fields = "Args: " + Arguments(call) + ";\nReturns: " + result + ";\n";
  if (call.options) {
    fields += "SetofOptions: {\n  from: " + TypescriptString(call.options->from) +
              ";\n  to: " + TypescriptString(call.options->to) + ";\n  isOneToOne: " + (is_one ? "true" : "false") +
              ";\n  isSetofReturn: " + (call.options->returns_set ? "true" : "false") + ";\n};\n";
  }
  return ObjectOf(fields, result.find('\n') == result.npos && !call.options);
}

void Writer::WriteFunctions(const CallGroup& group) {
  const std::string key = TypescriptKey(group.name) + ":";
  if (group.calls.size() == 1) return text_.Line(key + " " + CallText(group.calls[0]) + ";");
  text_.Line(key);
  for (const auto& call : group.calls) {
    std::string text = CallText(call);
    for (size_t end = text.find('\n'); end != text.npos; end = text.find('\n', end + 1)) text.insert(end + 1, "    ");
    text_.Line("  | " + text + (&call == &group.calls.back() ? ";" : ""));
  }
}

void Writer::WriteSchema(const Part& part) {
  const auto section = [&](const char* name, const auto& list, const auto& write) {
    text_.Open(std::string(name) + ": ");
    if (list.empty()) text_.Line(kNone);
    for (const auto* each : list) write(*each);
    text_.Close(";");
  };
  text_.Open(TypescriptKey(part.schema) + ": ");
  section("Tables", part.tables, [&](const Relation& table) { WriteRelation(table); });
  section("Views", part.views, [&](const Relation& view) { WriteRelation(view); });
  section("Functions", part.functions, [&](const CallGroup& group) { WriteFunctions(group); });
  section("Enums", part.enums, [&](const Type& type) {
    std::string labels;
    for (const auto& label : type.labels) labels.append(labels.empty() ? "" : " | ").append(TypescriptString(label));
    text_.Line(TypescriptKey(type.name) + ": " + labels + ";");
  });
  section("CompositeTypes", part.composites, [&](const Type& type) {
    text_.Open(TypescriptKey(type.name) + ": ");
    for (const auto& attribute : type.attributes) {
      text_.Line(TypescriptKey(attribute.name) + ": " + OrNull(names_.Of(attribute.type), true) + ";");
    }
    text_.Close(";");
  });
  text_.Close(";");
}

// Enums as values, for loops and forms.
void Writer::WriteConstants() {
  text_.Open("export const Constants = ");
  for (const auto& part : parts_) {
    text_.Open(TypescriptKey(part.schema) + ": ");
    text_.Open("Enums: ");
    for (const Type* type : part.enums) text_.Line(TypescriptKey(type->name) + ": " + ListOf(type->labels) + ",");
    text_.Close(",");
    text_.Close(",");
  }
  text_.Close(" as const");
}

std::string Writer::Run() {
  text_.Line("export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]");
  text_.text() += '\n';
  text_.Open("export type Database = ");
  for (const auto& part : parts_) WriteSchema(part);
  text_.Close();
  const bool has_public = std::any_of(parts_.begin(), parts_.end(), [](auto& part) { return part.schema == "public"; });
  text_.text() += '\n' + TypescriptHelpers(has_public || parts_.empty() ? "public" : parts_[0].schema);
  WriteConstants();
  text_.text().pop_back();  // psql ends what it prints by a newline
  return std::move(text_.text());
}

}  // namespace

std::string Typescript(const Catalog& catalog, std::vector<Relationship> relationships, const Order& order) {
  return Writer(catalog, std::move(relationships), order).Run();
}

std::vector<std::string> TextsToOrder(const Catalog& catalog, const std::vector<Relationship>& relationships) {
  std::set<std::string> texts(catalog.schemas.begin(), catalog.schemas.end());
  for (const auto& relation : catalog.relations) {
    texts.insert({relation.schema, relation.name});
    for (const auto& column : relation.columns) texts.insert(column.name);
  }
  for (const auto& type : catalog.types) {
    if (!type.labels.empty() || !type.attributes.empty()) texts.insert({type.schema, type.name});
  }
  for (const auto& function : catalog.functions) {
    texts.insert({function.schema, function.name, function.parameters_text, function.result_text});
    for (const auto& parameter : function.parameters) texts.insert(parameter.name);
  }
  for (const auto& each : relationships) {
    texts.insert({each.key, each.to_relation, ListOf(each.columns), ListOf(each.to_columns)});
  }
  return {texts.begin(), texts.end()};
}

}  // namespace migrate::types
