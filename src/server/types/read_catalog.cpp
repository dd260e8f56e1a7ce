#include "server/types/read_catalog.h"

#include <cstdlib>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/types/views.h"
#include "server/base/guard.h"
#include "server/types/queries.h"

namespace migrate::types {
namespace {

ObjectId IdOf(const char* value) {
  return value == nullptr ? 0 : static_cast<ObjectId>(std::strtoul(value, nullptr, 10));
}
int NumberOf(const char* value) { return value == nullptr ? 0 : std::atoi(value); }
bool IsTrue(const char* value) { return value != nullptr && value[0] == 't'; }
std::string Text(const char* value) { return value == nullptr ? std::string() : std::string(value); }
std::vector<std::string> Texts(const char* json) {
  return json == nullptr ? std::vector<std::string>() : JsonStrings(json);
}

template <typename T>
std::vector<T> Numbers(const char* list) {
  std::vector<T> numbers;
  if (list == nullptr || list[0] == '\0') return numbers;
  for (const auto& number : SplitList(list, ' '))
    numbers.push_back(static_cast<T>(std::strtoll(number.c_str(), nullptr, 10)));
  return numbers;
}

// All that there are, and those of them that the caller may use.
struct Wanted {
  std::vector<std::string> all;
  std::vector<std::string> usable;
};

Wanted ReadSchemas(const std::optional<std::string>& schemas) {
  std::map<std::string, bool> found;
  for (const auto& row : Query(schema_query, {schemas.value_or("{public}")})) {
    if (!row[0]) throw Error(sqlstate::kNullNotAllowed, "schemas must not contain nulls");
    if (!BooleanOf(row[1])) {
      throw Error(sqlstate::kInvalidSchemaName, "schema " + Quoted(*row[0]) + " does not exist", {},
                  "SELECT nspname FROM pg_namespace lists all schemas.");
    }
    found[*row[0]] = BooleanOf(row[2]);
  }
  Wanted wanted;
  for (const auto& [name, is_usable] : found) {
    wanted.all.push_back(name);
    if (is_usable) wanted.usable.push_back(name);
  }
  return wanted;
}

RelationKind KindOf(char kind) {
  switch (kind) {
    case 'f': return RelationKind::kForeignTable;
    case 'v': return RelationKind::kView;
    case 'm': return RelationKind::kMaterializedView;
    default: return RelationKind::kTable;
  }
}

void ReadRelations(const Wanted& wanted, Catalog& catalog) {
  constexpr int kUpdates = 1 << CMD_UPDATE, kInserts = 1 << CMD_INSERT;
  QueryEach(relation_query, {wanted.all}, [&](const char* const* values) {
    const int writes = NumberOf(values[4]);
    catalog.relations.push_back({IdOf(values[0]),
                                 KindOf(values[3][0]),
                                 values[1],
                                 values[2],
                                 (writes & kInserts) != 0,
                                 (writes & kUpdates) != 0,
                                 {}});
  });
}

// Behind the rules: they tell what can't be null.
void ReadColumns(const Wanted& wanted, Catalog& catalog) {
  const auto not_null = NotNullColumns(catalog.rules, catalog.not_null);
  std::unordered_map<ObjectId, Relation*> relations;
  for (auto& relation : catalog.relations) relations[relation.id] = &relation;
  QueryEach(column_query, {wanted.all}, [&](const char* const* values) {
    const ObjectId id = IdOf(values[0]);
    const auto relation = relations.find(id);
    if (relation == relations.end()) return;
    const bool never_null = IsTrue(values[10]) || not_null.contains({id, NumberOf(values[2])});
    relation->second->columns.push_back({values[1], values[3], values[4], IsTrue(values[5]) && !never_null,
                                         IsTrue(values[6]), IsTrue(values[7]), IsTrue(values[8]), IsTrue(values[9])});
  });
}

void ReadTypes(Catalog& catalog) {
  QueryEach(type_query, {}, [&](const char* const* values) {
    catalog.types.push_back({IdOf(values[0]), values[1], values[2], IdOf(values[3]), {}, {}});
  });
  std::unordered_map<ObjectId, Type*> types;
  for (auto& type : catalog.types) types[type.id] = &type;
  const auto each = [&](Statement& query, const auto& use) {
    QueryEach(query, {}, [&](const char* const* values) {
      const auto type = types.find(IdOf(values[0]));
      if (type != types.end()) use(*type->second, values);
    });
  };
  each(label_query, [](Type& type, const char* const* values) { type.labels.emplace_back(values[1]); });
  each(attribute_query, [](Type& type, const char* const* values) {
    type.attributes.push_back({values[1], IdOf(values[2])});
  });
}

void ReadKeys(const Wanted& wanted, Catalog& catalog) {
  QueryEach(key_query, {wanted.all}, [&](const char* const* values) {
    const auto side = [](const char* const* side) {
      return Key::Side{IdOf(side[0]), Text(side[1]), Text(side[2]), Numbers<int>(side[3]), Texts(side[4])};
    };
    Key& key = catalog.keys.emplace_back();
    key.kind = values[0][0] == 'f'   ? Key::Kind::kForeign
               : values[0][0] == 'p' ? Key::Kind::kPrimary
                                     : Key::Kind::kUnique;
    key.name = values[1];
    key.from = side(values + 2);
    key.to = side(values + 7);
    key.of_partition = IsTrue(values[12]);
    key.schema_is_wanted = IsTrue(values[13]);
    key.schema_is_plain = IsTrue(values[14]);
  });
}

void ReadRules(const Wanted& wanted, Catalog& catalog) {
  QueryEach(rule_query, {wanted.all}, [&](const char* const* values) {
    catalog.rules.push_back({IdOf(values[0]), values[1], values[2], Texts(values[3]), IsTrue(values[4]),
                             IsTrue(values[5]), IsTrue(values[6]), Text(values[7])});
  });
  if (catalog.rules.empty()) return;
  QueryEach(not_null_query, {},
            [&](const char* const* values) { catalog.not_null.emplace(IdOf(values[0]), NumberOf(values[1])); });
}

// Which parameters have a default is counted as the Supabase CLI counts it: as if those that only come out stood last.
std::vector<Parameter> ParametersOf(const char* const* values) {
  const int first_default = NumberOf(values[9]);
  const int inputs = NumberOf(values[10]);
  const std::string modes = Text(values[11]);
  const auto names = Texts(values[12]);
  std::vector<Parameter> parameters;
  for (const auto type : Numbers<ObjectId>(values[13])) {
    const size_t place = parameters.size();
    Parameter& parameter = parameters.emplace_back();
    if (place < modes.size()) parameter.mode = modes[place];
    if (place < names.size()) parameter.name = names[place];
    parameter.type = type;
    parameter.has_default = static_cast<int>(place) >= first_default && static_cast<int>(place) < inputs;
  }
  return parameters;
}

// Texts name types as the caller would: by the search path that the session began with, whatever it has set since.
void ReadFunctions(const Wanted& wanted, Catalog& catalog) {
  const std::string path = Call([]() noexcept { return GetConfigOptionResetString("search_path"); });
  QueryEach(function_query, {wanted.all, path}, [&](const char* const* values) {
    Function& function = catalog.functions.emplace_back();
    function.id = IdOf(values[0]);
    function.schema = values[1];
    function.name = values[2];
    function.parameters_text = Text(values[3]);
    function.result_text = Text(values[4]);
    function.only_type_text = Text(values[5]);
    function.result = IdOf(values[6]);
    function.returns_set = IsTrue(values[7]);
    function.rows = std::atof(values[8]);
    function.parameters = ParametersOf(values);
  });
}

}  // namespace

Catalog ReadCatalog(const std::optional<std::string>& schemas) {
  const Wanted wanted = ReadSchemas(schemas);
  Catalog catalog;
  catalog.schemas = wanted.usable;
  ReadRelations(wanted, catalog);
  ReadRules(wanted, catalog);
  ReadColumns(wanted, catalog);
  ReadTypes(catalog);
  ReadKeys(wanted, catalog);
  ReadFunctions(wanted, catalog);
  return catalog;
}

Order OrderOf(const std::vector<std::string>& texts) {
  // A server that was built without ICU knows no other letters.
  if (!HasForeignLetters(texts) || QueryValue(collation_query) != "t") return {};
  std::unordered_map<std::string, int> ranks;
  QueryEach(order_query, {texts}, [&](const char* const* values) { ranks[values[0]] = NumberOf(values[1]); });
  return Order(std::move(ranks));
}

}  // namespace migrate::types
