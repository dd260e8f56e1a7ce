#!/usr/bin/env bash
# What the extension knows goes over from each older server that is installed beside this one, and from this one: by a
# dump that its owner made, or a superuser, and by pg_upgrade. Work goes on there. PGOLDER names servers that have to be
# there; the matrix says so.
. test/server/lib/tap.bash
. test/server/lib/history.bash
unset MAKEFLAGS MFLAGS MAKELEVEL # what an outer make was told is not meant for an older server's

readonly OLDEST=15
readonly owners="older_owner postgres"
main=$PGHOST
pg_config=$(command -v "${PG_CONFIG:-pg_config}")
bindir=$("$pg_config" --bindir)
major=$("$pg_config" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
export CLUSTER_FSYNC=off
# pg_upgrade wants both clusters to be alike, and 18 makes them with checksums by itself.
export CLUSTER_INITDB=--data-checksums

finish() {
	local cluster
	for cluster in "$SCRATCH"/*/c "$SCRATCH"/*/upgraded; do scripts/cluster stop "$cluster"; done >/dev/null 2>&1
}
trap finish EXIT

# quiet COMMAND...: keeps what it says for `explain`.
quiet() { "$@" >"$SCRATCH/log" 2>&1 </dev/null; }

# look_for MAJOR: the server that what follows is about, if it is there with all that modules are built with.
look_for() {
	old=$1
	old_config=${bindir//"$major"/"$old"}/pg_config
	room=$SCRATCH/$old
	[[ $("$old_config" --version 2>/dev/null) = "PostgreSQL $old"[!0-9]* ]] &&
		[ -e "$("$old_config" --includedir-server)/postgres.h" ] && [ -x "$("$old_config" --bindir)/postgres" ] &&
		mkdir -p "$room"
}

# Its server tree, with a module that was built for it, of a copy of the sources.
stage() {
	old_tree=$TREE
	if [ "$old" != "$major" ]; then
		old_tree=$room/tree
		mkdir "$room/sources" && tar -c --exclude='*.[od]' --exclude='*.gch' Makefile control src scripts | tar -x -C "$room/sources" &&
			make -s -j"$(nproc)" -C "$room/sources" stage OPTIMIZE=-O0 PG_CONFIG="$old_config" TREE="$old_tree" || return
	fi
	old_bin=$old_tree$("$old_config" --bindir)
}

# 17.12 keeps a pg_attver among the options of each column, whatever one resets. pg_dump 18.6 and pg_upgrade write it
# down, and 18.6 refuses it (findings/column-version-in-dump.sh): no database goes over as it is.
forget_column_versions() {
	sql "$1" "UPDATE pg_attribute SET attoptions = NULL WHERE attrelid >= 16384 AND attoptions::text LIKE '{pg_attver=%'"
}

# A history of each owner's, kept and dumped: by the old pg_dump, and by the new one.
fill() {
	local owner from
	role older_owner 'LOGIN NOSUPERUSER'
	for owner in $owners; do
		from=from_$owner
		database "$from" "OWNER $owner"
		AS=$owner run "$from" "CREATE EXTENSION migrate"
		AS=$owner make_history "$from" "$old, $owner"
		keep "$from"
		forget_column_versions "$from"
		quiet "$old_bin/pg_dump" -U "$owner" -F plain -f "$room/$owner.plain" "$from" &&
			quiet "$BIN/pg_dump" -U "$owner" -F custom -f "$room/$owner.custom" "$from"
		ok $? "$old, $owner: dumped by $old and by $major" || explain "$(cat "$SCRATCH/log")"
	done
	migrate_database guarded
	sql guarded "SELECT migrate_guard('block')" >/dev/null
	forget_column_versions guarded
}

# Into the cluster that all tests share.
restore() {
	local owner format who
	role older_owner 'LOGIN NOSUPERUSER'
	for owner in $owners; do
		for format in plain custom; do
			who="$old, $owner, $format dump"
			database older_restored "OWNER $owner"
			if [ "$format" = plain ]; then
				quiet psql -Xq -U "$owner" -v ON_ERROR_STOP=1 -d older_restored -f "$room/$owner.plain"
			else
				quiet pg_restore -U "$owner" -e -d older_restored "$room/$owner.custom"
			fi
			ok $? "$who: restored without any error" || explain "$(cat "$SCRATCH/log")"
			went_over "from_$owner" older_restored "$who"
			AS=$owner goes_on older_restored "$who"
		done
	done
	sql postgres "DROP DATABASE older_restored"
}

# control BIN CLUSTER COMMAND: starts or stops the server of a cluster that stays.
control() { quiet as_server_user "$1/pg_ctl" -D "$2/data" -s -w -l "$2/log" "$3"; }

upgrade() {
	local new=$room/upgraded socket owner who
	scripts/cluster start "$new" "$TREE" || return
	socket=$(cat "$new/socket")
	control "$BIN" "$new" stop && control "$old_bin" "$room/c" stop &&
		quiet as_server_user env -C "$new" "$BIN/pg_upgrade" -U postgres -s "$socket" \
			-b "$old_bin" -d "$room/c/data" -B "$BIN" -D "$new/data" &&
		control "$BIN" "$new" start
	ok $? "$old: pg_upgrade brings the cluster to $major" || {
		explain "$(cat "$SCRATCH/log")"
		return
	}
	use_cluster "$new"
	run guarded "SELECT migrate_guard()" "CREATE TABLE blocked (a int)"
	is "$STATE $OUT" "MG009 block" "$old, pg_upgrade: the guard keeps its mode"
	for owner in $owners; do
		who="$old, $owner, pg_upgrade"
		went_over "from_$owner" "from_$owner" "$who"
		database fresh "OWNER $owner"
		AS=$owner run fresh "CREATE EXTENSION migrate"
		# pg_upgrade makes whom it runs as the owner of every extension.
		objects fresh | sed "s/^\(extension|migrate|[^|]*|\)$owner|/\1postgres|/" >"$SCRATCH/fresh"
		objects "from_$owner" >"$SCRATCH/upgraded"
		like "$(wc -l <"$SCRATCH/fresh")" '^[1-9][0-9]{2}$' "$who: there are hundreds of objects to compare"
		same "$SCRATCH/fresh" "$SCRATCH/upgraded" "$who: objects, owners, privileges and comments are those of a fresh install"
		AS=$owner goes_on "from_$owner" "$who"
	done
	AS=older_owner run from_older_owner "ALTER EXTENSION migrate UPDATE"
	fails 42501 "$old, older_owner, pg_upgrade: newer versions of the extension are then the superuser's to install"
}

required="${PGOLDER:-} $major"
taken=
for wanted in $(printf '%s\n' $required $(seq "$OLDEST" "$major") | sort -nu); do
	if ! look_for "$wanted"; then
		[[ " $required " != *" $wanted "* ]] || ok 1 "PostgreSQL $wanted is there, with its headers"
		continue
	fi
	quiet stage && quiet env PG_CONFIG="$old_config" scripts/cluster start "$room/c" "$old_tree"
	ok $? "$old: the module is built for it, and its server starts" || {
		explain "$(cat "$SCRATCH/log")"
		continue
	}
	use_cluster "$room/c"
	is "$(sql postgres "SELECT current_setting('server_version_num')::int / 10000")" "$old" "$old: it is that server"
	fill
	PGHOST=$main
	restore
	upgrade
	taken="$taken${taken:+, }$old"
done
PGHOST=$main
echo "# databases of PostgreSQL ${taken:-none} go over to $major"
done_testing
