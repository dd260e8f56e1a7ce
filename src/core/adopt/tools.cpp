#include <algorithm>
#include <array>

#include "core/adopt/history.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/set/migration_name.h"

namespace migrate::adopt {
namespace {

// An exact shape before one that asks for less.
constexpr std::array kTools = {
    &kSupabase,      &kHasura,     &kHasuraBefore2, &kGolangMigrate,
    &kRails,         &kDbmate,     &kEcto,          &kGoose,
    &kFlyway,        &kLiquibase,  &kSqitch,        &kDiesel,
    &kSqlx,          &kPrisma,     &kKnex,          &kSequelize,
    &kKysely,        &kMikroOrm,   &kDbMigrate,     &kPostgresMigrations,
    &kPostgrator,    &kDjango,     &kEfCore,        &kEfCoreSnakeCase,
    &kLaravel,       &kDoctrine,   &kSeaOrm,        &kRefinery,
    &kSqlMigrate,    &kTern,       &kYoyo,          &kMyBatis,
    &kPlay,          &kDbUp,       &kPgroll,        &kAtlas,
    &kNodePgMigrate, &kGraphile,   &kDrizzle,       &kAlembic,
    &kTypeOrm,       &kMigrations, &kFlywayBefore5, &kSchemaVersion,
};

// Schemas of Supabase's services, of which each keeps its own migrations in a table like other tools'.
constexpr std::string_view kServices[] = {"auth",       "storage",    "realtime",          "_realtime",
                                          "_analytics", "_supavisor", "supabase_functions"};

// Its name and place fit, whatever its columns.
bool MayBe(const Tool& tool, const Candidate& candidate) {
  return tool.table == candidate.table && (tool.schema.empty() || tool.schema == candidate.schema);
}

bool IsRead(const Column& column) { return column.expression.empty(); }

// What keeps the candidate from having the tool's shape; empty if nothing does.
std::string Mismatch(const Tool& tool, const Candidate& candidate, bool any_place = false) {
  for (const auto& column : tool.columns) {
    if (!IsRead(column) && !column.required) continue;
    const auto* const field = candidate.Find(column.name);
    if (field == nullptr && column.required) return "it has no column \"" + std::string(column.name) + "\"";
    if (field != nullptr && field->type.empty()) {
      return "column \"" + field->name + "\" is not of a built-in type";
    }
    if (field != nullptr && column.required && column.shown == Shown::kHex && field->type != "bytea") {
      return "column \"" + field->name + "\" is not of type bytea";
    }
  }
  const auto is_known = [&](const Candidate::Field& field) {
    return std::any_of(tool.columns.begin(), tool.columns.end(), [&](auto& c) { return c.name == field.name; });
  };
  const auto other = std::find_if_not(candidate.fields.begin(), candidate.fields.end(), is_known);
  if (tool.exact && other != candidate.fields.end()) return "it has a column \"" + other->name + "\"";
  for (const auto& beside : any_place ? std::span<const std::string_view>() : tool.beside) {
    if (candidate.FindBeside(beside) == nullptr) return "there is no table \"" + std::string(beside) + "\" beside it";
  }
  return {};
}

std::string Identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

// Without quotes where it means the same without.
std::string ShortIdentifier(std::string_view name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || IsDigit(c); };
  const bool plain = !name.empty() && !IsDigit(name.front()) && std::all_of(name.begin(), name.end(), is_plain);
  return plain ? std::string(name) : Identifier(name);
}

// The statements of an array as one script. A comment at the end of one must not swallow its semicolon.
std::string ScriptOf(const std::string& array) {
  return "(SELECT pg_catalog.string_agg(pg_catalog.concat(s, CASE WHEN s OPERATOR(pg_catalog.~) '--[^\\n]*$' "
         "THEN pg_catalog.chr(10) END, ';'), pg_catalog.chr(10) ORDER BY n USING OPERATOR(pg_catalog.<)) FROM "
         "pg_catalog.unnest(" +
         array + ") WITH ORDINALITY AS u(s, n))";
}

// A time of any type that tools keep it in; what a text has that is none is left out.
std::string TimeOf(const std::string& name, std::string_view type) {
  const auto is = [&](std::initializer_list<std::string_view> types) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  const std::string cast = "::pg_catalog.timestamptz::pg_catalog.text";
  if (is({"timestamptz", "timestamp", "date"})) return name + cast;
  if (is({"int4", "int8"})) return "pg_catalog.to_timestamp(" + name + ")::pg_catalog.text";
  if (!is({"text", "varchar"})) return "NULL";
  return "CASE WHEN " + name +
         "::pg_catalog.text OPERATOR(pg_catalog.~) '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d' THEN " + name +
         "::pg_catalog.text" + cast + " END";
}

std::string ExpressionOf(const Column& column, const Candidate& candidate) {
  constexpr std::string_view kSchema = "@schema@";
  if (!column.expression.empty()) {
    std::string expression(column.expression);
    for (size_t at; (at = expression.find(kSchema)) != expression.npos;) {
      expression.replace(at, kSchema.size(), Identifier(candidate.schema));
    }
    return expression;
  }
  const auto* const field = candidate.Find(column.name);
  const std::string name = "t." + Identifier(column.name);
  if (field == nullptr) return "NULL";
  const auto is = [&](std::initializer_list<std::string_view> types) {
    return std::find(types.begin(), types.end(), field->type) != types.end();
  };
  switch (column.shown) {
    case Shown::kTime: return TimeOf(name, field->type);
    case Shown::kHex: return is({"bytea"}) ? "pg_catalog.encode(" + name + ", 'hex')" : "NULL";
    case Shown::kStatements: return is({"_text", "_varchar"}) ? ScriptOf(name + "::pg_catalog.text[]") : "NULL";
    default: return name + "::pg_catalog.text";
  }
}

}  // namespace

std::span<const Tool* const> Tools() { return kTools; }

std::vector<std::string> ToolNames() {
  std::vector<std::string> names;
  for (const auto* tool : kTools) {
    if (std::find(names.begin(), names.end(), tool->name) == names.end()) names.emplace_back(tool->name);
  }
  return names;
}

std::string Relation::Name() const { return ShortIdentifier(schema) + "." + ShortIdentifier(table); }

const Candidate::Field* Candidate::Find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

const Relation* Candidate::FindBeside(std::string_view name) const {
  const auto found = std::find_if(beside.begin(), beside.end(), [&](const Relation& r) { return r.table == name; });
  return found == beside.end() ? nullptr : &*found;
}

const Tool* ShapeOf(const Candidate& candidate, std::string_view name, bool any_place) {
  for (const auto* tool : kTools) {
    if (!name.empty() && tool->name != name) continue;
    if ((any_place || MayBe(*tool, candidate)) && Mismatch(*tool, candidate, any_place).empty()) return tool;
  }
  return nullptr;
}

bool LooksAlike(const Candidate& candidate) {
  return candidate.could_be || std::any_of(kTools.begin(), kTools.end(), [&](const Tool* tool) {
           return MayBe(*tool, candidate) && !tool->common_name;
         });
}

std::string WhyNoShape(const Candidate& candidate, std::string_view name) {
  std::vector<std::string> reasons;
  for (const auto* tool : kTools) {
    if (name.empty() ? !MayBe(*tool, candidate) : tool->name != name) continue;
    reasons.push_back("for " + std::string(tool->name) + " " + Mismatch(*tool, candidate));
  }
  return Join(reasons, ", ");
}

bool IsOfService(std::string_view schema) {
  return std::find(std::begin(kServices), std::end(kServices), schema) != std::end(kServices);
}

std::string SelectOf(const Tool& tool, const Candidate& candidate) {
  std::vector<std::string> expressions;
  for (const auto& column : tool.columns) expressions.push_back(ExpressionOf(column, candidate));
  std::string sql = "SELECT " + Join(expressions, ", ") + " FROM " + Identifier(candidate.schema) + "." +
                    Identifier(candidate.table) + " t";
  if (!tool.from.empty()) sql += ", " + std::string(tool.from);
  if (!tool.order.empty()) sql += " ORDER BY " + std::string(tool.order) + " USING OPERATOR(pg_catalog.<)";
  return sql;
}

std::string TextOf(const Cell& cell) { return cell.value_or(std::string()); }

bool IsTrue(const Cell& cell) { return cell && (*cell == "true" || *cell == "t" || *cell == "1"); }

Recorded RecordedOfFile(std::string_view file) {
  file = BaseName(file.substr(file.rfind('\\') + 1));
  for (const std::string_view ending : {".sql", ".js", ".ts", ".cjs", ".mjs", ".cts", ".mts", ".php", ".py"}) {
    if (file.ends_with(ending)) file.remove_suffix(ending.size());
  }
  Recorded recorded{IdOfFile(file)};
  recorded.whole = true;
  // Of a class or module that begins with a word, "Migration20240131120000_add", a file has the rest.
  const size_t digits = file.find_first_of("0123456789");
  const bool is_word =
      std::all_of(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(std::min(digits, file.size())),
                  [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
  constexpr size_t kDate = 8;
  if (digits == 0 || digits == file.npos || !is_word) return recorded;
  if (std::min(file.find_first_not_of("0123456789", digits), file.size()) - digits < kDate) return recorded;
  recorded.also.push_back(IdOfFile(file.substr(digits)));
  return recorded;
}

MigrationId IdOfFile(std::string_view file) {
  try {
    return ParseMigrationName(file);
  } catch (const Error&) {
    return {{}, std::string(file)};
  }
}

}  // namespace migrate::adopt
