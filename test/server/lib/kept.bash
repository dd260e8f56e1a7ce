# Migrations that drop or change rows, and their ways back. Sourced behind tap.bash; TABLES names those whose rows count.
# shellcheck shell=bash

kept() { sql "$1" "SELECT string_agg(class || ' ' || identity || ' ' || rows, ', ' ORDER BY id) FROM migrate.kept"; }
rows_of() { sql "$1" "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM $2 t"; }

# applies DATABASE NAME TEXT [on|off]: with that setting of migrate.keep_dropped; notes the schema and the rows of $TABLES
# before.
applies() {
	BEFORE=$(sql "$1" "SELECT migrate_schema_hash()")
	ROWS=$(for table in $TABLES; do rows_of "$1" "$table"; done)
	run "$1" "SET migrate.keep_dropped = ${4:-on}" "SELECT action FROM migrate_run(\$m\$$2\$m\$, \$m\$$3\$m\$)"
	is "$STATE $OUT" "00000 applied" "$2 is applied" || explain "$ERR"
}

# comes_back DATABASE VERDICT NAME
comes_back() {
	run "$1" "SELECT action FROM migrate_rollback()"
	is "$STATE $OUT" "00000 rolled back, generated: $2" "$3" || explain "$ERR"
	is "$(sql "$1" "SELECT migrate_schema_hash()")" "$BEFORE" "$3: the schema is as before"
	is "$(for table in $TABLES; do rows_of "$1" "$table"; done)" "$ROWS" "$3: and so are the rows"
	is "$(sql "$1" "SELECT count(*) FROM migrate.kept")$(sql "$1" "SELECT count(*) FROM pg_class WHERE relnamespace = 'migrate_kept'::regnamespace")" \
		00 "$3: nothing is kept any more"
	sql "$1" "SELECT migrate_remove('0001')" >/dev/null
}
