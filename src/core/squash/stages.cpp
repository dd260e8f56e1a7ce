#include "core/squash/stages.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "core/schema/belonging.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

using Key = std::pair<std::string_view, std::string_view>;

constexpr std::string_view kColumns = "-- columns: ";

bool ComesLate(const Object& object) {
  constexpr std::string_view kLate[] = {"trigger", "rule", "policy", "materialized view", "event trigger"};
  if (std::find(std::begin(kLate), std::end(kLate), object.kind) != std::end(kLate)) return true;
  return object.kind == "table constraint" && FindWords(object.definition, "FOREIGN KEY") != std::string::npos;
}

std::string_view ColumnsOf(const Object& table) {
  const size_t at = table.definition.find(kColumns);
  if (at == std::string::npos) return {};
  const std::string_view rest = std::string_view(table.definition).substr(at + kColumns.size());
  return rest.substr(0, rest.find('\n'));
}

// A partition that was a table of its own has its columns in another order than its parent, and gets that only in the
// same way.
bool IsAttached(const Object& table, const std::map<Key, const Object*>& objects) {
  const std::string_view parent = ParentOf(table);
  if (table.kind != "table" || parent.empty()) return false;
  const auto found = objects.find(Key("table", parent));
  return found != objects.end() && ColumnsOf(*found->second) != ColumnsOf(table);
}

void MakeAlone(Object& table) {
  const size_t parent = FindWords(table.definition, "PARTITION OF");
  size_t end = table.definition.find(";\n", parent);
  if (parent == std::string::npos || end == std::string::npos) return;
  const std::string_view clauses = std::string_view(table.definition).substr(parent, end - parent);
  // What stands behind the bound says how it is divided itself, or where it lies.
  const size_t by = FindWords(clauses, "PARTITION BY");
  table.definition.replace(parent, by == std::string_view::npos ? end - parent : by,
                           by == std::string_view::npos ? "()" : "() ");
}

void MakeAloneColumn(Object& column) {
  constexpr std::string_view kInherited = " /* inherited */";
  const size_t at = column.definition.find(kInherited);
  if (at != std::string::npos) column.definition.erase(at, kInherited.size());
}

// Where it is forced, its owner could write no row without a policy.
void LeaveOutRowSecurity(Object& table) {
  if (table.kind != "table") return;
  std::string definition;
  for (const auto& part : PartsOf(table.definition)) {
    if (part.is_statement() && part.text.ends_with(" ROW LEVEL SECURITY;")) continue;
    if (!definition.empty()) definition += '\n';
    definition += part.text;
  }
  table.definition = std::move(definition);
}

// Of a partition no definition shows what it has from its parent. It can be attached only if it has that already.
void AddChecksOf(std::string_view parent, const Object& table, const std::vector<Object>& wanted,
                 std::vector<Object>& stage) {
  for (const auto& object : wanted) {
    if (object.kind != "table constraint" || FindWords(object.definition, "CHECK") == std::string::npos) continue;
    const auto [name, of] = SplitAt(object.identity, "on");
    const std::string begin = "ALTER TABLE " + std::string(parent) + " ";
    if (of != parent || !object.definition.starts_with(begin)) continue;
    Object check = object;
    check.identity = std::string(name) + " on " + table.identity;
    check.definition = "ALTER TABLE " + table.identity + " " +
                       std::string(PartsOf(object.definition).front().text.substr(begin.size()));
    stage.push_back(std::move(check));
  }
}

}  // namespace

std::vector<Object> FirstStage(const std::vector<Object>& before, const std::vector<Object>& wanted) {
  std::map<Key, const Object*> had, objects;
  for (const auto& object : before) had.emplace(Key(object.kind, object.identity), &object);
  for (const auto& object : wanted) objects.emplace(Key(object.kind, object.identity), &object);
  std::vector<Object> stage;
  for (const auto& object : wanted) {
    const auto found = had.find(Key(object.kind, object.identity));
    if (ComesLate(object)) {
      if (found != had.end()) stage.push_back(*found->second);
      continue;
    }
    stage.push_back(object);
    if (found != had.end()) continue;
    LeaveOutRowSecurity(stage.back());
    if (IsAttached(object, objects)) {
      MakeAlone(stage.back());
      for (auto at = objects.find(Key("table", ParentOf(object))); at != objects.end();
           at = objects.find(Key("table", ParentOf(*at->second)))) {
        AddChecksOf(at->first.second, object, wanted, stage);
      }
      continue;
    }
    if (object.kind != "table column") continue;
    const auto table = objects.find(Key("table", SplitName(object.identity).first));
    if (table != objects.end() && IsAttached(*table->second, objects)) MakeAloneColumn(stage.back());
  }
  return stage;
}

std::string WithLeave(const std::string& statement, const std::set<std::string>& default_versions) {
  constexpr std::string_view kSchema = "CREATE SCHEMA ", kExtension = "CREATE EXTENSION ", kLeave = "IF NOT EXISTS ";
  if (statement.starts_with(kSchema)) return std::string(statement).insert(kSchema.size(), kLeave);
  if (!statement.starts_with(kExtension)) return statement;
  std::string text = statement;
  const size_t version = FindWords(text, "VERSION");
  const size_t name_end = text.find(" WITH SCHEMA ", kExtension.size());
  if (version != std::string::npos && name_end != std::string::npos) {
    const std::string said = text.substr(kExtension.size(), name_end - kExtension.size()) + " " +
                             std::string(WithoutSemicolon(std::string_view(text).substr(version)));
    if (default_versions.contains(said)) text.replace(version - 1, text.size() - version + 1, ";");
  }
  return text.insert(kExtension.size(), kLeave);
}

}  // namespace migrate::schema
