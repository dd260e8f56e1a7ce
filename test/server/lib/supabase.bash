# A project of the Supabase CLI, the CLI itself, and what it shares with us. Sourced behind tap.bash and npm.bash.

export HOME=$SCRATCH/home SUPABASE_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
FILES=$SCRATCH/project/supabase/migrations
mkdir -p "$HOME"

# supabase DATABASE COMMAND...: in the project's folder. STATE is its exit code, OUT what it says, without its headings.
supabase() {
	local database=$1
	shift
	OUT=$(cd "$SCRATCH/project" && "$NPM_FOLDER/node_modules/.bin/supabase" "$@" --yes \
		--db-url "postgresql://$PGUSER@localhost:$PGPORT/$database?host=$PGHOST" 2>&1)
	STATE=$?
	OUT=$(grep -v '^Warning: --db-url' <<<"$OUT")
}

# pairs: the table of `migration list`, a line each: local remote, - for none.
pairs() { sed -nE 's/^ *`([^`]*)` *\| *`([^`]*)` *\|.*/\1 \2/p' <<<"$OUT" | sed 's/^  /- /; s/ *$//; s/^\([^ ]*\)$/\1 -/'; }

project() {
	rm -rf "$SCRATCH/project"
	mkdir -p "$FILES"
}

# file NAME TEXT
file() { printf '%s' "$2" >"$FILES/$1"; }

load() {
	local file
	for file in "$FILES"/*.sql; do
		jq -n --arg name "${file##*/}" --rawfile content "$file" '{$name, $content}'
	done | jq -s . >"$SCRATCH/files.json"
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c 'SET migrate.supabase = on' -v files="$(cat "$SCRATCH/files.json")" -f - \
		<<<"SELECT version, action FROM migrate_load(:'files')" 2>&1
}

# on DATABASE SQL...: with the setting.
on() {
	local database=$1
	shift
	run "$database" "SET migrate.supabase = on" "$@"
}

rows() { sql "$1" "SELECT version, name, to_json(statements) FROM supabase_migrations.schema_migrations ORDER BY version"; }
