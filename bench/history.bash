# What the measurements over a public history share: its options, its database, and its migrations one by one. Sourced;
# needs a running cluster (PGHOST, PGPORT, PGUSER). WORK is a folder for what they write.
# options: [--convention NAME] [--before FILE.sql] [--leave-out PATTERN]... [--most N] FOLDER

convention='' before='' unwanted="'*:down'" most=100000

q() {
	local database=$1
	shift
	printf '%s;\n' "$@" | psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -d "$database"
}

literal() { printf "'%s'" "${1//\'/\'\'}"; }

read_options() {
	while [ $# -gt 1 ]; do
		case $1 in
		--convention) convention=$2 ;;
		--before) before=$2 ;;
		--leave-out) unwanted+=", $(literal "$2")" ;;
		--most) most=$2 ;;
		*) return 2 ;;
		esac
		shift 2
	done
	[ $# -eq 1 ] && folder=$(cd "$1" && pwd)
}

# open_history DATABASE: a new one, with the folder loaded and nothing applied. Down scripts are left out.
open_history() {
	dropdb --if-exists "$1"
	createdb "$1"
	[ -z "$before" ] || psql -Xq -v ON_ERROR_STOP=1 -o /dev/null -d "$1" -f "$before"
	q "$1" "CREATE EXTENSION migrate" "SELECT migrate_load_dir($(literal "$folder"), leave_out => ARRAY[$unwanted]
		${convention:+, convention => $(literal "$convention")})" >/dev/null
}

# The identifiers of what is pending, in order.
pending() { q "$1" "SELECT concat_ws('_', nullif(version, ''), name) FROM migrate_plan() ORDER BY step LIMIT $most"; }

# apply DATABASE MIGRATION: in one transaction if it can be, else by migrate_up(): `way` says which. What fails is
# removed, so that the history goes on without it.
apply() {
	local id
	id=$(literal "$2")
	way=apply
	! q "$1" "SELECT migrate_apply($id, allow_out_of_order => true)" >"$WORK/apply" 2>&1 || return 0
	if grep -qE '25001|MG010|migrate_up' "$WORK/apply"; then
		way=up
		! q "$1" "CALL migrate_up($id)" >"$WORK/apply" 2>&1 || return 0
	fi
	q "$1" "SELECT migrate_remove($id)" >/dev/null 2>&1 ||
		q "$1" "SELECT migrate_repair($id, 'skip')" >/dev/null 2>&1 || true
	return 1
}

# copy FROM TO: a database with all that is in the other one.
copy() {
	dropdb --if-exists --force "$2"
	createdb -T "$1" "$2"
}
