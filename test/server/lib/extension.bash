# What the extension has in a database, in a form that can be compared: its objects and its rows. Sourced after
# tap.bash.

# objects DATABASE: all that the extension has, one object a line, in a form that doesn't depend on numbers or on the
# order in which things were made. Columns by name: an upgrade can only append.
objects() {
	psql -XAt -v ON_ERROR_STOP=1 -d "$1" <<-'END'
		CREATE FUNCTION pg_temp.rights(acl aclitem[]) RETURNS text LANGUAGE sql AS
		  'SELECT COALESCE(string_agg(a::text, '' '' ORDER BY a::text), ''none'') FROM unnest($1) a';
		CREATE TEMP VIEW member AS
		  SELECT classid, objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
		  WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'migrate';
		CREATE TEMP VIEW relation AS
		  SELECT *, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner) AS default_rights
		    FROM pg_class WHERE relnamespace = 'migrate'::regnamespace;
		SELECT 'extension', extname, extversion, extowner::regrole, extnamespace::regnamespace, extrelocatable,
		    (SELECT string_agg(c.oid::regclass || ' ' || COALESCE(e.extcondition[array_position(e.extconfig, c.oid)], ''), ', ' ORDER BY c.oid::regclass::text)
		       FROM pg_class c WHERE c.oid = ANY (e.extconfig)), obj_description(oid, 'pg_extension')
		  FROM pg_extension e WHERE extname = 'migrate';
		SELECT 'member', pg_describe_object(classid, objid, 0) FROM member ORDER BY 2;
		SELECT 'schema', nspname, nspowner::regrole, pg_temp.rights(nspacl), obj_description(oid, 'pg_namespace')
		  FROM pg_namespace WHERE nspname = 'migrate';
		SELECT 'relation', oid::regclass, relkind, relpersistence, relowner::regrole, relrowsecurity, reloptions,
		    pg_temp.rights(COALESCE(relacl, default_rights)), obj_description(oid, 'pg_class')
		  FROM relation ORDER BY oid::regclass::text;
		SELECT 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
		    attstorage, attcollation::regcollation, pg_temp.rights(attacl), pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)
		  FROM pg_attribute a JOIN relation c ON c.oid = attrelid AND relkind = 'r'
		  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
		  WHERE attnum > 0 AND NOT attisdropped ORDER BY attrelid::regclass::text, attname;
		SELECT 'constraint', conrelid::regclass, conname, pg_get_constraintdef(c.oid), obj_description(c.oid, 'pg_constraint')
		  FROM pg_constraint c JOIN relation r ON r.oid = conrelid ORDER BY conrelid::regclass::text, conname;
		SELECT 'index', pg_get_indexdef(indexrelid), indisprimary, indisunique FROM pg_index JOIN relation r ON r.oid = indrelid ORDER BY 2;
		SELECT 'sequence', seqrelid::regclass, format_type(seqtypid, NULL), seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle,
		    (SELECT pg_describe_object(refclassid, refobjid, refobjsubid) FROM pg_depend
		       WHERE classid = 'pg_class'::regclass AND objid = seqrelid AND deptype = 'i')
		  FROM pg_sequence JOIN relation r ON r.oid = seqrelid ORDER BY seqrelid::regclass::text;
		SELECT 'trigger', pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN relation r ON r.oid = tgrelid WHERE NOT tgisinternal ORDER BY 2;
		SELECT 'rule', ev_class::regclass, pg_get_ruledef(w.oid) FROM pg_rewrite w JOIN relation r ON r.oid = ev_class ORDER BY 3;
		SELECT 'function', p.oid::regprocedure, pg_get_functiondef(p.oid), proowner::regrole,
		    pg_temp.rights(COALESCE(proacl, acldefault('f', proowner))), obj_description(p.oid, 'pg_proc')
		  FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid ORDER BY p.oid::regprocedure::text;
		SELECT 'event trigger', evtname, evtevent, evttags, evtenabled, evtfoid::regprocedure, evtowner::regrole, obj_description(e.oid, 'pg_event_trigger')
		  FROM pg_event_trigger e JOIN member m ON m.classid = 'pg_event_trigger'::regclass AND m.objid = e.oid ORDER BY evtname;
		SELECT 'initial rights', pg_describe_object(classoid, objoid, objsubid), pg_temp.rights(initprivs)
		  FROM pg_init_privs LEFT JOIN relation ON classoid = 'pg_class'::regclass AND objoid = oid
		  WHERE (classoid, objoid) IN (SELECT * FROM member) AND initprivs IS DISTINCT FROM default_rights ORDER BY 2;
	END
}

# relations DATABASE KIND: the names of the extension's relations of that kind.
relations() { sql "$1" "SELECT relname FROM pg_class WHERE relnamespace = 'migrate'::regnamespace AND relkind = '$2' ORDER BY 1"; }

# rows DATABASE [LIKE]: every row of every table, and where every sequence stands; of the tables and columns that there
# are in database LIKE.
rows() {
	local name columns
	for name in $(relations "${2:-$1}" r); do
		echo "== $name"
		columns=$(sql "${2:-$1}" "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) FROM pg_attribute
			WHERE attrelid = 'migrate.$name'::regclass AND attnum > 0 AND NOT attisdropped")
		sql "$1" "SELECT ROW($columns)::text FROM migrate.$name ORDER BY 1"
	done
	for name in $(relations "${2:-$1}" S); do
		sql "$1" "SELECT '$name', last_value, is_called FROM migrate.$name"
	done
}
