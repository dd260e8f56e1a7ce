#include "server/types/queries.h"

namespace migrate::types {

// Texts don't depend on how the session quotes. A condition without columns is looked at before the first row is read.
#define AS_OTHERS_QUOTE "(SELECT set_config('quote_all_identifiers', 'off', true)) IS NOT NULL"
#define OF_SCHEMAS(name) name " = ANY ($1::text[])"
// The names of these columns of a table, in that order.
#define NAMES_OF(relation, numbers)                                   \
  "(SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(" numbers \
  ") WITH ORDINALITY u (number, place) "                              \
  "JOIN pg_attribute a ON a.attrelid = " relation " AND a.attnum = u.number)"

Statement schema_query = {
    R"sql(SELECT s, n.oid IS NOT NULL, coalesce(NOT starts_with(s, 'pg_')
    AND (pg_has_role(n.nspowner, 'USAGE') OR has_schema_privilege(n.oid, 'CREATE, USAGE')), false)
  FROM unnest($1::text[]) s LEFT JOIN pg_namespace n ON n.nspname = s)sql",
    Rights::kCaller};

// Bits of what can be written, as the server counts them.
Statement relation_query = {
    "SELECT c.oid, n.nspname, c.relname, c.relkind, CASE WHEN c.relkind = 'v' THEN pg_relation_is_updatable(c.oid, true) END "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE " OF_SCHEMAS("n.nspname") R"sql(
  AND (c.relkind IN ('v', 'm', 'f') OR c.relkind IN ('r', 'p') AND NOT pg_is_other_temp_schema(n.oid)
    AND (pg_has_role(c.relowner, 'USAGE')
      OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
      OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))))sql",
    Rights::kCaller};

// A trigger or a rule instead of a change makes all columns of a view writable.
Statement column_query = {
    R"sql(SELECT a.attrelid, a.attname, a.attnum, tn.nspname, t.typname,
    NOT (a.attnotnull OR own.typtype = 'd' AND own.typnotnull), a.atthasdef, a.attidentity <> '',
    a.attidentity = 'a' OR a.attgenerated <> '',
    CASE WHEN c.relkind = 'v' THEN instead.oid IS NOT NULL OR pg_column_is_updatable(c.oid, a.attnum, false) END,
    coalesce(d.description ~ '(^|[\n\r])\s*@notNull\s*($|[\n\r])', false)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type own ON own.oid = a.atttypid
    JOIN pg_type t ON t.oid = CASE own.typtype WHEN 'd' THEN own.typbasetype ELSE own.oid END
    JOIN pg_namespace tn ON tn.oid = t.typnamespace
    LEFT JOIN (SELECT tgrelid FROM pg_trigger WHERE tgtype & 64 <> 0 AND tgtype & 20 <> 0 AND NOT tgisinternal
      UNION SELECT ev_class FROM pg_rewrite WHERE is_instead AND ev_type IN ('2', '3') AND ev_qual::text = '<>')
      instead (oid) ON instead.oid = c.oid
    LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = a.attnum
      AND c.relkind IN ('v', 'm')
  WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT pg_is_other_temp_schema(n.oid)
    AND (pg_has_role(c.relowner, 'USAGE') OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'))
    AND )sql" OF_SCHEMAS("n.nspname"),
    Rights::kCaller};

Statement type_query = {
    "SELECT t.oid, n.nspname, t.typname, t.typrelid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace",
    Rights::kCaller};
Statement label_query = {"SELECT enumtypid, enumlabel FROM pg_enum ORDER BY enumtypid, enumsortorder", Rights::kCaller};
Statement attribute_query = {
    R"sql(SELECT c.reltype, a.attname, a.atttypid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relkind = 'c' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.oid, a.attnum)sql",
    Rights::kCaller};

Statement key_query = {
    "SELECT k.contype, k.conname, k.conrelid, n.nspname, c.relname, array_to_string(k.conkey, ' '), "
    "CASE k.contype WHEN 'f' THEN " NAMES_OF("k.conrelid", "k.conkey") " END, "
    "k.confrelid, fn.nspname, f.relname, array_to_string(k.confkey, ' '), "
    "CASE k.contype WHEN 'f' THEN " NAMES_OF("k.confrelid", "k.confkey") " END, "
    "k.conparentid <> 0, " OF_SCHEMAS("n.nspname") R"sql(, quote_ident(n.nspname) = n.nspname
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = k.connamespace
    LEFT JOIN (pg_class f JOIN pg_namespace fn ON fn.oid = f.relnamespace) ON f.oid = k.confrelid
  WHERE k.contype IN ('p', 'u', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND )sql" AS_OTHERS_QUOTE,
    Rights::kCaller};

// Keys are followed through views in the schemas and in those that the CLI takes to be in everybody's search path.
Statement rule_query = {
    "WITH RECURSIVE below (oid) AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('v', 'm') AND " OF_SCHEMAS("n.nspname") R"sql(
  UNION SELECT c.oid FROM below b JOIN pg_rewrite r ON r.ev_class = b.oid AND r.rulename = '_RETURN'
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class c ON c.oid = d.refobjid AND c.relkind IN ('v', 'm'))
  SELECT c.oid, n.nspname, c.relname,
    (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0),
    r.rulename = '_RETURN', )sql" OF_SCHEMAS("n.nspname") ", " OF_SCHEMAS("n.nspname") R"sql(
      OR n.nspname IN ('public', 'extensions'), r.ev_action::text
  FROM below b JOIN pg_class c ON c.oid = b.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_rewrite r ON r.ev_class = c.oid)sql",
    Rights::kCaller};

Statement not_null_query = {
    R"sql(SELECT DISTINCT d.refobjid, d.refobjsubid FROM pg_depend d
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid JOIN pg_type t ON t.oid = a.atttypid
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
    AND (a.attnotnull OR t.typtype = 'd' AND t.typnotnull))sql",
    Rights::kCaller};

Statement function_query = {
    R"sql(SELECT p.oid, n.nspname, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
    format_type(coalesce(p.proallargtypes[1], p.proargtypes[0]), NULL), p.prorettype, p.proretset, p.prorows,
    p.pronargs - p.pronargdefaults, p.pronargs, array_to_string(p.proargmodes, ''), to_json(p.proargnames),
    coalesce(array_to_string(p.proallargtypes, ' '), p.proargtypes::text)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prokind = 'f' AND (SELECT set_config('search_path', $2, true)) IS NOT NULL
    AND )sql" AS_OTHERS_QUOTE " AND " OF_SCHEMAS("n.nspname"),
    Rights::kCaller};

Statement collation_query = {"SELECT to_regcollation('pg_catalog.\"en-x-icu\"') IS NOT NULL", Rights::kCaller};
Statement order_query = {"SELECT t, rank() OVER (ORDER BY t COLLATE \"en-x-icu\") FROM unnest($1::text[]) t",
                         Rights::kCaller};

}  // namespace migrate::types
