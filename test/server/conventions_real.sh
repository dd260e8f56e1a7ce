#!/usr/bin/env bash
# The real tools beside what is made of their folders: drizzle-kit 1.0 as npm has it, Yoyo as Debian has it. Both make the
# same tables, and go on in the same order.
. test/server/lib/tap.bash
. test/server/lib/npm.bash

npm_packages drizzle-kit@1.0.0-rc.5 drizzle-orm@1.0.0-rc.5 pg@8.23.1
need_yoyo() { command -v yoyo >/dev/null || { echo "1..0 # SKIP yoyo is not installed"; exit 0; }; }
need_yoyo

columns() { sql "$1" "SELECT string_agg(concat(table_name, '.', column_name), ' ' ORDER BY table_name, ordinal_position) FROM information_schema.columns WHERE table_schema = 'public' AND table_name !~ 'yoyo'"; }
load() { run ours "SELECT concat_ws('|', version, name, action, detail) FROM migrate_load_dir('$folder')"; }
folder=$SCRATCH/migrations

# --- drizzle-kit: its folders of before 1.0, brought up, and one migration more

migrate_database ours
sql postgres "DROP DATABASE IF EXISTS theirs" "CREATE DATABASE theirs"
kit() {
	(cd "$SCRATCH" && NODE_PATH=$NPM_FOLDER/node_modules node "$NPM_FOLDER/node_modules/drizzle-kit/bin.cjs" "$@") >"$SCRATCH/kit.log" 2>&1 ||
		explain "$(cat "$SCRATCH/kit.log")"
}
snapshot() { # ID PREVIOUS COLUMNS
	cat <<-JSON
		{"id": "$1", "prevId": "$2", "version": "7", "dialect": "postgresql", "tables": {"public.a": {"name": "a", "schema": "",
		 "columns": {"id": {"name": "id", "type": "integer", "primaryKey": false, "notNull": false}$3}, "indexes": {}, "foreignKeys": {},
		 "compositePrimaryKeys": {}, "uniqueConstraints": {}, "policies": {}, "checkConstraints": {}, "isRLSEnabled": false}},
		 "enums": {}, "schemas": {}, "sequences": {}, "roles": {}, "policies": {}, "views": {}, "_meta": {"columns": {}, "schemas": {}, "tables": {}}}
	JSON
}
one=11111111-1111-4111-8111-111111111111
rm -rf "$folder"
mkdir -p "$folder/meta"
printf 'CREATE TABLE "a" (\n\t"id" integer\n);\n' >"$folder/0000_first.sql"
printf 'ALTER TABLE "a" ADD COLUMN "b" text;--> statement-breakpoint\nALTER TABLE "a" ADD COLUMN "c" text;' >"$folder/0001_second.sql"
cat >"$folder/meta/_journal.json" <<-'JSON'
	{"version": "7", "dialect": "postgresql", "entries": [
	 {"idx": 0, "version": "7", "when": 1704067200000, "tag": "0000_first", "breakpoints": true},
	 {"idx": 1, "version": "7", "when": 1704153600000, "tag": "0001_second", "breakpoints": true}]}
JSON
snapshot $one 00000000-0000-0000-0000-000000000000 "" >"$folder/meta/0000_snapshot.json"
snapshot 22222222-2222-4222-8222-222222222222 $one ', "b": {"name": "b", "type": "text", "primaryKey": false, "notNull": false}, "c": {"name": "c", "type": "text", "primaryKey": false, "notNull": false}' \
	>"$folder/meta/0001_snapshot.json"
load
is "$OUT" "0000|first|added|as drizzle
0001|second|added|as drizzle" "drizzle before 1.0"
run ours "SELECT name, action FROM migrate_apply()"
kit up --dialect postgresql --out migrations
is "$(cd "$folder" && find . -name '*.sql' | sort)" "./20240101000000_first/migration.sql
./20240102000000_second/migration.sql" "drizzle-kit up makes folders of them"
run ours "SELECT concat_ws('|', name, action, detail) FROM migrate_load_dir('$folder', dry_run => true)"
is "$OUT" 'first|unchanged|applied as "0000_first", the same text by another name
second|unchanged|applied as "0001_second", the same text by another name' "a dry run knows them by their texts"
is "$(sql ours "SELECT migrate_version()")" 0001 "and changes nothing"
load
is "$OUT" '20240101000000|first|unchanged|applied as "0000_first", the same text by another name
20240102000000|second|unchanged|applied as "0001_second", the same text by another name' "so does a load"
run ours "SELECT name FROM migrate_apply()"
is "$STATE $OUT $(sql ours "SELECT migrate_version()")" "00000  20240102000000" "nothing runs again; the version is the new one"
is "$(sql ours "SELECT string_agg(message, ', ' ORDER BY id) FROM migrate.history WHERE event = 'repair'")" \
	"renamed from 0000_first, renamed from 0001_second" "the history says so"
load
is "$OUT" "20240101000000|first|unchanged|as drizzle
20240102000000|second|unchanged|as drizzle" "once"
printf 'export {}\n' >"$SCRATCH/schema.mjs"
cat >"$SCRATCH/drizzle.config.mjs" <<-JS
	export default {"dialect": "postgresql", "out": "migrations", "schema": "schema.mjs",
	 "dbCredentials": {"host": "$PGHOST", "port": $PGPORT, "user": "$PGUSER", "database": "theirs", "ssl": false}}
JS
kit generate --custom --name third --config drizzle.config.mjs
third=$(cd "$folder" && echo ./*_third)
printf 'ALTER TABLE "a" ADD COLUMN "d" text;\n' >"$folder/$third/migration.sql"
load
is "$(tail -n1 <<<"$OUT" | cut -d'|' -f2-)" "third|added|as drizzle" "drizzle-kit generate adds one"
run ours "SELECT name, action FROM migrate_apply()"
is "$OUT" "third|applied" "which alone is applied"
kit migrate --config drizzle.config.mjs
is "$(columns ours)" "$(columns theirs)" "drizzle-kit migrate makes the same of the folder"
is "$(columns theirs)" "a.id a.b a.c a.d" "which is all of it"

# --- Yoyo: by what depends on what, then by name as text

migrate_database ours
sql postgres "DROP DATABASE theirs" "CREATE DATABASE theirs"
rm -rf "$folder"
mkdir -p "$folder"
file 20240101_01_aaaaa-first.sql <<<$'-- the first\n-- depends: 20240101_03_ccccc-base\n\nCREATE TABLE t (id int REFERENCES base);'
file 20240101_01_aaaaa-first.rollback.sql <<<'DROP TABLE t;'
file 20240101_02_bbbbb-index.sql <<<$'-- transactional: false\n-- depends: 20240101_01_aaaaa-first\nCREATE INDEX CONCURRENTLY t_id ON t (id);'
file 20240101_03_ccccc-base.sql <<<'CREATE TABLE base (id int PRIMARY KEY);'
load
is "$OUT" "20240101|01_aaaaa-first|added|as yoyo
20240101|02_bbbbb-index|added|as yoyo
20240101|03_ccccc-base|added|as yoyo" "Yoyo"
run ours "CALL migrate_up()"
works "all of it"
is "$(sql ours "SELECT string_agg(name, ' ' ORDER BY id) FROM migrate.history WHERE event = 'apply'")" \
	"03_ccccc-base 01_aaaaa-first 02_bbbbb-index" "after what they depend on"
yoyo apply --batch --no-config-file --database "postgresql://$PGUSER@/theirs?host=$PGHOST&port=$PGPORT" "$folder" >"$SCRATCH/yoyo.log" 2>&1 ||
	explain "$(cat "$SCRATCH/yoyo.log")"
is "$(columns ours)" "$(columns theirs)" "Yoyo makes the same of the folder"
is "$(sql theirs "SELECT string_agg(migration_id, ' ' ORDER BY applied_at_utc) FROM _yoyo_migration")" \
	"20240101_03_ccccc-base 20240101_01_aaaaa-first 20240101_02_bbbbb-index" "in the same order"

sql postgres "DROP DATABASE ours" "DROP DATABASE theirs"
done_testing
