#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kForeignDataWrapperKind = {"SELECT " OBJECT("pg_foreign_data_wrapper", "f.oid", "0") R"sql(
  'foreign-data wrapper', NULL, f.fdwname, quote_ident(f.fdwname), 'FOREIGN DATA WRAPPER ' || quote_ident(f.fdwname),
  concat('CREATE FOREIGN DATA WRAPPER ', quote_ident(f.fdwname), CASE WHEN f.fdwhandler <> 0 THEN ' HANDLER ' || f.fdwhandler::regproc END,
    CASE WHEN f.fdwvalidator <> 0 THEN ' VALIDATOR ' || f.fdwvalidator::regproc END, ' OPTIONS (' || )sql" MASKED_OPTIONS(
    "f.fdwoptions") " || ')'), " OWNER_AND_ACL("f.fdwowner", "f.fdwacl", "F") R"sql(
FROM pg_foreign_data_wrapper f)sql"};

const Kind kServerKind = {"SELECT " OBJECT("pg_foreign_server", "s.oid", "0") R"sql(
  'server', NULL, s.srvname, quote_ident(s.srvname), 'SERVER ' || quote_ident(s.srvname),
  concat('CREATE SERVER ', quote_ident(s.srvname), ' TYPE ' || quote_literal(s.srvtype), ' VERSION ' || quote_literal(s.srvversion),
    ' FOREIGN DATA WRAPPER ', quote_ident(f.fdwname), ' OPTIONS (' || )sql" MASKED_OPTIONS(
    "s.srvoptions") " || ')'), " OWNER_AND_ACL("s.srvowner", "s.srvacl", "S") R"sql(
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw)sql"};

// From the view, which every role may read and which shows the options to those who may see them: of what it does not
// show, names neither.
const Kind kUserMappingKind = {R"sql(SELECT 'pg_user_mapping'::regclass::oid, u.umid, 0, 0,
  'user mapping', NULL, u.usename || ' on server ' || u.srvname,
  CASE u.umuser WHEN 0 THEN 'public' ELSE u.usename END || ' on server ' || u.srvname, NULL,
  concat('CREATE USER MAPPING FOR ', CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, ' SERVER ', quote_ident(u.srvname),
    (SELECT ' OPTIONS (' || string_agg(format('%I %L', option_name, '***'), ', ' ORDER BY option_name) || ')' FROM pg_options_to_table(u.umoptions))), )sql" NO_OWNER
                               R"sql(
FROM pg_user_mappings u)sql"};

}  // namespace migrate
