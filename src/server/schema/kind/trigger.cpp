#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// Not what a partition has of its parent, unless it is switched otherwise.
const Kind kTriggerKind = {"SELECT " OBJECT("pg_trigger", "t.oid", "t.tgrelid") R"sql(
  'trigger', n.nspname, t.tgname, format('%I on %I.%I', t.tgname, n.nspname, c.relname),
  format('TRIGGER %I ON %I.%I', t.tgname, n.nspname, c.relname),
  concat(CASE t.tgparentid WHEN 0 THEN pg_get_triggerdef(t.oid) ELSE '-- of the partitioned table' END,
    CASE WHEN t.tgenabled <> 'O' OR t.tgparentid <> 0 THEN format(E';\nALTER TABLE %I.%I %s TRIGGER %I', n.nspname, c.relname,
      CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END,
      t.tgname) END), )sql" NO_OWNER R"sql(
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_trigger p ON p.oid = t.tgparentid
WHERE NOT t.tgisinternal AND (t.tgparentid = 0 OR t.tgenabled <> p.tgenabled) AND )sql" OF_USERS("n")};

const Kind kEventTriggerKind = {"SELECT " OBJECT("pg_event_trigger", "e.oid", "0") R"sql(
  'event trigger', NULL, e.evtname, quote_ident(e.evtname), 'EVENT TRIGGER ' || quote_ident(e.evtname),
  concat(format('CREATE EVENT TRIGGER %I ON %s', e.evtname, e.evtevent),
    (SELECT ' WHEN TAG IN (' || string_agg(quote_literal(tag), ', ' ORDER BY place) || ')' FROM unnest(e.evttags) WITH ORDINALITY AS g (tag, place)),
    ' EXECUTE FUNCTION ', e.evtfoid::regproc, '()',
    CASE WHEN e.evtenabled <> 'O' THEN format(E';\nALTER EVENT TRIGGER %I %s', e.evtname,
      CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END) END), )sql" NO_ACL(
    "e.evtowner") R"sql(
FROM pg_event_trigger e)sql"};

}  // namespace migrate
