# shellcheck shell=bash disable=SC2154 # what it reads, the script sets
# Part of scripts/compare-with-psql: has migrate load the folder, as far as it can, and keeps what it refuses.

declare -A refused_state=() refused_line=() refused_message=() refused_file=() by_design=() seen=()

# push MODE [OPTIONS OF psql...]: by scripts/push.
push() {
	local mode=$1
	shift
	on migrate "$scripts/push" ${mode:+"$mode"} --source compare ${options[@]+"${options[@]}"} "$folder" -d "${database[migrate]}" "$@" >"$work/loaded" 2>"$work/error"
}

# blank FILE: keeps its lines and comments, and with them its place, its sections and its header. graphile-migrate knows
# texts by their hash, unless told not to.
blank() { LC_ALL=C sed -e '/^--/! s/.*//' -e '/^--! Hash:/ { n; s/.*/--! AllowInvalidHash/; }' "$original/$1" >"$folder/$1"; }

# blank_down FILE: likewise, of the part that a line marks as its down script; fails if there is none.
blank_down() {
	LC_ALL=C awk '
		{ mark = tolower($0); heading = mark; gsub(/[-=*#!@+: \t\r]|rambler|micrate|migration/, "", heading) }
		mark ~ /^[ \t]*(--|#)/ && heading ~ /^ups?$/ { down = 0 }
		mark ~ /^[ \t]*(--|#)/ && heading ~ /^downs?$/ { down = found = 1 }
		mark ~ /^[ \t]*-- *([+]goose +up|[+]migrate +up|migrate:up|up migration)/ { down = 0 }
		mark ~ /^[ \t]*-- *([+]goose +down|[+]migrate +down|migrate:down|down migration|.. *@undo|-- create above)/ { down = found = 1 }
		{ print down && !/^(--|#)/ ? "" : $0 }
		END { exit !found }' "$folder/$1" >"$work/blanked" && cp "$work/blanked" "$folder/$1"
}

# report WORD FILE LINE STATE MESSAGE
report() { printf '%-8s %s%s: %s: %s\n' "$1" "$2" "${3:+, line $3}" "$4" "$5"; }

# refuse FILE STATE MESSAGE: finds out what the refusal means, and makes the copy one that is accepted but for that. What
# psql has to fail at, too, stays as an empty migration, so that it has its place in the order; so does what is refused by
# design, commands of psql, which neither runs. Other scripts than those that psql gets are taken out.
refuse() {
	local file=$1 state=$2 message=$3 label='' line='' section='' again
	local placed='^migration "(.*)"( down| verify)?, line ([0-9]+), column [0-9]+: (.*)$'
	if [[ $message =~ $placed ]]; then
		label=${BASH_REMATCH[1]} section=${BASH_REMATCH[2]} line=${BASH_REMATCH[3]} message=${BASH_REMATCH[4]}
	fi
	[ -e "$folder/$file" ] || fail "migrate can't load the folder: $file: $state: $message"
	again=${seen[$file$section]:-}
	seen[$file$section]=t
	if [[ -n $section && $file =~ (down|undo|revert|rollback|verify|(^|/)U) || $message == *"has no up script"* ]]; then
		report 'no up' "$file" "$line" "$state" "$message"
		refused_down=$((refused_down + 1))
		rm "$folder/$file"
	elif [ "$section$again" = ' down' ] && blank_down "$file"; then
		report 'no down' "$file" "$line" "$state" "$message"
		refused_down=$((refused_down + 1))
	elif [ -z "$label" ] || [ -n "$again$section" ]; then
		report refused "$file" "$line" "$state" "$message"
		refused=$((refused + 1))
		[ -z "$label" ] || unset "refused_state[$label]"
		rm "$folder/$file"
	elif [[ $message == *meta-command* ]]; then
		report refused "$file" "$line" "$state" "${message%% (*}"
		refused=$((refused + 1))
		by_design[$label]=t
		blank "$file"
	else
		refused_state[$label]=$state refused_line[$label]=$line refused_message[$label]=$message refused_file[$label]=$file
		blank "$file"
	fi
}

# Asks what would be refused, until nothing is, and loads.
load() {
	local code file action detail shared=$'\x1f42710: .*version is shared with "'
	for file in ${unwanted[@]+"${unwanted[@]}"}; do options+=(--leave-out "$file"); done
	# A version that two files share is an error of the check alone: loaded they are ordered by name.
	while push --check -At -F $'\x1f'; code=$?; [ "$code" -eq 4 ] && grep $'\x1frefused\x1f' "$work/loaded" | grep -v "$shared" >"$work/refused"; do
		while IFS=$'\x1f' read -r _ file action detail; do
			refuse "$file" "${detail%%: *}" "${detail#*: }"
		done <"$work/refused"
	done
	[ "$code" -ne 1 ] && push '' -At -F $'\x1f' || fail "migrate can't load the folder: $(cat "$work/error")"
	say_how_read
}

# By which convention, and what does not count.
say_how_read() {
	local file action detail convention=plain
	while IFS=$'\x1f' read -r _ file action detail; do
		[[ $action != added || $detail != "as "* ]] || convention=${detail#as } convention=${convention%%;*}
		[ "$action" = ignored ] || continue
		printf 'ignored  %s: %s\n' "$file" "$detail"
		ignored=$((ignored + 1))
	done <"$work/loaded"
	printf 'read     as %s\n' "$convention"
}
