# Other tools as npm has them, for tests that ask the real one. Sourced behind tap.bash and npm.bash.

# need_clients PACKAGE@VERSION...: has them; their programs come first then.
need_clients() {
	npm_packages "$@"
	PATH=$NPM_FOLDER/node_modules/.bin:$PATH
	export NODE_PATH=$NPM_FOLDER/node_modules HOME=$SCRATCH SUPABASE_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
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

# load_folder DATABASE FOLDER [ARGUMENTS]: what migrate_load_dir would read of it, from here; further arguments begin with
# a comma.
load_folder() {
	(cd "$2" && find . -type f | sort | sed 's|^\./||' | while IFS= read -r file; do
		jq -nc --arg n "$file" --rawfile c "$file" '{name: $n, content: $c}'
	done | jq -sc .) >"$SCRATCH/files.json"
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" <<-SQL >/dev/null
		\set files \`cat $SCRATCH/files.json\`
		SELECT FROM migrate_load(:'files'${3:-});
	SQL
}
