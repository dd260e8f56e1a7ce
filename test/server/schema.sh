#!/usr/bin/env bash
# migrate_schema_hash() changes with a statement exactly if pg_dump -s does; the statements are in test/schema, with those
# of newer servers in files of their own. A line that begins with ! prepares, one with + changes the hash alone.
. test/server/lib/tap.bash
. test/server/lib/statements.bash

major=$(($(sql postgres "SELECT current_setting('server_version_num')") / 10000))
strings=$([ "$major" -ge 19 ] || echo '-c standard_conforming_strings=off')
migrate_database schemas
hash() { sql schemas "SELECT migrate_schema_hash()"; }
dump() { plain_dump -s -N migrate schemas | grep -v '^--' | cksum; }

open_session looks schemas
# looks: the hash now, and what it is of.
looks() {
	send looks "SELECT migrate_schema_hash();"
	answered looks
	HASH=$(tail -n 1 <<<"$OUT") DUMP=$(dump)
}

run_statements() {
	local line mark hash dump expected got
	while IFS= read -r line; do
		mark=${line:0:2}
		case $mark in '! ' | '+ ') line=${line:2} ;; esac
		run schemas "$line"
		[ "$STATE" = 00000 ] || works "$line"
		hash=$HASH dump=$DUMP
		looks
		[ "$mark" != '! ' ] || continue
		expected=$([ "$DUMP" = "$dump" ] && [ "$mark" != '+ ' ] && echo stays || echo changes)
		got=$([ "$HASH" = "$hash" ] && echo stays || echo changes)
		is "$got" "$expected" "$line: the hash $expected"
	done
}

# What holds for any schema.
check_all() {
	is "$(sql schemas "SELECT count(*) - count(DISTINCT (class, identity)) FROM migrate_schema()")" 0 "$1: no two objects have one identity"
	is "$(sql schemas "$(cat test/schema/unknown_identities.sql)")" "" "$1: class and identity are those of pg_identify_object()"
	is "$(sql schemas "SELECT count(*) FROM migrate_schema() WHERE definition ~ 'secret'")" 0 "$1: no secret is shown"
	is "$(PGOPTIONS="-c timezone=Asia/Tokyo -c datestyle=German -c intervalstyle=iso_8601 -c extra_float_digits=-3
		-c search_path=s,public -c quote_all_identifiers=on -c bytea_output=escape $strings" hash)" "$HASH" "$1: it does not depend on the session"
	database schemas_restored
	sql schemas_restored "CREATE EXTENSION migrate"
	plain_dump -s --no-subscriptions -N migrate schemas | grep -v '^CREATE EXTENSION IF NOT EXISTS migrate' >"$SCRATCH/dump"
	psql -Xq -v ON_ERROR_STOP=1 -d schemas_restored -f "$SCRATCH/dump" >"$SCRATCH/log" 2>&1 || explain "$(cat "$SCRATCH/log")"
	for database in schemas schemas_restored; do
		sql "$database" "SELECT class, identity, definition FROM migrate_schema() WHERE class <> 'subscription' ORDER BY class, identity" >"$SCRATCH/$database.objects"
	done
	same "$SCRATCH/schemas.objects" "$SCRATCH/schemas_restored.objects" "$1: dumped and restored it is the same"
}

looks
for file in $(statement_files); do
	run_statements < <(sed '/^DROP OWNED/,$d' "$file")
	check_all "$(basename "$file")"
done
close_session looks
open_session looks schemas

# Who looks

role schema_reader LOGIN
sql schemas "GRANT EXECUTE ON FUNCTION migrate_schema, migrate_schema_hash TO schema_reader" >/dev/null
objects="SELECT class, identity, definition FROM migrate_schema() WHERE class <> 'user mapping'"
mapping="SELECT definition FROM migrate_schema() WHERE class = 'user mapping'"
is "$(sql schemas "$mapping")" "CREATE USER MAPPING FOR schema_user SERVER srv OPTIONS (password '***', \"user\" '***');" "options of a user mapping are names alone"
AS=schema_reader run schemas "BEGIN READ ONLY" "$mapping" "COMMIT"
is "$OUT" "CREATE USER MAPPING FOR schema_user SERVER srv;" "and not even that for whoever may not see them"
AS=schema_reader run schemas "BEGIN READ ONLY" "$objects" "COMMIT"
is "$OUT" "$(sql schemas "$objects")" "a role without any right sees all else, in a read-only transaction"
is "$(sql schemas "BEGIN" "CREATE TABLE s.new ()" "SELECT count(*) FROM migrate_schema('{s}') WHERE identity = 's.new'" "ROLLBACK")" \
	1 "what the caller has made is there before it is committed"

PGOPTIONS='-c allow_in_place_tablespaces=on' sql schemas "CREATE TABLESPACE schema_space LOCATION ''" >/dev/null
sql schemas "CREATE TABLE s.spaced (id int CONSTRAINT spaced_key PRIMARY KEY USING INDEX TABLESPACE schema_space, b int)" \
	"CREATE INDEX spaced_b ON s.spaced (b) TABLESPACE schema_space WHERE b > 0" >/dev/null
is "$(sql schemas "SELECT definition FROM migrate_schema('{s}') WHERE name IN ('spaced_b', 'spaced_key') ORDER BY name")" \
	$'CREATE INDEX spaced_b ON s.spaced USING btree (b) TABLESPACE schema_space WHERE (b > 0);\nALTER TABLE s.spaced ADD CONSTRAINT spaced_key PRIMARY KEY (id) USING INDEX TABLESPACE schema_space;' \
	"the tablespace of an index stands where a statement has it"
sql schemas "DROP TABLE s.spaced" >/dev/null
sql postgres "DROP TABLESPACE schema_space" >/dev/null

run_statements < <(sed -n '/^DROP OWNED/,$p' test/schema/statements.sql)
is "$(sql schemas "SELECT DISTINCT schema FROM migrate_schema('{s,public}') ORDER BY 1")" $'public\ns' "schemas are chosen by name"
run schemas "SELECT migrate_schema('{s,nowhere}')"
is "$STATE $MESSAGE" '42704 schema "nowhere" does not exist' "an unknown one is an error"
run schemas "SELECT migrate_schema_hash('{s,NULL}')"
is "$STATE $MESSAGE" '22004 schemas must not contain nulls' "and so is null among them"
is "$(sql schemas "SELECT count(*) FROM migrate_schema('{}')")" 0 "no schema has no objects"
sql schemas "GRANT USAGE ON LANGUAGE plpgsql TO schema_reader"
is "$(sql schemas "SELECT class, identity, definition FROM migrate_schema() WHERE identity = 'language plpgsql'")" \
	$'extension member|language plpgsql|-- of extension plpgsql\nGRANT USAGE ON LANGUAGE plpgsql TO schema_reader;' \
	"plpgsql, which comes with the server, is shown for what was granted on it"
sql schemas "REVOKE USAGE ON LANGUAGE plpgsql FROM schema_reader"
is "$(sql schemas "SELECT count(*) FROM migrate_schema() WHERE identity = 'language plpgsql'")" 0 "and not without"
close_session looks
drop_roles schemas schemas_restored
done_testing
