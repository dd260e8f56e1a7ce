#!/usr/bin/env bash
# The Debian package of the server that pg_config names: built, taken by lintian, and at work in a server tree of its
# own and, if root can make one, in a clean chroot where nothing but Debian and the package is installed.
# DEB_CHROOT=no does without the chroot. What debootstrap made is kept in build/chroot.
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
pg_config=${PG_CONFIG:-pg_config}
WORK=$(mktemp -d /tmp/migrate-deb-test-XXXXXX)
chmod 755 "$WORK"
TREE=$WORK/tree
. test/server/lib/tap.bash
trap 'scripts/demo_stop "$TREE" "$WORK/demo" >/dev/null 2>&1; rm -rf "$WORK"' EXIT

quiet() { "$@" >"$WORK/log" 2>&1; }
skip() { ok 0 "$1 # SKIP $2"; }

major=$("$pg_config" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
version=$(sed -n "s/^default_version = '\(.*\)'$/\1/p" control/migrate.control)

quiet scripts/deb "$WORK/deb"
ok $? "scripts/deb builds the packages, and lintian finds no error" || explain "$(tail -n 40 "$WORK/log")"
sed -n '/^== lintian/,/^== packages/s/^[A-Z]: /# lintian: &/p' "$WORK/log"
deb=$(ls "$WORK/deb/postgresql-$major-migrate_$version"-*.deb)
ok $? "there is one for PostgreSQL $major" || exit 1

# Nothing but the module, what CREATE EXTENSION reads, and documents.
is "$(dpkg-deb -c "$deb" | awk '$1 !~ /^d/ { sub(/^\./, "", $6); print $6 }' | grep -v '^/usr/share/doc/' | sort)" \
	"$( (echo "$("$pg_config" --pkglibdir)/migrate.so" && cd control && printf "$("$pg_config" --sharedir)/extension/%s\n" migrate*) | sort)" \
	"it holds the module and what CREATE EXTENSION reads"
is "$(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//' | sort | paste -sd ' ')" "libc6 postgresql-$major" \
	"it needs the server and libc only"
like "$(dpkg-deb -c "$deb")" 'README.*copyright|copyright.*README' "it brings README and licence"

# demo_works_in NAME LOG: the output of a demo.
demo_works_in() {
	like "$(cat "$2")" '0008 +\| project_archive +\| applied' "$1: the demo applies its migrations"
	like "$(cat "$2")" 'rolled back' "$1: and rolls back"
}

# upgrade_works_in NAME LOG: and that of upgrade.sh.
upgrade_works_in() {
	like "$(cat "$2")" 'ok [0-9]+ - noticed' "$1: upgrades are tested"
	unlike "$(cat "$2")" '(^|[[:space:]])not ok ' "$1: no test of an upgrade fails"
}

# A server tree with the package's files in it.
scripts/server_tree "$TREE" && dpkg-deb -x "$deb" "$TREE"
ok $? "unpacked into a server tree"
scripts/demo "$TREE" "$WORK/demo" >"$WORK/tree.log" 2>&1 && scripts/demo_stop "$TREE" "$WORK/demo" >>"$WORK/tree.log" 2>&1
ok $? "in the tree: the demo ends well" || explain "$(tail -n 40 "$WORK/tree.log")"
demo_works_in "in the tree" "$WORK/tree.log"

# clean_chroot: makes $WORK/chroot, of the release that this is; WHY says what is in the way.
clean_chroot() {
	local codename base mirror
	WHY="DEB_CHROOT is no"
	[ "${DEB_CHROOT:-}" != no ] || return 1
	WHY="only root can make a chroot"
	[ "$(id -u)" -eq 0 ] || return 1
	WHY="this is a chroot itself"
	! ischroot || return 1
	WHY="debootstrap or unshare is not installed"
	command -v debootstrap unshare >/dev/null || return 1
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# The archives that this machine installs from.
	apt-get indextargets --format "deb \$(SITE) \$(CODENAME) \$(COMPONENT)" 'Created-By: Packages' |
		grep -E " $codename(-updates|-security)? main$" | sort -u >"$WORK/sources.list"
	mirror=$(awk -v codename="$codename" '$3 == codename { print $2; exit }' "$WORK/sources.list")
	WHY="apt knows no archive of this release"
	[ -n "$mirror" ] || return 1
	base=build/chroot/$codename.tar
	if [ ! -e "$base" ]; then
		mkdir -p build/chroot
		WHY="debootstrap failed"
		quiet debootstrap --variant=minbase "$codename" "$WORK/base" "$mirror" &&
			tar -C "$WORK/base" --exclude='./var/cache/apt/archives/*.deb' -cf "$base.new" . &&
			mv "$base.new" "$base" || return 1
		rm -rf "$WORK/base"
	fi
	WHY="the chroot can't be unpacked"
	mkdir "$WORK/chroot" && tar -C "$WORK/chroot" -xf "$base"
}

# What runs in the chroot: the package comes with what it needs, and no server is started by that.
write_chroot_script() {
	cat <<-END
		set -e
		export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PG_CONFIG=/usr/lib/postgresql/$major/bin/pg_config
		printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
		chmod +x /usr/sbin/policy-rc.d
		mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
		apt-get -q update
		apt-get -qy --no-install-recommends install /src/$(basename "$deb")
		cd /src
		scripts/demo / /tmp/demo
		scripts/demo_stop / /tmp/demo
		mkdir /tmp/work
		chmod 755 /tmp/work
		TREE= WORK=/tmp/work bash test/server/upgrade.sh
		apt-get -qy remove postgresql-$major-migrate
		test ! -e "\$(\$PG_CONFIG --pkglibdir)/migrate.so"
		test ! -e "\$(\$PG_CONFIG --sharedir)/extension/migrate.control"
		echo "removed"
	END
}

if clean_chroot; then
	mkdir "$WORK/chroot/src"
	cp "$deb" "$WORK/chroot/src/"
	cp -r scripts control demo migrations test "$WORK/chroot/src/"
	chmod -R a+rX "$WORK/chroot/src"
	cp "$WORK/sources.list" "$WORK/chroot/etc/apt/sources.list"
	cp -L /etc/resolv.conf "$WORK/chroot/etc/resolv.conf"
	write_chroot_script >"$WORK/chroot/src/run"
	# The namespaces take every mount and every process with them.
	unshare --mount --pid --fork --kill-child sh -c '
		mount -t proc proc "$1/proc" && mkdir -p "$1/dev/shm" && mount -t tmpfs tmpfs "$1/dev/shm" &&
		exec chroot "$1" /bin/bash /src/run' sh "$WORK/chroot" </dev/null >"$WORK/chroot.log" 2>&1
	ok $? "in a clean chroot: apt installs it, demo and upgrade end well, apt removes it" || explain "$(tail -n 40 "$WORK/chroot.log")"
	demo_works_in "in a clean chroot" "$WORK/chroot.log"
	upgrade_works_in "in a clean chroot" "$WORK/chroot.log"
	like "$(tail -n 1 "$WORK/chroot.log")" '^removed$' "in a clean chroot: nothing of it stays"
else
	skip "in a clean chroot" "$WHY"
	explain "$(tail -n 5 "$WORK/log")"
	TREE=$TREE WORK=$WORK bash test/server/upgrade.sh >"$WORK/upgrade.log" 2>&1
	ok $? "in the tree: upgrades end well" || explain "$(tail -n 40 "$WORK/upgrade.log")"
	upgrade_works_in "in the tree" "$WORK/upgrade.log"
fi
done_testing
