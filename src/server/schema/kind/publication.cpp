#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

// pubgencols came with 18, puballsequences with 19: looked up by name.
const Kind kPublicationKind = {"SELECT " OBJECT("pg_publication", "p.oid", "0") R"sql(
  'publication', NULL, p.pubname, quote_ident(p.pubname), 'PUBLICATION ' || quote_ident(p.pubname),
  concat('CREATE PUBLICATION ', quote_ident(p.pubname),
    ' FOR ' || NULLIF(concat_ws(', ', CASE WHEN p.puballtables THEN 'ALL TABLES' END,
      CASE to_jsonb(p) ->> 'puballsequences' WHEN 'true' THEN 'ALL SEQUENCES' END), ''),
    format(' WITH (publish = %L', concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
      CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)),
    CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' END,
    CASE to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN ', publish_generated_columns = stored' END, ')'), )sql" NO_ACL(
    "p.pubowner") R"sql(
FROM pg_publication p)sql"};

// prexcept came with 19: a table that FOR ALL TABLES leaves out.
const Kind kPublicationTableKind = {"SELECT " OBJECT("pg_publication_rel", "r.oid", "r.prrelid") R"sql(
  i.type, NULL, i.identity, i.identity, NULL,
  concat(format('ALTER PUBLICATION %I ADD TABLE ', p.pubname), CASE to_jsonb(r) ->> 'prexcept' WHEN 'true' THEN 'EXCEPT ' END, r.prrelid::regclass,
    CASE WHEN r.prattrs IS NOT NULL THEN (SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
      FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) END,
    ' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')'), )sql" NO_OWNER R"sql(
FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid, pg_identify_object('pg_publication_rel'::regclass, r.oid, 0) i)sql"};

const Kind kPublicationSchemaKind = {"SELECT " OBJECT("pg_publication_namespace", "s.oid", "0") R"sql(
  'publication namespace', NULL, i.identity, i.identity, NULL,
  format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %s', p.pubname, s.pnnspid::regnamespace), )sql" NO_OWNER R"sql(
FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid, pg_identify_object('pg_publication_namespace'::regclass, s.oid, 0) i)sql"};

// Neither the connection, which holds secrets and which only superusers may read, nor whether it is enabled and where
// it has come to, which is no schema.
const Kind kSubscriptionKind = {"SELECT " OBJECT("pg_subscription", "s.oid", "0") R"sql(
  'subscription', NULL, s.subname, quote_ident(s.subname), 'SUBSCRIPTION ' || quote_ident(s.subname),
  concat('CREATE SUBSCRIPTION ', quote_ident(s.subname), ' CONNECTION ''***'' PUBLICATION ',
    (SELECT string_agg(quote_ident(name), ', ' ORDER BY place) FROM unnest(s.subpublications) WITH ORDINALITY AS u (name, place)),
    ' WITH (connect = false', ', slot_name = ' || quote_literal(s.subslotname),
    CASE WHEN s.subbinary THEN ', binary = true' END, ')'), )sql" NO_ACL("s.subowner") R"sql(
FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))sql"};

}  // namespace migrate
