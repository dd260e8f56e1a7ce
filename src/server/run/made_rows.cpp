#include "server/run/made_rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/json.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/run/rehearsal.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/run/deferred.h"
#include "server/run/has_rows.h"
#include "server/schema/as_owner.h"

namespace migrate {
namespace {

constexpr size_t kRows = 2;
constexpr size_t kMostPartitions = 16;

// The path of any query of ours is pg_catalog alone, so that names in what they return have their schema.
Statement kTable = {
    R"sql(SELECT c.oid::regclass::text, c.relkind, c.relowner,
      pg_get_partition_constraintdef(c.oid),
      (SELECT json_agg(DISTINCT quote_ident(a.attname)) FROM pg_partition_ancestors(c.oid) p
         JOIN pg_partitioned_table t ON t.partrelid = p.relid AND t.partrelid <> c.oid
         CROSS JOIN LATERAL unnest(t.partattrs::int2[]) k JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = k)::text
    FROM pg_class c WHERE c.oid = $1::oid)sql",
    Rights::kCaller};
Statement kPartitions = {
    "SELECT p.relid::oid FROM pg_partition_tree($1::oid) p JOIN pg_class c ON c.oid = p.relid "
    "WHERE p.isleaf AND c.relkind = 'r' ORDER BY p.level, c.relname",
    Rights::kCaller};
Statement kColumns = {
    R"sql(SELECT a.attnum, quote_ident(a.attname), a.atttypid, format_type(a.atttypid, a.atttypmod),
      a.attnotnull OR t.typnotnull,
      a.attidentity <> '' OR COALESCE(pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\(', false), d.oid IS NOT NULL OR t.typdefault IS NOT NULL,
      (SELECT string_agg('(' || pg_get_expr(o.conbin, o.conrelid) || ')', ' AND ') FROM pg_constraint o
         WHERE o.conrelid = a.attrelid AND o.contype = 'c' AND o.conkey = ARRAY[a.attnum]),
      (SELECT string_agg(pg_get_expr(o.conbin, o.conrelid), ' ') FROM pg_constraint o
         WHERE o.conrelid = a.attrelid AND o.contype = 'c' AND a.attnum = ANY (o.conkey))
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum)sql",
    Rights::kCaller};
Statement kReferences = {
    R"sql(SELECT o.confrelid, (SELECT c.relowner FROM pg_class c WHERE c.oid = o.confrelid), o.confrelid::regclass::text, to_json(o.conkey::text[])::text,
      (SELECT json_agg(quote_ident(a.attname) ORDER BY k.place) FROM unnest(o.confkey) WITH ORDINALITY k (number, place)
         JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.number)::text,
      to_json(o.confkey::text[])::text
    FROM pg_constraint o WHERE o.conrelid = $1::oid AND o.contype = 'f' AND NOT EXISTS (SELECT FROM pg_constraint p
        WHERE p.oid = o.conparentid AND p.conrelid = o.conrelid) ORDER BY o.oid)sql",
    Rights::kCaller};
Statement kTriggers = {
    "SELECT quote_ident(g.tgname), g.tgenabled FROM pg_trigger g WHERE g.tgrelid = $1::oid AND NOT g.tgisinternal "
    "AND g.tgenabled IN ('O', 'A')",
    Rights::kCaller};
Statement kType = {
    R"sql(SELECT t.typname, t.typtype, t.typbasetype, CASE WHEN t.typcategory = 'A' AND t.typlen = -1 THEN t.typelem ELSE 0 END,
      (SELECT r.rngsubtype FROM pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)),
      (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)::text,
      (SELECT json_agg(a.atttypid::text ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)::text,
      (SELECT string_agg(pg_get_constraintdef(o.oid), ' ') FROM pg_constraint o WHERE o.contypid = t.oid)
    FROM pg_type t WHERE t.oid = $1::oid)sql",
    Rights::kCaller};

Oid OidOf(const Value& value) { return static_cast<Oid>(IntegerOf(value)); }

// The message, where it fails; it is undone then. Conditions, defaults and types may call functions of the table's
// owner.
std::optional<std::string> TryAsOwner(Oid owner, const std::string& statement) {
  try {
    InSubtransaction(Ending::kKeep, [&] { schema::AsOwner(owner, [&] { (void) QueryOnce(statement); }); });
  } catch (const Error& error) {
    if (ComesFromOutside(error)) throw;
    return error.message;
  }
  return std::nullopt;
}

std::vector<Row> ReadAsOwner(Oid owner, const std::string& query) {
  std::vector<Row> rows;
  try {
    InSubtransaction(Ending::kUndo, [&] { schema::AsOwner(owner, [&] { rows = QueryOnce(query); }); });
  } catch (const Error& error) {
    if (ComesFromOutside(error)) throw;
    rows.clear();
  }
  return rows;
}

std::string AsValue(const std::string& text, const std::string& type) {
  return "CAST(" + SqlLiteral(text) + " AS " + type + ")";
}

// While rows are added, triggers stand aside, as far as the caller may say so: what they do is no matter of the schema.
class WithoutTriggers {
 public:
  WithoutTriggers(Oid oid, const std::string& name) {
    for (const auto& row : Query(kTriggers, {std::to_string(oid)})) {
      const std::string trigger = TextOf(row[0]), always = TextOf(row[1]) == "A" ? "ALWAYS " : "";
      try {
        InSubtransaction(Ending::kKeep,
                         [&] { (void) QueryOnce("ALTER TABLE " + name + " DISABLE TRIGGER " + trigger); });
      } catch (const Error& error) {
        if (ComesFromOutside(error)) throw;
        continue;
      }
      back_.push_back("ALTER TABLE " + name + " ENABLE " + always + "TRIGGER " + trigger);
    }
  }

  void Back() {
    for (const auto& statement : back_) (void) QueryOnce(statement);
  }

 private:
  std::vector<std::string> back_;
};

}  // namespace

struct MadeRows::Column {
  int number = 0;
  std::string quoted, type;
  Oid type_oid = InvalidOid;
  bool not_null = false, counts = false, has_default = false;
  std::array<std::string, kRows> values;  // as SQL; empty if there is none
  bool refers = false;
};

struct MadeRows::Reference {
  Oid to = InvalidOid, owner = InvalidOid;
  std::string name;
  std::vector<int> columns, numbers;
  std::vector<std::string> referenced;
};

struct MadeRows::Table {
  Oid oid = InvalidOid, owner = InvalidOid;
  std::string name;
  bool is_partitioned = false;
  std::string partition_condition;
  std::vector<std::string> partition_keys;
  std::vector<Column> columns;
  std::vector<Reference> references;

  Column* Find(int number) {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.number == number; });
    return found == columns.end() ? nullptr : &*found;
  }
};

const std::vector<schema::MadePair>& MadeValues::Of(Oid type) {
  const auto found = known_.find(type);
  if (found != known_.end()) return found->second;
  known_[type] = {};  // a type that has itself in it has no value
  return known_[type] = Find(type);
}

std::vector<schema::MadePair> MadeValues::Find(Oid type) {
  const Row row = Query(kType, {std::to_string(type)}).at(0);
  if (const Oid base = OidOf(row[2]); OidIsValid(base)) {
    std::vector<schema::MadePair> values = Of(base);
    for (auto& pair : schema::ConstantsIn(TextOf(row[7]))) values.push_back(std::move(pair));
    return values;
  }
  if (const Oid element = OidOf(row[3]); OidIsValid(element)) return schema::InArray(Of(element));
  if (const Oid bound = OidOf(row[4]); OidIsValid(bound)) return schema::InRange(Of(bound), TextOf(row[1]) == "m");
  if (const auto labels = JsonStrings(TextOf(row[5])); !labels.empty()) {
    std::vector<schema::MadePair> values;
    for (size_t i = 0; i < labels.size(); ++i) values.push_back({labels[i], labels[(i + 1) % labels.size()]});
    return values;
  }
  if (TextOf(row[1]) != "c") return schema::MadeValuesOf(TextOf(row[0]));
  std::vector<schema::MadePair> parts;
  for (const auto& part : JsonStrings(TextOf(row[6]))) {
    const auto& values = Of(static_cast<Oid>(std::stoul(part)));
    parts.push_back(values.empty() ? schema::MadePair() : values.front());
  }
  return {schema::InRow(parts)};
}

// What is deferred would not be let through with the rights of another role, and would keep the tables from being
// altered.
std::vector<std::string> MadeRows::Fill(const std::vector<Oid>& tables) {
  (void) QueryOnce("SET CONSTRAINTS ALL IMMEDIATE");
  std::vector<std::string> without;
  for (const Oid oid : tables) {
    if (const auto why = FillOne(oid)) {
      without.push_back(TextOf(Query(kTable, {std::to_string(oid)}).at(0)[0]) + ": " + *why);
    }
  }
  FireDeferred(true);
  return without;
}

std::optional<std::string> MadeRows::FillOne(Oid oid) {
  if (HasRows(oid)) return std::nullopt;
  if (!filling_.insert(oid).second) return "tables refer to each other";
  auto why = FillSome(oid);
  filling_.erase(oid);
  return why;
}

std::optional<std::string> MadeRows::FillSome(Oid oid) {
  Table table = Look(oid);
  if (table.is_partitioned) return FillPartitions(oid);
  Refer(table);
  for (const auto& column : table.columns) {
    if (column.values[0].empty() && column.not_null && !column.has_default && !column.counts) {
      return "no value of type " + column.type + " for column " + column.quoted;
    }
  }
  WithoutTriggers without(oid, table.name);
  auto why = AddRow(table, 0);
  if (!why) (void) AddRow(table, 1);
  without.Back();
  return why;
}

std::optional<std::string> MadeRows::FillPartitions(Oid oid) {
  std::optional<std::string> why = "it has no partition";
  size_t tried = 0;
  for (const auto& row : Query(kPartitions, {std::to_string(oid)})) {
    if (tried++ == kMostPartitions) break;
    why = FillOne(OidOf(row[0]));
    if (!why) return why;
  }
  return why;
}

MadeRows::Table MadeRows::Look(Oid oid) {
  const std::string number = std::to_string(oid);
  const Row said = Query(kTable, {number}).at(0);
  Table table;
  table.oid = oid;
  table.name = TextOf(said[0]);
  table.is_partitioned = TextOf(said[1]) == "p";
  table.owner = OidOf(said[2]);
  table.partition_condition = TextOf(said[3]);
  table.partition_keys = JsonStrings(TextOf(said[4]));
  if (table.is_partitioned) return table;
  for (const auto& row : Query(kColumns, {number})) {
    Column column;
    column.number = static_cast<int>(IntegerOf(row[0]));
    column.quoted = TextOf(row[1]);
    column.type_oid = OidOf(row[2]);
    column.type = TextOf(row[3]);
    column.not_null = BooleanOf(row[4]);
    column.counts = BooleanOf(row[5]);
    column.has_default = BooleanOf(row[6]) && !column.counts;
    std::string condition = TextOf(row[7]), constants = TextOf(row[8]);
    const auto& keys = table.partition_keys;
    if (std::find(keys.begin(), keys.end(), column.quoted) != keys.end()) {
      const std::string of_partition = schema::ConditionOn(column.quoted, keys, table.partition_condition);
      constants += " " + of_partition;
      if (!of_partition.empty()) condition += (condition.empty() ? "" : " AND ") + of_partition;
    }
    Choose(table.owner, column, condition, constants);
    table.columns.push_back(std::move(column));
  }
  LookAtReferences(table);
  return table;
}

void MadeRows::LookAtReferences(Table& table) {
  for (const auto& row : Query(kReferences, {std::to_string(table.oid)})) {
    Reference reference{OidOf(row[0]), OidOf(row[1]), TextOf(row[2]), {}, {}, JsonStrings(TextOf(row[4]))};
    for (const auto& number : JsonStrings(TextOf(row[3]))) reference.columns.push_back(std::stoi(number));
    for (const auto& number : JsonStrings(TextOf(row[5]))) reference.numbers.push_back(std::stoi(number));
    table.references.push_back(std::move(reference));
  }
}

// The first value that passes for each of the rows; another one for the second, if there is one.
void MadeRows::Choose(Oid owner, Column& column, const std::string& condition, const std::string& constants) {
  std::vector<schema::MadePair> pairs = values_.Of(column.type_oid);
  for (auto& pair : schema::ConstantsIn(constants)) pairs.push_back(std::move(pair));
  std::vector<const std::string*> first, second;
  for (const auto& pair : pairs) first.push_back(&pair.first);
  for (const auto& pair : pairs) {
    second.push_back(&pair.second);
    first.push_back(&pair.second);
  }
  for (const auto& pair : pairs) second.push_back(&pair.first);
  std::optional<std::string> taken;
  for (const auto* const list : {&first, &second}) {
    const size_t row = list == &first ? 0 : 1;
    for (const auto* const value : *list) {
      const std::optional<std::string> text = Passes(owner, column, *value, condition);
      if (!text || (row == 1 && text == taken)) continue;
      column.values.at(row) = AsValue(*value, column.type);
      taken = text;
      break;
    }
    if (!taken) return;
  }
  if (column.values[1].empty()) column.values[1] = column.values[0];
}

// What a value is as text, if its type and the condition let it pass.
std::optional<std::string> MadeRows::Passes(Oid owner, const Column& column, const std::string& value,
                                            const std::string& condition) {
  const auto rows = ReadAsOwner(owner, "SELECT s." + column.quoted + "::text, (" +
                                           (condition.empty() ? "true" : condition) + ") IS NOT FALSE FROM (SELECT " +
                                           AsValue(value, column.type) + " AS " + column.quoted + ") s");
  if (rows.empty() || !BooleanOf(rows[0][1])) return std::nullopt;
  return TextOf(rows[0][0]);
}

// Columns that refer to another table have what its rows have there; to their own table, where they need a value, what
// their own row has.
void MadeRows::Refer(Table& table) {
  for (const auto& reference : table.references) {
    const bool is_itself = reference.to == table.oid;
    std::vector<Row> rows;
    if (!is_itself && !FillOne(reference.to)) {
      rows = ReadAsOwner(reference.owner, "SELECT r." + Join(reference.referenced, "::text, r.") + "::text FROM " +
                                              reference.name + " r ORDER BY r.tableoid, r.ctid LIMIT 2");
    }
    for (size_t i = 0; i < reference.columns.size(); ++i) {
      Column* const column = table.Find(reference.columns[i]);
      if (column == nullptr) continue;
      const Column* const own = is_itself && column->not_null ? table.Find(reference.numbers.at(i)) : nullptr;
      column->refers = true;
      for (size_t row = 0; row < kRows; ++row) {
        std::string& value = column->values.at(row);
        value.clear();
        if (own != nullptr) value = own->values.at(row);
        if (!rows.empty()) value = AsValue(TextOf(rows.at(std::min(row, rows.size() - 1)).at(i)), column->type);
      }
    }
  }
}

std::string MadeRows::Insert(const Table& table, Way way, int row) {
  std::vector<std::string> names, values;
  for (const auto& column : table.columns) {
    const std::string& value = column.values.at(static_cast<size_t>(row));
    const bool is_given = way == Way::kAll        ? true
                          : way == Way::kDefaults ? !column.has_default || column.refers
                                                  : column.not_null && !column.has_default && !column.counts;
    if (!is_given || value.empty()) continue;
    names.push_back(column.quoted);
    values.push_back(value);
  }
  if (names.empty()) return "INSERT INTO " + table.name + " DEFAULT VALUES";
  return "INSERT INTO " + table.name + " (" + Join(names, ", ") + ") OVERRIDING SYSTEM VALUE VALUES (" +
         Join(values, ", ") + ")";
}

// Why none could be added, as the first way has failed.
std::optional<std::string> MadeRows::AddRow(const Table& table, int row) {
  std::optional<std::string> first;
  for (const Way way : {Way::kDefaults, Way::kAll, Way::kLeast}) {
    const auto why = TryAsOwner(table.owner, Insert(table, way, row));
    if (!why) return why;
    if (!first) first = why;
  }
  return first;
}

}  // namespace migrate
