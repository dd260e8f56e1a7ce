#include "core/types/typescript.h"
#include "core/types/typescript_text.h"

namespace migrate::types {
namespace {

constexpr char kSchemas[] = "DatabaseWithoutInternals";
constexpr char kDefault[] = "DefaultSchema";

struct Helper {
  const char* name;
  const char* options;             // its first parameter: a name, or an object that names the schema
  const char* name_there;          // its second: the name, if the first is an object
  std::vector<std::string> parts;  // of the schema in which the name is looked for
  const char* field = nullptr;     // what it picks there; if null, all
  const char* found = nullptr;     // the letter for that
};

// Those parts of a schema, as one type.
std::string PartsOf(const std::string& schema, const Helper& helper) {
  if (helper.parts.size() == 1) return schema + "[\"" + helper.parts[0] + "\"]";
  std::string all;
  for (const auto& part : helper.parts) {
    if (!all.empty()) all += " & ";
    all += schema + "[\"" + part + "\"]";
  }
  return "(" + all + ")";
}

std::string Picked(const std::string& from, const Helper& helper, const std::string& indent) {
  if (helper.field == nullptr) return from;
  const std::string letter = helper.found;
  return from + " extends {\n" + indent + "    " + helper.field + ": infer " + letter + "\n" + indent + "  }\n" +
         indent + "  ? " + letter + "\n" + indent + "  : never";
}

std::string Write(const Helper& helper) {
  const std::string options = helper.options;
  const std::string name = helper.name_there;
  const std::string named = std::string(kSchemas) + "[" + options + "[\"schema\"]]";
  const std::string there = PartsOf(named, helper);
  const std::string here = PartsOf(kDefault, helper);
  const std::string keys = std::string("keyof ") + kSchemas;
  return std::string("export type ") + helper.name + "<\n  " + options + " extends\n    | keyof " + here +
         "\n    | { schema: " + keys + " },\n  " + name + " extends " + options + " extends {\n    schema: " + keys +
         "\n  }\n    ? keyof " + there + "\n    : never = never,\n> = " + options + " extends { schema: " + keys +
         " }\n  ? " + Picked(there + "[" + name + "]", helper, "  ") + "\n  : " + options + " extends keyof " + here +
         "\n    ? " + Picked(here + "[" + options + "]", helper, "    ") + "\n    : never\n\n";
}

}  // namespace

std::string TypescriptHelpers(std::string_view schema) {
  constexpr char kTableOptions[] = "DefaultSchemaTableNameOrOptions";
  std::string text = std::string("type ") + kSchemas + " = Omit<Database, \"__InternalSupabase\">\n\ntype " + kDefault +
                     " = " + kSchemas + "[Extract<keyof Database, " + TypescriptString(schema) + ">]\n\n";
  for (const auto& helper : {
           Helper{"Tables", kTableOptions, "TableName", {"Tables", "Views"}, "Row", "R"},
           Helper{"TablesInsert", kTableOptions, "TableName", {"Tables"}, "Insert", "I"},
           Helper{"TablesUpdate", kTableOptions, "TableName", {"Tables"}, "Update", "U"},
           Helper{"Enums", "DefaultSchemaEnumNameOrOptions", "EnumName", {"Enums"}},
           Helper{"CompositeTypes", "PublicCompositeTypeNameOrOptions", "CompositeTypeName", {"CompositeTypes"}},
       }) {
    text += Write(helper);
  }
  return text;
}

}  // namespace migrate::types
