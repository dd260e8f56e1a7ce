#!/usr/bin/env bash
# PostgreSQL 17.12 gives each column an option pg_attver, which no RESET takes away. Its own pg_dump leaves it out; that of
# 18.6 writes it down, and 18.6 refuses it: neither a dump by the new pg_dump, as the documentation advises, nor pg_upgrade
# brings a database of 17.12 to 18.6.
# Debian packages postgresql-17 17.12-0+deb13u1 and postgresql-18 18.6-3, each with initdb's defaults. Seen: the outputs
# below. Needs root and debootstrap; makes a system of its own (forky) in a temporary folder.
. "$(dirname "$0")/lib/finding.bash"
need debootstrap unshare chroot
root=$SCRATCH/root
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1)
unshare --mount debootstrap --variant=minbase forky "$root" "$mirror" /usr/share/debootstrap/scripts/sid >"$SCRATCH/log" 2>&1
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/etc/postgresql-common"
echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/90finding"
echo "deb $mirror trixie main" >"$root/etc/apt/sources.list.d/trixie.list"

# inside COMMAND...: in that system; what it mounts and starts ends with it.
inside() {
	unshare --mount --pid --ipc --fork --kill-child bash -c 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
		mount -t tmpfs tmpfs "$0/dev/shm" && chroot "$0" "$@"; exit $?' "$root" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} "$@" </dev/null
}
eval "$(apt-config shell http_proxy Acquire::http::Proxy 2>/dev/null)"
inside bash -c 'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends install \
	postgresql-17=17.12-0+deb13u1 postgresql-18=18.6-3' >"$SCRATCH/log" 2>&1 || {
	tail -n 5 "$SCRATCH/log" >&2
	exit 2
}

cat >"$root/tmp/show" <<'END'
cd /tmp
for version in 17 18; do
	bin=/usr/lib/postgresql/$version/bin
	"$bin/initdb" -D "d$version" -A trust -N >/dev/null
	"$bin/pg_ctl" -D "d$version" -o "-p 54$version -c listen_addresses= -c unix_socket_directories=/tmp" -l "l$version" -sw start
done
export PGHOST=/tmp PGUSER=postgres PGDATABASE=postgres
psql -XAtq -p 5417 -c "CREATE TABLE t (a int)" -c "ALTER TABLE t ALTER a RESET (pg_attver)" -c "
	SELECT 'options|' || regexp_replace(attoptions::text, '[0-9]+', 'N') FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 1"
for version in 17 18; do
	/usr/lib/postgresql/$version/bin/pg_dump -s -p 5417 >"dump$version"
	echo "dump by $version|$(sed -n 's/[0-9][0-9]*/N/g; /pg_attver/p' "dump$version")"
done
echo "restored|$(psql -Xq -p 5418 -v ON_ERROR_STOP=1 -f dump18 2>&1 | sed -n 's/^.*ERROR: *//p')"
for version in 17 18; do /usr/lib/postgresql/$version/bin/pg_ctl -D "d$version" -sw stop; done
END
out=$(inside setpriv --reuid=postgres --regid=postgres --init-groups bash /tmp/show 2>/dev/null)
part() { sed -n "s/^$1|//p" <<<"$out"; }
seen "PostgreSQL 17.12, options of a new column, after RESET (pg_attver)" "$(part options)" '{pg_attver=N}'
seen "its own pg_dump says of it" "$(part 'dump by 17')" ''
seen "pg_dump 18.6 says" "$(part 'dump by 18')" 'ALTER TABLE ONLY public.t ALTER COLUMN a SET (pg_attver=N);'
seen "PostgreSQL 18.6 restores that with" "$(part restored)" 'unrecognized parameter "pg_attver"'
concluded
