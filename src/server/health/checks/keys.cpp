#include "core/health/rules.h"
#include "server/health/check.h"
#include "server/health/checks/parts.h"

#define NAME_OF_CONSTRAINT " format('%I on %I.%I', k.conname, n.nspname, c.relname) "
// Of those that a partitioned table has, that of the table alone.
#define FOREIGN_KEYS \
  RELATIONS("'r', 'p'") "JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0"

namespace migrate::health {

// The server's own triggers enforce it, and a superuser may switch them off, for all sessions or but for replication.
const Check kDisabledForeignKey = {&kForeignKeyDisabled, "SELECT " NAME_OF_CONSTRAINT R"sql(,
  string_agg(DISTINCT t.tgrelid::regclass::text, ', ')
FROM )sql" RELATIONS("'r', 'p'") R"sql(JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
  JOIN pg_trigger t ON t.tgconstraint = k.oid AND t.tgisinternal AND t.tgenabled IN ('D', 'R')
GROUP BY k.conname, n.nspname, c.relname)sql"};

const Check kKeyToAuth = {&kFkeyToAuthUnique,
                          "SELECT " NAME_OF_CONSTRAINT ", u.oid::regclass::text FROM" FOREIGN_KEYS R"sql(
  JOIN pg_class u ON u.oid = k.confrelid AND u.relnamespace = to_regnamespace('auth')
  JOIN pg_index i ON i.indexrelid = k.conindid AND NOT i.indisprimary)sql"};

// From 18 on a constraint can be NOT ENFORCED, which somebody wants so; before, there is no such column.
const Check kNotValid = {&kNotValidConstraint, "SELECT " NAME_OF_CONSTRAINT R"sql(,
  CASE c.relkind WHEN 'f' THEN 'FOREIGN TABLE ' ELSE 'TABLE ' END || c.oid::regclass::text, quote_ident(k.conname)
FROM )sql" RELATIONS("'r', 'p', 'f'") R"sql(JOIN pg_constraint k ON k.conrelid = c.oid AND NOT k.convalidated AND k.conparentid = 0
WHERE COALESCE((to_jsonb(k) ->> 'conenforced')::boolean, true)
UNION ALL
SELECT format('%I on %I.%I', k.conname, n.nspname, t.typname), 'DOMAIN ' || t.oid::regtype::text, quote_ident(k.conname)
FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace AND )sql" IN_SCOPE(
                                                   "n") R"sql(
WHERE NOT k.convalidated AND )sql" NOT_MEMBER("pg_type", "t.oid")};

// An integer that is narrower than the key which it references. The operators that compare them are those of two types.
const Check kTypeDiffers = {&kForeignKeyTypeDiffers,
                            "WITH keys AS MATERIALIZED (SELECT k.conrelid, k.confrelid, unnest(k.conkey) AS here, "
                            "unnest(k.confkey) AS there, " NAME_OF_CONSTRAINT "AS name FROM" FOREIGN_KEYS R"sql(
  WHERE k.conpfeqop && ARRAY['=(int8,int4)'::regoperator::oid, '=(int8,int2)'::regoperator::oid, '=(int4,int2)'::regoperator::oid])
SELECT k.name, quote_ident(a.attname), a.atttypid::regtype::text, u.attrelid::regclass::text || '.' || quote_ident(u.attname),
  u.atttypid::regtype::text
FROM keys k
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.here
  JOIN pg_attribute u ON u.attrelid = k.confrelid AND u.attnum = k.there
WHERE (a.atttypid, u.atttypid) IN (('int2'::regtype, 'int4'::regtype), ('int2'::regtype, 'int8'::regtype), ('int4'::regtype, 'int8'::regtype)))sql"};

const Check kKeyWithoutIndex = {
    &kUnindexedForeignKeys, "WITH keys AS MATERIALIZED (SELECT k.conrelid, k.confrelid, k.conkey, " NAME_OF_CONSTRAINT
                            "AS name FROM" FOREIGN_KEYS R"sql()
SELECT k.name, k.conrelid::regclass::text, )sql" COLUMNS("k.conrelid", "k.conkey") R"sql(, k.confrelid::regclass::text
FROM keys k WHERE NOT EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
  WHERE i.indrelid = k.conrelid AND (i.indisvalid OR x.relkind = 'I') AND)sql" SERVES_KEY ")"};

const Check kTableWithoutKey = {&kNoPrimaryKey, "SELECT " NAME_OF_RELATION "FROM" RELATIONS("'r', 'p'") R"sql(
WHERE NOT c.relispartition AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary))sql"};

const Check kDisabledTrigger = {
    &kTriggerDisabled,
    "SELECT format('%I on %I.%I', t.tgname, n.nspname, c.relname), c.oid::regclass::text, "
    "quote_ident(t.tgname) FROM" RELATIONS(
        "'r', 'p', 'v', 'f'") "JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'D'"};

}  // namespace migrate::health
