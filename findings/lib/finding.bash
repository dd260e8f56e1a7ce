# What the findings share: a folder that goes at the end, packages from npm in it, a private server, and the comparison.
# A finding says at its head what it found, where (name and version) and what was seen; run, it shows it again and
# exits 1 if that changed. Needs the server's programs (PG_CONFIG names them), node and npm where it says so.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
SCRATCH=$(mktemp -d /tmp/finding-XXXXXX)
chmod 755 "$SCRATCH"
changed=0
# Node has its own list of certificates, which lacks those that only this machine trusts.
export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}"

# For tools that know no sockets: sets RELAY_PORT, a port of this machine that leads to the server's socket.
relay() {
	local i
	need node
	node -e "
		const net = require('net')
		const relay = net.createServer((client) => {
			const socket = net.connect(process.argv[1])
			client.pipe(socket).pipe(client)
			client.on('error', () => socket.destroy())
			socket.on('error', () => client.destroy())
		})
		relay.listen(0, '127.0.0.1', () => console.log(relay.address().port))
	" "$PGHOST/.s.PGSQL.$PGPORT" >"$SCRATCH/relay.port" &
	relay=$!
	for ((i = 0; i < 100; i++)); do
		[ ! -s "$SCRATCH/relay.port" ] || break
		sleep 0.05
	done
	RELAY_PORT=$(cat "$SCRATCH/relay.port")
}

finish() {
	[ -z "${relay:-}" ] || kill "$relay" 2>/dev/null || true
	scripts/cluster stop "$SCRATCH/server" >/dev/null 2>&1 || true
	rm -rf "$SCRATCH"
}
trap finish EXIT

# need PROGRAM...: without one of them the finding can't be shown, which is not that it changed: exit code 2.
need() {
	local program
	for program; do
		command -v "$program" >/dev/null || {
			echo "$(basename "$0"): $program is not installed" >&2
			exit 2
		}
	done
}

# packages NAME@VERSION...: in $SCRATCH/node_modules.
packages() {
	need node npm
	npm install --prefix "$SCRATCH" --save-exact --no-audit --no-fund --loglevel=error "$@" >/dev/null
}

# server [LINE OF postgresql.conf...]: a private one, which psql reaches from here on.
server() {
	CLUSTER_CONF=$(printf '%s\n' "$@") CLUSTER_FSYNC=off scripts/cluster start "$SCRATCH/server" >"$SCRATCH/server.log" 2>&1 || {
		cat "$SCRATCH/server.log" >&2
		exit 2
	}
	eval "$(scripts/cluster env "$SCRATCH/server")"
	echo "PostgreSQL $(sql postgres 'SHOW server_version')"
}

# sql DATABASE STATEMENT...: each in a transaction of its own; an error is "SQLSTATE message".
sql() {
	local database=$1 statement
	shift
	for statement; do
		psql -XAtq -d "$database" -v VERBOSITY=verbose -c "$statement" 2>&1 | sed -nE 's/^ERROR: +//; /^(LINE|LOCATION|CONTEXT)/!p'
	done
}

# seen WHAT GOT EXPECTED
seen() {
	printf '%s: %s\n' "$1" "$2"
	if [ "$2" != "$3" ]; then
		printf '  changed; it was: %s\n' "$3"
		changed=1
	fi
}

# The last line of each finding.
concluded() { [ "$changed" -eq 0 ] && echo "as found"; }
