#!/usr/bin/env bash
# migrate_report(): what each of its formats tells of a database without migrations, with hostile names, with 500 failures;
# that the document is the same as long as nothing changes; who sees how much.
. test/server/lib/tap.bash
. test/server/lib/report.bash

# json DATABASE FILTER: what jq finds in the report.
json() {
	report_to "$SCRATCH/report.json" "$1" json
	jq -r "$2" "$SCRATCH/report.json"
}

# Without migrations

migrate_database report_empty
like "$(sql report_empty "SELECT migrate_report()")" "^<!DOCTYPE html>.*This database knows no migration yet" "an empty database has a page"
is "$(sql report_empty "SELECT migrate_report('markdown')")" "# Migrations

| what | now |
| --- | --- |
| version | none |
| applied | 0 |
| pending | 0 |
| failed | 0 |
| drifted | not known |

There is no migration." "… and a document"
is "$(json report_empty '[.database, .version, .applied, .drifted, (.migrations | length)] | tostring')" '["report_empty",null,0,null,0]' "… and JSON"

# Arguments

run report_empty "SELECT migrate_report('pdf')"
is "$STATE $MESSAGE|$HINT" '22023 unknown format "pdf"|The formats are html, markdown and json.' "another format is an error"
run report_empty "SELECT migrate_report(NULL)"
fails 22004 "no format is an error"
run report_empty "SELECT migrate_report('')"
fails 22023 "an empty one, too"
run report_empty "BEGIN READ ONLY" "SELECT length(migrate_report()) > 0" "COMMIT"
works "it reads only"

# What migrations did

migrate_database report
sql report "SELECT migrate_add('0001_notes', '-- Purpose: notes of a user

-- migrate:up
CREATE TABLE notes (id int PRIMARY KEY, body text);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS ''SELECT 1'';
-- migrate:down
DROP FUNCTION f();
DROP TABLE notes;
')" "SELECT migrate_apply()" "SELECT migrate_add('0002_tags', 'ALTER TABLE notes ADD tags text[];
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS ''SELECT 2'';
CREATE POLICY own ON notes USING (true);', 'SELECT 1')" "SELECT migrate_apply()" >/dev/null
document=$(sql report "SELECT migrate_report('markdown')")
like "$document" "
## 0001_notes

- purpose: notes of a user
- applied: 20[0-9-]{8} [0-9:]{8} UTC by \`postgres\`, in [0-9.]+ ms
- rollback: script
- created table \`public.notes\`, with 2 columns, 1 constraint
- created function \`public.f\(\)\`
" "the document tells of a migration: purpose, when and by whom, the way back, what it created"
like "$document" "
- locks: AccessExclusiveLock on \`public.notes\` for [0-9.]+ ms
" "what it locked, and for how long"
sleep 1.1
is "$(sql report "SET TimeZone = 'Asia/Tokyo'" "SET DateStyle = 'German'" "SELECT migrate_report('markdown')")" "$document" \
	"it is the same later, and in another time zone"
is "$(json report '.migrations[1].changes[] | select(.class == "function") | [.action, (.before | test("SELECT 1")), (.after | test("SELECT 2"))] | tostring')" \
	'["altered",true,true]' "JSON has the definitions before and after"
like "$(sql report "SELECT migrate_report()")" "<del>AS .*SELECT 1.*</del>.*<ins>AS .*SELECT 2.*</ins>" "the page marks what differs"
is "$(json report '.growth[] | [.migration, .tables, .columns, .policies] | tostring' | paste -sd ' ')" '["0001_notes",1,2,0] ["0002_tags",1,3,1]' "the schema grows"
is "$(json report '.plan | length')" 0 "nothing is planned"

sql report "SELECT migrate_rollback()" "CREATE TABLE by_hand (id int)" >/dev/null
is "$(json report '[.version, .pending, .drifted, (.drift[0].identity), (.plan[0] | .action + " " + .version)] | tostring')" \
	'["0001_notes",1,2,"public.by_hand","apply 0002"]' "after a rollback: what is pending, the plan, drift"
is "$(json report '.runs[] | .event' | paste -sd ' ')" "apply apply rollback" "every run is there"
is "$(json report '.migrations[1].changes | length')" 0 "what was rolled back is no change of it any more"
is "$(sql report "SELECT (r -> 'lint') @> '[]' AND jsonb_array_length(r -> 'health') = (SELECT count(*) FROM migrate_health()) FROM (SELECT migrate_report('json')::jsonb AS r) j")" t \
	"lint and health are told as their functions tell them"
is "$(sql report "SELECT migrate_report('markdown')" | grep -c '^## ')" 5 "one section for each migration, overview, plan and drift"

# In parts

sql report "SELECT migrate_add('0003_parts', 'CREATE INDEX CONCURRENTLY notes_body ON notes (body);
CREATE TABLE parts (id int);
CREATE INDEX CONCURRENTLY parts_id ON parts (id);', 'SELECT 1')" "SELECT migrate_repair('0002', 'applied')" "CALL migrate_up()" >/dev/null
is "$(json report '.migrations[2].changes[] | .identity' | paste -sd ' ')" "public.notes_body public.parts public.parts.id public.parts_id" "a migration in parts has all their changes"
is "$(json report '.migrations[1] | [.status, .recorded_by, .duration_ms] | tostring')" '["applied","repair",null]' "what was recorded by hand says so"

# Names and texts

odd_names report_odd
page=$(sql report_odd "SELECT migrate_report()")
unlike "$page" "<script" "a page holds no script"
unlike "$page" "by <b>" "nor any markup out of a name"
unlike "$page" "</pre></main>" "or out of a default"
like "$page" "&lt;script&gt;alert\(1\)&lt;/script&gt;" "a name is shown as it is"
like "$page" "&quot;quoted&quot;" "with its quotes"
like "$page" "<bdi>public.&quot;.*<bdi>0003_$HEBREW</bdi>|<bdi>0003_$HEBREW</bdi>.*<bdi>public.&quot;" "its direction is its own"
like "$page" "'?\\\\u0000" "what looks like an escape, too"
like "$page" "$LONG" "and its length"
is "$(json report_odd '.failures[0].message')" "$HOSTILE \"quoted\" \\u0000" "JSON has the text as it is"
document=$(sql report_odd "SELECT migrate_report('markdown')")
like "$document" "
- created index \`\`public.\"a\\\\|b\`c\`\"\`\`
" "names are code in the document"
like "$document" "purpose: &lt;script&gt;alert\(1\)&lt;/script&gt; &amp; \"quoted\"" "texts are no markup in it"

# Who sees what

role report_reader LOGIN
sql report_odd "GRANT EXECUTE ON FUNCTION migrate_report, migrate_status TO report_reader" >/dev/null
reader() { AS=report_reader run report_odd "SELECT migrate_report('$1')"; }
reader json
is "$(jq -r '[.messages_are_shown, .failures[0].message, .failures[0].sqlstate, .failures[0].line] | tostring' <<<"$OUT")" '[false,null,"P0001",1]' \
	"a reader without rights on messages gets their codes and places"
is "$(jq -r '[.migrations[].changes[]? | .before, .after] | map(select(. != null)) | length' <<<"$OUT")" 0 "no definitions"
is "$(jq -r '[.migrations[].headers[]?] | length' <<<"$OUT")" 0 "and no header lines"
is "$(jq -r '[.drift[] | .expected, .found] | map(select(. != null)) | length' <<<"$OUT")" 0 "none of drift"
unlike "$OUT" "alert\(1\).{0,3}</script>.{0,3}quoted" "no message stands anywhere in it"
for format in html markdown; do
	reader $format
	unlike "$OUT" "quoted.{0,6} .?u0000" "nor in $format"
done
like "$OUT" "23505|P0001" "but its code does"
sql report_odd "GRANT USAGE ON SCHEMA migrate TO report_reader; GRANT SELECT ON migrate.history TO report_reader" >/dev/null
reader json
is "$(jq -r '.failures[0].message' <<<"$OUT")" "$HOSTILE \"quoted\" \\u0000" "who may read the history sees messages"
AS=report_nobody
role report_nobody LOGIN
run report_odd "SELECT migrate_report()"
fails 42501 "nobody else may call it"
AS=''

# Many

many_failures report_many
is "$(json report_many '[(.failures | length), .failed, .applied, .pending, (.migrations | length), (.runs | length)] | tostring')" '[500,1,499,1,501,499]' "500 failures, all of them"
is "$(json report_many '[.migrations[] | select(has("changes"))] | length')" 200 "the newest 200 are told in full"
is "$(json report_many '.growth | [length > 5, length < 20, .[-1].tables] | tostring')" '[true,true,499]' "growth is told by month"
report_to "$SCRATCH/many.html" report_many
is "$(grep -c '<article>' "$SCRATCH/many.html") $(grep -c 'duplicate key value' "$SCRATCH/many.html")" "200 501" "so is it on the page, with all messages"
like "$(cat "$SCRATCH/many.html")" "Duration by month.*<h2 id=\"older\">Older migrations" "the others have a line, and plots are by month"
sql report_many "SELECT migrate_add('0001a_failed', 'SELECT 1 / 0')" >/dev/null
sql report_many "CALL migrate_up('0001a_failed', allow_out_of_order => true)" >/dev/null 2>&1
is "$(json report_many '.migrations[1] | [.status, has("changes")] | tostring')" '["failed",true]' "an old one that failed is told in full"

done_testing
