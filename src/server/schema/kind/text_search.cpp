#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kTextSearchParserKind = {"SELECT " OBJECT("pg_ts_parser", "p.oid", "0") R"sql(
  'text search parser', n.nspname, p.prsname, format('%I.%I', n.nspname, p.prsname), format('TEXT SEARCH PARSER %I.%I', n.nspname, p.prsname),
  concat(format('CREATE TEXT SEARCH PARSER %I.%I (START = %s, GETTOKEN = %s, END = %s', n.nspname, p.prsname, p.prsstart, p.prstoken, p.prsend),
    CASE WHEN p.prsheadline <> 0 THEN ', HEADLINE = ' || p.prsheadline END, ', LEXTYPES = ', p.prslextype, ')'), )sql" NO_OWNER
                                                                                   R"sql(
FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace WHERE )sql" OF_USERS("n")};

const Kind kTextSearchTemplateKind = {"SELECT " OBJECT("pg_ts_template", "t.oid", "0") R"sql(
  'text search template', n.nspname, t.tmplname, format('%I.%I', n.nspname, t.tmplname), format('TEXT SEARCH TEMPLATE %I.%I', n.nspname, t.tmplname),
  concat(format('CREATE TEXT SEARCH TEMPLATE %I.%I (', n.nspname, t.tmplname), CASE WHEN t.tmplinit <> 0 THEN format('INIT = %s, ', t.tmplinit) END,
    'LEXIZE = ', t.tmpllexize, ')'), )sql" NO_OWNER R"sql(
FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE )sql" OF_USERS("n")};

const Kind kTextSearchDictionaryKind = {"SELECT " OBJECT("pg_ts_dict", "d.oid", "0") R"sql(
  'text search dictionary', n.nspname, d.dictname, format('%I.%I', n.nspname, d.dictname), format('TEXT SEARCH DICTIONARY %I.%I', n.nspname, d.dictname),
  concat(format('CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = %I.%I', n.nspname, d.dictname, tn.nspname, t.tmplname), ', ' || d.dictinitoption, ')'),
  )sql" NO_ACL("d.dictowner") R"sql(
FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace JOIN pg_ts_template t ON t.oid = d.dicttemplate
  JOIN pg_namespace tn ON tn.oid = t.tmplnamespace WHERE )sql" OF_USERS("n")};

const Kind kTextSearchConfigurationKind = {"SELECT " OBJECT("pg_ts_config", "c.oid", "0") R"sql(
  'text search configuration', n.nspname, c.cfgname, format('%I.%I', n.nspname, c.cfgname), format('TEXT SEARCH CONFIGURATION %I.%I', n.nspname, c.cfgname),
  concat(format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I)', n.nspname, c.cfgname, pn.nspname, p.prsname),
    (SELECT string_agg(format(E';\nALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s', n.nspname, c.cfgname, token, dictionaries), '' ORDER BY token)
      FROM (SELECT k.alias AS token, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
        FROM pg_ts_config_map m JOIN ts_token_type(c.cfgparser) k ON k.tokid = m.maptokentype WHERE m.mapcfg = c.oid GROUP BY 1) AS maps)),
  )sql" NO_ACL("c.cfgowner") R"sql(
FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser
  JOIN pg_namespace pn ON pn.oid = p.prsnamespace WHERE )sql" OF_USERS("n")};

}  // namespace migrate
