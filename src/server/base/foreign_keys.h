// What is asked of foreign keys, as pieces of SQL. For a search path of pg_catalog alone.
#pragma once

// A query of the rows without a partner of foreign key k, from c to u. The condition is the server's own
// (RI_Initial_Check): but for rows with a null that is allowed.
#define ROWS_WITHOUT_PARTNER                                                                           \
  " format('SELECT FROM %s f LEFT JOIN %s p ON (%s) WHERE p.%I IS NULL AND (%s)',"                     \
  " CASE c.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || c.oid::regclass,"                              \
  " CASE u.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || u.oid::regclass,"                              \
  " string_agg(format('p.%I OPERATOR(%s.%s) f.%I', there.attname, quote_ident(s.nspname), o.oprname,"  \
  " here.attname), ' AND '), min(there.attname), string_agg(format('f.%I IS NOT NULL', here.attname)," \
  " CASE k.confmatchtype WHEN 'f' THEN ' OR ' ELSE ' AND ' END)) "

// For each of its columns a row. Grouped by k, c and u.
#define COLUMNS_OF_FOREIGN_KEY                                                                                 \
  " CROSS JOIN LATERAL unnest(k.conkey, k.confkey, k.conpfeqop) AS each (here_number, there_number, operator)" \
  " JOIN pg_attribute here ON here.attrelid = c.oid AND here.attnum = here_number"                             \
  " JOIN pg_attribute there ON there.attrelid = u.oid AND there.attnum = there_number"                         \
  " JOIN pg_operator o ON o.oid = operator JOIN pg_namespace s ON s.oid = o.oprnamespace "
