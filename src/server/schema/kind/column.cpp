#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// Columns of tables. From 18 on NOT NULL is a constraint with a name, which is shown if it is not the one that the
// server gives by itself. pg_attver among the options changes with a type and says nothing of the schema.
const Kind kColumnKind = {R"sql(SELECT 'pg_class'::regclass::oid, c.oid, a.attnum, c.oid,
  CASE c.relkind WHEN 'f' THEN 'foreign table column' ELSE 'table column' END, n.nspname, a.attname,
  format('%I.%I.%I', n.nspname, c.relname, a.attname), format('COLUMN %I.%I.%I', n.nspname, c.relname, a.attname),
  concat(format('ALTER %sTABLE %I.%I ADD COLUMN %I ', CASE c.relkind WHEN 'f' THEN 'FOREIGN ' END, n.nspname, c.relname, a.attname),
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attfdwoptions IS NOT NULL THEN ' OPTIONS (' || )sql" MASKED_OPTIONS(
    "a.attfdwoptions") R"sql( || ')' END,
    CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation::text END,
    CASE a.attgenerated WHEN '' THEN ' DEFAULT ' || pg_get_expr(d.adbin, 0)
      ELSE ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid)
        || CASE a.attgenerated WHEN 's' THEN ') STORED' ELSE ') VIRTUAL' END END,
    CASE WHEN a.attidentity <> '' THEN
      (SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %I.%I START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s)',
          CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, sn.nspname, sc.relname,
          s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)
        FROM pg_depend p JOIN pg_sequence s ON s.seqrelid = p.objid JOIN pg_class sc ON sc.oid = p.objid
          JOIN pg_namespace sn ON sn.oid = sc.relnamespace
        WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
          AND p.classid = 'pg_class'::regclass AND p.deptype = 'i') END,
    CASE WHEN k.conname <> concat(c.relname, '_', a.attname, '_not_null') THEN ' CONSTRAINT ' || quote_ident(k.conname) END,
    CASE WHEN a.attnotnull THEN ' NOT NULL' END,
    CASE WHEN k.connoinherit AND c.relkind <> 'p' THEN ' NO INHERIT' END,
    CASE WHEN NOT k.convalidated THEN ' NOT VALID' END,
    CASE WHEN NOT a.attislocal THEN ' /* inherited */' END,
    CASE WHEN a.attstorage <> t.typstorage THEN format(E';\nALTER TABLE %I.%I ALTER COLUMN %I SET STORAGE ', n.nspname, c.relname, a.attname)
      || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
    CASE WHEN a.attcompression <> '' THEN format(E';\nALTER TABLE %I.%I ALTER COLUMN %I SET COMPRESSION ', n.nspname, c.relname, a.attname)
      || CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END END,
    CASE WHEN a.attstattarget >= 0 THEN
      format(E';\nALTER TABLE %I.%I ALTER COLUMN %I SET STATISTICS %s', n.nspname, c.relname, a.attname, a.attstattarget) END,
    CASE WHEN a.attoptions IS NOT NULL THEN
      (SELECT format(E';\nALTER TABLE %I.%I ALTER COLUMN %I SET (%s)', n.nspname, c.relname, a.attname,
          string_agg(format('%I=%L', option_name, option_value), ', '))
        FROM pg_options_to_table(a.attoptions) WHERE option_name <> 'pg_attver' HAVING count(*) > 0) END),
  NULL, array_to_string(a.attacl::text[], E'\x01'), ''
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_constraint k ON k.contype = 'n' AND k.conrelid = a.attrelid AND k.conkey[1] = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND )sql" OF_USERS("n") R"sql(
ORDER BY c.oid, a.attnum)sql"};

// Columns of views, and of composite types where they have a comment: what they are made of is in the definition above
// them. A view's column can have a default and privileges.
const Kind kViewColumnKind = {R"sql(SELECT 'pg_class'::regclass::oid, c.oid, a.attnum, c.oid,
  CASE c.relkind WHEN 'v' THEN 'view column' WHEN 'm' THEN 'materialized view column' ELSE 'composite type column' END,
  n.nspname, a.attname, format('%I.%I.%I', n.nspname, c.relname, a.attname),
  format('COLUMN %I.%I.%I', n.nspname, c.relname, a.attname),
  concat('-- ', )sql" ONE_LINE("format_type(a.atttypid, a.atttypmod)") R"sql(,
    CASE WHEN d.adbin IS NOT NULL THEN
      format(E';\nALTER VIEW %I.%I ALTER COLUMN %I SET DEFAULT %s', n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, 0)) END,
    CASE WHEN a.attstattarget >= 0 THEN
      format(E';\nALTER MATERIALIZED VIEW %I.%I ALTER COLUMN %I SET STATISTICS %s', n.nspname, c.relname, a.attname, a.attstattarget) END),
  NULL, array_to_string(a.attacl::text[], E'\x01'), ''
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND )sql" OF_USERS("n") R"sql(
  AND (c.relkind IN ('v', 'm') OR c.relkind = 'c' AND EXISTS (SELECT FROM pg_description s
    WHERE s.classoid = 'pg_class'::regclass AND s.objoid = c.oid AND s.objsubid = a.attnum)))sql"};

}  // namespace migrate
