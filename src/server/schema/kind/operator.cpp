#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kOperatorKind = {"SELECT " OBJECT("pg_operator", "o.oid", "0") R"sql(
  'operator', n.nspname, o.oprname, i.identity,
  format('OPERATOR %I.%s (%s, %s)', n.nspname, o.oprname, CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END, format_type(o.oprright, NULL)),
  concat(format('CREATE OPERATOR %I.%s (FUNCTION = %s', n.nspname, o.oprname, o.oprcode::regproc),
    CASE WHEN o.oprleft <> 0 THEN ', LEFTARG = ' || format_type(o.oprleft, NULL) END,
    CASE WHEN o.oprright <> 0 THEN ', RIGHTARG = ' || format_type(o.oprright, NULL) END,
    (SELECT format(', COMMUTATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname) FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprcom),
    (SELECT format(', NEGATOR = OPERATOR(%I.%s)', cn.nspname, c.oprname) FROM pg_operator c JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprnegate),
    CASE WHEN o.oprcanmerge THEN ', MERGES' END, CASE WHEN o.oprcanhash THEN ', HASHES' END,
    CASE WHEN o.oprrest <> 0 THEN ', RESTRICT = ' || o.oprrest::regproc END,
    CASE WHEN o.oprjoin <> 0 THEN ', JOIN = ' || o.oprjoin::regproc END, ')'), )sql" NO_ACL("o.oprowner") R"sql(
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace, pg_identify_object('pg_operator'::regclass, o.oid, 0) i
WHERE o.oprcode <> 0 AND )sql" OF_USERS("n")};

// What a family or a class holds: operators and functions, in the order of their numbers and types.
#define MEMBERS(of)                                                                                                 \
  "(SELECT string_agg(member, ', ' ORDER BY what, number, types) FROM ("                                            \
  " SELECT 1 AS what, m.amopstrategy AS number, concat(m.amoplefttype::regtype, ', ', m.amoprighttype::regtype) AS" \
  "   types, concat('OPERATOR ', m.amopstrategy, ' ', m.amopopr::regoperator,"                                      \
  "     (SELECT format(' FOR ORDER BY %I.%I', n.nspname, s.opfname) FROM pg_opfamily s"                             \
  "       JOIN pg_namespace n ON n.oid = s.opfnamespace WHERE s.oid = m.amopsortfamily)) AS member"                 \
  " FROM pg_amop m JOIN pg_depend d ON d.classid = 'pg_amop'::regclass AND d.objid = m.oid AND " of                 \
  " UNION ALL SELECT 2, m.amprocnum, concat(m.amproclefttype::regtype, ', ', m.amprocrighttype::regtype),"          \
  "   concat('FUNCTION ', m.amprocnum, ' (', m.amproclefttype::regtype, ', ', m.amprocrighttype::regtype, ') ',"    \
  "     m.amproc::regprocedure)"                                                                                    \
  " FROM pg_amproc m JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass AND d.objid = m.oid AND " of             \
  ") AS members)"

// A member that belongs to a class depends on it internally; one that was added to the family depends on the family
// automatically.
const Kind kOperatorFamilyKind = {"SELECT " OBJECT("pg_opfamily", "f.oid", "0") R"sql(
  'operator family', n.nspname, f.opfname, i.identity, format('OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, a.amname),
  concat(format('CREATE OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, a.amname),
    format(E';\nALTER OPERATOR FAMILY %I.%I USING %I ADD ', n.nspname, f.opfname, a.amname) || )sql" MEMBERS(
    "d.deptype = 'a' AND d.refclassid = 'pg_opfamily'::regclass AND d.refobjid = f.oid") "), " NO_ACL("f.opfowner") R"sql(
FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am a ON a.oid = f.opfmethod,
  pg_identify_object('pg_opfamily'::regclass, f.oid, 0) i
WHERE )sql" OF_USERS("n")};

const Kind kOperatorClassKind = {"SELECT " OBJECT("pg_opclass", "c.oid", "0") R"sql(
  'operator class', n.nspname, c.opcname, i.identity, format('OPERATOR CLASS %I.%I USING %I', n.nspname, c.opcname, a.amname),
  concat(format('CREATE OPERATOR CLASS %I.%I%s FOR TYPE %s USING %I FAMILY %I.%I AS ', n.nspname, c.opcname,
      CASE WHEN c.opcdefault THEN ' DEFAULT' END, format_type(c.opcintype, NULL), a.amname, fn.nspname, f.opfname),
    CASE WHEN c.opckeytype <> 0 THEN 'STORAGE ' || format_type(c.opckeytype, NULL) || ', ' END, )sql" MEMBERS(
    "d.deptype = 'i' AND d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid") "), " NO_ACL("c.opcowner") R"sql(
FROM pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_am a ON a.oid = c.opcmethod
  JOIN pg_opfamily f ON f.oid = c.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace,
  pg_identify_object('pg_opclass'::regclass, c.oid, 0) i
WHERE )sql" OF_USERS("n")};

}  // namespace migrate
