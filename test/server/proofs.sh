#!/usr/bin/env bash
# migrate_prove() records what it found out; migrate.require_proof applies only what was proved; a proof travels with the
# files of a load.
. test/server/lib/tap.bash

RULE() { sql postgres "ALTER DATABASE proofs SET migrate.require_proof = $1" >/dev/null; }
proofs() { sql proofs "SELECT string_agg(concat_ws('|', version, verdict, rows, brought_by), ', ' ORDER BY id) FROM migrate.proof"; }

migrate_database proofs
sql postgres "ALTER DATABASE proofs SET migrate.explain_hold = 0" # however slow the machine is
sql proofs "CREATE TABLE orders (id int PRIMARY KEY, note text)" "CREATE TABLE users (id int)" "INSERT INTO orders VALUES (1, 'a')" >/dev/null
sql proofs "SELECT migrate_load(\$j\$[{\"name\": \"0001_paid.sql\", \"content\": \"ALTER TABLE orders ADD paid boolean;\\n-- migrate:down\\nALTER TABLE orders DROP paid;\"},
	{\"name\": \"0002_lies.sql\", \"content\": \"CREATE INDEX i ON users (id);\\n-- migrate:down\\nSELECT 1;\"},
	{\"name\": \"0003_mail.sql\", \"content\": \"ALTER TABLE users ADD mail text;\"},
	{\"name\": \"0004_gone.sql\", \"content\": \"-- migrate:irreversible it is gone\\nDROP TABLE users;\"},
	{\"name\": \"R__view.sql\", \"content\": \"-- migrate:repeatable\\nCREATE OR REPLACE VIEW v AS SELECT 1 AS a;\"}]\$j\$)" >/dev/null

RULE local
run proofs "SELECT migrate_apply()"
is "$STATE $MESSAGE" 'MG018 the way back of migration "0001_paid" is not proved' "what was not proved is not applied"
is "$DETAIL" '"0001_paid": no proof of its texts on this server, "0002_lies": no proof of its texts on this server, "0003_mail": no proof of its texts on this server' \
	"all of them are named, but for what says that it can't be undone and what never is"
like "$HINT" "Prove it in this database: SELECT \* FROM migrate_prove\(\)\." "and says what to do"
run proofs "SELECT action FROM migrate_apply('0001', dry_run => true)"
is "$STATE" 00000 "a dry run needs no proof" || explain "$ERR"
sql proofs "SELECT migrate_prove(in_place => true)" >/dev/null
is "$(proofs)" "0001|exact|with rows, 0002|differs|empty, 0003|exact|empty, 0004|no way back|empty" "each is recorded, and whether its tables had rows"
sql proofs "TRUNCATE migrate.proof" "SELECT migrate_prove()" >/dev/null
is "$(proofs)" "0001|exact|with rows, 0002|differs|with rows, 0003|exact|with rows, 0004|no way back|with rows" "in a scratch database they are given some"
is "$(sql proofs "SELECT count(*) FROM pg_class WHERE relname = 'i'")" 0 "and nothing else has happened"
is "$(sql proofs "SELECT p.up_checksum = m.checksum, p.down_checksum = m.down_checksum, p.schema_hash = migrate_schema_hash(), p.server_major = current_setting('server_version_num')::int / 10000, p.proved_by
	FROM migrate.proof p JOIN migrate.migration m USING (version, name) WHERE version = '0001'")" "t|t|t|t|postgres" "with its checksums, the schema before it, the server and the role"
is "$(sql proofs "SELECT down_checksum IS NULL FROM migrate.proof WHERE version = '0003'")" t "a generated way back has no checksum"
like "$(sql proofs "SELECT value FROM migrate_show('0001') WHERE property = 'proof'")" "^exact, with rows, by postgres, 20" "migrate_show() tells of it"
run proofs "SELECT action FROM migrate_apply('0001')"
is "$STATE $OUT" "00000 applied" "what was proved is applied" || explain "$ERR"
run proofs "SELECT migrate_apply('0003')"
is "$STATE $DETAIL" 'MG018 "0002_lies": differs, index public.i; script' "what was proved not to lead back is not, and says why" || explain "$ERR"
run proofs "CALL migrate_up('0003')"
is "$STATE" MG018 "nor by migrate_up()"
run proofs "SELECT migrate_run('0005_new', 'SELECT 1')"
is "$STATE" MG018 "nor by migrate_run()"

# Another text needs another proof

sql proofs "SELECT migrate_load('[{\"name\": \"0002_lies.sql\", \"content\": \"CREATE INDEX i ON users (id);\\n-- migrate:down\\nDROP INDEX i;\"}]', source => 'other')" >/dev/null
run proofs "SELECT migrate_apply('0002')"
is "$STATE $DETAIL" 'MG018 "0002_lies": no proof of its texts on this server' "another down script needs another proof"
sql proofs "SELECT migrate_prove('0002')" >/dev/null
run proofs "SELECT action FROM migrate_apply('0002')"
is "$STATE $OUT" "00000 applied" "the newest proof counts" || explain "$ERR"

# Proofs travel with a load

migrate_database there
DOWN=$(sql proofs "SELECT jsonb_build_array(jsonb_build_object('name', '0003_mail.sql', 'content', 'ALTER TABLE users ADD mail text;',
	'proof', (SELECT jsonb_agg(p) FROM migrate.proof p WHERE version = '0003')))")
sql postgres "ALTER DATABASE there SET migrate.require_proof = 'any'" >/dev/null
sql there "CREATE TABLE users (id int)" >/dev/null
run there "SELECT action FROM migrate_load(\$j\$$DOWN\$j\$)"
is "$STATE $OUT" "00000 added" "a proof is loaded with its file" || explain "$ERR"
is "$(sql there "SELECT concat_ws('|', version, verdict, brought_by) FROM migrate.proof")" "0003|exact|postgres" "and says who brought it"
sql there "SELECT migrate_load(\$j\$$DOWN\$j\$)" >/dev/null
is "$(sql there "SELECT count(*) FROM migrate.proof")" 1 "once"
sql postgres "ALTER DATABASE there SET migrate.require_proof = local" >/dev/null
run there "SELECT migrate_apply()"
is "$STATE" MG018 "it is not local"
sql postgres "ALTER DATABASE there SET migrate.require_proof = 'any'" >/dev/null
run there "SELECT action FROM migrate_apply()"
is "$STATE $OUT" "00000 applied" "where any counts, it counts" || explain "$ERR"
like "$(sql there "SELECT value FROM migrate_show('0003') WHERE property = 'proof'")" ", brought by postgres$" "migrate_show() says so"
for wrong in '{}' '[{"version": "0003", "name": "mail", "up_checksum": "00"}]' '{"version": "0003", "name": "mail", "verdict": "exact"}'; do
	run there "SELECT migrate_load(jsonb_build_array(jsonb_build_object('name', '0003_mail.sql', 'content', 'ALTER TABLE users ADD mail text;', 'proof', '$wrong'::jsonb)))"
	is "$STATE" 22023 "no proof: $wrong" || explain "$ERR"
done
run there "SELECT migrate_load('[{\"name\": \"0009_x.sql\", \"content\": \"SELECT 1\", \"proof\": \"exact\"}]')"
is "$STATE" 22023 "nor a word" || explain "$ERR"

# Who may

RULE off
run proofs "SELECT migrate_version()" "SET migrate.require_proof = off"
is "$STATE" 42501 "the setting is the database's"
sql proofs "CREATE ROLE proofs_reader" >/dev/null
fails_as() { run proofs "SET ROLE proofs_reader" "$1"; is "$STATE" 42501 "$2"; }
fails_as "SELECT migrate_prove()" "a stranger proves nothing"
fails_as "SELECT * FROM migrate.proof" "and reads no proof"
done_testing
