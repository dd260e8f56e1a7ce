#!/usr/bin/env bash
# supabase gen types gives the defaults of a function's arguments to the wrong ones where an OUT argument stands before others:
# what has to be passed becomes optional, and what has a default is demanded. A call that TypeScript lets pass fails in the
# database, and one without the optional argument does not compile.
# supabase 3.1.0 (npm), gen types --remote, PostgreSQL 15.20. Seen for
#   f(OUT o int, a int, b int DEFAULT 3, OUT p text, c text DEFAULT ''): Args: { a?: number; b?: number; c: string }
#   g(a int, b int DEFAULT 3, c text DEFAULT '', OUT o int):             Args: { a: number; b?: number; c?: string }
. "$(dirname "$0")/lib/finding.bash"
packages supabase@3.1.0
server
relay
sql postgres "CREATE FUNCTION f(OUT o int, a int, b int DEFAULT 3, OUT p text, c text DEFAULT '') LANGUAGE sql AS 'SELECT a, c'" \
	"CREATE FUNCTION g(a int, b int DEFAULT 3, c text DEFAULT '', OUT o int) LANGUAGE sql AS 'SELECT a'" >/dev/null
(
	cd "$SCRATCH"
	node_modules/.bin/supabase gen types --remote="postgresql://postgres@127.0.0.1:$RELAY_PORT/postgres" >types.ts 2>log
) || {
	cat "$SCRATCH/log" >&2
	exit 2
}
# arguments FUNCTION: in one line, without the quotes.
arguments() { tr -d '"\n' <"$SCRATCH/types.ts" | grep -oE "\b$1: *\{ Args: \{[^}]*\}" | sed 's/.*Args: //; s/,/; /g' | head -n 1; }
seen "arguments of f, of which a has no default" "$(arguments f)" "{ a?: number; b?: number; c: string }"
seen "arguments of g, the same with its OUT argument last" "$(arguments g)" "{ a: number; b?: number; c?: string }"
seen "f() without a, in the database" "$(sql postgres "SELECT f(b => 1, c => 'x')" | head -n 1)" "42883: function f(b => integer, c => unknown) does not exist"
concluded
