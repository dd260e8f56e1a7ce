# What the tests of migrate_squash() share. Sourced behind tap.bash.

# history DATABASE: a fresh one, whose migrations stand on stdin, each below a line "== name", are applied.
history() {
	migrate_database "$1"
	local name='' text='' line
	while IFS= read -r line || [ -n "$name" ]; do
		if [[ $line == "== "* || -z $line && -n $name ]]; then
			[ -z "$name" ] || sql "$1" "SELECT migrate_add('$name', \$migration\$$text\$migration\$)" >/dev/null
			name=${line#== } text=''
		else
			text+=$line$'\n'
		fi
	done
	run "$1" "CALL migrate_up()"
	is "$STATE" 00000 "$1: the migrations are applied" || explain "$ERR"
}
# squash DATABASE UPTO [ARGUMENTS]
squash() { run "$1" "SELECT verdict, section, text FROM migrate_squash('$2'${3:+, $3})"; }
refused() { is "$STATE $MESSAGE" "$1 $2" "$3" || explain "$ERR"; }
# dump DATABASE: schema and rows.
dump() {
	pg_dump -d "$1" -N migrate --exclude-table-data='migrate.*' --inserts >"$SCRATCH/dump" || return
	grep -vE '^(\\(un)?restrict|--|$)' "$SCRATCH/dump"
}
# built_alike DATABASE UPTO: what the squash up to there builds in a new database is what the migrations have built.
built_alike() {
	squash "$1" "$2"
	is "$STATE" 00000 "$1: it is squashed" || explain "$ERR"
	like "$OUT" '^proven[|]up[|]' "$1: and proven"
	local name
	name=$(sql "$1" "SELECT concat_ws('_', version, name) FROM migrate_status() WHERE name = 'squash_to_$2'")
	migrate_database "$1_new"
	psql -XAtq -d "$1" -c "SELECT text FROM migrate.script s JOIN migrate.migration m ON m.sha256 = s.sha256 WHERE m.name = 'squash_to_$2'" >"$SCRATCH/$1.sql"
	run "$1_new" "SELECT migrate_add('$name', pg_read_file('$SCRATCH/$1.sql'))" "SELECT action FROM migrate_apply()"
	like "$OUT" 'applied$' "$1: a new database is built by it" || explain "$ERR"
	dump "$1" >"$SCRATCH/$1.history"
	dump "$1_new" >"$SCRATCH/$1.squash"
	same "$SCRATCH/$1.history" "$SCRATCH/$1.squash" "$1: as the migrations have built it, by pg_dump"
}
