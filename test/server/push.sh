#!/usr/bin/env bash
# scripts/push: a folder of the client's machine gets to the server byte by byte, or not at all, and the exit code says
# what there is to do.
. test/server/lib/tap.bash
. test/server/lib/push.bash

folder=$SCRATCH/folder
export TMPDIR=$SCRATCH/tmp
mkdir -p "$TMPDIR"

fresh() {
	rm -rf "$folder"
	mkdir "$folder"
	printf 'CREATE TABLE a (a int);\n-- migrate:down\nDROP TABLE a;\n' | file 0001_a.sql
	printf 'CREATE TABLE b (b int);\n-- migrate:down\nDROP TABLE b;\n' | file 0002_b.sql
	migrate_database push
}

statuses() { sql push "SELECT string_agg(version || ' ' || status, ', ') FROM migrate_status()"; }

# What it does

fresh
push --status "$folder" -d push
code 3 "--status: something is new"
like "$OUT" '0001.*would add.*2 would add.*0002.*pending' "it says what"
unlike "$OUT" 'added' "and of nothing that it is done"
is "$(statuses)" "" "and registers nothing"
push --check "$folder" -d push
code 3 "--check: something would be registered"
like "$OUT" '2 would add' "it shows what"
printf 'SELEC 1;\n' | file 0003_typo.sql
printf 'package migrations\n' | file helper.go
push --check "$folder" -d push -At
code 4 "--check: a file can't be"
like "$OUT" '\|0003_typo.sql\|refused\|42601: migration "0003_typo", line 1, column 1: syntax error' "it says which, and where"
like "$OUT" 'helper.go\|ignored' "and what is left alone"
is "$(sql push "SELECT count(*) FROM migrate_status()")" 0 "nothing is registered"
rm "$folder/0003_typo.sql" "$folder/helper.go"
push --plan "$folder" -d push
code 3 "--plan: something would be done"
like "$OUT" '2 would add.*1 \| apply .* 0001 .*2 \| apply .* 0002 ' "it shows the steps"
unlike "$OUT" 'added' "and says of nothing that it is done"
push --plan --target 0001 "$folder" -d push
unlike "$OUT" 'apply .*0002' "up to the target"
is "$(statuses)" "" "and registers nothing"
push --prove "$folder" -d push
code 0 "--prove: all can be undone"
like "$OUT" '0001 .*exact.*0002 .*exact' "it shows the verdicts"
printf 'CREATE TABLE c ();\n-- migrate:down\nSELECT 1;\n' | file 0003_c.sql
push --prove "$folder" -d push
code 3 "--prove: one does not lead back"
like "$OUT" '0003 .*differs.*table public.c' "it says which"
push --prove --proofs "$SCRATCH/proofs.json" "$folder" -d push
code 3 "--prove --proofs FILE"
is "$(sql push "SELECT string_agg(concat_ws(' ', p ->> 'version', p ->> 'verdict', p ? 'id'), ', ') FROM jsonb_array_elements(pg_read_file('$SCRATCH/proofs.json')::jsonb) p")" \
	"0001 exact f, 0002 exact f, 0003 differs f" "writes what was proved to the file"
push --prove --target 0002 "$folder" -d push
code 0 "--prove up to the target"
push --prove --in-place "$folder" -d push
code 3 "--prove --in-place"
like "$OUT" '0003 .*differs.*table public.c' "tries it in this database"
is "$(statuses)" "" "and registers nothing"
push --proofs "$SCRATCH/proofs.json" --dry-run "$folder" -d push
code 0 "--proofs of a dry run"
is "$(sql push "SELECT count(*) FROM migrate.proof")" 0 "and brings nothing"
rm "$folder/0003_c.sql"
push --proofs "$SCRATCH/proofs.json" "$folder" -d push
code 1 "a proof of what is not in the folder"
like "$ERR" '22023: +the proof of "0003_c" is none of a migration that is loaded' "is refused"
push --prove --proofs "$SCRATCH/proofs.json" "$folder" -d push
push --proofs "$SCRATCH/proofs.json" "$folder" -d push
code 0 "--proofs FILE"
is "$(sql push "SELECT string_agg(concat_ws(' ', version, verdict, brought_by), ', ' ORDER BY id) FROM migrate.proof")" "0001 exact postgres, 0002 exact postgres" \
	"registers the proofs with the migrations"
push --proofs "$SCRATCH/none.json" "$folder" -d push
code 1 "a file that is not there"
push "$folder" -d push
code 0 "alone it registers"
is "$(statuses)" "0001 pending, 0002 pending" "and applies nothing"
push --status "$folder" -d push
code 3 "--status: something is pending"
like "$OUT" '2 unchanged' "nothing is new"
push --apply --target 0001 "$folder" -d push
code 0 "--apply"
is "$(statuses)" "0001 applied, 0002 pending" "applies up to the target"
push --up "$folder" -d push
code 0 "--up"
is "$(statuses)" "0001 applied, 0002 applied" "applies the rest"
for option in --status --plan --apply --up; do
	push $option "$folder" -d push
	code 0 "$option: nothing is left to do"
done
printf 'CREATE INDEX CONCURRENTLY ON a (a);\n' | file 0003_index.sql
push --apply "$folder" -d push
code 1 "--apply can't build an index concurrently"
is "$STATE $(statuses)" "25001 0001 applied, 0002 applied" "and then registers nothing"
push --up "$folder" -d push
code 0 "--up can"
printf 'CREATE TABLE a (a bigint);\n' | file 0001_a.sql
push --status "$folder" -d push
code 4 "--status: an applied migration has another text"
push --plan "$folder" -d push
code 4 "--plan: likewise"
push --apply "$folder" -d push
code 1 "--apply: likewise"
is "$STATE" MG002 "with its SQLSTATE"
rm "$folder/0002_b.sql"
fresh
push --source one "$folder" -d push
printf 'SELECT 1;\n' | file 0003_c.sql
rm "$folder/0001_a.sql"
push --source two "$folder" -d push
is "$(sql push "SELECT string_agg(version || ' ' || source || CASE WHEN absent THEN ' absent' ELSE '' END, ', ' ORDER BY version) FROM migrate.migration")" \
	"0001 one, 0002 two, 0003 two" "each source is one of its own"
push --source two --status "$folder" postgresql:///push
code 3 "a connection string does, too"

# Dry runs and rollbacks

fresh
push --dry-run "$folder" -d push
code 0 "--dry-run"
like "$OUT" '2 would add.*0001 .*would apply.*0002 .*would apply' "it says how it went"
is "$(statuses)$(sql push "SELECT to_regclass('a')")" "" "and leaves nothing"
push --apply --dry-run --target 0001 "$folder" -d push -At
unlike "$OUT" '0002\|b\|would apply' "with --apply it is the same, up to the target"
printf 'CREATE TABLE c ();\nSELECT 1/0;\n' | file 0003_c.sql
push --up --dry-run "$folder" -d push
code 1 "a dry run of what fails"
is "$STATE $PLACE" '22012 Migration "0003_c", line 2, column 1.' "it says where"
is "$(statuses)" "" "and leaves nothing, either"
rm "$folder/0003_c.sql"
printf 'BEGIN;\nCREATE TABLE b (b int);\nCOMMIT;\n-- migrate:down\nDROP TABLE b;\n' | file 0002_b.sql
push --apply "$folder" -d push
like "$ERR" '^NOTICE:  migration "0002_b", line 1: skipped BEGIN' "a notice has no SQLSTATE"
mkdir "$SCRATCH/uncertain"
echo "ALTER SYSTEM SET work_mem = '5MB';" >"$SCRATCH/uncertain/0098_setting.sql"
push --apply --dry-run "$SCRATCH/uncertain" -d push
code 0 "--dry-run: what can't be tried is no failure by itself"
echo 'SELECT 1 FROM not_there;' >"$SCRATCH/uncertain/0099_uncertain.sql"
push --apply --dry-run "$SCRATCH/uncertain" -d push
code 3 "--dry-run: what fails behind it is uncertain"
like "$OUT" 'uncertain: relation "not_there" does not exist' "and a row says so"
push --rollback --dry-run "$folder" -d push
code 0 "--rollback --dry-run"
like "$OUT" '0002 .*would roll back' "it says what would go"
is "$(statuses)" "0001 applied, 0002 applied" "and leaves it"
push --rollback "$folder" -d push
code 0 "--rollback"
is "$(statuses)" "0001 applied, 0002 pending" "takes the last one back"
push --apply "$folder" -d push
push --rollback --steps 2 "$folder" -d push
is "$(statuses)" "0001 pending, 0002 pending" "… or as many as are asked for"
push --apply "$folder" -d push
push --rollback --steps 7 "$folder" -d push
like "$ERR" '^NOTICE:  asked to roll back 7 migrations, but only 2 are applied$' "… and says so if there are fewer"
push --apply "$folder" -d push
push --rollback --target zero "$folder" -d push
is "$(statuses)" "0001 pending, 0002 pending" "… or all behind a target"
push --rollback "$folder" -d push
like "$ERR" '^NOTICE:  asked to roll back 1 migration, but none is applied$' "… or that there is none"

# Two files of one version

fresh
printf 'SELECT 2;\n' | file 0002_c.sql
push --check "$folder" -d push -At
code 4 "--check: two files of one version"
like "$OUT" '0002\|b\|refused\|42710: version is shared with "0002_c", ordered by name: give one of them another version' "it says which"
push --apply "$folder" -d push -At
code 0 "they can be applied"
like "$OUT" '0002\|c\|added\|version is shared with "0002_b", ordered by name' "the load remarks on it"
push --check "$folder" -d push -At
code 0 "what is applied is no error any more"

# Byte by byte

fresh
rm "$folder"/*
printf 'CREATE TABLE crlf (a text DEFAULT $$a\r\nb$$);\r\nSELECT 1;   \r\n\r\n' | file '0001_crlf.sql'
printf '\xEF\xBB\xBFSELECT $$\xC3\xA9 \xE4\xB8\xAD$$;' | file '0002_bom.sql'
printf "SELECT 'it''s', E'\\\\\\\\ \\\\n', \$\$\\\\.\$\$, ':x', :'x'  \n" | sed "s/, :'x'//" | file "0003_it's \"quoted\" \\x 'and' \$(so) on.sql"
: | file 0004_empty.sql
printf 'SELECT 5;\n' | file '0005_dëep.SQL'
{
	printf 'SELECT $$'
	seq 1 400000
	printf '$$;\n\n\n'
} | file 0006_long.sql
printf 'SELECT 7;\n' | file .hidden.sql
printf 'SELECT 8;\n' | file .hidden/0008.sql
printf 'SELECT 9;\n' | file node_modules/0009.sql
printf 'no migration\n' | file README.md
printf 'SELECT 10;\n' >"$SCRATCH/elsewhere"
ln -s "$SCRATCH/elsewhere" "$folder/0010_link.sql"
push "$folder" -d push
code 0 "files of all kinds"
is "$(sql push "SELECT string_agg(concat_ws('_', nullif(version, ''), nullif(name, '')), '|' ORDER BY sort_key) FROM migrate.migration")" \
	"0001_crlf|0002_bom|0003_it's \"quoted\" \\x 'and' \$(so) on|0004_empty|0005_dëep|0006_long|0010_link" "their names are right"
for each in 0001_crlf 0003_it 0006_long; do
	is "$(sql push "SELECT sha256(convert_to(text, 'UTF8')) FROM migrate.script WHERE migration LIKE '$each%'")" \
		"\\x$(sha256sum <"$(echo "$folder/$each"*)" | cut -d' ' -f1)" "$each arrived byte by byte"
done
is "$(sql push "SELECT text FROM migrate.script WHERE migration = '0002_bom'" | tr -d '\357\273\277')" 'SELECT $$é 中$$;' "so did the one with a byte order mark"

# without PROGRAM COMMAND...: on a machine that hasn't got it.
without() {
	local missing=$1 each
	shift
	rm -rf "${SCRATCH:?}/bin"
	mkdir "$SCRATCH/bin"
	for each in sh psql od sed tr awk find grep sort xargs wc cat mktemp rm paste iconv; do ln -s "$(command -v "$each")" "$SCRATCH/bin/"; done
	rm -f "$SCRATCH/bin/$missing"
	PATH=$SCRATCH/bin "$@"
}
migrate_database push
without base64 push "$folder" -d push
code 0 "without base64"
is "$(sql push "SELECT sha256(convert_to(string_agg(text, '' ORDER BY sort_key), 'UTF8')) FROM migrate.migration m JOIN migrate.script s USING (sha256) WHERE version <> '0002'")" \
	"\\x$(cat "$folder/000"[!2]* "$SCRATCH/elsewhere" | sha256sum | cut -d' ' -f1)" "the files arrive byte by byte, too"

mkdir "$SCRATCH/both" 2>/dev/null
rm -rf "$SCRATCH/both"/*
mkdir "$SCRATCH/both/migrations" "$SCRATCH/both/rollbacks"
printf 'CREATE TABLE t ();\n' >"$SCRATCH/both/migrations/0001_t.sql"
printf 'DROP TABLE t;\n' >"$SCRATCH/both/rollbacks/0001_rollback_t.sql"
migrate_database push
push "$SCRATCH/both/migrations" -d push
is "$(sql push "SELECT $(property reversible) FROM migrate_status()")" script "rollbacks beside migrations come along"

sql push "DROP EXTENSION migrate" "CREATE SCHEMA elsewhere" "CREATE EXTENSION migrate SCHEMA elsewhere"
push --up "$folder" -d push
code 0 "the functions may be in any schema"

# Bad input

# refuses CODE WANTED NAME ARGUMENTS...: WANTED is a pattern for stderr; nothing was registered.
refuses() {
	local wanted=$2 name=$3 expected=$1
	shift 3
	push "$@"
	code "$expected" "$name: exit code $expected"
	like "$ERR" "$wanted" "$name: says so"
	is "$(statuses)" "" "$name: nothing is registered"
}

fresh
refuses 2 "^usage: " "no folder"
refuses 2 "^usage: " "two modes" --plan --up "$folder" -d push
refuses 2 "^usage: " "an unknown option" --all "$folder" -d push
refuses 2 "^push: --source needs a value.*usage: " "an option without value" --source
refuses 2 "^usage: " "a target without anything to run" --target 0001 "$folder" -d push
refuses 2 "^push: --in-place is for --prove" "--in-place without --prove" --apply --in-place "$folder" -d push
refuses 2 "^usage: " "steps without a rollback" --apply --steps 2 "$folder" -d push
refuses 2 "^usage: " "steps and a target" --rollback --steps 2 --target 0001 "$folder" -d push
refuses 2 "^push: --steps needs a number.*usage: " "steps that are no number" --rollback --steps all "$folder" -d push
refuses 2 "^usage: " "a placeholder without value" --placeholder x "$folder" -d push
refuses 2 "^usage: " "a rollback of an empty folder's name" --rollback "" -d push
refuses 2 "^usage: " "a rollback without a folder" --rollback
push --apply "$folder" -d push
for option in --target --steps --source --convention --placeholder --leave-out; do
	for value in "" --dry-run; do
		push --rollback "$option" "$value" "$folder" -d push
		code 2 "a rollback with $option ${value:-\"\"}"
		like "$ERR" "^push: $option needs a value.*usage: " "says what is wrong"
	done
	push --rollback "$option"
	code 2 "a rollback that ends with $option"
	push --rollback "$option" "$folder" -d push
	code 2 "a rollback whose folder stands where the value of $option should"
done
is "$(statuses)" "0001 applied, 0002 applied" "nothing is rolled back"
fresh
for option in -c '-cSELECT 1' -Atc -f --command '--command=SELECT 1' --file --file=x.sql -l -V --help '-?'; do
	refuses 2 "^push: with -.* psql reads nothing.*usage: " "psql's $option" --status "$folder" -d push "$option" 'SELECT 1'
done
refuses 1 "psql did not read what it was sent" "psql's --vers" --status "$folder" -d push --vers
refuses 1 "there is no folder .*/nowhere" "a missing folder" "$SCRATCH/nowhere" -d push
refuses 1 "there is no folder .*0001_a" "a file" "$folder/0001_a.sql" -d push
refuses 1 "FATAL:  database \"nowhere\" does not exist" "no connection" "$folder" -d nowhere
refuses 1 'extension "migrate" does not exist in database "postgres"' "no extension" "$folder" -d postgres
refuses 1 "give the password in PGPASSWORD" "a password that would be seen" "$folder" "dbname=push password=secret"
refuses 1 'ERROR:  42704: .*"0007" does not exist' "an unknown target" --apply --target 0007 "$folder" -d push
mkdir "$SCRATCH/empty" 2>/dev/null
refuses 1 "there is no migration in the folder" "an empty folder" "$SCRATCH/empty" -d push

ln -s "$SCRATCH/nowhere" "$folder/0003_broken.sql"
refuses 1 '58P01: could not open file "0003_broken.sql".*Mend the link, or leave it out' "a link that leads nowhere" "$folder" -d push
rm "$folder/0003_broken.sql"
printf 'SELECT 1;\n' >"$folder/"$'0003_new\nline.sql'
refuses 1 "the name of a file has a newline" "a name with a newline" "$folder" -d push
rm "$folder/0003_"*
cat >"$SCRATCH/wc" <<'END'
#!/bin/sh
PATH=${PATH#*:}
wc "$@" | sed 's/^ *\([0-9]*\)/\11/'
END
chmod +x "$SCRATCH/wc"
PATH=$SCRATCH:$PATH refuses 1 "a file was changed while it was read" "a file that grows meanwhile" "$folder" -d push
printf 'SELECT 1;\n-- \xE9\n-- \xFF\n' | file 0003_latin.sql
printf 'SELECT \x00 1;\n' | file 0004_zero.sql
refuses 1 'ERROR:  22021: file "0003_latin.sql" is not valid UTF-8.*"0003_latin.sql", line 2: .*"0003_latin.sql", line 3: .*"0004_zero.sql", line 1: ' \
	"files that are not UTF-8" "$folder" -d push
rm "$folder/000"[34]*
printf 'SELECT 1;\n' >"$folder/"$'0003_\xE9.sql'
refuses 1 '"0003_\\351.sql", its name: invalid byte sequence' "a name that is not UTF-8" "$folder" -d push
rm "$folder/0003_"*
printf 'SELECT 1;\n\nSELEC 2;\n' | file 0003_grammar.sql
refuses 1 'ERROR:  42601: .*"0003_grammar", line 3, column 1' "a mistake of grammar" "$folder" -d push
printf 'CREATE TABLE c ();\n\nSELECT 1 / 0;\n' | file 0003_grammar.sql
refuses 1 'ERROR:  22012: division by zero.*migration "0003_grammar", line 3, column 1' "a failing migration" --apply "$folder" -d push
unlike "$ERR" "LOCATION" "no place in sources is shown"
push --up "$folder" -d push
code 1 "a failing migration by --up"
is "$(statuses)" "0001 applied, 0002 applied, 0003 failed" "keeps what was finished"

# Passwords, rights, two at once

cat >"$SCRATCH/psql" <<'END'
#!/bin/sh
printf '%s\n' "$@" "password $PGPASSWORD" >"$0.seen"
cat >"$0.script"
echo read >"$MIGRATE_PUSH_CODE.end"
END
chmod +x "$SCRATCH/psql"
PATH=$SCRATCH:$PATH push "$folder" -d 'postgres://deploy:p%40ss%2F:w@host:5433/app?sslmode=require' -w
is "$(tail -n 4 "$SCRATCH/psql.seen")" "-d
postgres://deploy@host:5433/app?sslmode=require
-w
password p@ss/:w" "a password in a connection string goes to psql by the environment"
PATH=$SCRATCH:$PATH push --convention "it's" --placeholder 'a=b\c=d' --placeholder "e='f" --leave-out ./0001_a.sql --leave-out "it's" "$folder"
type=::pg_catalog.text
like "$(tr '\n' ' ' <"$SCRATCH/psql.script")" \
	"E'push'$type, E'it''s'$type, '\{\}'::jsonb \|\| jsonb_build_object\(E'a'$type, E'b\\\\\\\\c=d'$type\) \|\| jsonb_build_object\(E'e'$type, E'''f'$type\), ARRAY\[E'0001_a.sql'$type, E'it''s'$type\]::text\[\], false\)" \
	"convention, placeholders and files to leave out are arguments"

fresh
role pusher
sql push "REVOKE ALL ON FUNCTION migrate_load FROM PUBLIC"
push "$folder" -d push -U pusher
code 1 "without rights"
is "$STATE" 42501 "it is refused by the server"

open_session first push
send first "BEGIN; SELECT migrate_add('0009_held', 'SELECT 1');"
answered first
push --apply "$folder" -d push
code 1 "while another session migrates"
is "$STATE" 55P03 "it says that it is busy"
like "$DETAIL" '^Session [0-9]+ .*"first"' "and who is"
send first "ROLLBACK;"
answered first
close_session first
push --apply "$folder" -d push &
push --apply "$folder" -d push &

wait
push --apply "$folder" -d push
is "$CODE $(statuses)" "0 0001 applied, 0002 applied" "after two at once everything is applied once"
is "$(ls "$TMPDIR")" "" "no file stays behind"

sql postgres "DROP DATABASE push"
done_testing
