#include "server/run/squash_rows.h"

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/squash/text.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

constexpr size_t kRowsPerStatement = 200;
// What a table has is seldom smaller on disk than as text, but for what was updated and is there twice.
constexpr int64_t kSizePerText = 4;

// What values are written by, whatever the session has. The search path is pg_catalog alone in any query of ours, so
// that names in values have their schema.
constexpr const char* kSettings[][2] = {
    {"DateStyle", "ISO, YMD"}, {"IntervalStyle", "postgres"}, {"TimeZone", "UTC"},     {"extra_float_digits", "3"},
    {"bytea_output", "hex"},   {"row_security", "off"},       {"xmloption", "content"}};

constexpr char kTables[] = R"sql(
  SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname),
      string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
      string_agg(CASE WHEN a.attname IS NULL THEN NULL WHEN a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'bool'::regtype)
          THEN format('coalesce(%I::text, ''NULL'')', a.attname) ELSE format('format(''%%L'', %I)', a.attname) END,
        $$ || ', ' || $$ ORDER BY a.attnum),
      coalesce(bool_or(a.attidentity = 'a'), false),
      EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'),
      pg_table_size(c.oid),
      c.relforcerowsecurity AND NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
      AND n.nspname NOT IN ('information_schema', 'migrate')
    GROUP BY c.oid, n.oid, n.nspname, c.relname ORDER BY 1)sql";

constexpr char kSequences[] = R"sql(
  SELECT c.oid::regclass::text, s.seqstart FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'migrate')
      AND NOT EXISTS (SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1)sql";

// Until the transaction ends.
void SetLeaf(const char* name, const char* value) {
  (void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

void RequireSize(const std::string& table, int64_t size) {
  if (size / kSizePerText <= static_cast<int64_t>(MaxTextBytes())) return;
  throw Error(sqlstate::kProgramLimit, "the rows of " + table + " are too many for a migration",
              "The migrations leave " + std::to_string(size / 1024 / 1024) + " MB of them in an empty database.",
              "Raise migrate.max_text_size, or squash what comes before them.");
}

void ReadMember(const std::string& table, Contents& contents) {
  const Row row =
      QueryOnce("SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM ONLY " + table + " t").at(0);
  if (TextOf(row[0]) != "0") contents.members.emplace(table, TextOf(row[0]) + " " + TextOf(row[1]));
}

void ReadRows(const Row& said, Contents& contents) {
  const std::string table = TextOf(said[0]);
  TableRows rows;
  rows.insert = "INSERT INTO " + table;
  std::string query = "SELECT 'DEFAULT'";
  if (said[1]) {
    rows.insert += " (" + *said[1] + ")" + (BooleanOf(said[3]) ? " OVERRIDING SYSTEM VALUE" : "") + " VALUES";
    query = "SELECT '(' || " + TextOf(said[2]) + " || ')'";
  } else {
    rows.insert += " DEFAULT VALUES";
  }
  for (auto& row : QueryOnce(query + " FROM ONLY " + table + " ORDER BY ctid"))
    rows.rows.push_back(InOneLine(TextOf(row[0])));
  if (!rows.rows.empty()) contents.tables.emplace(table, std::move(rows));
}

void NoteDifferences(const std::map<std::string, std::string>& a, const std::map<std::string, std::string>& b,
                     const std::string& what, std::set<std::string>& differ) {
  for (const auto* const pair : {&a, &b}) {
    for (const auto& [name, value] : *pair) {
      const auto& other = pair == &a ? b : a;
      const auto found = other.find(name);
      if (found == other.end() || found->second != value) differ.insert(what + name);
    }
  }
}

}  // namespace

Contents ReadContents() {
  Contents contents;
  for (const auto& setting : kSettings) {
    const char* const name = setting[0];
    const char* const value = setting[1];
    Call([=]() noexcept { SetLeaf(name, value); });
  }
  for (const auto& table : QueryOnce(kTables)) {
    // All of this is undone.
    if (BooleanOf(table[6])) QueryOnce("ALTER TABLE " + TextOf(table[0]) + " NO FORCE ROW LEVEL SECURITY");
    if (BooleanOf(table[4])) {
      ReadMember(TextOf(table[0]), contents);
    } else {
      RequireSize(TextOf(table[0]), IntegerOf(table[5]));
      ReadRows(table, contents);
    }
  }
  const std::string large = TextOf(QueryOnce("SELECT count(*) FROM pg_largeobject_metadata").at(0).at(0));
  if (large != "0") contents.members.emplace("large objects", large);
  for (const auto& sequence : QueryOnce(kSequences)) {
    const std::string name = TextOf(sequence[0]);
    const Row state = QueryOnce("SELECT last_value, is_called::text FROM " + name).at(0);
    if (TextOf(state[1]) == "true" || TextOf(state[0]) != TextOf(sequence[1])) {
      contents.sequences.emplace(name, TextOf(state[0]) + ", " + TextOf(state[1]));
    }
  }
  return contents;
}

std::vector<std::string> StatementsOf(const Contents& contents) {
  std::vector<std::string> statements;
  for (const auto& [table, rows] : contents.tables) {
    if (rows.insert.ends_with("DEFAULT VALUES")) {
      statements.insert(statements.end(), rows.rows.size(), rows.insert + ";");
      continue;
    }
    for (size_t i = 0; i < rows.rows.size(); i += kRowsPerStatement) {
      const size_t end = std::min(i + kRowsPerStatement, rows.rows.size());
      std::string statement = rows.insert;
      for (size_t row = i; row < end; ++row) statement += (row == i ? "\n  " : ",\n  ") + rows.rows[row];
      statements.push_back(statement + ";");
    }
  }
  for (const auto& [sequence, state] : contents.sequences) {
    statements.push_back("SELECT pg_catalog.setval(" + SqlLiteral(sequence) + ", " + state + ");");
  }
  return statements;
}

std::vector<std::string> DifferencesOf(const Contents& a, const Contents& b) {
  std::set<std::string> differ;
  const auto rows_of = [](const Contents& contents) {
    std::map<std::string, std::string> rows;
    for (const auto& [table, held] : contents.tables) {
      std::vector<std::string> sorted = held.rows;
      std::sort(sorted.begin(), sorted.end());
      rows.emplace(table, held.insert + Join(sorted, "\n"));
    }
    return rows;
  };
  NoteDifferences(rows_of(a), rows_of(b), "rows of ", differ);
  NoteDifferences(a.members, b.members, "rows of ", differ);
  NoteDifferences(a.sequences, b.sequences, "value of ", differ);
  return {differ.begin(), differ.end()};
}

}  // namespace migrate
