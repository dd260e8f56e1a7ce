#include "core/online/classes.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/schema/column.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::online {
namespace {

// The parenthesised list that begins at `text`, with what stands behind it in `rest`.
std::string TakeList(std::string_view& text) {
  const std::string_view inner = schema::Parenthesized(text);
  const size_t end = static_cast<size_t>(inner.data() + inner.size() - text.data()) + 1;
  std::string list(text.substr(0, end));
  text = TrimLeft(text.substr(end));
  return list;
}

bool TakeWords(std::string_view& text, std::string_view words) {
  if (!text.starts_with(words)) return false;
  text = TrimLeft(text.substr(words.size()));
  return true;
}

}  // namespace

Step Gentler(const char* kind, std::string text, std::string note) {
  Step step;
  step.kind = kind;
  step.text = std::move(text);
  step.note = std::move(note);
  step.is_gentler = true;
  return step;
}

std::string Together(const std::vector<std::string>& statements) {
  if (statements.size() == 1) return statements.front();
  return "BEGIN;\n" + Join(statements, "\n") + "\nCOMMIT;";
}

Constraint ConstraintOf(const schema::Object& object) {
  const auto [name, table] = schema::SplitAt(object.identity, "on");
  Constraint constraint{std::string(name), std::string(table), {}};
  std::string_view first = schema::WithoutSemicolon(schema::PartsOf(object.definition).front().text);
  const std::string head = "ADD CONSTRAINT " + constraint.name + " ";
  const size_t at = first.find(head);
  if (at != first.npos) constraint.says = first.substr(at + head.size());
  return constraint;
}

std::string FirstOf(const schema::Object& object) {
  const auto parts = schema::PartsOf(object.definition);
  return parts.empty() ? std::string() : std::string(parts.front().text);
}

std::vector<std::string> FurtherOf(const schema::Object& object) {
  std::vector<std::string> further;
  const auto parts = schema::PartsOf(object.definition);
  for (size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].is_statement()) further.emplace_back(parts[i].text);
  }
  return further;
}

std::string TableOfIndex(std::string_view definition) {
  constexpr std::array<std::string_view, 2> kKeywords = {"ON", "USING"};
  std::string_view table = schema::ClausesIn(definition, kKeywords)["ON"];
  constexpr std::string_view kOnly = "ONLY ";
  if (table.starts_with(kOnly)) table.remove_prefix(kOnly.size());
  return std::string(Trim(table));
}

std::string Concurrently(const std::string& create_index) {
  constexpr std::string_view kIndex = "INDEX ";
  std::string text = create_index;
  return text.insert(text.find(kIndex) + kIndex.size(), "CONCURRENTLY ");
}

std::string Named(const std::string& create_index, const std::string& name) {
  constexpr std::string_view kIndex = "INDEX ", kOn = " ON ";
  const size_t from = create_index.find(kIndex) + kIndex.size();
  const size_t to = create_index[from] == '"' ? schema::QuotedEnd(create_index, from) : create_index.find(kOn, from);
  std::string text = create_index;
  return text.replace(from, to - from, name);
}

// What is no trait of its index, which has the rest.
std::string TraitsOf(const Constraint& key) {
  std::string_view says = key.says;
  if (!TakeWords(says, "PRIMARY KEY")) TakeWords(says, "UNIQUE");
  TakeWords(says, "NULLS NOT DISTINCT");
  (void) TakeList(says);
  if (TakeWords(says, "INCLUDE")) (void) TakeList(says);
  if (TakeWords(says, "WITH")) (void) TakeList(says);
  if (TakeWords(says, "USING INDEX TABLESPACE")) {
    says.remove_prefix(says.starts_with('"') ? schema::QuotedEnd(says, 0) : std::min(says.find(' '), says.size()));
    says = Trim(says);
  }
  return says.empty() ? "" : " " + std::string(says);
}

const char* KindOfKey(const Constraint& key) { return key.says.starts_with("PRIMARY KEY") ? "primary key" : "unique"; }

std::string OverIndex(const Constraint& key) {
  const bool is_primary = key.says.starts_with("PRIMARY KEY");
  return "ALTER TABLE " + key.table + " ADD CONSTRAINT " + key.name + (is_primary ? " PRIMARY KEY" : " UNIQUE") +
         " USING INDEX " + key.name + TraitsOf(key) + ";";
}

std::vector<Step> KeySteps(const schema::Object& object, const KeyIndexes& indexes) {
  const Constraint key = ConstraintOf(object);
  std::vector<std::string> statements = {OverIndex(key)};
  for (auto& further : FurtherOf(object)) statements.push_back(std::move(further));
  const char* const kind = KindOfKey(key);
  return {Gentler(kind, Concurrently(indexes.at(object.identity)), "others write meanwhile"),
          Gentler(kind, Together(statements))};
}

std::vector<Step> ValidatedSteps(const schema::Object& object) {
  const Constraint constraint = ConstraintOf(object);
  const bool is_check = constraint.says.starts_with("CHECK");
  const char* const kind = is_check ? "check" : "foreign key";
  std::vector<std::string> statements = {std::string(schema::WithoutSemicolon(FirstOf(object))) + " NOT VALID;"};
  for (auto& further : FurtherOf(object)) statements.push_back(std::move(further));
  return {Gentler(kind, Together(statements), "for new rows"),
          Gentler(kind, "ALTER TABLE " + constraint.table + " VALIDATE CONSTRAINT " + constraint.name + ";",
                  "others read and write meanwhile")};
}

std::vector<Step> IndexSteps(const schema::Object& object) {
  std::vector<Step> steps = {Gentler("index", Concurrently(FirstOf(object)), "others write meanwhile")};
  const auto further = FurtherOf(object);
  if (!further.empty()) steps.push_back(Gentler("index", Together(further)));
  return steps;
}

// From 18 on a constraint of its own, which has a form without a scan; before, a check spares the scan.
std::vector<Step> NotNullSteps(const std::string& column, std::string_view not_null, const Terms& terms) {
  const auto [table_name, name] = schema::SplitName(column);
  const std::string alter = "ALTER TABLE " + std::string(table_name) + " ";
  constexpr const char* kKind = "not null";
  if (not_null != "NOT NULL") {
    constexpr std::array<std::string_view, 2> kKeywords = {"CONSTRAINT", "NOT NULL"};
    schema::Clauses clauses = schema::ClausesIn(not_null, kKeywords);
    const std::string constraint(clauses["CONSTRAINT"]);
    std::string add = alter + "ADD CONSTRAINT " + constraint + " NOT NULL " + std::string(name);
    if (!clauses["NOT NULL"].empty()) add += " " + std::string(clauses["NOT NULL"]);
    return {Gentler(kKind, add + " NOT VALID;", "for new rows"),
            Gentler(kKind, alter + "VALIDATE CONSTRAINT " + constraint + ";", "others read and write meanwhile")};
  }
  const std::string check = terms.new_name();
  const std::string is_there = std::string(name) + " IS NOT NULL";
  return {Gentler(kKind, alter + "ADD CONSTRAINT " + check + " CHECK (" + is_there + ") NOT VALID;", "for new rows"),
          Gentler(kKind, alter + "VALIDATE CONSTRAINT " + check + ";", "others read and write meanwhile"),
          Gentler(kKind,
                  Together({alter + "ALTER COLUMN " + std::string(name) + " SET NOT NULL;",
                            alter + "DROP CONSTRAINT " + check + ";"}),
                  "the check spares the scan")};
}

}  // namespace migrate::online
