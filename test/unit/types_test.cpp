#include <algorithm>

#include "core/types/calls.h"
#include "core/types/relationships.h"
#include "core/types/typescript.h"
#include "core/types/typescript_names.h"
#include "core/types/typescript_text.h"

namespace migrate::types {
namespace {

constexpr ObjectId kText = 25, kInt = 23, kJson = 114, kRow = 5001, kUsers = 5000, kMood = 5002;

Catalog Small() {
  Catalog catalog;
  catalog.schemas = {"public"};
  catalog.types = {{kText, "pg_catalog", "text", 0, {}, {}},
                   {kInt, "pg_catalog", "int4", 0, {}, {}},
                   {kJson, "pg_catalog", "json", 0, {}, {}},
                   {kRow, "public", "users", kUsers, {}, {}},
                   {kMood, "public", "mood", 0, {"sad", "it's \"fine\""}, {}},
                   {kMood + 1, "other", "state", 0, {"on", "off"}, {}},
                   {kMood + 2, "other", "pair", 0, {}, {{"a", kInt}}}};
  catalog.relations = {{kUsers, RelationKind::kTable, "public", "users", false, false, {}}};
  catalog.relations[0].columns = {{"id", "pg_catalog", "int8", false, false, true, true, false},
                                  {"Name", "pg_catalog", "text", true, false, false, false, false},
                                  {"at", "pg_catalog", "timestamptz", false, true, false, false, false}};
  return catalog;
}

Function FunctionOf(ObjectId id, const std::string& name, std::vector<Parameter> parameters, ObjectId result = kInt) {
  Function function;
  function.id = id;
  function.schema = "public";
  function.name = name;
  function.parameters = std::move(parameters);
  function.result = result;
  for (const auto& each : function.parameters) function.parameters_text += each.name + std::to_string(each.type) + ",";
  function.only_type_text = "users";
  return function;
}

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string Written(const Catalog& catalog) { return Typescript(catalog, Relationships(catalog), Order()); }

// The calls of what these functions make, as "name(inputs) options error" each.
std::vector<CallGroup> Grouped(Catalog& catalog, std::vector<Function> functions) {
  catalog.functions = std::move(functions);
  return CallGroups(catalog, Order());
}

Key ForeignKey(const std::string& name, ObjectId from, std::vector<int> numbers) {
  Key key;
  key.name = name;
  key.from = {from, "public", "t" + std::to_string(from), std::move(numbers), {"x", "y"}};
  key.to = {kUsers, "public", "users", {1, 2}, {"a", "b"}};
  key.schema_is_wanted = key.schema_is_plain = true;
  return key;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(types)

BOOST_AUTO_TEST_CASE(strings_are_those_of_json) {
  BOOST_TEST(TypescriptString("a\"b\\c\n\t\r\b\f\x01é/") == "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001é/\"");
  BOOST_TEST(TypescriptKey("a_b1$") == "a_b1$");
  BOOST_TEST(TypescriptKey("1a") == "\"1a\"");
  BOOST_TEST(TypescriptKey("a-b") == "\"a-b\"");
  BOOST_TEST(TypescriptKey("") == "\"\"");
}

BOOST_AUTO_TEST_CASE(types_have_names) {
  const Catalog catalog = Small();
  const TypescriptNames names(catalog, Order());
  BOOST_TEST(names.Of("int4", "pg_catalog") == "number");
  BOOST_TEST(names.Of("_text", "pg_catalog") == "string[]");
  BOOST_TEST(names.Of("__int8", "pg_catalog") == "number[][]");
  BOOST_TEST(names.Of("mood", "public") == "Database[\"public\"][\"Enums\"][\"mood\"]");
  BOOST_TEST(names.Of("state", "other") == "\"on\" | \"off\"");
  BOOST_TEST(names.Of("_state", "other") == "(\"on\" | \"off\")[]");
  BOOST_TEST(names.Of("pair", "other") == "unknown");
  BOOST_TEST(names.Of("users", "public") == "Database[\"public\"][\"Tables\"][\"users\"][\"Row\"]");
  BOOST_TEST(names.Of("inet", "pg_catalog") == "unknown");
  BOOST_TEST(names.OfArgument(kRow) ==
             "Omit<Database[\"public\"][\"Tables\"][\"users\"][\"Row\"], "
             "Database[\"public\"][\"Tables\"][\"users\"][\"ComputedFields\"]>");
  BOOST_TEST(names.OfArgument(999) == "unknown");
}

BOOST_AUTO_TEST_CASE(a_table_has_a_row_an_insert_and_an_update) {
  const std::string text = Written(Small());
  BOOST_TEST(Has(
      text,
      "        Row: {\n          at: string;\n          id: number;\n          Name: string | null;\n        };\n"));
  BOOST_TEST(Has(
      text,
      "        Insert: {\n          at?: string;\n          id?: never;\n          Name?: string | null;\n        };\n"));
  BOOST_TEST(Has(
      text,
      "        Update: {\n          at?: string;\n          id?: never;\n          Name?: string | null;\n        };\n"));
  BOOST_TEST(Has(text, "ComputedFields: never;"));
  BOOST_TEST(Has(text, "Relationships: [];"));
  BOOST_TEST(Has(text, "    Views: {\n      [_ in never]: never;\n    };\n"));
  BOOST_TEST(Has(text, "      mood: \"sad\" | \"it's \\\"fine\\\"\";\n"));
  BOOST_TEST(Has(text, "      mood: [\"sad\", \"it's \\\"fine\\\"\"],\n"));
  BOOST_TEST(!Has(text, "state"));
  BOOST_TEST(Has(text, "Extract<keyof Database, \"public\">"));
}

BOOST_AUTO_TEST_CASE(without_public_the_first_schema_is_the_default) {
  Catalog catalog = Small();
  catalog.schemas = {"b", "A"};
  BOOST_TEST(Has(Written(catalog), "Extract<keyof Database, \"A\">"));
  catalog.schemas = {};
  BOOST_TEST(Has(Written(catalog), "Extract<keyof Database, \"public\">"));
}

BOOST_AUTO_TEST_CASE(a_view_takes_what_it_can) {
  Catalog catalog = Small();
  Relation& view = catalog.relations[0];
  view.kind = RelationKind::kView;
  view.takes_inserts = true;
  view.columns[1].is_writable = true;
  const std::string text = Written(catalog);
  BOOST_TEST(Has(text, "Insert: {\n          at?: never;\n          id?: never;\n          Name?: string | null;\n"));
  BOOST_TEST(!Has(text, "Update: {"));
}

BOOST_AUTO_TEST_CASE(functions_are_called_by_name) {
  Catalog catalog = Small();
  const auto groups =
      Grouped(catalog, {FunctionOf(1, "named", {{'i', "b", kInt}, {'i', "a", kText, true}}),
                        FunctionOf(2, "unnamed", {{'i', "", kInt}, {'i', "", kInt}}),
                        FunctionOf(3, "one_int", {{'i', "", kInt}}), FunctionOf(4, "body", {{'i', "", kJson}}),
                        FunctionOf(5, "body_default", {{'i', "x", kInt}, {'i', "", kJson, true}}),
                        FunctionOf(6, "out_only", {{'o', "y", kInt}})});
  std::string names;
  for (const auto& group : groups) names += group.name + " ";
  BOOST_TEST(names == "body body_default named out_only ");
  BOOST_TEST(Has(Written(catalog), "      named: { Args: { a?: string; b: number }; Returns: number };\n"));
  BOOST_TEST(Has(Written(catalog), "      out_only: { Args: Record<PropertyKey, never>; Returns: number };\n"));
}

BOOST_AUTO_TEST_CASE(triggers_are_not_called) {
  Catalog catalog = Small();
  auto trigger = FunctionOf(1, "fire", {});
  trigger.result_text = "trigger";
  auto event = FunctionOf(2, "fire_too", {});
  event.result_text = "event_trigger";
  auto elsewhere = FunctionOf(3, "f", {});
  elsewhere.schema = "other";
  BOOST_TEST(Grouped(catalog, {trigger, event, elsewhere}).empty());
}

BOOST_AUTO_TEST_CASE(overloads_that_cant_be_told_apart) {
  Catalog catalog = Small();
  const auto groups = Grouped(catalog, {FunctionOf(1, "f", {{'i', "a", kText}}), FunctionOf(2, "f", {{'i', "a", kInt}}),
                                        FunctionOf(3, "f", {{'i', "b", kInt}}), FunctionOf(4, "g", {}),
                                        FunctionOf(5, "g", {{'i', "", kText, true}})});
  BOOST_REQUIRE(groups.size() == 2);
  std::string errors;
  for (const auto& group : groups) {
    for (const auto& call : group.calls) errors += call.error.substr(0, call.error.find(". Try")) + "|";
  }
  const std::string conflict =
      "Could not choose the best candidate function between: public.f(a => int4), public.f(a => text)|";
  BOOST_TEST(errors == conflict + conflict +
                           "|Could not choose the best candidate function between: public.g(), public.g( => int4)||");
}

BOOST_AUTO_TEST_CASE(sets_and_rows_say_how_they_are_selected) {
  Catalog catalog = Small();
  auto many = FunctionOf(1, "many", {}, kRow);
  many.returns_set = true;
  many.rows = 1000;
  auto one = many;
  one.id = 2, one.name = "one", one.rows = 1;
  auto row = FunctionOf(3, "row", {}, kRow);
  auto of_row = FunctionOf(4, "of_row", {{'i', "u", kRow}}, kRow);
  auto numbers = FunctionOf(5, "numbers", {});
  numbers.returns_set = true;
  numbers.rows = 1;
  const auto groups = Grouped(catalog, {many, one, row, of_row, numbers});
  const std::string text = Written(catalog);
  BOOST_TEST(Has(text,
                 "          Name: string | null;\n        }[];\n        SetofOptions: {\n          from: \"*\";\n"
                 "          to: \"users\";\n          isOneToOne: false;\n          isSetofReturn: true;\n        };\n"
                 "      };\n"));
  BOOST_TEST(Has(text, "isOneToOne: true;\n          isSetofReturn: true;\n"));
  BOOST_TEST(Has(
      text,
      "from: \"users\";\n          to: \"users\";\n          isOneToOne: true;\n          isSetofReturn: false;\n"));
  BOOST_TEST(Has(text, "numbers: { Args: Record<PropertyKey, never>; Returns: number[] };\n"));
  // Its rows have a field that a function makes, unless a column is called so.
  BOOST_TEST(Has(text, "ComputedFields: \"of_row\";"));
  BOOST_TEST(Has(text, "          of_row: {\n            at: string;\n"));
  BOOST_REQUIRE(groups[3].name == "one");
  Grouped(catalog, {FunctionOf(6, "Name", {{'i', "", kRow}})});
  BOOST_TEST(Has(Written(catalog), "ComputedFields: never;"));
  BOOST_TEST(Has(Written(catalog), "Returns: { error: true } & \"the function public.Name with parameter or"));
}

BOOST_AUTO_TEST_CASE(a_table_that_is_returned) {
  Catalog catalog = Small();
  auto table = FunctionOf(1, "f", {{'i', "a", kInt, true}, {'t', "z", kMood}, {'t', "b", kText}});
  table.returns_set = true;
  Grouped(catalog, {table});
  BOOST_TEST(Has(Written(catalog),
                 "      f: {\n        Args: { a?: number };\n        Returns: {\n          b: string;\n"
                 "          z: Database[\"public\"][\"Enums\"][\"mood\"];\n        }[];\n      };\n"));
}

BOOST_AUTO_TEST_CASE(keys_lead_to_rows) {
  Catalog catalog = Small();
  Key unique;
  unique.kind = Key::Kind::kUnique;
  unique.from = {1, "public", "t1", {2, 1}, {}};
  catalog.keys = {unique, ForeignKey("f1", 1, {1, 2}), ForeignKey("f2", 2, {1, 2}), ForeignKey("f3", 1, {2, 1})};
  catalog.keys.push_back(ForeignKey("f4", 1, {1, 2}));
  catalog.keys.back().of_partition = true;
  catalog.keys.push_back(ForeignKey("f5", 1, {1, 2}));
  catalog.keys.back().schema_is_plain = false;
  catalog.keys.push_back(ForeignKey("f6", 1, {1, 2}));
  catalog.keys.back().schema_is_wanted = false;
  std::string found;
  for (const auto& each : Relationships(catalog)) {
    found +=
        each.key + (each.is_one_to_one ? " one" : " many") + (each.columns ? " " + each.columns->at(1) : "") + ", ";
  }
  // The order of the columns counts: as the table has them.
  BOOST_TEST(found == "f1 one y, f2 many y, f3 many y, f5 many, ");
}

BOOST_AUTO_TEST_CASE(keys_lead_from_views_and_to_views) {
  Catalog catalog = Small();
  catalog.keys = {ForeignKey("f", 1, {1, 2})};
  const auto view = [](ObjectId id, const std::string& name, ObjectId table, std::vector<int> columns) {
    std::string targets;
    ViewRule rule = {id, "public", name, {}, true, true, true, {}};
    for (size_t i = 0; i < columns.size(); ++i) {
      rule.columns.push_back(name + std::to_string(i + 1));
      targets += "{TARGETENTRY :resno " + std::to_string(i + 1) + " :resorigtbl " + std::to_string(table) +
                 " :resorigcol " + std::to_string(columns[i]) + "}";
    }
    rule.action = "({QUERY :targetList (" + targets + ")})";
    return rule;
  };
  catalog.rules = {view(10, "v", 1, {1, 2, 1}), view(11, "w", kUsers, {2, 1}), view(12, "half", 1, {1})};
  std::string found;
  for (const auto& each : Relationships(catalog)) {
    found += each.relation + "(" + each.columns->at(0) + " " + each.columns->at(1) + ")>" + each.to_relation + "(" +
             each.to_columns->at(0) + ")\n";
  }
  BOOST_TEST(found ==
             "t1(x y)>users(a)\nt1(x y)>w(w2)\nv(v1 v2)>users(a)\nv(v1 v2)>w(w2)\nv(v3 v2)>users(a)\nv(v3 v2)>w(w2)\n");
}

BOOST_AUTO_TEST_CASE(relationships_have_an_order) {
  Catalog catalog = Small();
  catalog.keys = {ForeignKey("b", kUsers, {1, 2}), ForeignKey("a", kUsers, {2, 3})};
  for (auto& key : catalog.keys) key.from.name = "users";
  catalog.keys.push_back(ForeignKey("out", kUsers, {1}));
  catalog.keys.back().from.name = "users";
  catalog.keys.back().to.schema = "other";
  const std::string text = Written(catalog);
  BOOST_TEST(text.find("foreignKeyName: \"a\"") < text.find("foreignKeyName: \"b\""));
  BOOST_TEST(Has(text, "columns: [\"x\", \"y\"];"));
  BOOST_TEST(!Has(text, "\"out\""));
}

BOOST_AUTO_TEST_CASE(every_text_is_ordered) {
  Catalog catalog = Small();
  catalog.functions = {FunctionOf(1, "f", {{'i', "argument", kInt}})};
  catalog.keys = {ForeignKey("key", 1, {1, 2})};
  const auto texts = TextsToOrder(catalog, Relationships(catalog));
  for (const auto* text :
       {"public", "users", "Name", "f", "argument", "argument23,", "key", "[\"x\", \"y\"]", "mood"}) {
    BOOST_TEST((std::find(texts.begin(), texts.end(), text) != texts.end()), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::types
