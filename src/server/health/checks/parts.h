// What the queries of several rules share, as pieces of SQL. Only for the files of this folder.
#pragma once

// Hashed, however many there are.
#define IN_SCOPE(n) " " n ".nspname::text IN (SELECT unnest($1::text[])) "
#define NOT_MEMBER(catalog, oid)                                                     \
  " " oid                                                                            \
  " NOT IN (SELECT objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass" \
  " AND deptype = 'e' AND classid = '" catalog "'::regclass) "

// Tables and the like, with their schemas. The server would ask each row of the catalog for its extension first.
#define RELATIONS(kinds)                                                    \
  " pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND" IN_SCOPE( \
      "n") " AND CASE WHEN c.relkind IN (" kinds ") THEN" NOT_MEMBER("pg_class", "c.oid") "END "

#define NAME_OF_RELATION " format('%I.%I', n.nspname, c.relname) "

// The roles that may read some of a relation by the API; null for none.
#define API_READERS \
  " (SELECT string_agg(r, ', ') FROM unnest($3::text[]) r WHERE has_any_column_privilege(r::name, c.oid, 'SELECT')) "
#define IN_API " n.nspname::text = ANY ($2::text[]) "

// Columns in the order of an array of their numbers, as SQL writes them.
#define COLUMNS(relation, numbers)                                                        \
  " (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY place) FROM unnest(" numbers \
  ") WITH ORDINALITY AS u (number, place)"                                                \
  " JOIN pg_attribute a ON a.attrelid = " relation " AND a.attnum = u.number) "

#define IS_INVOKER(c)                                   \
  " EXISTS (SELECT FROM pg_options_to_table(" c         \
  ".reloptions) WHERE option_name = 'security_invoker'" \
  " AND option_value::boolean) "

// Whether index i, class x, helps to find the rows that a foreign key k is about. Its first columns are those of the
// key, in whatever order, and it can be asked for a value. A partial one does if it leaves out nulls alone.
#define SERVES_KEY                                                                                          \
  " (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey AND i.indnkeyatts >= cardinality(k.conkey)" \
  " AND x.relam IN (SELECT oid FROM pg_am WHERE amname IN ('btree', 'hash', 'gist', 'spgist'))"             \
  " AND (i.indpred IS NULL OR (cardinality(k.conkey) = 1 AND pg_get_expr(i.indpred, i.indrelid)"            \
  " = format('(%s IS NOT NULL)', pg_get_indexdef(i.indexrelid, 1, false)))) "
