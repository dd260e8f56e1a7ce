#include "core/health/numbers.h"

#include <string>

#include "server/base/guard.h"
#include "server/base/sequence_value.h"
#include "server/base/sql.h"
#include "server/health/checks/parts.h"
#include "server/health/find.h"

namespace migrate::health {
namespace {

// A sequence fills the column that owns it, or whose default calls it. What is not logged can't be read on a standby.
Statement kSequences = {R"sql(
WITH fed AS MATERIALIZED (
  SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  UNION
  SELECT d.refobjid, a.adrelid, a.adnum FROM pg_depend d JOIN pg_attrdef a ON a.oid = d.objid
  WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'n'
), narrow (type, most) AS (VALUES ('int2'::regtype, 32767::bigint), ('int4', 2147483647))
SELECT DISTINCT ON (c.oid) c.oid, )sql" NAME_OF_RELATION R"sql(, s.seqmin, s.seqmax, s.seqincrement < 0, s.seqcycle,
  CASE WHEN t.type IS NOT NULL THEN f.relation::regclass::text || '.' || quote_ident(a.attname) END, t.type, t.most
FROM )sql" RELATIONS("'S'") R"sql(
  JOIN pg_sequence s ON s.seqrelid = c.oid
  LEFT JOIN fed f ON f.sequence = c.oid
  LEFT JOIN pg_attribute a ON a.attrelid = f.relation AND a.attnum = f.number
  LEFT JOIN narrow t ON t.type = a.atttypid
WHERE CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'USAGE, SELECT') END AND (c.relpersistence <> 'u' OR NOT pg_is_in_recovery())
ORDER BY c.oid, t.most)sql",
                        Rights::kCaller, Planning::kEachTime};

// Keys of one integer that no sequence fills: their greatest value as statistics know it.
Statement kKeys = {R"sql(
WITH narrow (type, most) AS (VALUES ('int2'::regtype, 32767::bigint), ('int4', 2147483647)), keys AS MATERIALIZED (
  SELECT n.nspname, c.relname, a.attname, t.type, t.most
  FROM )sql" RELATIONS("'r', 'p'") R"sql(
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] AND a.attidentity = ''
    JOIN narrow t ON t.type = a.atttypid
  WHERE NOT EXISTS (SELECT FROM pg_attrdef d WHERE d.adrelid = c.oid AND d.adnum = a.attnum)
)
SELECT format('%I.%I.%I', k.nspname, k.relname, k.attname), k.type, k.most, (s.values)[cardinality(s.values)]
FROM keys k JOIN (SELECT schemaname, tablename, attname, histogram_bounds::text::bigint[] AS values FROM pg_stats
    WHERE (schemaname, tablename, attname) IN (SELECT nspname, relname, attname FROM keys) AND histogram_bounds IS NOT NULL) s
  ON s.schemaname = k.nspname AND s.tablename = k.relname AND s.attname = k.attname)sql",
                   Rights::kCaller, Planning::kEachTime};

int64_t Number(const char* value) { return value == nullptr ? 0 : std::stoll(value); }
std::string Text(const char* value) { return value == nullptr ? std::string() : std::string(value); }

struct Numbered {
  Oid oid;
  Sequence sequence;
};

Numbered SequenceOf(const char* const* values) {
  int at = 0;
  const auto next = [&] { return values[at++]; };
  Numbered found;
  found.oid = static_cast<Oid>(Number(next()));
  Sequence& sequence = found.sequence;
  sequence.name = Text(next());
  sequence.least = Number(next());
  sequence.most = Number(next());
  sequence.descends = *next() == 't';
  sequence.cycles = *next() == 't';
  sequence.column = Text(next());
  sequence.type = Text(next());
  sequence.most_of_type = Number(next());
  return found;
}

}  // namespace

void FindNumbers(const Scope& scope, std::vector<Finding>& findings) {
  const auto add = [&](std::optional<Finding> finding) {
    if (finding) findings.push_back(std::move(*finding));
  };
  std::vector<Numbered> sequences;
  QueryEach(kSequences, {scope.schemas},
            [&](const char* const* values) { sequences.push_back(SequenceOf(values)); });
  for (const auto& [oid, sequence] : sequences) {
    const SequenceValue now = ReadSequence(oid);
    if (now.found) add(JudgeSequence(sequence, now.value));
  }
  for (const auto& row : Query(kKeys, {scope.schemas})) {
    add(JudgeKey(TextOf(row[0]), TextOf(row[1]), IntegerOf(row[2]), IntegerOf(row[3])));
  }
}

}  // namespace migrate::health
