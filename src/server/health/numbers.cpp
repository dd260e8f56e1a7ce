#include "core/health/numbers.h"

#include <map>
#include <string>
#include <utility>

#include "server/base/sequence_value.h"
#include "server/base/sql.h"
#include "server/health/checks/parts.h"
#include "server/health/find.h"

namespace migrate::health {
namespace {

// What is not logged can't be read on a standby, nor what is temporary in another session.
Statement kSequences = {
    "SELECT s.seqrelid, s.seqmin, s.seqmax, s.seqincrement < 0, s.seqcycle FROM" RELATIONS("'S'") R"sql(
  JOIN pg_sequence s ON s.seqrelid = c.oid
WHERE CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'USAGE, SELECT') END
  AND (c.relpersistence = 'p' OR (c.relpersistence = 'u' AND NOT pg_is_in_recovery())))sql",
    Rights::kCaller, Planning::kEachTime};

// A sequence fills the column that owns it, or whose default calls it; of several that which ends first is told.
Statement kNames = {R"sql(
WITH asked AS MATERIALIZED (SELECT unnest($1::text[])::oid AS sequence), narrow (type, most) AS (
  VALUES ('int2'::regtype, 32767::bigint), ('int4', 2147483647)
), fed AS (
  SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number FROM asked JOIN pg_depend d
    ON d.classid = 'pg_class'::regclass AND d.objid = asked.sequence AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
  UNION
  SELECT d.refobjid, a.adrelid, a.adnum FROM asked JOIN pg_depend d
    ON d.refclassid = 'pg_class'::regclass AND d.refobjid = asked.sequence AND d.classid = 'pg_attrdef'::regclass
    JOIN pg_attrdef a ON a.oid = d.objid
), columns AS (
  SELECT f.sequence, f.relation::regclass::text || '.' || quote_ident(a.attname) AS name, t.type, t.most
  FROM fed f JOIN pg_attribute a ON a.attrelid = f.relation AND a.attnum = f.number JOIN narrow t ON t.type = a.atttypid
)
SELECT DISTINCT ON (s.sequence) s.sequence, s.sequence::regclass, c.name, c.type, c.most
FROM asked s LEFT JOIN columns c ON c.sequence = s.sequence ORDER BY s.sequence, c.most, c.name)sql",
                    Rights::kCaller, Planning::kEachTime};

// Keys of one integer that no sequence fills, by the operator class of their index: their greatest value as statistics
// know it.
Statement kKeys = {R"sql(
WITH keys AS MATERIALIZED (
  SELECT n.nspname, c.relname, a.attname, a.atttypid::regtype AS type, CASE i.indclass[0] WHEN 1979 THEN 32767 ELSE 2147483647 END AS most
  FROM )sql" RELATIONS("'r', 'p'") R"sql(
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1 AND i.indclass[0] IN (1978, 1979)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] AND a.attidentity = '' AND NOT a.atthasdef
)
SELECT format('%I.%I.%I', k.nspname, k.relname, k.attname), k.type, k.most, (s.values)[cardinality(s.values)]
FROM keys k JOIN (SELECT schemaname, tablename, attname, histogram_bounds::text::bigint[] AS values FROM pg_stats
    WHERE (schemaname, tablename, attname) IN (SELECT nspname, relname, attname FROM keys) AND histogram_bounds IS NOT NULL) s
  ON s.schemaname = k.nspname AND s.tablename = k.relname AND s.attname = k.attname)sql",
                   Rights::kCaller, Planning::kEachTime};

struct Found {
  Sequence sequence;
  int64_t value;
};

Sequence SequenceOf(const char* const* values) {
  return {.least = std::stoll(values[1]),
          .most = std::stoll(values[2]),
          .descends = *values[3] == 't',
          .cycles = *values[4] == 't'};
}

}  // namespace

void FindNumbers(const Scope& scope, std::vector<Finding>& findings) {
  const auto add = [&](std::optional<Finding> finding) {
    if (finding) findings.push_back(std::move(*finding));
  };
  std::map<std::string, Found> near;
  std::vector<std::string> asked;
  std::vector<std::pair<std::string, Sequence>> sequences;
  QueryEach(kSequences, {scope.schemas},
            [&](const char* const* values) { sequences.emplace_back(values[0], SequenceOf(values)); });
  for (const auto& [oid, sequence] : sequences) {
    const SequenceValue now = ReadSequence(static_cast<Oid>(std::stoul(oid)));
    if (!now.found || !MayBeNearEnd(sequence, now.value)) continue;
    near.emplace(oid, Found{sequence, now.value});
    asked.push_back(oid);
  }
  if (!asked.empty()) {
    for (const auto& row : Query(kNames, {asked})) {
      const Found& found = near.at(TextOf(row[0]));
      std::optional<Column> column;
      if (row[2]) column = Column{TextOf(row[2]), TextOf(row[3]), IntegerOf(row[4])};
      add(JudgeSequence(found.sequence, TextOf(row[1]), column, found.value));
    }
  }
  for (const auto& row : Query(kKeys, {scope.schemas})) {
    add(JudgeKey({TextOf(row[0]), TextOf(row[1]), IntegerOf(row[2])}, IntegerOf(row[3])));
  }
}

}  // namespace migrate::health
