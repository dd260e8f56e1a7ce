#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// Tables, partitioned, partitions and foreign ones among them, without their columns, which are objects of their own.
const Kind kTableKind = {"SELECT " OBJECT("pg_class", "c.oid", "c.oid") R"sql(
  CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, n.nspname, c.relname,
  format('%I.%I', n.nspname, c.relname),
  CASE c.relkind WHEN 'f' THEN 'FOREIGN TABLE ' ELSE 'TABLE ' END || format('%I.%I', n.nspname, c.relname),
  concat('CREATE ', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, CASE c.relkind WHEN 'f' THEN 'FOREIGN ' END,
    format('TABLE %I.%I', n.nspname, c.relname),
    CASE WHEN c.reloftype <> 0 THEN ' OF ' || format_type(c.reloftype, NULL) WHEN NOT c.relispartition THEN ' ()' END,
    CASE WHEN c.relispartition
      THEN ' PARTITION OF ' || (SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid)
        || ' ' || pg_get_expr(c.relpartbound, c.oid)
      ELSE (SELECT ' INHERITS (' || string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) || ')'
        FROM pg_inherits i WHERE i.inhrelid = c.oid) END,
    CASE c.relkind WHEN 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) END,
    (SELECT ' SERVER ' || quote_ident(s.srvname) || COALESCE(' OPTIONS (' || )sql" MASKED_OPTIONS(
    "f.ftoptions") R"sql( || ')', '')
       FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE c.relkind = 'f' AND f.ftrelid = c.oid),
    CASE WHEN a.amname <> 'heap' OR c.relkind = 'p' THEN ' USING ' || quote_ident(a.amname) END,
    CASE WHEN c.reloptions IS NOT NULL OR t.reloptions IS NOT NULL THEN
      ' WITH (' || concat_ws(', ', )sql" PARAMETERS("c.reloptions") R"sql(,
        (SELECT string_agg(format('toast.%I=%L', option_name, option_value), ', ') FROM pg_options_to_table(t.reloptions))) || ')' END,
    CASE WHEN c.reltablespace <> 0 THEN ' TABLESPACE ' || (SELECT quote_ident(spcname) FROM pg_tablespace WHERE oid = c.reltablespace) END,
    CASE WHEN c.relrowsecurity THEN format(E';\nALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', n.nspname, c.relname) END,
    CASE WHEN c.relforcerowsecurity THEN format(E';\nALTER TABLE %I.%I FORCE ROW LEVEL SECURITY', n.nspname, c.relname) END,
    CASE WHEN c.relreplident IN ('n', 'f') THEN format(E';\nALTER TABLE %I.%I REPLICA IDENTITY ', n.nspname, c.relname)
      || CASE c.relreplident WHEN 'n' THEN 'NOTHING' ELSE 'FULL' END END),
  )sql" OWNER_AND_ACL("c.relowner", "c.relacl", "r") R"sql(
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_am a ON a.oid = c.relam LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
WHERE c.relkind IN ('r', 'p', 'f') AND )sql" OF_USERS("n")};

}  // namespace migrate
