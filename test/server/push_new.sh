#!/usr/bin/env bash
# scripts/push --new: the next migration of a folder, in the folder's own way. What it makes is read by the loader as its
# neighbours are.
. test/server/lib/tap.bash

migrate_database push_new
push() { scripts/push "$@" 2>"$SCRATCH/stderr"; }
today=$(date -u +%Y%m%d)

# folder FILE...: a fresh one with these; a file's text is what stands behind "=".
folder() {
	rm -rf "$SCRATCH/folder"
	mkdir -p "$SCRATCH/folder"
	local each
	for each in "$@"; do
		mkdir -p "$(dirname "$SCRATCH/folder/${each%%=*}")"
		printf '%b' "${each#*=}" >"$SCRATCH/folder/${each%%=*}"
	done
}
# makes PATTERN WHAT: a new migration "add email" is these files, one after the other with a blank between.
makes() {
	local made
	made=$(push --new "add email" "$SCRATCH/folder" | sed "s|^$SCRATCH/folder/||" | tr '\n' ' ')
	like "${made% }" "^$1\$" "$2" || explain "$(cat "$SCRATCH/stderr")"
	MADE=$made
}
# loads COUNT WHAT: with statements in it, the folder is so many migrations, the new one with a way back.
loads() {
	local file
	for file in $MADE; do
		sed -i 's/^$/SELECT 1;/' "$SCRATCH/folder/$file"
	done
	chmod -R a+rX "$SCRATCH"
	run push_new "SELECT migrate_remove(concat_ws('_', nullif(version, ''), nullif(name, ''))) FROM migrate_status()" \
		"SELECT count(*) FROM migrate_load_dir('$SCRATCH/folder') WHERE action = 'added'" \
		"SELECT string_agg(concat_ws(' ', name, (SELECT value FROM migrate_show(concat_ws('_', version, name)) WHERE property = 'reversible')), ', ') FROM migrate_status() WHERE name ~ 'email'"
	is "$STATE $(printf %s "$OUT" | grep -v '^(' | tail -n 2 | tr '\n' ' ')" "00000 $1 $2 " "it is read as its neighbours are" || explain "$ERR"
}

folder
makes 0001_add_email.sql "an empty folder begins with 0001"
loads 1 "add_email script"
folder 0009_users.sql='CREATE TABLE users ()'
makes 0010_add_email.sql "numbers go on, with as many digits"
is "$(cat "$SCRATCH/folder/0010_add_email.sql")" "-- Description: add email


-- migrate:down" "with a place for the way back"
loads 2 "add_email script"
folder 1_a.sql='SELECT 1' 2_b.sql='SELECT 1' 10_c.sql='SELECT 1'
makes 11_add_email.sql "the newest is that of the highest number"
folder 999_a.sql='SELECT 1'
makes 1000_add_email.sql "one digit more where it has to be"
folder 20250101120000_a.sql='SELECT 1' 20240101120000_b.sql='SELECT 1'
makes "${today}[0-9]{6}_add_email.sql" "times go on with now"
folder 29990101120000_a.sql='SELECT 1'
makes "29990101120001_add_email.sql" "behind the newest in any case"
folder 1700000000_a.sql='SELECT 1'
makes "1[0-9]{9}_add_email.sql" "seconds since 1970, too"
folder 1700000000000_a.sql='-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 1;'
makes "1[0-9]{9}000_add_email.sql" "node-pg-migrate's milliseconds"
is "$(grep -c Migration "$SCRATCH/folder/"*add_email.sql)" 2 "with its lines"
loads 2 "add_email script"
folder 2025-01-01-120000_a/up.sql='SELECT 1' 2025-01-01-120000_a/down.sql='SELECT 1'
makes "${today:0:4}-${today:4:2}-${today:6:2}-[0-9]{6}_add_email/up.sql ${today:0:4}-.*_add_email/down.sql" "Diesel's folders"
loads 2 "add_email script"
folder 20250101120000_a/migration.sql='SELECT 1' migration_lock.toml='provider = "postgresql"'
makes "${today}[0-9]{6}_add_email/migration.sql" "Prisma's folders"
loads 2 "add_email no"
folder 001_a.up.sql='SELECT 1' 001_a.down.sql='SELECT 1'
makes "002_add_email.up.sql 002_add_email.down.sql" "pairs"
loads 2 "add_email script"
folder 00001_a.sql='-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 1;'
makes "00002_add_email.sql" "goose's numbers"
loads 2 "add_email script"
folder 20250101120000_a.sql='-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;'
makes "${today}[0-9]{6}_add_email.sql" "dbmate's times"
is "$(grep -c 'migrate:' "$SCRATCH/folder/$today"*)" 2 "with its two lines"
loads 2 "add_email script"
folder V1__a.sql='SELECT 1' V1.2__b.sql='SELECT 1' R__view.sql='SELECT 1'
makes "V1.3__add_email.sql" "Flyway's versions"
loads 4 "add_email no"
folder V1__a.sql='SELECT 1' U1__a.sql='SELECT 1'
makes "V2__add_email.sql U2__add_email.sql" "with what undoes it, where others have that"
loads 2 "add_email script"
folder 001_a.sql='SELECT 1' rollbacks/001_rollback_a.sql='SELECT 1'
makes "002_add_email.sql rollbacks/002_rollback_add_email.sql" "a folder of rollbacks"
loads 2 "add_email script"
rm -rf "$SCRATCH/supabase"
mkdir -p "$SCRATCH/supabase/migrations"
echo 'SELECT 1' >"$SCRATCH/supabase/migrations/20250101120000_a.sql"
push --new add_email "$SCRATCH/supabase/migrations" >/dev/null
is "$(grep -vcE '^--|^$' "$SCRATCH/supabase/migrations/$today"*)" 0 "in a project of Supabase nothing of it would run"

# What it does not do

folder 0001_a.sql='SELECT 1' 0002_add_email.sql='SELECT 1'
push --new "add email" "$SCRATCH/folder" >/dev/null
is "$(cat "$SCRATCH/folder/0002_add_email.sql")" "SELECT 1" "what is there stays"
folder users.sql='SELECT 1'
! push --new x "$SCRATCH/folder" || ok 1 "it fails"
is "$(cat "$SCRATCH/stderr")" "push: the migrations of $SCRATCH/folder have no versions to continue" "names without versions can't be continued"
for list in sqitch.plan atlas.sum meta/_journal.json current.sql changelog.xml; do
	folder 0001_a.sql='SELECT 1' "$list=x"
	push --new x "$SCRATCH/folder"
	is "$? $(ls "$SCRATCH/folder"/*x*.sql 2>/dev/null)" "1 " "a folder with $list is not touched"
	like "$(cat "$SCRATCH/stderr")" "^push: .* has $list: use " "and it says what to use"
done
push --new 'a/b' "$SCRATCH/folder"
is "$?" 2 "a name has no slash"
push --new x "$SCRATCH/folder" -d push_new
is "$?" 2 "no database is asked"
push --new x "$SCRATCH/nowhere"
is "$? $(cat "$SCRATCH/stderr")" "1 push: there is no folder $SCRATCH/nowhere that can be entered" "a folder has to be there"
done_testing
