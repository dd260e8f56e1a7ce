// What the queries of several kinds share, as pieces of SQL. Only for the files of this folder. Their search_path is
// pg_catalog, pg_temp: nothing in them needs a schema.
#pragma once

// No user's schema begins with pg_.
#define OF_USERS(n) n ".nspname !~ '^pg_' AND " n ".nspname <> 'information_schema'"

// Three columns: owner, privileges and those that the owner has without a GRANT; entries apart by a byte that no role's
// name can hold.
#define OWNER_AND_ACL(owner, acl, kind)                            \
  " quote_ident(pg_get_userbyid(" owner ")), array_to_string(" acl \
  "::text[], E'\\x01'),"                                           \
  " CASE WHEN " acl " IS NOT NULL THEN array_to_string(acldefault('" kind "', " owner ")::text[], E'\\x01') END "
#define NO_ACL(owner) " quote_ident(pg_get_userbyid(" owner ")), NULL, NULL "
#define NO_OWNER " NULL, NULL, NULL "

// For a comment: a name can have line breaks in it.
#define ONE_LINE(text) " translate(" text ", E'\\r\\n', '  ') "

// Storage parameters, for WITH (…); null for none.
#define PARAMETERS(options) \
  " (SELECT string_agg(format('%I=%L', option_name, option_value), ', ') FROM pg_options_to_table(" options ")) "

// Options of a foreign data wrapper, for OPTIONS (…), by name: their order means nothing. Null for none. Values that
// may be secrets are masked: a password may stand under whatever name, so only those that say where and how are shown,
// as postgres_fdw and file_fdw have them.
#define MASKED_OPTIONS(options)                                                                                                         \
  " (SELECT string_agg(format('%I %L', option_name, CASE WHEN option_name IN ('host', 'hostaddr', 'port', 'dbname',"                    \
  " 'use_remote_estimate', 'fetch_size', 'batch_size', 'extensions', 'updatable', 'truncatable', 'async_capable',"                      \
  " 'fdw_startup_cost', 'fdw_tuple_cost', 'keep_connections', 'parallel_commit', 'parallel_abort', 'analyze_sampling',"                 \
  " 'schema_name', 'table_name', 'column_name', 'sslmode', 'application_name', 'connect_timeout', 'filename', 'format',"                \
  " 'delimiter', 'header', 'encoding') THEN option_value ELSE '***' END), ', ' ORDER BY option_name) FROM pg_options_to_table(" options \
  ")) "

// Columns that every query begins with: catalog, oid, column, and the relation that it goes with, 0 for none.
#define OBJECT(catalog, oid, relation) "'" catalog "'::regclass::oid, " oid ", 0, " relation ", "
