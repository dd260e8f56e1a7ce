# shellcheck shell=bash disable=SC2154 # what it reads, the script sets
# Part of scripts/compare-with-psql: runs one migration on both sides, and says how that went.

declare -A not_run=() # what counts as applied only, so that what comes after it runs

# read_error STATUS: of the error in $work/error, which a psql left that ended with STATUS: STATE (empty if it is 0),
# MESSAGE, and, where migrate says so, LINE, and VERIFY if that is one of a verify script.
read_error() {
	local line context='' named='migration ".*"( down)?( verify)?, line ([0-9]+)'
	STATE='' MESSAGE='' LINE='' VERIFY=''
	while IFS= read -r line; do
		if [[ $line =~ (ERROR|FATAL):\ \ ([0-9A-Z]{5}):\ (.*) ]]; then
			STATE=${BASH_REMATCH[2]} MESSAGE=${BASH_REMATCH[3]} LINE='' VERIFY='' context=''
		fi
		[[ $line != *CONTEXT:\ \ * ]] || context=t
		if [ -n "$context" ] && [[ $line =~ $named ]]; then VERIFY=${BASH_REMATCH[2]} LINE=${BASH_REMATCH[3]}; fi
	done <"$work/error"
	if [ "$1" -eq 0 ]; then STATE=''; else STATE=${STATE:-"no SQLSTATE"}; fi
}

# The steps in order: label, whether it is one transaction, first line of the up script, its SHA-256, and those of the
# verify script.
list_up_steps() {
	sql migrate "${database[migrate]}" "
		SELECT concat_ws('_', nullif(version, ''), nullif(name, '')), m.options->'up'->>'not_transactional' IS NULL, coalesce(m.options->'up'->>'line', '1'), m.sha256,
		    coalesce(m.options->'verify'->>'line', '1'), m.verify_sha256
		  FROM migrate_functions.migrate_plan() p JOIN migrate.migration m USING (version, name) ORDER BY p.step" -F $'\t'
}

# Those back to the start, for step_down: label, whether the plan rolls it back, whether its down script is one transaction,
# that script's first line and SHA-256.
list_down_steps() {
	sql migrate "${database[migrate]}" "
		SELECT concat_ws('_', nullif(version, ''), nullif(name, '')), p.action = 'roll back', m.options->'down'->>'not_transactional' IS NULL,
		    coalesce(m.options->'down'->>'line', '1'), m.down_sha256
		  FROM migrate_functions.migrate_plan('zero') p JOIN migrate.migration m USING (version, name) ORDER BY p.step" -F $'\t'
}

# filled: stdin with the placeholders that were given. Blanks may stand within braces.
filled() {
	local each text
	text=$(sed -E 's/\{\{[ \t]*(\.[A-Za-z0-9_]+)[ \t]*\}\}/{{\1}}/g' && echo .)
	for each in ${placeholders[@]+"${placeholders[@]}"}; do
		case $each in
		:*) text=${text//"${each%%=*}"/"${each#*=}"} ;;
		*)
			text=${text//"\${${each%%=*}}"/"${each#*=}"}
			text=${text//"{{.${each%%=*}}}"/"${each#*=}"}
			;;
		esac
	done
	printf %s "${text%.}"
}

# write_script FILE FIRST_LINE SHA256: the script, at its line.
write_script() {
	[ "$2" -eq 1 ] || printf '%*s' "$(($2 - 1))" '' | tr ' ' '\n'
	sql migrate "${database[migrate]}" \
		"SELECT encode(convert_to(text, 'UTF8'), 'base64') FROM migrate.script WHERE sha256 = :'sha256'" -v sha256="$3" | base64 -d | filled
} >"$1"

# place FILE: where the error in $work/error stands, as two lines, the first and last of the statement; the same line twice
# where the server gave one. Says nothing of an error at commit. psql itself only tells where the statement ends.
place() {
	LC_ALL=C awk '
		FNR == NR {
			if (below) { statement = statement "\n" $0; next }
			if (match($0, /:[0-9]+: STATEMENT:  /)) {
				split(substr($0, RSTART + 1), part, ":")
				last = part[1]
				statement = substr($0, RSTART + RLENGTH)
				below = 1
			}
			if ($0 ~ /^LINE [0-9]+: /) within = substr($2, 1) + 0
			if ($0 ~ /^QUERY: /) within = 0
			next
		}
		{ text = text $0 "\n" }
		END {
			if (!below) exit
			sub(/\n+$/, "", statement)
			size = gsub(/\n/, "\n", statement)
			for (at = 1; (found = index(substr(text, at), statement)) > 0; at += found) {
				above = substr(text, at, found - 1)
				line += gsub(/\n/, "\n", above)
				if (line + 1 + size > last) break
				first = line + 1
				if (substr(text, at + found - 1, 1) == "\n") line++
			}
			if (!first) exit
			if (within) print first + within - 1, first + within - 1
			else print first, first + size
		}' "$work/error" "$1"
}

# by_psql FILE TRANSACTIONAL: STATE, and FROM and TO, the lines it may mean.
by_psql() {
	local one=() behind=(-c COMMIT) # as migrate does, of a BEGIN that is left open
	[ "$2" != t ] || one=(-1) behind=()
	on psql psql -X -q -b ${one[@]+"${one[@]}"} -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -d "${database[psql]}" -f "$1" ${behind[@]+"${behind[@]}"} >/dev/null 2>"$work/error"
	read_error $?
	FROM='' TO=''
	[ -z "$STATE" ] || read -r FROM TO < <(place "$1")
}

# by_migrate LABEL: applies it. STATE, LINE and MESSAGE.
by_migrate() {
	if [ -n "${refused_state[$1]:-}" ]; then
		VERIFY='' STATE=${refused_state[$1]} LINE=${refused_line[$1]} MESSAGE=${refused_message[$1]}
	else
		call_migrate "migrate_up(target => :'label')" "$1"
	fi
}

# call_migrate CALL LABEL: STATE, LINE and MESSAGE.
call_migrate() {
	sql migrate "${database[migrate]}" "CALL migrate_functions.$1;" -v label="$2" >/dev/null 2>"$work/error"
	read_error $?
}

# commits_early FILE: whether a line of it begins with COMMIT and another statement may follow.
commits_early() {
	LC_ALL=C awk '
		early && !/^[ \t\r]*(--.*)?$/ { more = 1; exit }
		tolower($1) ~ /^commit/ { early = 1 }
		END { exit !more }' "$1"
}

# What fails half way without a transaction, or behind its own COMMIT, leaves a part, another one on each side; both go
# back to before.
keep() { for side in psql migrate; do outside "$side" "CREATE DATABASE ${database[$side]}_before TEMPLATE ${database[$side]};"; done; }
drop_kept() { for side in psql migrate; do outside "$side" "DROP DATABASE ${database[$side]}_before;"; done; }
go_back() {
	for side in psql migrate; do
		outside "$side" "DROP DATABASE ${database[$side]};" "ALTER DATABASE ${database[$side]}_before RENAME TO ${database[$side]};"
	done
}

outcome() {
	if [ -z "$1" ]; then printf works; else printf 'fails with %s%s' "$1" "${2:+ in line $2}"; fi
}

# So that what comes after it runs, as psql runs it.
count_as_done() { settle "$1" applied; }

# settle LABEL ACTION
settle() {
	sql migrate "${database[migrate]}" "SELECT migrate_functions.migrate_repair(:'label', :'action');" -v label="$1" -v action="$2" >/dev/null ||
		fail "can't go on after $1"
}

# verify FILE FIRST_LINE CHECKSUM: where migrate has undone an up script because the verify script failed, psql runs that,
# too, and migrate's database gets the up script without it.
verify() {
	local state=$STATE line=$LINE message=$MESSAGE
	on migrate psql -X -q -1 -v ON_ERROR_STOP=1 -d "${database[migrate]}" -f "$1" >/dev/null 2>&1
	write_script "$1" "$2" "$3"
	by_psql "$1" f
	psql_state=$STATE
	STATE=$state LINE=$line MESSAGE=$message
}

# judge WHAT PSQL_STATE: says whether both came to the same, of STATE, LINE and MESSAGE by migrate, FROM and TO by psql.
judge() {
	local lines=$FROM
	[ "$FROM" = "$TO" ] || lines="$FROM to $TO"
	if [ "$2" = "$STATE" ] && { [ -z "$FROM" ] || { [ "${LINE:-0}" -ge "$FROM" ] && [ "${LINE:-0}" -le "$TO" ]; }; }; then
		same=$((same + 1))
		printf 'same     %s %s\n' "$1" "$(outcome "$STATE" "$LINE")"
	else
		differing=$((differing + 1))
		printf 'DIFFERS  %s: by psql it %s, by migrate it %s\n' "$1" "$(outcome "$2" "$lines")" "$(outcome "$STATE" "$LINE")"
		[ -z "$STATE" ] || printf '         %s\n' "$MESSAGE"
	fi
}

# step_up LABEL TRANSACTIONAL FIRST_LINE CHECKSUM VERIFY_FIRST_LINE VERIFY_CHECKSUM: runs it on both sides, and says how
# that went.
step_up() {
	local label=$1 file psql_state partial
	if [ -n "${by_design[$label]:-}" ]; then
		count_as_done "$label"
		not_run[$label]=t
		return
	fi
	file=$work/up/$(tr / _ <<<"$label").sql
	if [ -n "${refused_state[$label]:-}" ]; then
		filled <"$original/${refused_file[$label]}" >"$file"
	else
		write_script "$file" "$3" "$4"
	fi
	partial=''
	if [ "$2" != t ] || [ -n "${refused_state[$label]:-}" ] || commits_early "$file"; then
		partial=t
		keep
	fi
	by_psql "$file" "$2"
	# What migrate can't parse may hold statements that refuse a transaction, too.
	[ -z "${refused_state[$label]:-}" ] || [ "$STATE" != 25001 ] || by_psql "$file" f
	psql_state=$STATE
	by_migrate "$label"
	[ -z "$VERIFY" ] || [ -n "$psql_state" ] || verify "$file" "$5" "$6"
	judge "$label" "$psql_state"
	if [ -n "$partial" ]; then
		if [ -n "$psql_state" ]; then go_back; STATE=${STATE:-again}; else drop_kept; fi
	fi
	if [ -n "$STATE" ]; then
		count_as_done "$label"
		not_run[$label]=t
	fi
	rm "$file"
}

# step_down LABEL ROLLS_BACK TRANSACTIONAL FIRST_LINE CHECKSUM: likewise, its down script. Without one, and where the up
# script has not run, both go on with the one before.
step_down() {
	local label=$1 file psql_state partial=''
	if [ "$2" != t ] || [ -n "${not_run[$label]:-}" ]; then
		[ -n "${not_run[$label]:-}" ] || without_down=$((without_down + 1))
		settle "$label" forget
		return
	fi
	file=$work/up/$(tr / _ <<<"$label").down.sql
	write_script "$file" "$4" "$5"
	if [ "$3" != t ] || commits_early "$file"; then
		partial=t
		keep
	fi
	by_psql "$file" "$3"
	psql_state=$STATE
	call_migrate "migrate_down(steps => 1)" "$label"
	judge "$label down" "$psql_state"
	if [ -n "$partial" ]; then
		if [ -n "$psql_state" ]; then go_back; STATE=${STATE:-again}; else drop_kept; fi
	fi
	[ -z "$STATE" ] || settle "$label" forget
	rm "$file"
}
