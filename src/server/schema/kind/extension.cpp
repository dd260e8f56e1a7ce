#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kExtensionKind = {"SELECT " OBJECT("pg_extension", "e.oid", "0") R"sql(
  'extension', NULL, e.extname, quote_ident(e.extname), 'EXTENSION ' || quote_ident(e.extname),
  format('CREATE EXTENSION %I WITH SCHEMA %I VERSION %L', e.extname, n.nspname, e.extversion), )sql" NO_OWNER R"sql(
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'migrate')sql"};

}  // namespace migrate
