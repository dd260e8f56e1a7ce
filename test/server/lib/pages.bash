# Reads pages of documentation: runs their sql blocks as a reader would and compares what psql prints with the text block
# that stands below. Sourced behind tap.bash.

# What differs from run to run. A cell of such a column, or in a row that begins with such a name, may have other digits.
MASKED_COLUMNS='applied_at occurred_at added_at started_at finished_at now duration_ms elapsed_ms ms pid job id blockers server_version'
# What is masked in messages and in the other cells; N stands for the number that may differ.
MASKED_MESSAGES='session N|process N|job N|N m?s|PID N|PostgreSQL N|loaded at N-N-N N:N:N[+]N|there it is [A-Z][a-z]+ N:N'
# What 19 says before the context of an error about a lock, and no other server.
WAITED='/^CONTEXT:  waiting for [A-Za-z]+ on relation [0-9]+ of database [0-9]+$/ { N; s/.*\n/CONTEXT:  /; }'

# page_blocks PAGE FOLDER: writes the page's blocks to numbered files and prints number, kind and place of each, a line
# each. Kinds: sql is run; setup too, an HTML comment that begins so; session, likewise, is sent to another session, of the
# application "report", or ends it; file is a sql block whose first line names a file; text is what the sql block right
# above prints.
page_blocks() {
	awk -v folder="$2" '
		function begin(what, place) {
			kind = what
			name = sprintf("%03d", ++count)
			file = folder "/" name
			printf "" > file
			print name, kind, place
		}
		function end() { close(file); last = kind; kind = "" }
		kind == "other" { if (/^```/) kind = ""; next }
		kind == "setup" || kind == "session" { if (/^-->/) end(); else print > file; next }
		kind != "" { if (/^```/) end(); else print > file; next }
		/^```sql \// { begin("file", $2); next }
		/^```sql$/ { begin("sql", heading ", line " NR); next }
		/^```text$/ && last == "sql" { begin("text", heading ", line " NR); next }
		/^```/ { kind = "other"; last = ""; next }
		/^<!-- (setup|session):/ {
			begin(/^<!-- setup/ ? "setup" : "session", heading ", line " NR)
			sub(/^<!-- [a-z]*: */, "")
			if (sub(/ *-->$/, "")) { print > file; end() } else if ($0 != "") print > file
			next
		}
		/^#+ / { heading = $0; sub(/^#+ */, "", heading) }
		/[^ ]/ { last = "" }' "$1"
}

# cells: what psql printed, on standard input, one cell or message a line, without what may differ. A message may go on in
# lines that begin with four blanks, so that pages need not be wide.
cells() {
	awk -v columns="$MASKED_COLUMNS" -v messages="$MASKED_MESSAGES" '
		BEGIN {
			split(columns, list, " ")
			for (i in list) masked[list[i]] = 1
			split(messages, patterns, "|")
		}
		function trim(text) { gsub(/^[ ]+|[ ]+$/, "", text); sub(/ +\+$/, "+", text); return text }
		function shape(text) { gsub(/[0-9]+(\.[0-9]+)?/, "N", text); return text }
		function message(text, i, pattern) {
			for (i in patterns) {
				pattern = patterns[i]
				gsub(/N/, "[0-9]+(\\.[0-9]+)?", pattern)
				gsub("(^|[^A-Za-z])" pattern "($|[^A-Za-z])", " " patterns[i] " ", text)
			}
			return trim(text)
		}
		function row(line, header, n, i, cell) {
			n = split(line, cell, "|")
			for (i = 1; i <= n; i++) {
				cell[i] = trim(cell[i])
				if (header) column[i] = cell[i]
				print "cell: " (!header && ((column[i] in masked) || (i > 1 && (cell[1] in masked))) ? shape(cell[i]) : message(cell[i]))
			}
		}
		function flush_line() {
			if (first != "") print "line: " message(first (rest != "" ? " " rest : ""))
			first = rest = ""
		}
		/^-[-+]*$/ {
			header = rest != "" ? rest : first
			if (rest == "") first = ""
			rest = ""
			flush_line()
			delete column
			row(header, 1)
			table = 1
			next
		}
		/^\([0-9]+ rows?\)$/ { flush_line(); print "line: " $0; table = 0; delete column; next }
		table && /^$/ { table = 0; next }
		/^-\[ RECORD/ { flush_line(); sub(/-+$/, ""); print "line: " $0; table = 1; next }
		table { row($0, 0); next }
		/^    / && first != "" { if (rest != "") first = first " " rest; rest = trim($0); next }
		{ flush_line(); first = $0 }
		END { flush_line() }'
}

# same_output SHOWN PRINTED NAME: two files, compared cell by cell.
same_output() {
	cells <"$1" >"$SCRATCH/shown.cells"
	cells <"$2" >"$SCRATCH/printed.cells"
	same "$SCRATCH/shown.cells" "$SCRATCH/printed.cells" "$3"
}

# run_block FILE DATABASE SHOWN: as a reader would paste it into psql; /srv/app is a folder of this test. What the last
# statement prints goes to $SCRATCH/printed. It may fail if SHOWN, a file or nothing, shows an error.
run_block() {
	local status fails=0
	[ -z "$3" ] || ! grep -q '^ERROR: ' "$3" || fails=1
	sed "s|/srv/app/|$SCRATCH/app/|g" "$1" |
		PGOPTIONS='' PGTZ=UTC psql -X -e -P pager=off -v ON_ERROR_STOP=1 -d "$2" 2>&1 | sed -E "s|$SCRATCH/app/|/srv/app/|g; $WAITED" >"$SCRATCH/out"
	status=${PIPESTATUS[1]}
	# psql echoes each statement, with its variables filled: what it prints for the last one comes behind the block's last line.
	last=$(tail -n 1 "$1") awk '
		BEGIN { last = begins = ENVIRON["last"]; variable = sub(/:\047.*/, "", begins) }
		{ line[NR] = $0; if (variable ? index($0, begins) == 1 : $0 == last) begin = NR }
		END { for (i = begin + 1; i <= NR; i++) print line[i] }' "$SCRATCH/out" >"$SCRATCH/printed"
	[ $((status != 0)) -eq "$fails" ]
}

# fill_page PAGE FOLDER BLOCKS...: puts what was printed in place of what the page shows, where that differs.
fill_page() {
	local page=$1 folder=$2 number kind place
	shift 2
	printf '%s\n' "$@" | while read -r number kind place; do
		if [ "$kind" != text ] || [ ! -f "$folder/$number.printed" ]; then continue; fi
		[ "$(cells <"$folder/$number")" = "$(cells <"$folder/$number.printed")" ] && ! grep -qE '.{101}' "$folder/$number" ||
			echo "${place##* } $folder/$number.printed"
	done >"$SCRATCH/fill"
	awk -v list="$SCRATCH/fill" '
		BEGIN { while ((getline line < list) > 0) { split(line, part, " "); file[part[1]] = part[2] } }
		inside && /^```/ { inside = 0 }
		!inside { print }
		function show(line, at) {
			sub(/ +$/, "", line)
			while (length(line) > 100 && line !~ /\|/) {
				for (at = 100; at > 5 && substr(line, at, 1) != " "; at--);
				if (at <= 5) break
				print substr(line, 1, at - 1)
				line = "    " substr(line, at + 1)
			}
			print line
		}
		NR in file { while ((getline line < file[NR]) > 0) if (line != "") show(line); inside = 1 }' "$page" >"$SCRATCH/filled" &&
		cat "$SCRATCH/filled" >"$page"
}

# run_page PAGE DATABASE: runs and compares all of it; CHECKED counts the blocks that were run and COMPARED the outputs,
# whose blocks are also gathered in compared.sql.
run_page() {
	local number kind place next blocks folder=$SCRATCH/blocks session='' i shown
	rm -rf "$folder" "$SCRATCH/app"
	mkdir -p "$folder"
	mapfile -t blocks < <(page_blocks "$1" "$folder")
	for i in "${!blocks[@]}"; do
		read -r number kind place <<<"${blocks[$i]}"
		read -r next shown _ <<<"${blocks[$((i + 1))]:-}"
		if [ "$shown" = text ]; then shown=$folder/$next; else shown=''; fi
		case $kind in
		file)
			place=${place/#\/srv\/app/$SCRATCH\/app}
			mkdir -p "$(dirname "$place")"
			cp "$folder/$number" "$place"
			;;
		session)
			# What has waited for it goes on now, and the next block finds it done.
			[ -z "$session" ] || {
				close_session report
				wait_until "$2" "SELECT NOT EXISTS (SELECT FROM migrate.job WHERE finished_at IS NULL)"
			}
			session=$(cat "$folder/$number")
			[ -z "$session" ] || {
				open_session report "$2"
				send report "$session"
				answered report
			}
			;;
		setup | sql)
			run_block "$folder/$number" "$2" "$shown"
			ok $? "$1: $place" || explain "$(cat "$SCRATCH/out")"
			CHECKED=$((CHECKED + 1))
			[ -n "$session" ] || ! grep -q migrate_start "$folder/$number" ||
				wait_until "$2" "SELECT NOT EXISTS (SELECT FROM migrate.job WHERE finished_at IS NULL)"
			[ -z "$shown" ] || {
				[ -z "${FILL:-}" ] || cp "$SCRATCH/printed" "$shown.printed"
				same_output "$shown" "$SCRATCH/printed" "$1: output of $place"
				COMPARED=$((COMPARED + 1))
				cat "$folder/$number" >>"$SCRATCH/compared.sql"
			}
			;;
		esac
	done
	[ -z "$session" ] || close_session report
	[ -z "${FILL:-}" ] || fill_page "$1" "$folder" "${blocks[@]}"
}

# anchors PAGE: its headings as links name them, one a line.
anchors() {
	awk '/^```/ { code = !code } !code && /^#+ / { sub(/^#+ */, ""); gsub(/[^A-Za-z0-9 _-]/, ""); gsub(/ /, "-"); print tolower($0) }' "$1"
}

# broken_links PAGE...: links to pages, files or headings that are not there, one a line.
broken_links() {
	local page link target
	for page; do
		grep -oE '\]\([^ )]+\)' "$page" | sed 's/^](//; s/)$//' | grep -vE '^(https?|mailto):' | sort -u | while read -r link; do
			target=${link%%#*}
			target=${target:+$(dirname "$page")/$target}
			target=${target:-$page}
			[ -e "$target" ] && { [ "${link#*#}" = "$link" ] || anchors "$target" | grep -qxF -e "${link#*#}"; } || echo "$page: $link"
		done
	done
}

# page_form PAGE LINES: it has no more lines than that, and its output fits 100 columns.
page_form() {
	local long wide
	long=$(awk -v most="$2" 'END { if (NR > most) print NR " lines" }' "$1")
	wide=$(awk '/^```text/ { inside = 1; next } /^```/ { inside = 0 } inside { sub(/ +$/, ""); print FNR ": " $0 }' "$1" | grep -E '^[0-9]+: .{101}')
	is "$long$wide" "" "$1: at most $2 lines, output at most 100 columns wide"
}
