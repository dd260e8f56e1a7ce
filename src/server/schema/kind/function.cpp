#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kFunctionKind = {"SELECT " OBJECT("pg_proc", "p.oid", "0") R"sql(
  o.type, n.nspname, p.proname, o.identity,
  format('%s %I.%I(%s)', upper(o.type), n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
  rtrim(pg_get_functiondef(p.oid), E'\n'), )sql" OWNER_AND_ACL("p.proowner", "p.proacl", "f") R"sql(
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, pg_identify_object('pg_proc'::regclass, p.oid, 0) o
WHERE p.prokind IN ('f', 'p', 'w') AND )sql" OF_USERS("n")};

const Kind kAggregateKind = {"SELECT " OBJECT("pg_proc", "p.oid", "0") R"sql(
  o.type, n.nspname, p.proname, o.identity,
  format('AGGREGATE %I.%I(%s)', n.nspname, p.proname, COALESCE(NULLIF(pg_get_function_identity_arguments(p.oid), ''), '*')),
  concat(format('CREATE AGGREGATE %I.%I(%s) (', n.nspname, p.proname, COALESCE(NULLIF(pg_get_function_arguments(p.oid), ''), '*')),
    'SFUNC = ', a.aggtransfn::regproc, ', STYPE = ', format_type(a.aggtranstype, NULL),
    CASE WHEN a.aggtransspace <> 0 THEN ', SSPACE = ' || a.aggtransspace END,
    CASE WHEN a.aggfinalfn <> 0 THEN ', FINALFUNC = ' || a.aggfinalfn::regproc END,
    CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' END,
    CASE WHEN a.aggfinalfn <> 0 THEN ', FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
    CASE WHEN a.aggcombinefn <> 0 THEN ', COMBINEFUNC = ' || a.aggcombinefn::regproc END,
    CASE WHEN a.aggserialfn <> 0 THEN ', SERIALFUNC = ' || a.aggserialfn::regproc END,
    CASE WHEN a.aggdeserialfn <> 0 THEN ', DESERIALFUNC = ' || a.aggdeserialfn::regproc END,
    ', INITCOND = ' || quote_literal(a.agginitval),
    CASE WHEN a.aggmtransfn <> 0 THEN format(', MSFUNC = %s, MINVFUNC = %s, MSTYPE = %s', a.aggmtransfn::regproc, a.aggminvtransfn::regproc, format_type(a.aggmtranstype, NULL)) END,
    CASE WHEN a.aggmtransspace <> 0 THEN ', MSSPACE = ' || a.aggmtransspace END,
    CASE WHEN a.aggmfinalfn <> 0 THEN ', MFINALFUNC = ' || a.aggmfinalfn::regproc END,
    CASE WHEN a.aggmfinalextra THEN ', MFINALFUNC_EXTRA' END,
    CASE WHEN a.aggmfinalfn <> 0 THEN ', MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
    ', MINITCOND = ' || quote_literal(a.aggminitval),
    CASE WHEN a.aggsortop <> 0 THEN (SELECT format(', SORTOP = OPERATOR(%I.%s)', sn.nspname, so.oprname) FROM pg_operator so JOIN pg_namespace sn ON sn.oid = so.oprnamespace WHERE so.oid = a.aggsortop) END,
    CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' END,
    CASE a.aggkind WHEN 'h' THEN ', HYPOTHETICAL' END, ')'), )sql" OWNER_AND_ACL("p.proowner", "p.proacl", "f") R"sql(
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid,
  pg_identify_object('pg_proc'::regclass, p.oid, 0) o
WHERE p.prokind = 'a' AND )sql" OF_USERS("n")};

}  // namespace migrate
