#!/usr/bin/env bash
# scripts/push by a superuser, in a database where others may create: it calls nothing of theirs, and the migrations
# still start from the caller's search_path.
. test/server/lib/tap.bash

folder=$SCRATCH/folder
mkdir -p "$folder"
printf 'CREATE TABLE placed ();\n' | file 0001_placed.sql
printf 'SELECT 1;\n' | file 0002_other.sql

# push ARGUMENTS...: OUT, which is all that it printed, and CODE.
push() {
	OUT=$(scripts/push "$@" 2>&1)
	CODE=$?
}

# Functions of a stranger

# called NAME ARGUMENTS RESULT [KIND]: a function that tells that it was called.
called() {
	echo "CREATE ${4:-FUNCTION} public.$1($2) ${3:+RETURNS $3} LANGUAGE plpgsql AS \$\$
		BEGIN PERFORM nextval('public.called'); $([ -z "$3" ] || [[ $3 == TABLE* ]] || echo 'RETURN NULL;') END \$\$;"
}

# All that fits better than what the script means: exact types, or no argument that has a default.
shadows() {
	local each n=0 report='TABLE (version text, name text, action text, detail text, step int, transactional boolean, statements int, duration_ms int)'
	called decode text,text bytea
	called encode bytea,text text
	called convert_from bytea,text text
	called convert_to text,text bytea
	called string_to_array text,text 'text[]'
	called jsonb_build_object text,text,text,text jsonb
	called substr bytea,bigint,integer bytea
	called replace name,text,text text
	for each in '= text,text' '<> text,text' '= name,text' '= name,name' '<> bytea,bytea' '~* text,text' '|| text,integer' \
		'|| text,bigint' '- bigint,bigint' '> bigint,bigint'; do
		n=$((n + 1))
		called "operator_$n" "${each#* }" boolean
		each=${each/,/, RIGHTARG = }
		echo "CREATE OPERATOR public.${each%% *} (LEFTARG = ${each#* }, FUNCTION = public.operator_$n);"
	done
	called migrate_load 'files jsonb, source text' "$report"
	called migrate_load 'files jsonb, source text, leave_out text[]' "$report"
	called migrate_load 'files jsonb, source text, dry_run boolean' "$report"
	called migrate_plan '' "$report"
	called migrate_apply '' "$report"
	called migrate_apply 'target text' "$report"
	called migrate_up '' '' PROCEDURE
	called migrate_up 'target text' '' PROCEDURE
}

migrate_database push_safety
role push_stranger
sql push_safety "GRANT CREATE ON SCHEMA public TO push_stranger" "CREATE SEQUENCE called" "GRANT ALL ON SEQUENCE called TO PUBLIC"
AS=push_stranger run push_safety "$(shadows)"
works "a stranger may create functions beside those of the extension"

calls() { sql push_safety "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM called"; }

run push_safety "SELECT convert_from('x'::bytea, 'UTF8'::text)"
is "$(calls)" 1 "they are found by who doesn't look out"
sql push_safety "SELECT setval('called', 1, false)" >/dev/null
for arguments in --check --plan --status '' '--plan --target 0001' '--apply --target 0001' '--up --target 0002' --apply --up '--leave-out 0002* --check --placeholder a=b'; do
	# shellcheck disable=SC2086
	push $arguments "$folder" -d push_safety
	like "$CODE" '^[03]$' "push $arguments among a stranger's functions" || explain "$OUT"
	is "$(calls)" 0 "push $arguments calls none of them"
done
printf 'SELECT 1;\n-- \xE9\n' | file 0003_latin.sql
push --check "$folder" -d push_safety
is "$(calls)" 0 "nor does the look for a byte that is wrong"
rm "$folder/0003_latin.sql"
is "$(sql push_safety "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()")" "0001 applied, 0002 applied" "all is done"

# The migrations' own search_path

printf "%s\n" "CREATE TABLE placed (a int);" "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO stamps VALUES (1); RETURN NULL; END';" \
	"CREATE TABLE stamps (a int);" \
	"CREATE CONSTRAINT TRIGGER stamp AFTER INSERT ON placed DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stamp();" \
	"INSERT INTO placed VALUES (1);" | file 0001_placed.sql

# places WANTED NAME
places() {
	is "$CODE $(sql push_safety "SELECT string_agg(relnamespace::regnamespace || '.' || relname, ' ' ORDER BY relname) FROM pg_class WHERE relname IN ('placed', 'stamps')")" \
		"0 $1.placed $1.stamps" "$2" || explain "$OUT"
}

role push_mover "LOGIN SUPERUSER"
sql push_safety "ALTER ROLE push_mover SET search_path = of_role, public"
for option in --apply --up; do
	migrate_database push_safety
	sql push_safety "CREATE SCHEMA of_role" "CREATE SCHEMA of_options"
	push $option "$folder" -d push_safety
	places public "$option: tables land in public"
	migrate_database push_safety
	sql push_safety "CREATE SCHEMA of_role" "CREATE SCHEMA of_options"
	push $option "$folder" -d push_safety -U push_mover
	places of_role "$option: where the role's search_path says"
	migrate_database push_safety
	sql push_safety "CREATE SCHEMA of_role" "CREATE SCHEMA of_options"
	PGOPTIONS='-c search_path=of_options,public' push $option "$folder" -d push_safety -U push_mover
	places of_role "$option: whatever the client's own search_path says"
done

sql postgres "DROP DATABASE push_safety"
done_testing
