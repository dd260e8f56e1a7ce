#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// Not what a table has of its parents: an inherited check, the part of a foreign key that a partition has. NOT NULL, a
// constraint from 18 on, stands with its column: it is shown here if it has a comment. A constraint trigger is a
// trigger.
const Kind kConstraintKind = {"SELECT " OBJECT("pg_constraint", "k.oid", "k.conrelid") R"sql(
  'table constraint', n.nspname, k.conname, format('%I on %I.%I', k.conname, n.nspname, c.relname),
  format('CONSTRAINT %I ON %I.%I', k.conname, n.nspname, c.relname),
  concat(CASE WHEN k.contype = 'n' THEN '-- ' ELSE format('ALTER TABLE %I.%I ADD CONSTRAINT %I ', n.nspname, c.relname, k.conname) END,
    CASE WHEN k.contype = 'n' THEN )sql" ONE_LINE(
    "pg_get_constraintdef(k.oid)") R"sql( ELSE pg_get_constraintdef(k.oid) END,
    (SELECT format(E';\nALTER INDEX %s ATTACH PARTITION %s', i.inhparent::regclass, i.inhrelid::regclass)
      FROM pg_inherits i WHERE k.contype IN ('p', 'u', 'x') AND i.inhrelid = k.conindid)), )sql" NO_OWNER R"sql(
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (k.contype IN ('p', 'u', 'x') OR k.contype = 'c' AND k.conislocal OR k.contype = 'f' AND k.conparentid = 0
    OR k.contype = 'n' AND EXISTS (SELECT FROM pg_description s WHERE s.classoid = 'pg_constraint'::regclass AND s.objoid = k.oid))
  AND )sql" OF_USERS("n")};

const Kind kDomainConstraintKind = {"SELECT " OBJECT("pg_constraint", "k.oid", "0") R"sql(
  'domain constraint', n.nspname, k.conname, format('%I on %I.%I', k.conname, n.nspname, t.typname),
  format('CONSTRAINT %I ON DOMAIN %I.%I', k.conname, n.nspname, t.typname),
  format('ALTER DOMAIN %I.%I ADD CONSTRAINT %I ', n.nspname, t.typname, k.conname) || pg_get_constraintdef(k.oid), )sql" NO_OWNER
                                                                                    R"sql(
FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE k.contype = 'c' AND )sql" OF_USERS("n")};

}  // namespace migrate
