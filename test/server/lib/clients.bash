# Other tools as npm has them, for tests that ask the real one. Sourced after tap.bash.
CLIENTS=$PWD/build/clients

# need_clients PACKAGE@VERSION...: installs what is missing into build/clients, whose programs come first then.
# Without npm the test is skipped.
need_clients() {
	local each missing=()
	command -v npm >/dev/null && command -v node >/dev/null || {
		echo "1..0 # SKIP npm and node are not there, which the real tools come from"
		exit 0
	}
	mkdir -p "$CLIENTS"
	for each in "$@"; do
		[ "$(jq -r .version "$CLIENTS/node_modules/${each%@*}/package.json" 2>/dev/null)" = "${each##*@}" ] || missing+=("$each")
	done
	[ "${#missing[@]}" -eq 0 ] || (cd "$CLIENTS" && {
		[ -f package.json ] || echo '{"private": true}' >package.json
		npm install --silent --no-audit --no-fund --save-exact "${missing[@]}"
	}) >"$SCRATCH/npm.out" 2>&1 || {
		sed 's/^/# /' "$SCRATCH/npm.out" >&2
		ok 1 "npm installs ${missing[*]}"
		done_testing
		exit 1
	}
	PATH=$CLIENTS/node_modules/.bin:$PATH
	export NODE_PATH=$CLIENTS/node_modules HOME=$SCRATCH SUPABASE_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
}

# start_relay: the cluster's socket as a TCP port of this machine, for tools that know no sockets. Sets RELAY_PORT;
# ends with the shell.
start_relay() {
	local i
	node -e "
		const net = require('net')
		const server = net.createServer((client) => {
			const socket = net.connect(process.argv[1])
			client.pipe(socket)
			socket.pipe(client)
			client.on('error', () => socket.destroy())
			socket.on('error', () => client.destroy())
		})
		server.listen(0, '127.0.0.1', () => console.log(server.address().port))
	" "$PGHOST/.s.PGSQL.$PGPORT" >"$SCRATCH/relay.port" &
	relay=$!
	# shellcheck disable=SC2064 # as it is now
	trap "kill $relay 2>/dev/null" EXIT
	for ((i = 0; i < 100; i++)); do
		[ ! -s "$SCRATCH/relay.port" ] || break
		sleep 0.05
	done
	RELAY_PORT=$(cat "$SCRATCH/relay.port")
}

# load_folder DATABASE FOLDER: what migrate_load_dir would read of it, from here.
load_folder() {
	(cd "$2" && find . -type f | sort | sed 's|^\./||' | while IFS= read -r file; do
		jq -nc --arg n "$file" --rawfile c "$file" '{name: $n, content: $c}'
	done | jq -sc .) >"$SCRATCH/files.json"
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" <<-SQL >/dev/null
		\set files \`cat $SCRATCH/files.json\`
		SELECT FROM migrate_load(:'files');
	SQL
}
