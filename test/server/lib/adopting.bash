# Taking over the history that a real tool has made. Sourced behind tap.bash.

# folder NAME: goes into an empty one.
folder() {
	rm -rf "${SCRATCH:?}/$1"
	mkdir -p "$SCRATCH/$1"
	cd "$SCRATCH/$1" || exit 1
}

# adopt DATABASE SOURCE: one line a row, as version, name, action.
adopt() { run "$1" "SELECT concat_ws('|', version, name, action) FROM migrate_adopt('$2')"; }

applied() { sql "$1" "SELECT string_agg(concat_ws('_', nullif(version, ''), nullif(name, '')), ' ' ORDER BY version, name) FROM migrate_status() WHERE status = 'applied'"; }

# adopts DATABASE SOURCE TABLE ROWS: they are those that adopting gives, and the table stays as it was.
adopts() {
	local before
	before=$(sql "$1" "SELECT t::text FROM $3 t ORDER BY 1")
	adopt "$1" "$2"
	is "$OUT" "$4" "$2: its history is adopted"
	adopt "$1" "$2"
	is "$(grep -c 'unchanged$' <<<"$OUT")" "$(grep -c 'adopted$' <<<"$4")" "$2: twice changes nothing"
	is "$(sql "$1" "SELECT t::text FROM $3 t ORDER BY 1")" "$before" "$2: nothing in its table has changed"
}
