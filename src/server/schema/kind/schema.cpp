#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kSchemaKind = {"SELECT " OBJECT("pg_namespace", "n.oid", "0") R"sql(
  'schema', n.nspname, n.nspname, quote_ident(n.nspname), 'SCHEMA ' || quote_ident(n.nspname),
  'CREATE SCHEMA ' || quote_ident(n.nspname), )sql" OWNER_AND_ACL("n.nspowner", "n.nspacl", "n") R"sql(
FROM pg_namespace n WHERE )sql" OF_USERS("n")};

}  // namespace migrate
