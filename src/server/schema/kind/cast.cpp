#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// Objects below this OID came with the server (FirstNormalObjectId of src/include/access/transam.h).
const Kind kCastKind = {"SELECT " OBJECT("pg_cast", "c.oid", "0") R"sql(
  'cast', NULL, format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)), i.identity,
  format('CAST (%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
  concat(format('CREATE CAST (%s AS %s) ', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
    CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
    CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END), )sql" NO_OWNER R"sql(
FROM pg_cast c, pg_identify_object('pg_cast'::regclass, c.oid, 0) i
WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i'))sql"};

const Kind kTransformKind = {"SELECT " OBJECT("pg_transform", "t.oid", "0") R"sql(
  'transform', NULL, i.identity, i.identity, format('TRANSFORM FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname),
  concat(format('CREATE TRANSFORM FOR %s LANGUAGE %I (', format_type(t.trftype, NULL), l.lanname),
    concat_ws(', ', CASE WHEN t.trffromsql <> 0 THEN 'FROM SQL WITH FUNCTION ' || t.trffromsql::regprocedure END,
      CASE WHEN t.trftosql <> 0 THEN 'TO SQL WITH FUNCTION ' || t.trftosql::regprocedure END), ')'), )sql" NO_OWNER
                                                                            R"sql(
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang, pg_identify_object('pg_transform'::regclass, t.oid, 0) i
WHERE t.oid >= 16384)sql"};

// plpgsql comes with the server; what is granted on it is the user's all the same.
const Kind kLanguageKind = {"SELECT " OBJECT("pg_language", "l.oid", "0") R"sql(
  'language', NULL, l.lanname, quote_ident(l.lanname), 'LANGUAGE ' || quote_ident(l.lanname),
  concat('CREATE ', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END, 'LANGUAGE ', quote_ident(l.lanname), ' HANDLER ', l.lanplcallfoid::regproc,
    CASE WHEN l.laninline <> 0 THEN ' INLINE ' || l.laninline::regproc END,
    CASE WHEN l.lanvalidator <> 0 THEN ' VALIDATOR ' || l.lanvalidator::regproc END), )sql" OWNER_AND_ACL(
    "l.lanowner", "l.lanacl", "l") R"sql(
FROM pg_language l WHERE l.lanispl AND (l.oid >= 16384 OR l.lanname = 'plpgsql'))sql"};

const Kind kAccessMethodKind = {"SELECT " OBJECT("pg_am", "a.oid", "0") R"sql(
  'access method', NULL, a.amname, quote_ident(a.amname), 'ACCESS METHOD ' || quote_ident(a.amname),
  format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', a.amname, CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, a.amhandler::regproc), )sql" NO_OWNER
                                                                        R"sql(
FROM pg_am a WHERE a.oid >= 16384)sql"};

}  // namespace migrate
