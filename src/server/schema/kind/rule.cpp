#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kRuleKind = {"SELECT " OBJECT("pg_rewrite", "r.oid", "r.ev_class") R"sql(
  'rule', n.nspname, r.rulename, format('%I on %I.%I', r.rulename, n.nspname, c.relname),
  format('RULE %I ON %I.%I', r.rulename, n.nspname, c.relname),
  concat(rtrim(pg_get_ruledef(r.oid), ';'),
    CASE WHEN r.ev_enabled <> 'O' THEN format(E';\nALTER TABLE %I.%I %s RULE %I', n.nspname, c.relname,
      CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, r.rulename) END), )sql" NO_OWNER
                                                                              R"sql(
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT (r.rulename = '_RETURN' AND r.ev_type = '1') AND )sql" OF_USERS("n")};

}  // namespace migrate
