WITH known AS (
  SELECT (pg_identify_object(catalog, object, attnum)).* FROM (
    SELECT 'pg_class'::regclass AS catalog, oid AS object, 0 AS attnum FROM pg_class
    UNION ALL SELECT 'pg_class'::regclass, attrelid, attnum FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'pg_proc'::regclass, oid, 0 FROM pg_proc
    UNION ALL SELECT 'pg_type'::regclass, oid, 0 FROM pg_type
    UNION ALL SELECT 'pg_constraint'::regclass, oid, 0 FROM pg_constraint
    UNION ALL SELECT 'pg_namespace'::regclass, oid, 0 FROM pg_namespace
    UNION ALL SELECT 'pg_trigger'::regclass, oid, 0 FROM pg_trigger
    UNION ALL SELECT 'pg_policy'::regclass, oid, 0 FROM pg_policy
    UNION ALL SELECT 'pg_rewrite'::regclass, oid, 0 FROM pg_rewrite
    UNION ALL SELECT 'pg_extension'::regclass, oid, 0 FROM pg_extension
    UNION ALL SELECT 'pg_operator'::regclass, oid, 0 FROM pg_operator
    UNION ALL SELECT 'pg_opfamily'::regclass, oid, 0 FROM pg_opfamily
    UNION ALL SELECT 'pg_opclass'::regclass, oid, 0 FROM pg_opclass
    UNION ALL SELECT 'pg_cast'::regclass, oid, 0 FROM pg_cast
    UNION ALL SELECT 'pg_transform'::regclass, oid, 0 FROM pg_transform
    UNION ALL SELECT 'pg_collation'::regclass, oid, 0 FROM pg_collation
    UNION ALL SELECT 'pg_conversion'::regclass, oid, 0 FROM pg_conversion
    UNION ALL SELECT 'pg_ts_parser'::regclass, oid, 0 FROM pg_ts_parser
    UNION ALL SELECT 'pg_ts_template'::regclass, oid, 0 FROM pg_ts_template
    UNION ALL SELECT 'pg_ts_dict'::regclass, oid, 0 FROM pg_ts_dict
    UNION ALL SELECT 'pg_ts_config'::regclass, oid, 0 FROM pg_ts_config
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0 FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid, 0 FROM pg_foreign_server
    UNION ALL SELECT 'pg_user_mapping'::regclass, oid, 0 FROM pg_user_mapping
    UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, 0 FROM pg_statistic_ext
    UNION ALL SELECT 'pg_publication'::regclass, oid, 0 FROM pg_publication
    UNION ALL SELECT 'pg_publication_rel'::regclass, oid, 0 FROM pg_publication_rel
    UNION ALL SELECT 'pg_publication_namespace'::regclass, oid, 0 FROM pg_publication_namespace
    UNION ALL SELECT 'pg_event_trigger'::regclass, oid, 0 FROM pg_event_trigger
    UNION ALL SELECT 'pg_default_acl'::regclass, oid, 0 FROM pg_default_acl
    UNION ALL SELECT 'pg_language'::regclass, oid, 0 FROM pg_language
    UNION ALL SELECT 'pg_am'::regclass, oid, 0 FROM pg_am
    UNION ALL SELECT 'pg_subscription'::regclass, oid, 0 FROM pg_subscription
  ) AS objects WHERE object >= 16384 OR catalog IN ('pg_namespace'::regclass, 'pg_extension'::regclass))
SELECT class, identity FROM migrate_schema() EXCEPT SELECT type, identity FROM known
