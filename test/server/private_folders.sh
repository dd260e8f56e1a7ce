#!/usr/bin/env bash
# docs/install.md, "In folders of its own": a server whose own folders know nothing of the extension finds it where two settings
# say, module, scripts and workers.
. test/server/lib/tap.bash

pg_config=${PG_CONFIG:-pg_config}
[ "$(sql postgres 'SHOW server_version_num')" -ge 180000 ] || {
	ok 0 "private folders # SKIP PostgreSQL before 18 has no extension_control_path"
	done_testing
	exit
}
[ ! -e "$("$pg_config" --pkglibdir)/migrate.so" ] || {
	ok 0 "private folders # SKIP the server's own folder has the module"
	done_testing
	exit
}

image=$SCRATCH/image
cluster=$SCRATCH/cluster
make -s install DESTDIR="$image" PG_CONFIG="$pg_config" >"$SCRATCH/error" 2>&1
ok $? "make install gathers it under one folder" || explain "$(cat "$SCRATCH/error")"
is "$(cd "$image" && find . -name '*.control' -o -name '*.so' -o -name 'migrate--0.1.0.sql' | sort)" \
	"$(printf '.%s\n' "$("$pg_config" --pkglibdir)/migrate.so" "$("$pg_config" --sharedir)/extension/"{migrate--0.1.0.sql,migrate.control} | sort)" \
	"the folder has the paths of the server's own"

trap 'scripts/cluster stop "$cluster" >/dev/null 2>&1' EXIT
CLUSTER_FSYNC=off scripts/cluster start "$cluster" >"$SCRATCH/error" 2>&1
ok $? "the server starts" || explain "$(cat "$SCRATCH/error")"
use_cluster "$cluster"
run postgres "CREATE EXTENSION migrate"
fails 0A000 "it knows nothing of the extension"
sql postgres "ALTER SYSTEM SET extension_control_path = '$image$("$pg_config" --sharedir):\$system'" \
	"ALTER SYSTEM SET dynamic_library_path = '$image$("$pg_config" --pkglibdir):\$libdir'" "SELECT pg_reload_conf()" >/dev/null
wait_until postgres "SELECT current_setting('extension_control_path') LIKE '/%'"
run postgres "CREATE EXTENSION migrate" "SELECT action FROM migrate_add('0001_a', 'CREATE TABLE a ()')" \
	"SELECT action FROM migrate_apply()"
works "it finds it there"
is "$OUT" $'added\napplied' "and it works"
sql postgres "SELECT FROM migrate_add('0002_b', 'CREATE TABLE b ()')" "SELECT migrate_start()" >/dev/null
wait_until postgres "SELECT to_regclass('b') IS NOT NULL"
ok $? "a worker finds the module, too"
wait_until postgres "SELECT state = 'finished' FROM migrate.job"
ok $? "its job is finished"
done_testing
