#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

#define TYPE(target) \
  "SELECT " OBJECT("pg_type", "t.oid", "0") " 'type', n.nspname, t.typname, format('%I.%I', n.nspname, t.typname), " \
  "format('" target " %I.%I', n.nspname, t.typname), "
#define FROM_TYPE \
  OWNER_AND_ACL("t.typowner", "t.typacl", "T") " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "

const Kind kEnumKind = {TYPE("TYPE") R"sql(
  format('CREATE TYPE %I.%I AS ENUM (', n.nspname, t.typname) || COALESCE((SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
    FROM pg_enum e WHERE e.enumtypid = t.oid), '') || ')', )sql" FROM_TYPE "WHERE t.typtype = 'e' AND " OF_USERS("n")};

const Kind kDomainKind = {
    TYPE("DOMAIN") R"sql(
  concat(format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod)),
    CASE WHEN t.typcollation <> b.typcollation THEN ' COLLATE ' || t.typcollation::regcollation::text END,
    ' DEFAULT ' || COALESCE(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
    CASE WHEN t.typnotnull THEN (SELECT ' CONSTRAINT ' || quote_ident(k.conname) FROM pg_constraint k
      WHERE k.contypid = t.oid AND k.contype = 'n' AND k.conname <> t.typname || '_not_null') END,
    CASE WHEN t.typnotnull THEN ' NOT NULL' END), )sql" FROM_TYPE
                   "JOIN pg_type b ON b.oid = t.typbasetype WHERE t.typtype = 'd' AND " OF_USERS("n")};

const Kind kCompositeKind = {
    TYPE("TYPE") R"sql(
  format('CREATE TYPE %I.%I AS (', n.nspname, t.typname) || COALESCE((SELECT string_agg(
      concat(quote_ident(a.attname), ' ', format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attcollation <> y.typcollation THEN ' COLLATE ' || a.attcollation::regcollation::text END), ', ' ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')', )sql" FROM_TYPE
                 "JOIN pg_class c ON c.oid = t.typrelid WHERE t.typtype = 'c' AND c.relkind = 'c' AND " OF_USERS("n")};

const Kind kRangeKind = {TYPE("TYPE") R"sql(
  concat(format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s', n.nspname, t.typname, format_type(r.rngsubtype, NULL)),
    CASE WHEN NOT o.opcdefault THEN format(', SUBTYPE_OPCLASS = %I.%I', q.nspname, o.opcname) END,
    CASE WHEN r.rngcollation <> s.typcollation THEN ', COLLATION = ' || r.rngcollation::regcollation::text END,
    CASE WHEN r.rngcanonical <> 0 THEN ', CANONICAL = ' || r.rngcanonical::regproc END,
    CASE WHEN r.rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc END,
    ', MULTIRANGE_TYPE_NAME = ', format_type(r.rngmultitypid, NULL), ')'), )sql" FROM_TYPE R"sql(
  JOIN pg_range r ON r.rngtypid = t.oid JOIN pg_type s ON s.oid = r.rngsubtype
  JOIN pg_opclass o ON o.oid = r.rngsubopc JOIN pg_namespace q ON q.oid = o.opcnamespace
WHERE t.typtype = 'r' AND )sql" OF_USERS("n")};

// Base types and shells; the types of arrays, tables and multiranges come with others.
const Kind kBaseTypeKind = {TYPE(
    "TYPE") R"sql(
  CASE WHEN NOT t.typisdefined THEN format('CREATE TYPE %I.%I', n.nspname, t.typname)
  ELSE concat(format('CREATE TYPE %I.%I (INPUT = %s, OUTPUT = %s', n.nspname, t.typname, t.typinput::regproc, t.typoutput::regproc),
    CASE WHEN t.typreceive <> 0 THEN ', RECEIVE = ' || t.typreceive::regproc END,
    CASE WHEN t.typsend <> 0 THEN ', SEND = ' || t.typsend::regproc END,
    CASE WHEN t.typmodin <> 0 THEN ', TYPMOD_IN = ' || t.typmodin::regproc END,
    CASE WHEN t.typmodout <> 0 THEN ', TYPMOD_OUT = ' || t.typmodout::regproc END,
    CASE WHEN t.typanalyze <> 0 THEN ', ANALYZE = ' || t.typanalyze::regproc END,
    CASE WHEN t.typsubscript <> 0 THEN ', SUBSCRIPT = ' || t.typsubscript::regproc END,
    ', INTERNALLENGTH = ', CASE t.typlen WHEN -1 THEN 'VARIABLE' ELSE t.typlen::text END,
    CASE WHEN t.typbyval THEN ', PASSEDBYVALUE' END,
    ', ALIGNMENT = ', CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
    ', STORAGE = ', CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END,
    ', CATEGORY = ', quote_literal(t.typcategory::text), CASE WHEN t.typispreferred THEN ', PREFERRED = true' END,
    ', DEFAULT = ' || quote_literal(t.typdefault), CASE WHEN t.typelem <> 0 THEN ', ELEMENT = ' || format_type(t.typelem, NULL) END,
    ', DELIMITER = ', quote_literal(t.typdelim::text), CASE WHEN t.typcollation <> 0 THEN ', COLLATABLE = true' END, ')') END, )sql" FROM_TYPE
            R"sql(WHERE (t.typtype = 'b' AND (SELECT e.typarray FROM pg_type e WHERE e.oid = t.typelem) IS DISTINCT FROM t.oid
  OR t.typtype = 'p' AND NOT t.typisdefined) AND )sql" OF_USERS("n")};

}  // namespace migrate
