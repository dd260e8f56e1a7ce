#include "core/types/typescript.h"
#include "core/types/typescript_text.h"

namespace migrate::types {
namespace {

constexpr std::string_view kSchemas = "DatabaseWithoutInternals";
constexpr std::string_view kDefault = "DefaultSchema";

struct Helper {
  const char* name;
  const char* options;             // its first parameter: a name, or an object that names the schema
  const char* name_there;          // its second: the name, if the first is an object
  std::vector<const char*> parts;  // of the schema in which the name is looked for
  const char* field = nullptr;     // what it picks there; if null, all
  const char* found = nullptr;     // the letter for that
};

std::string Text(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text;
}

// Those parts of a schema, as one type.
std::string PartsOf(std::string_view schema, const Helper& helper) {
  std::string all;
  for (const auto* part : helper.parts) all += Text({all.empty() ? "" : " & ", schema, "[\"", part, "\"]"});
  return helper.parts.size() == 1 ? all : Text({"(", all, ")"});
}

// The field of what stands there, or all of it.
std::string Picked(std::string_view from, const Helper& helper, std::string_view indent) {
  if (helper.field == nullptr) return std::string(from);
  return Text({from, " extends {\n", indent, "    ", helper.field, ": infer ", helper.found, "\n", indent, "  }\n",
               indent, "  ? ", helper.found, "\n", indent, "  : never"});
}

std::string Write(const Helper& helper) {
  const std::string_view options = helper.options;
  const std::string_view name = helper.name_there;
  const std::string keys = Text({"schema: keyof ", kSchemas});
  const std::string there = PartsOf(Text({kSchemas, "[", options, "[\"schema\"]]"}), helper);
  const std::string here = PartsOf(kDefault, helper);
  const std::string picked_there = Picked(Text({there, "[", name, "]"}), helper, "  ");
  const std::string picked_here = Picked(Text({here, "[", options, "]"}), helper, "    ");
  return Text({"export type ",
               helper.name,
               "<\n  ",
               options,
               " extends\n    | keyof ",
               here,
               "\n    | { ",
               keys,
               " },\n  ",
               name,
               " extends ",
               options,
               " extends {\n    ",
               keys,
               "\n  }\n    ? keyof ",
               there,
               "\n    : never = never,\n> = ",
               options,
               " extends { ",
               keys,
               " }\n  ? ",
               picked_there,
               "\n  : ",
               options,
               " extends keyof ",
               here,
               "\n    ? ",
               picked_here,
               "\n    : never\n\n"});
}

}  // namespace

std::string TypescriptHelpers(std::string_view schema) {
  constexpr char kTableOptions[] = "DefaultSchemaTableNameOrOptions";
  std::string text = Text({"type ", kSchemas, " = Omit<Database, \"__InternalSupabase\">\n\ntype ", kDefault, " = ",
                           kSchemas, "[Extract<keyof Database, ", TypescriptString(schema), ">]\n\n"});
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
