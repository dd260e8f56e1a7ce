#!/usr/bin/env bash
# Sessions that get in each other's way for a while: they load, apply, roll back, look, cancel, terminate and kill, each
# at random. While they do, and when they are done, what the status says is what the database has; what is left then
# can be applied to the end, and rolled back to nothing. CHAOS_SECONDS says how long (default 60), CHAOS_SESSIONS how
# many (20); SEED repeats the choices of a run, though not its timing.
. test/server/lib/tap.bash

LASTS=${CHAOS_SECONDS:-60}
SESSIONS=${CHAOS_SESSIONS:-20}
SEED=${SEED:-$RANDOM}
MOST=30
cluster=$SCRATCH/cluster
mkdir -p "$SCRATCH/said"

# write_files VARIANT: every third has a concurrent build, which commits in the middle.
write_files() {
	local i version build undo
	mkdir -p "$SCRATCH/$1"
	for ((i = 1; i <= MOST; i++)); do
		printf -v version '%04d' "$i"
		build='' undo=''
		[ $((i % 3)) -ne 0 ] || {
			build="CREATE INDEX CONCURRENTLY i$version ON chaos.t$version (v);"
			undo="DROP INDEX CONCURRENTLY chaos.i$version;"
		}
		cat >"$SCRATCH/$1/${version}_$version.sql" <<-END
			-- variant $1
			CREATE TABLE chaos.t$version (id int PRIMARY KEY, v text);
			COPY chaos.t$version FROM stdin;
			1	$1
			2	$1
			\\.
			$build
			INSERT INTO chaos.journal VALUES ('$version', '$1');
			-- migrate:down
			$undo
			DELETE FROM chaos.journal WHERE version = '$version';
			DROP TABLE chaos.t$version;
		END
	done
}

# content FILE: its text as a string of SQL.
content() { printf '$text$%s$text$' "$(<"$1")"; }

# What is wrong now, in one snapshot: a migration that is said to be applied and is not all there, or one that is not
# and left something; the version guard. One that stopped in the middle may be either.
AGREES="WITH said AS (SELECT * FROM migrate_status()),
	ran AS (SELECT left(name, 4) AS version, substring(content FROM 'variant (.)') AS variant FROM migrate_export()),
	made AS (SELECT v AS version,
			(SELECT count(*) FROM pg_class WHERE relnamespace = 'chaos'::regnamespace AND relname = 't' || v) AS tables,
			(SELECT count(*) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid AND i.indisvalid
			  WHERE relnamespace = 'chaos'::regnamespace AND relname = 'i' || v) AS indexes,
			(SELECT min(variant) FROM chaos.journal j WHERE j.version = v) AS variant
		FROM (SELECT to_char(i, 'FM0000') AS v FROM generate_series(1, $MOST) i) all_of_them)
	SELECT format('%s is %s (%s), with %s tables, %s indexes, variant %s where %s ran', m.version, COALESCE(s.status, 'unknown'),
			s.note, m.tables, m.indexes, m.variant, r.variant)
	  FROM made m LEFT JOIN said s USING (version) LEFT JOIN ran r USING (version)
	 WHERE CASE WHEN s.status = 'applied' THEN m.tables <> 1 OR m.variant IS DISTINCT FROM r.variant
				OR m.indexes <> (m.version::int % 3 = 0)::int
			WHEN s.status = 'partial' THEN false
			ELSE m.tables + m.indexes <> 0 OR m.variant IS NOT NULL END
	UNION ALL
	SELECT format('%s is %s (%s)', version, status, note) FROM said
	 WHERE status NOT IN ('applied', 'pending', 'out of order', 'failed', 'partial')
	UNION ALL
	SELECT format('the version is %s', migrate_version())
	 WHERE migrate_version() IS DISTINCT FROM (SELECT max(version) FROM said WHERE status = 'applied')
	   AND NOT EXISTS (SELECT FROM said WHERE status = 'partial')"

# one_of WORD...
one_of() { shift $((RANDOM % $#)) && printf '%s' "$1"; }

# somebody WHO: a query for one other session's pid.
somebody() {
	echo "SELECT pid FROM pg_stat_activity WHERE datname = 'chaos' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
}

# statement_of ACTION: what a session does, as SQL.
statement_of() {
	local version
	printf -v version '%04d' $((1 + RANDOM % MOST))
	case $1 in
	load)
		# One that is applied must keep its text.
		echo "DO \$do\$ BEGIN IF (SELECT action FROM migrate_add('${version}_$version',
			$(content "$SCRATCH/$(one_of a b)/${version}_$version.sql"))) = 'changed'
			THEN RAISE 'applied meanwhile'; END IF; END \$do\$"
		;;
	apply) echo "SELECT migrate_apply($(one_of null "'$version'"), allow_out_of_order => true)" ;;
	rollback) echo "SELECT migrate_rollback(steps => $((1 + RANDOM % 5)))" ;;
	up) echo "CALL migrate_up(allow_out_of_order => true)" ;;
	down) echo "CALL migrate_down(steps => $((1 + RANDOM % 5)))" ;;
	start) echo "SELECT migrate_start(direction => '$(one_of up down)')" ;;
	look) echo "$AGREES" ;;
	watch) echo "SELECT FROM migrate_progress(), migrate_plan(), migrate_history()" ;;
	cancel) echo "SELECT pg_cancel_backend(pid) FROM ($(somebody)) s" ;;
	cancel_job) echo "SELECT migrate_cancel(COALESCE(max(id), 0)) FROM migrate.job" ;;
	terminate) echo "SELECT pg_terminate_backend(pid) FROM ($(somebody)) s" ;;
	kill) somebody ;;
	esac
}

# session NUMBER: acts until the time is over. One line for each act: what, SQLSTATE, message. Only the first kills, from
# half-time on until it has hit somebody, for the server then ends all others.
session() {
	local action actions=(load load load apply rollback up up down start look watch cancel cancel_job terminate)
	local said=$SCRATCH/said/$1 error=$SCRATCH/error.$1 kills=$(($1 == 1))
	RANDOM=$((SEED + $1))
	while [ "$SECONDS" -lt "$LASTS" ]; do
		action=$(one_of "${actions[@]}")
		[ "$kills" -eq 0 ] || [ "$SECONDS" -lt $((LASTS / 2)) ] || action='kill'
		# Without a SQLSTATE the server was not there.
		OUT=$(psql -XAtq -v VERBOSITY=verbose -d chaos 2>"$error" <<<"SET statement_timeout = '30s'; $(statement_of "$action");")
		read_error "$(<"$error")"
		echo "$action $STATE $MESSAGE" >>"$said"
		[ "$action" != look ] || [ -z "$OUT" ] || printf '%s\n' "$OUT" >>"$SCRATCH/disagree"
		[ "$action" != kill ] || [ -z "$OUT" ] || { kill -KILL "$OUT" && kills=0; }
	done
}

# acts PATTERN: how many lines that all sessions wrote match.
acts() { cat "$SCRATCH"/said/* | grep -cE "^$1"; }

# is_nothing WHAT NAME: the lines say what is wrong.
is_nothing() {
	local status=0
	[ -z "$1" ] || status=1
	ok "$status" "$2" || explain "$1"
}

finish() {
	# shellcheck disable=SC2046
	kill $(jobs -p) 2>/dev/null
	scripts/cluster stop "$cluster"
}
trap 'finish >/dev/null 2>&1' EXIT
CLUSTER_FSYNC=off CLUSTER_CONF="max_connections = 100
max_worker_processes = 16
log_line_prefix = '%e [%p] '
migrate.lock_timeout = '2s'
migrate.wait_timeout = '500ms'" scripts/cluster start "$cluster" "$TREE" >"$SCRATCH/error" 2>&1
ok $? "a cluster starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
use_cluster "$cluster"
migrate_database chaos
sql chaos "CREATE SCHEMA chaos" "CREATE TABLE chaos.journal (version text PRIMARY KEY, variant text NOT NULL)"
write_files a
write_files b
for file in "$SCRATCH"/a/000*; do add_migration chaos "$(basename "$file" .sql)" "$(<"$file")"; done

SECONDS=0
for ((number = 1; number <= SESSIONS; number++)); do session "$number" & done 2>/dev/null
for ((number = 1; number <= SESSIONS; number++)); do wait -n $(jobs -p); done
wait_until chaos "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = 'chaos' AND pid <> pg_backend_pid()"

# What ends a session, what makes it wait too long, and what finds another state than it was told: with MG002 one that
# stopped half way, over which another session has loaded the other variant.
may_fail='00000|57014|57P0[123]|08006|55P03|40P01|25001|MG00[245]|55000|P0001|42704|25006|40001'
is_nothing "$(cat "$SCRATCH"/said/* | grep -vE "^[a-z_]+ ($may_fail)" | sort | uniq -c | sort -rn)" "nothing fails but for a reason"
is_nothing "$(grep -E '^XX|PANIC|TRAP|terminated by signal ([1-8]|1[0-9]):' "$cluster/log")" "the server has no fault to tell of"
is_nothing "$(cat "$SCRATCH/disagree" 2>/dev/null)" "whenever somebody looked, status and schema agreed"
is_nothing "$(sql chaos "$AGREES" 2>&1)" "when all are done, status and schema agree"
for action in load apply rollback up down start look cancel terminate; do
	[ "$(acts "$action 00000")" -gt 0 ]
	ok $? "$action came through"
done
[ "$(acts '[a-z]+ 57014')" -gt 0 ]
ok $? "somebody was canceled"
grep -q 'terminated by signal 9:' "$cluster/log"
ok $? "somebody was killed, and the server came back"

# What stopped on its way down goes that way first.
sql chaos "CALL migrate_up(allow_out_of_order => true)" >"$SCRATCH/error" 2>&1 || {
	sql chaos "CALL migrate_down()" && sql chaos "CALL migrate_up(allow_out_of_order => true)"
} >"$SCRATCH/error" 2>&1
ok $? "what is left can be applied" || explain "$(cat "$SCRATCH/error")"
is_nothing "$(sql chaos "$AGREES UNION ALL SELECT version || ' is ' || status FROM migrate_status() WHERE status <> 'applied'" 2>&1)" \
	"all is applied, exactly once"
sql chaos "CALL migrate_down('zero')" >"$SCRATCH/error" 2>&1
ok $? "and rolled back" || explain "$(cat "$SCRATCH/error")"
is_nothing "$(sql chaos "$AGREES UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'chaos'::regnamespace AND relname !~ '^journal'" 2>&1)" \
	"nothing is left"
is_nothing "$(sql chaos "SELECT version, id, event FROM (SELECT version, id, event, lag(event, 1, 'rollback') OVER (PARTITION BY version ORDER BY id) AS before
	FROM migrate.history WHERE event IN ('apply', 'rollback')) e WHERE event = before" 2>&1)" "in the history each was applied and rolled back in turn"

printf '# %d acts of %d sessions in %d s; seed %d\n' "$(acts '')" "$SESSIONS" "$LASTS" "$SEED"
cat "$SCRATCH"/said/* | cut -d' ' -f1,2 | sort | uniq -c | sed 's/^/# /'
done_testing
