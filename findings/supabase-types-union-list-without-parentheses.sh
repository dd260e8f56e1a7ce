#!/usr/bin/env bash
# supabase gen types writes a function that returns a set of an enum of a schema that is not asked for as "one"|"two"[]. In
# TypeScript the brackets bind stronger: the type is one label or a list of the other, not a list of labels.
# supabase 3.1.0 (npm), gen types --remote with its default schema, public, PostgreSQL 15.20. Seen: Returns: "one"|"two"[]
# for the function in public; with --schema public,other it is a list of the enum's own name.
. "$(dirname "$0")/lib/finding.bash"
packages supabase@3.1.0
server
relay
sql postgres "CREATE SCHEMA other" "CREATE TYPE other.label AS ENUM ('one', 'two')" \
	"CREATE FUNCTION labels() RETURNS SETOF other.label LANGUAGE sql AS 'SELECT unnest(enum_range(NULL::other.label))'" >/dev/null
# returned SCHEMAS: the type of what labels() returns, in one line.
returned() {
	(
		cd "$SCRATCH"
		node_modules/.bin/supabase gen types --schema "$1" --remote="postgresql://postgres@127.0.0.1:$RELAY_PORT/postgres" 2>log | tr -d '\n' |
			grep -oE '"?labels"?: *\{ Args: [^;]*; Returns: .*' | sed 's/.*Returns: //; s/  .*//'
	)
}
seen "asked for public, labels() returns" "$(returned public)" '"one"|"two"[]'
seen "asked for public and other" "$(returned public,other)" "Database[\"other\"]['Enums'][\"label\"][]"
concluded
