#!/usr/bin/env bash
# The archive for PGXN: what `make dist` makes of this tree builds, installs and passes its own installcheck where
# nothing else of the project is.
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
if ! git rev-parse --git-dir >/dev/null 2>&1; then
	echo "1..0 # SKIP not in a git repository"
	exit 0
fi
WORK=$(mktemp -d /tmp/migrate-dist-XXXXXX)
chmod 755 "$WORK"
TREE=$WORK/tree
. test/server/lib/tap.bash
finish() {
	"$root/scripts/cluster" stop "$WORK/c" >/dev/null 2>&1
	rm -rf "$WORK"
}
trap finish EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL

# quiet COMMAND...: its output only if it fails.
quiet() { "$@" >"$WORK/log" 2>&1; }

# This tree as it is now, committed or not, as a tree object that the repository itself never gets.
working_tree() (
	export GIT_INDEX_FILE=$WORK/index GIT_OBJECT_DIRECTORY=$WORK/objects
	GIT_ALTERNATE_OBJECT_DIRECTORIES=$(realpath "$(git rev-parse --git-common-dir)")/objects
	export GIT_ALTERNATE_OBJECT_DIRECTORIES
	mkdir -p "$GIT_OBJECT_DIRECTORY"
	git add -A && tree=$(git write-tree) && make -s dist COMMIT="$tree" DIST="$WORK/dist.zip"
)

version=$(sed -n "s/^default_version = '\(.*\)'$/\1/p" control/migrate.control)
quiet working_tree
ok $? "make dist makes the archive" || explain "$(cat "$WORK/log")"
quiet unzip -q "$WORK/dist.zip" -d "$WORK"
ok $? "it can be unzipped" || explain "$(cat "$WORK/log")"
copy=$WORK/migrate-$version
cmp -s META.json "$copy/META.json"
ok $? "its folder is migrate-$version, with META.json in it"
is "$(cd "$copy" && find . -name '*.o' -o -name '*.so' -o -name .git -o -name build)" "" "it holds nothing that was built"

quiet make -C "$copy" -j "$(nproc)" PG_CONFIG="${PG_CONFIG:-pg_config}"
ok $? "it builds" || explain "$(tail -n 30 "$WORK/log")"
quiet "$copy/scripts/server_tree" "$TREE" &&
	quiet make -C "$copy" install DESTDIR="$TREE" PG_CONFIG="${PG_CONFIG:-pg_config}"
ok $? "it installs" || explain "$(cat "$WORK/log")"
CLUSTER_FSYNC=off quiet "$copy/scripts/cluster" start "$WORK/c" "$TREE"
ok $? "a cluster with it starts" || explain "$(cat "$WORK/log")"
eval "$("$copy/scripts/cluster" env "$WORK/c")"
quiet make -C "$copy" installcheck PG_CONFIG="${PG_CONFIG:-pg_config}"
ok $? "make installcheck passes" || explain "$(cat "$WORK/log" "$copy/regression.diffs" 2>/dev/null)"
is "$(grep -cE '^(test .* ok|ok [0-9])' "$WORK/log")" "$(find sql -name '*.sql' | grep -c .)" "every test of sql/ ran in it"
done_testing
