#!/usr/bin/env bash
# ALTER EXTENSION migrate UPDATE, from every version that was released and with history in it, leaves what a fresh
# install gives (objects, owners, privileges, comments) and loses no row. It runs on a server tree of its own, to
# which it adds a made-up next version: what compares is shown to notice what an upgrade script may forget.
. test/server/lib/tap.bash
. test/server/lib/extension.bash

pg_config=${PG_CONFIG:-pg_config}
own_tree=$SCRATCH/tree
own_cluster=$SCRATCH/c
extensions=$own_tree$("$pg_config" --sharedir)/extension
current=$(sed -n "s/^default_version = '\(.*\)'$/\1/p" control/migrate.control)
next=$current.1

finish() {
	scripts/cluster stop "$own_cluster" >/dev/null 2>&1
	rm -rf "$own_tree"
}
trap finish EXIT

# The installed module, in a tree whose extension folder is ours to change.
scripts/server_tree "$own_tree" &&
	cp --remove-destination "$TREE$("$pg_config" --sharedir)"/extension/migrate[.-]* "$extensions/" &&
	cp --remove-destination "$TREE$("$pg_config" --pkglibdir)/migrate.so" "$own_tree$("$pg_config" --pkglibdir)/" &&
	CLUSTER_FSYNC=off scripts/cluster start "$own_cluster" "$own_tree" >"$SCRATCH/error" 2>&1
ok $? "a cluster with an extension folder of its own starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
use_cluster "$own_cluster"
role upgrade_owner 'LOGIN NOSUPERUSER'

# The made-up version, as an upgrade script adds it. Each line that starts with a word and a colon can be left out.
addition() {
	grep -vE "^(${1:-nothing}):" <<-'END' | sed -E 's/^[a-z_]+://'
		column:ALTER TABLE migrate.history ADD COLUMN made_up text DEFAULT 'new';
		column_comment:COMMENT ON COLUMN migrate.history.made_up IS 'Made up.';
		table:CREATE TABLE migrate.made_up (id bigint PRIMARY KEY, made_up text NOT NULL);
		table_comment:COMMENT ON TABLE migrate.made_up IS 'Made up.';
		dumped:SELECT pg_catalog.pg_extension_config_dump('migrate.made_up', '');
		table_grant:GRANT SELECT ON migrate.made_up TO @extowner@ WITH GRANT OPTION;
		restore_grant:GRANT INSERT ON migrate.made_up TO @extowner@;
		function:CREATE FUNCTION @extschema@.migrate_made_up(made_up text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1';
		function_comment:COMMENT ON FUNCTION @extschema@.migrate_made_up(text) IS 'Made up.';
		revoke:REVOKE ALL ON FUNCTION @extschema@.migrate_made_up(text) FROM PUBLIC;
		function_grant:GRANT EXECUTE ON FUNCTION @extschema@.migrate_made_up(text) TO @extowner@ WITH GRANT OPTION;
		index:CREATE INDEX made_up_idx ON migrate.made_up (made_up);
	END
}

# upgrade_script [LEFT_OUT [MORE]]: what the next version's upgrade script says.
upgrade_script() {
	{
		addition "${1:-}"
		echo "${2:-}"
	} >"$extensions/migrate--$current--$next.sql"
}

# make_history DATABASE: something of everything that the first version could do, as USER.
make_history() {
	AS=$user run "$1" \
		"CREATE TABLE before (a int)" \
		"SELECT migrate_load('[
			{\"name\": \"0000_before.sql\", \"content\": \"CREATE TABLE before (a int);\"},
			{\"name\": \"0001_people.sql\", \"content\": \"CREATE TABLE people (id int);\\n-- migrate:down\\nDROP TABLE people;\"},
			{\"name\": \"0002_email.sql\", \"content\": \"ALTER TABLE people ADD email text;\\n-- migrate:verify\\nSELECT true;\\n-- migrate:down\\nALTER TABLE people DROP email;\"},
			{\"name\": \"0003_phone.sql\", \"content\": \"ALTER TABLE people ADD phone text;\\n-- migrate:down\\nALTER TABLE people DROP phone;\"}]', source => 'a')" \
		"SELECT migrate_baseline('0000')" \
		"SELECT migrate_apply()" \
		"SELECT migrate_rollback()" \
		"SELECT migrate_add('0002_email', 'ALTER TABLE people ADD email text -- changed', 'ALTER TABLE people DROP email')" \
		"SELECT migrate_repair('0002', 'accept')" \
		"SELECT migrate_add('0004_secret', 'SELECT 1 AS secret')" \
		"SELECT migrate_repair('0004', 'purge text')"
	works "$2: the old version has a history"
}

# goes_on DATABASE WHO
goes_on() {
	AS=$user run "$1" "SELECT version FROM migrate_remove('0004')" "SELECT version, action FROM migrate_apply()" \
		"SELECT version FROM migrate_rollback(target => '0000')"
	is "$STATE $(tail -n 4 <<<"$OUT" | paste -sd ' ')" "00000 0003|applied 0003 0002 0001" "$2: what was pending is applied, and all rolled back"
	is "$(sql "$1" "SELECT count(*) = count(DISTINCT id) AND max(id) = (SELECT last_value FROM migrate.history_id_seq) FROM migrate.history")" \
		t "$2: no id collides"
}

# fresh DATABASE VERSION
fresh() {
	database "$1" ${user:+"OWNER $user"}
	AS=$user run "$1" "CREATE EXTENSION migrate VERSION '$2'"
	works "${user:-a superuser} installs version $2"
	objects "$1" >"$SCRATCH/$1.objects" || exit 1
}

# update FROM TO: from a version that has a history.
update() {
	local who="${user:-superuser}, $1 to $2"
	fresh upgrade_old "$1"
	make_history upgrade_old "$who"
	rows upgrade_old >"$SCRATCH/old.rows"
	# The old version's columns outlive it here.
	database upgrade_columns
	sql upgrade_columns "CREATE EXTENSION migrate VERSION '$1'"
	AS=$user run upgrade_old "ALTER EXTENSION migrate UPDATE TO '$2'"
	works "$who: ALTER EXTENSION migrate UPDATE"
	objects upgrade_old >"$SCRATCH/new.objects" || exit 1
	rows upgrade_old upgrade_columns >"$SCRATCH/new.rows"
}

# equals_fresh FROM TO
equals_fresh() {
	local who="${user:-superuser}, $1 to $2"
	update "$1" "$2"
	same "$SCRATCH/upgrade_fresh.objects" "$SCRATCH/new.objects" "$who: objects, owners, privileges and comments are those of a fresh install"
	same "$SCRATCH/old.rows" "$SCRATCH/new.rows" "$who: no row is lost or changed"
	goes_on upgrade_old "$who"
}

released=$(cd control && ls migrate--*.sql | sed -n '/--.*--/!s/^migrate--\(.*\)\.sql$/\1/p' | sort -V)
like "$released" "(^|[[:space:]])${current//./\\.}($|[[:space:]])" "the current version's install script is there"

for user in '' upgrade_owner; do
	fresh upgrade_fresh "$current"
	like "$(wc -l <"$SCRATCH/upgrade_fresh.objects")" '^[1-9][0-9]{2}$' "there are hundreds of things to compare"
	for old in $released; do equals_fresh "$old" "$current"; done
done

# The next version: made up, with a table, a column, a function and an index more.
{
	cat "control/migrate--$current.sql"
	addition
} >"$extensions/migrate--$next.sql"
upgrade_script
rm -f "$extensions/migrate.control"
sed "s/^default_version = .*/default_version = '$next'/" control/migrate.control >"$extensions/migrate.control"
for user in '' upgrade_owner; do
	fresh upgrade_fresh "$next"
	for old in $released; do
		equals_fresh "$old" "$next"
		is "$(AS=$user run upgrade_old "SELECT DISTINCT made_up FROM migrate.history" && echo "$OUT")" new "${user:-superuser}: the new column is there"
	done
done

# A dump of what was upgraded goes into what is fresh.
pg_dump -U upgrade_owner -f "$SCRATCH/dump" upgrade_old
database upgrade_restored 'OWNER upgrade_owner'
psql -XAtq -U upgrade_owner -v ON_ERROR_STOP=1 -d upgrade_restored -f "$SCRATCH/dump" >"$SCRATCH/error" 2>&1
ok $? "an upgraded extension is dumped and restored by its owner" || explain "$(cat "$SCRATCH/error")"
rows upgrade_old >"$SCRATCH/old.rows"
rows upgrade_restored >"$SCRATCH/new.rows"
same "$SCRATCH/old.rows" "$SCRATCH/new.rows" "and so are its rows"

# notices LEFT_OUT PATTERN: an upgrade script without that line differs from the fresh install where PATTERN says.
notices() {
	upgrade_script "$1"
	update "$current" "$next"
	like "$(diff "$SCRATCH/upgrade_fresh.objects" "$SCRATCH/new.objects")" "$2" "noticed: an upgrade script that forgets $1"
}
notices column_comment '<[^>]*column\|migrate\.history\|made_up'
notices table_comment '<[^>]*relation\|migrate\.made_up\|r\|'
notices function_comment 'Made up'
notices dumped 'extension\|migrate'
notices table_grant 'relation\|migrate\.made_up'
notices restore_grant 'relation\|migrate\.made_up'
notices revoke '>[^<]*=X/'
notices function_grant '<[^>]*X\*/'
notices index 'made_up_idx'

# loses ROWS STATEMENT: an upgrade script that also does STATEMENT is noticed by its rows.
loses() {
	upgrade_script '' "$2"
	update "$current" "$next"
	like "$(diff "$SCRATCH/old.rows" "$SCRATCH/new.rows")" '^[0-9]' "noticed: an upgrade script that $1"
}
loses "deletes an event" "DELETE FROM migrate.history WHERE id = 1;"
loses "deletes a text" "DELETE FROM migrate.script WHERE migration LIKE '0003%';"
loses "changes the version guard" "UPDATE migrate.schema_version SET applied_at = pg_catalog.now();"
loses "sets a sequence back" "SELECT pg_catalog.setval('migrate.history_id_seq', 1);"

done_testing
