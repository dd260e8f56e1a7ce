#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// What makes the sequence of an identity column stands with the column.
const Kind kSequenceKind = {"SELECT " OBJECT("pg_class", "c.oid", "COALESCE(p.refobjid, 0)") R"sql(
  'sequence', n.nspname, c.relname, format('%I.%I', n.nspname, c.relname), format('SEQUENCE %I.%I', n.nspname, c.relname),
  CASE p.deptype WHEN 'i' THEN '-- of ' || )sql" ONE_LINE("owned.column_name") R"sql(
  ELSE concat(format('CREATE %sSEQUENCE %I.%I AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
      CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, n.nspname, c.relname, format_type(s.seqtypid, NULL),
      s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END),
    format(E';\nALTER SEQUENCE %I.%I OWNED BY ', n.nspname, c.relname) || owned.column_name) END,
  CASE WHEN p.deptype IS NULL THEN quote_ident(pg_get_userbyid(c.relowner)) END, array_to_string(c.relacl::text[], E'\x01'),
  CASE WHEN c.relacl IS NOT NULL THEN array_to_string(acldefault('s', c.relowner)::text[], E'\x01') END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
  LEFT JOIN pg_depend p ON p.classid = 'pg_class'::regclass AND p.objid = c.oid AND p.objsubid = 0
    AND p.refclassid = 'pg_class'::regclass AND p.deptype IN ('a', 'i') AND p.refobjsubid > 0
  LEFT JOIN LATERAL (SELECT format('%I.%I.%I', tn.nspname, tc.relname, ta.attname) AS column_name
    FROM pg_class tc JOIN pg_namespace tn ON tn.oid = tc.relnamespace JOIN pg_attribute ta ON ta.attrelid = tc.oid
    WHERE tc.oid = p.refobjid AND ta.attnum = p.refobjsubid) owned ON true
WHERE c.relkind = 'S' AND )sql" OF_USERS("n")};

}  // namespace migrate
