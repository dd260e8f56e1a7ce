#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// The version of the collation library is the machine's, not the schema's. Columns that came or changed their names
// after 15 (colliculocale is colllocale from 17 on, collicurules came with 16) are looked up by name.
const Kind kCollationKind = {"SELECT " OBJECT("pg_collation", "c.oid", "0") R"sql(
  'collation', n.nspname, c.collname, format('%I.%I', n.nspname, c.collname), format('COLLATION %I.%I', n.nspname, c.collname),
  concat(format('CREATE COLLATION %I.%I (PROVIDER = %s', n.nspname, c.collname,
      CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' ELSE 'default' END),
    CASE WHEN NOT c.collisdeterministic THEN ', DETERMINISTIC = false' END,
    CASE WHEN c.collcollate = c.collctype THEN ', LOCALE = ' || quote_literal(c.collcollate)
      ELSE concat(', LC_COLLATE = ' || quote_literal(c.collcollate), ', LC_CTYPE = ' || quote_literal(c.collctype)) END,
    ', LOCALE = ' || quote_literal(COALESCE(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')),
    ', RULES = ' || quote_literal(to_jsonb(c) ->> 'collicurules'), ')'), )sql" NO_ACL("c.collowner") R"sql(
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE )sql" OF_USERS("n")};

const Kind kConversionKind = {"SELECT " OBJECT("pg_conversion", "c.oid", "0") R"sql(
  'conversion', n.nspname, c.conname, format('%I.%I', n.nspname, c.conname), format('CONVERSION %I.%I', n.nspname, c.conname),
  format('CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s', CASE WHEN c.condefault THEN 'DEFAULT ' END, n.nspname, c.conname,
    pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc::regproc), )sql" NO_ACL(
    "c.conowner") R"sql(
FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE )sql" OF_USERS("n")};

}  // namespace migrate
