#include "server/run/expectations.h"

#include <algorithm>

#include "core/base/cancel.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/expect/expectation.h"
#include "core/text/script.h"
#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

using expect::Expectation;
using expect::Feature;
using expect::Part;

// Of a text that is not the one that ran, nothing is expected yet.
Statement kKept = {
    "SELECT m.version, m.name, m.options OPERATOR(pg_catalog.->>) 'expects' FROM migrate.migration m "
    "WHERE m.options OPERATOR(pg_catalog.?) 'expects' AND m.applied_sha256 OPERATOR(pg_catalog.=) m.sha256 "
    "ORDER BY m.id USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};
// $2 its kinds.
Statement kRelation = {
    "SELECT c.relrowsecurity FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid "
    "AND c.relkind OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.\"char\"[])",
    Rights::kCaller};
Statement kExtension = {"SELECT e.oid FROM pg_catalog.pg_extension e WHERE e.extname OPERATOR(pg_catalog.=) $1",
                        Rights::kCaller};
// $3 its type, or null for any, and $4 what stands in parentheses behind it, or nothing for any.
Statement kColumn = {
    R"(SELECT pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
           ($3 IS NULL OR a.atttypid OPERATOR(pg_catalog.=) $3::pg_catalog.oid)
             AND ($4 OPERATOR(pg_catalog.=) '' OR $4 OPERATOR(pg_catalog.=)
               pg_catalog.substring(pg_catalog.format_type(a.atttypid, a.atttypmod), '[(][^)]*[)]'))
         FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) $2
          AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped)",
    Rights::kCaller};
// $2 the columns; an index with further ones is not the same key. $3: primary or unique.
#define MIGRATE_KEY_COLUMNS                                                                                      \
  "ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY " \
  "AS k(number, place) LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid "     \
  "AND a.attnum OPERATOR(pg_catalog.=) k.number WHERE k.place OPERATOR(pg_catalog.<=) i.indnkeyatts "            \
  "ORDER BY k.place USING OPERATOR(pg_catalog.<))"
Statement kKey = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_index i, LATERAL (SELECT " MIGRATE_KEY_COLUMNS
    " AS names) k WHERE i.indrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid AND i.indisunique AND i.indisvalid "
    "AND i.indpred IS NULL AND (i.indisprimary OR $3 OPERATOR(pg_catalog.=) 'unique') "
    "AND ($2 OPERATOR(pg_catalog.=) '{}' OR (k.names OPERATOR(pg_catalog.<@) $2 AND k.names OPERATOR(pg_catalog.@>) $2)))",
    Rights::kCaller};
Statement kIndexOn = {"SELECT EXISTS (SELECT FROM pg_catalog.pg_index i, LATERAL (SELECT " MIGRATE_KEY_COLUMNS
                      " AS names) k WHERE i.indrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid AND i.indisvalid "
                      "AND k.names[1:pg_catalog.cardinality($2)] OPERATOR(pg_catalog.=) $2)",
                      Rights::kCaller};
Statement kIndex = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) "
    "i.indexrelid WHERE i.indrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid AND i.indisvalid "
    "AND c.relname OPERATOR(pg_catalog.=) $2)",
    Rights::kCaller};
// $3 the table that it leads to, or null for any; $4 the columns there, or none.
Statement kForeignKey = {
    R"(SELECT EXISTS (
         SELECT FROM pg_catalog.pg_constraint f, LATERAL (
             SELECT pg_catalog.array_agg(a.attname::pg_catalog.text) AS names,
                 pg_catalog.array_agg(pg_catalog.concat(a.attname, ' ', b.attname)) AS pairs
               FROM ROWS FROM (pg_catalog.unnest(f.conkey), pg_catalog.unnest(f.confkey)) AS k(own, other)
               JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) f.conrelid
                AND a.attnum OPERATOR(pg_catalog.=) k.own
               JOIN pg_catalog.pg_attribute b ON b.attrelid OPERATOR(pg_catalog.=) f.confrelid
                AND b.attnum OPERATOR(pg_catalog.=) k.other) c
          WHERE f.contype OPERATOR(pg_catalog.=) 'f' AND f.conrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
            AND c.names OPERATOR(pg_catalog.<@) $2 AND c.names OPERATOR(pg_catalog.@>) $2
            AND ($3 IS NULL OR f.confrelid OPERATOR(pg_catalog.=) $3::pg_catalog.oid)
            AND ($4 OPERATOR(pg_catalog.=) '{}' OR c.pairs OPERATOR(pg_catalog.@>) ARRAY(
              SELECT pg_catalog.concat(w.own, ' ', w.other)
                FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($4)) AS w(own, other)))))",
    Rights::kCaller};
Statement kPolicy = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid "
    "AND p.polname OPERATOR(pg_catalog.=) $2)",
    Rights::kCaller};
Statement kTrigger = {
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid "
    "AND NOT t.tgisinternal AND t.tgname OPERATOR(pg_catalog.=) $2)",
    Rights::kCaller};

// Names are looked for as SQL looks for them, in the search_path of the migration that runs. Invalid for none.
Oid LookUpLeaf(PGFunction look_up, const char* name) {
  LOCAL_FCINFO(call, 1);
  InitFunctionCallInfoData(*call, nullptr, 1, InvalidOid, nullptr, nullptr);
  call->args[0].value = CStringGetTextDatum(name);
  call->args[0].isnull = false;
  const Datum result = look_up(call);
  return call->isnull ? InvalidOid : DatumGetObjectId(result);
}

// As a parameter; nothing for none. An error that the server has with the name is thrown.
Value LookUp(PGFunction look_up, const std::string& name) {
  const char* const text = name.c_str();
  Oid oid = InvalidOid;
  if (const auto error = TryCall([=, &oid]() noexcept { oid = LookUpLeaf(look_up, text); })) throw *error;
  return OidIsValid(oid) ? Value(std::to_string(oid)) : Value();
}

// What stands in parentheses behind a type, without blanks.
std::string Modifier(const std::string& type) {
  std::string modifier;
  for (const char c : type.substr(std::min(type.find('('), type.size()))) {
    if (c != ' ') modifier += c;
  }
  return modifier.substr(0, std::min(modifier.find(')'), modifier.size()) + (modifier.empty() ? 0 : 1));
}

// What is wrong with a column of the table; empty if nothing is.
std::string WrongColumn(const std::string& table, const std::string& oid, const Part& part) {
  Value type;
  if (!part.type.empty()) {
    type = LookUp(to_regtype, part.type);
    if (!type) type = "0";
  }
  const auto rows = Query(kColumn, {oid, part.name, type, Modifier(part.type)});
  if (rows.empty()) return table + " has no column " + Quoted(part.name);
  const std::string column = "column " + Quoted(part.name) + " of " + table;
  if (!BooleanOf(rows[0][2])) return column + " is of type " + TextOf(rows[0][0]) + ", not " + part.type;
  return part.not_null && !BooleanOf(rows[0][1]) ? column + " may be null" : std::string();
}

bool HasForeignKey(const std::string& oid, const Part& part) {
  Value target;
  if (!part.target.text.empty()) {
    target = LookUp(to_regclass, part.target.text);
    if (!target) return false;
  }
  return BooleanOf(QueryValue(kForeignKey, {oid, part.columns, target, part.target_columns}));
}

bool Has(const std::string& oid, const Part& part) {
  switch (part.feature) {
    case Feature::kPrimaryKey: return BooleanOf(QueryValue(kKey, {oid, part.columns, "primary"}));
    case Feature::kUnique: return BooleanOf(QueryValue(kKey, {oid, part.columns, "unique"}));
    case Feature::kIndexOn: return BooleanOf(QueryValue(kIndexOn, {oid, part.columns}));
    case Feature::kIndex: return BooleanOf(QueryValue(kIndex, {oid, part.name}));
    case Feature::kForeignKey: return HasForeignKey(oid, part);
    case Feature::kPolicy: return BooleanOf(QueryValue(kPolicy, {oid, part.name}));
    default: return BooleanOf(QueryValue(kTrigger, {oid, part.name}));
  }
}

struct Found {
  Value oid;
  bool row_security = false;
};

Found FindRelation(const std::string& name, const char* kinds) {
  const Value oid = LookUp(to_regclass, name);
  const auto rows = oid ? Query(kRelation, {*oid, kinds}) : std::vector<Row>();
  return rows.empty() ? Found() : Found{oid, BooleanOf(rows[0][0])};
}

Found Find(const Expectation& expectation) {
  const std::string& name = expectation.name.text;
  if (expectation.kind == "table") return FindRelation(name, "{r,p,f}");
  if (expectation.kind == "view") return FindRelation(name, "{v,m}");
  if (expectation.kind == "sequence") return FindRelation(name, "{S}");
  if (expectation.kind == "function") return {LookUp(to_regprocedure, name)};
  if (expectation.kind == "type") return {LookUp(to_regtype, name)};
  if (expectation.kind == "schema") return {LookUp(to_regnamespace, name)};
  return {QueryValue(kExtension, {expectation.name.last})};
}

// All that is missing of it.
std::vector<std::string> Missing(const Expectation& expectation) {
  const Found found = Find(expectation);
  if (!found.oid) return {"there is no " + expectation.Shown()};
  const std::string table = expectation.Shown();
  std::vector<std::string> missing;
  for (const auto& part : expectation.parts) {
    std::string wrong;
    if (part.feature == Feature::kColumn) {
      wrong = WrongColumn(table, *found.oid, part);
    } else if (part.feature == Feature::kRowSecurity) {
      if (!found.row_security) wrong = table + " has no row security";
    } else if (!Has(*found.oid, part)) {
      const std::string shown = part.Shown();
      wrong = table + " has no " + shown.substr(shown.find(' ') + 1);
    }
    if (!wrong.empty()) missing.push_back(std::move(wrong));
  }
  return missing;
}

Error NotMet(const KnownMigration& migration, const std::vector<Unmet>& unmet) {
  constexpr size_t kMostNamed = 10;
  const Unmet& first = unmet.front();
  std::vector<std::string> found;
  for (const auto& one : unmet)
    found.push_back(one.what + (one.id == first.id ? "" : " (migration " + Quoted(one.id) + ")"));
  const bool of_its_own = first.id == migration.id;
  const bool broken = !of_its_own && first.was_met;
  Error error(sqlstate::kVerifyFailed,
              broken ? "migration " + Quoted(migration.id) + " breaks what migration " + Quoted(first.id) + " expects"
                     : "an expectation of migration " + Quoted(first.id) + " is not met",
              JoinFirst(found, kMostNamed) + ".", "The line \"-- migrate:expect\" says what has to be there.");
  if (!first.was_met) AddHint(error, "It was not there before this call, either.");
  if (of_its_own) {
    error.line = first.line;
    error.column = 1;
  }
  SetPlace(error, migration.id, Section::kUp);
  return error;
}

}  // namespace

std::vector<Expectations::Kept> Expectations::ReadKept() {
  std::vector<Kept> kept;
  for (const auto& row : Query(kKept)) {
    for (const auto& text : JsonStrings(TextOf(row[2])))
      kept.push_back({{TextOf(row[0]), TextOf(row[1])}, ExpectedOf(text)});
  }
  return kept;
}

// What the server can't make sense of is not there, such as a function of a type that is gone. Of what this role may
// not look at there is no telling.
void Expectations::Look(const Kept& kept, std::vector<Unmet>& unmet) {
  const Expectation expectation = expect::ParseExpectation(kept.expected.text, kept.expected.line);
  std::vector<std::string> missing;
  try {
    missing = Missing(expectation);
  } catch (const Error& error) {
    LetCancelPass(error);
    if (error.sqlstate == sqlstate::kInsufficientPrivilege) return;
    missing = {expectation.Shown() + ": " + error.message};
  }
  for (auto& what : missing) unmet.push_back({kept.id, kept.expected.line, std::move(what), kept.was_met});
}

std::vector<Unmet> UnmetExpectations() {
  std::vector<Unmet> unmet;
  for (const auto& kept : Expectations::ReadKept()) Expectations::Look(kept, unmet);
  return unmet;
}

void Expectations::Note() {
  if (noted_) return;
  kept_ = ReadKept();
  for (auto& kept : kept_) {
    std::vector<Unmet> unmet;
    Look(kept, unmet);
    kept.was_met = unmet.empty();
  }
  noted_ = true;
}

void Expectations::Require(const KnownMigration& migration, bool last) {
  std::erase_if(kept_, [&](const Kept& kept) { return kept.id == migration.id; });
  for (const auto& expected : migration.options->expects) kept_.push_back({migration.id, expected});
  std::vector<Unmet> unmet;
  for (const auto& kept : kept_) {
    if (kept.was_met || last) Look(kept, unmet);
  }
  // Its own first.
  std::stable_partition(unmet.begin(), unmet.end(), [&](const Unmet& one) { return one.id == migration.id; });
  if (!unmet.empty()) throw NotMet(migration, unmet);
}

}  // namespace migrate
