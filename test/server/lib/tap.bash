# What the scripts of this folder share: TAP output, fresh databases and roles, errors by field, sessions
# that go on in the background. Sourced; needs PGHOST, PGPORT, PGUSER, TREE and WORK.
set -u
umask 022
export LC_ALL=C.UTF-8 PGDATABASE=postgres PGCLIENTENCODING=UTF8 PGOPTIONS='-c client_min_messages=notice'

BIN=$TREE$("${PG_CONFIG:-pg_config}" --bindir)
PATH=$BIN:$PATH
SCRATCH=$WORK/$(basename "$0" .sh)
mkdir -p "$SCRATCH"
test_number=0
failures=0

# ok STATUS NAME: STATUS as a command leaves it, 0 is good.
ok() {
	test_number=$((test_number + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' "$test_number" "$2"
	else
		printf 'not ok %d - %s\n' "$test_number" "$2"
		printf '# %s:\n' "$2" >&2
		failures=$((failures + 1))
	fi
	return "$1"
}

explain() { printf '%s\n' "$1" | head -n 40 | cut -c 1-400 | sed 's/^/#   /' >&2; }

# is GOT WANTED NAME
is() {
	local status=0
	[ "$1" = "$2" ] || status=1
	ok "$status" "$3" || {
		explain "     got: $1"
		explain "expected: $2"
		return 1
	}
}

# like GOT PATTERN NAME: PATTERN is an extended regular expression; it may span lines.
like() {
	local status=0
	[[ $1 =~ $2 ]] || status=1
	ok "$status" "$3" || {
		explain "     got: $1"
		explain "  wanted: $2"
		return 1
	}
}

unlike() {
	local status=0
	[[ ! $1 =~ $2 ]] || status=1
	ok "$status" "$3" || {
		explain "     got: $1"
		explain "unwanted: $2"
		return 1
	}
}

# same FILE FILE NAME
same() {
	local difference status=0
	difference=$(diff "$1" "$2") || status=1
	ok "$status" "$3" || explain "$difference"
}

done_testing() {
	printf '1..%d\n' "$test_number"
	[ "$failures" -eq 0 ]
}

# sql DATABASE STATEMENT...: prints rows without alignment; each statement is a call of its own in one session.
sql() {
	local database=$1 arguments=()
	shift
	for statement in "$@"; do arguments+=(-c "$statement"); done
	psql -XAtq -v ON_ERROR_STOP=1 -d "$database" "${arguments[@]}"
}

# property NAME: what migrate_show tells under that name, as an expression for a query of migrate_status().
property() {
	printf "(SELECT string_agg(value, '; ') FROM migrate_show(concat_ws('_', nullif(version, ''), nullif(name, ''))) WHERE property = '%s')" "$1"
}

# run DATABASE STATEMENT...: as sql, but keeps what came back: OUT, ERR (all of stderr) and, of the last error,
# STATE (00000 if none), MESSAGE, DETAIL, HINT, CONTEXT; PLACE, the line of DETAIL that says where in a migration, and
# OUTCOME, the sentences of HINT that say what became of the call, are taken out of these. AS=role connects as that role. With no
# statement it reads the script from stdin.
run() {
	local database=$1 arguments=()
	shift
	for statement in "$@"; do arguments+=(-c "$statement"); done
	OUT=$(psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -v SHOW_CONTEXT=always -d "$database" ${AS:+-U "$AS"} \
		"${arguments[@]}" 2>"$SCRATCH/stderr")
	# Bytes that are no text would match no pattern; the file keeps them.
	ERR=$(iconv -c -f utf8 -t utf8 "$SCRATCH/stderr")
	read_error "$ERR"
}

# Takes apart what psql prints of an error with VERBOSITY=verbose.
# shellcheck disable=SC2034
read_error() {
	local line field='' pattern='(ERROR|FATAL):  ([0-9A-Z]{5}): (.*)$'
	STATE=00000 MESSAGE='' DETAIL='' HINT='' CONTEXT='' PLACE='' OUTCOME=''
	while IFS= read -r line; do
		if [[ $line =~ $pattern ]]; then
			STATE=${BASH_REMATCH[2]} MESSAGE=${BASH_REMATCH[3]} DETAIL='' HINT='' CONTEXT='' field=MESSAGE
		elif [[ $line =~ (NOTICE|WARNING|INFO):\ \  ]]; then
			field=''
		elif [[ $line =~ ^(DETAIL|HINT|CONTEXT):\ \ (.*)$ ]] && [ -n "$field" ]; then
			field=${BASH_REMATCH[1]}
			printf -v "$field" '%s' "${BASH_REMATCH[2]}"
		elif [[ $line =~ ^([A-Z ]+NAME|LOCATION|QUERY|LINE\ [0-9]+|STATEMENT): ]]; then
			field=${field:+OTHER}
		elif [ -n "$field" ]; then
			printf -v "$field" '%s\n%s' "${!field-}" "$line"
		fi
	done <<<"$1"
	local matched place=$'(^|\n)(Migration "[^\n]*"( down| verify)?(, line [0-9]+, column [0-9]+)?[.])($|\n)'
	if [[ $DETAIL =~ $place ]]; then
		PLACE=${BASH_REMATCH[2]} matched=${BASH_REMATCH[0]}
		[ -z "${BASH_REMATCH[1]}" ] || matched=${matched%$'\n'}
		DETAIL=${DETAIL/"$matched"/}
	fi
	for pattern in '(Nothing (of it )?was (applied|rolled back)[^.]*[.]) ?' \
		"(If all that it [a-z]+ is [a-z]+ already, call migrate_repair[(]'[^']*', '[a-z]+'[)][.]) ?" \
		'(The text was loaded at [^.]*[.]) ?' '([0-9]+ earlier migrations? of this call [^.]*[.]) ?'; do
		if [[ $HINT =~ $pattern ]]; then
			OUTCOME+=${OUTCOME:+ }${BASH_REMATCH[1]}
			HINT=${HINT/"${BASH_REMATCH[0]}"/}
		fi
	done
	HINT=${HINT%"${HINT##*[! ]}"}
}

# fails STATE NAME: the last run failed with that SQLSTATE.
fails() {
	is "$STATE" "$1" "$2" || explain "$ERR"
}

# works NAME: the last run did not fail.
works() {
	is "$STATE" 00000 "$1" || explain "$ERR"
}

# database NAME [OPTIONS]: a fresh database.
database() {
	psql -XAtq -c "SET client_min_messages = warning" -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1 ${2:-}" || exit 1
}

# migrate_database NAME [OPTIONS]: a fresh database with the extension.
migrate_database() {
	database "$@"
	sql "$1" "CREATE EXTENSION migrate" || exit 1
}

# role NAME [OPTIONS]: a role that exists with these options; what an earlier run left it, it keeps.
role() {
	psql -XAtq -c "DO \$\$ BEGIN IF to_regrole('$1') IS NULL THEN CREATE ROLE $1; END IF; END \$\$" \
		-c "ALTER ROLE $1 ${2:-LOGIN}" || exit 1
}

# wait_until DATABASE QUERY: until the query says t; gives up after ten seconds.
wait_until() {
	local i
	for ((i = 0; i < 200; i++)); do
		[ "$(sql "$1" "$2" 2>/dev/null)" != t ] || return 0
		sleep 0.05
	done
	echo "# gave up waiting until $2" >&2
	return 1
}

declare -A session_input session_pid
session_number=0

# open_session NAME DATABASE: a psql in the background; what it prints goes to $SCRATCH/NAME.out.
open_session() {
	local pipe=$SCRATCH/$1.in fd
	rm -f "$pipe"
	mkfifo "$pipe"
	# At once: what a session of this name printed before must not be taken for its answer.
	: >"$SCRATCH/$1.out"
	PGAPPNAME=$1 psql -XAtq -v VERBOSITY=verbose -v SHOW_CONTEXT=always -d "$2" <"$pipe" >"$SCRATCH/$1.out" 2>&1 &
	session_pid[$1]=$!
	exec {fd}>"$pipe"
	session_input[$1]=$fd
}

# send NAME TEXT: does not wait for an answer; a session that has ended is no error.
send() (
	trap '' PIPE
	printf '%s\n' "$2" >&"${session_input[$1]}"
) 2>/dev/null

# prints NAME TEXT: waits up to 10 s until the session has printed it.
prints() {
	local i
	for ((i = 0; i < 200; i++)); do
		! grep -qF -e "$2" "$SCRATCH/$1.out" || break
		sleep 0.05
	done
}

# hold SQL: the session "holder", which is open, keeps what that locks, until let_go.
hold() {
	send holder "BEGIN; $1;"
	answered holder
}
let_go() {
	send holder "ROLLBACK;"
	answered holder
}

# answered NAME: waits until the session has worked off what it was sent; OUT is all that it printed since it began.
answered() {
	local i mark
	session_number=$((session_number + 1))
	mark="-- answer $session_number"
	send "$1" "\\echo '$mark'"
	for ((i = 0; i < 600; i++)); do
		! grep -qxF -e "$mark" "$SCRATCH/$1.out" 2>/dev/null || break
		kill -0 "${session_pid[$1]}" 2>/dev/null || break
		sleep 0.05
	done
	OUT=$(grep -vE '^-- answer [0-9]+$' "$SCRATCH/$1.out")
	read_error "$OUT"
}

# Sessions that were opened later hold the pipe open too: closing it is not enough.
close_session() {
	send "$1" '\q'
	local fd=${session_input[$1]}
	exec {fd}>&-
	wait "${session_pid[$1]}" 2>/dev/null
}

# as_server_user COMMAND...: as the user whom scripts/cluster lets run the server.
as_server_user() (
	cd /
	if [ "$(id -u)" -ne 0 ]; then
		exec "$@"
	fi
	user=nobody
	! id postgres >/dev/null 2>&1 || user=postgres
	exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"
)

# server_folder PATH: an empty folder that the server's user owns.
server_folder() {
	rm -rf "$1"
	mkdir -p "$1"
	chmod 700 "$1"
	[ "$(id -u)" -ne 0 ] || chown "$(as_server_user id -un):$(as_server_user id -gn)" "$1"
}

# use_cluster DIR: from here on, psql and its like talk to that cluster of scripts/cluster.
use_cluster() {
	local options=$PGOPTIONS
	eval "$(scripts/cluster env "$1")"
	export PGOPTIONS=$options
}

# plain_dump OPTIONS...: pg_dump without the lines that differ by chance.
plain_dump() { pg_dump "$@" | sed -E '/^\\(un)?restrict /d'; }

# add_migration DATABASE NAME UP [DOWN [VERIFY]]: registers or replaces it.
add_migration() {
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -v name="$2" -v up="$3" -v down="${4:-}" -v verify="${5:-}" \
		<<<"SELECT FROM migrate_add(:'name', :'up', nullif(:'down', ''), nullif(:'verify', ''))"
}

# discard_migrations DATABASE: forgets all migrations and their history; what they made stays.
discard_migrations() {
	sql "$1" "SELECT migrate_repair(version || CASE WHEN name <> '' AND version <> '' THEN '_' ELSE '' END || name, 'forget') FROM migrate_status() WHERE status NOT IN ('pending', 'absent', 'out of order')" \
		"SELECT migrate_remove(version || CASE WHEN name <> '' AND version <> '' THEN '_' ELSE '' END || name) FROM migrate_status()" \
		"DELETE FROM migrate.history" "DELETE FROM migrate.schema_version" >/dev/null
}

# file PATH: a file below $folder, its text from standard input.
file() {
	mkdir -p "$(dirname "${folder:?}/$1")"
	cat >"$folder/$1"
}
