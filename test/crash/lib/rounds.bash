# What a round of the crash test is made of: a run, what keeps it at some place, the moment when it is stopped and
# looked at, its end, and what must be true afterwards. Sourced by ../crash.sh.

declare -A action_of=([up]=apply [down]=rollback)
declare -A call_of=([up]="CALL migrate_up();" [down]="CALL migrate_down('zero');")
declare -A start_of=([up]="SELECT migrate_start();" [down]="SELECT migrate_start('zero', 'down');")

# describe DATABASE: its objects and what the tables hold, as text.
describe() {
	plain_dump -s -N migrate "$1" && psql -XAtq -v ON_ERROR_STOP=1 -d "$1" <<-'END'
		SELECT format('SELECT %L, count(*), sum(hashtextextended(t::text, 0)) FROM %s t', c.oid::regclass, c.oid::regclass)
		  FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.relnamespace = to_regnamespace('shop') ORDER BY 1
		\gexec
	END
}

# make_states WAY DATABASE: psql runs the files, in parts that end with a line "-- done: N". What the database is after
# each is kept as $STATES/up-0003-2 and, after the last, as $STATES/at-0003.
make_states() {
	local files file version part at
	files=("$FILES"/*."$1".sql)
	[ "$1" = up ] || mapfile -t files < <(printf '%s\n' "${files[@]}" | sort -r)
	for file in "${files[@]}"; do
		version=$(basename "$file")
		version=${version%%_*}
		at=$version
		[ "$1" = up ] || at=$(printf '%04d' $((10#$version - 1)))
		rm -f "$SCRATCH"/part.*
		awk -v name="$SCRATCH/part." '{ text = text $0 "\n" } /^-- done: / { printf "%s", text > (name $3); text = "" }
			END { if (text != "") printf "%s", text > (name "all") }' "$file"
		for part in "$SCRATCH"/part.*; do
			psql -Xq -v ON_ERROR_STOP=1 -d "$2" -f "$part" >/dev/null || return 1
			describe "$2" >"$STATES/$1-$version-${part##*.}" || return 1
		done
		[ "$1" = up ] || diff "$STATES/at-$at" "$STATES/down-$version-${part##*.}" || return 1
		cp "$STATES/$1-$version-${part##*.}" "$STATES/at-$at"
	done
}

# until_true CONDITION: a DO block that ends when the condition holds or the run is over, at the latest after 5 s. It
# commits all the time: with a snapshot it would hold up the builds that it watches.
until_true() {
	cat <<-SQL
		DO \$\$ BEGIN
		FOR i IN 1..2500 LOOP
		  EXIT WHEN ($1) OR NOT EXISTS (SELECT FROM migrate.migration m WHERE (m.applied_event IS NULL) = ('$way' = 'up'));
		  COMMIT;
		  PERFORM pg_sleep(0.001);
		  COMMIT;
		END LOOP;
		END \$\$;
	SQL
}

# shows PATTERN: a condition: some backend shows that it is there.
shows() { echo "EXISTS (SELECT FROM pg_stat_activity a WHERE a.query ~ '^migrate ${action_of[$way]} .*($1)')"; }

# Starts a run in a session or in a worker. PID is the backend that runs it.
start_run() {
	open_session runner crash
	send runner "SET migrate.lock_timeout = '1min'; SELECT pg_backend_pid();"
	answered runner
	PID=$OUT
	if [ "$form" = session ]; then
		send runner "${call_of[$way]}"
		send runner "\\echo the run has ended"
	else
		send runner "${start_of[$way]}"
		answered runner
		JOB=$(tail -n 1 <<<"$OUT")
		PID=$(sql crash "SELECT pid FROM migrate.job WHERE id = $JOB")
	fi
}

# Waits for the run's end. True if it came through; OUT is what it said.
run_ended() {
	answered runner
	close_session runner
	[ "$form" = worker ] || {
		grep -qx 'the run has ended' <<<"$OUT" && ! grep -q 'ERROR:  ' <<<"$OUT"
		return
	}
	gone 60
	OUT=$(sql crash "SELECT concat_ws(' ', CASE state WHEN 'failed' THEN 'ERROR:  job' ELSE 'job' END, state, sqlstate, message) FROM migrate.job WHERE id = $JOB")
	[ "$OUT" = 'job finished' ]
}

# gone SECONDS: waits until the backend is.
gone() {
	local i
	for ((i = 0; i < $1 * 100; i++)); do
		kill -0 "$PID" 2>/dev/null || return 0
		sleep 0.01
	done
	return 1
}

# choose_moment AIM: where to stop the run. Sets PLACE, what it shows there; HOLD, a lock that keeps it from going on,
# taken there, or before the run if PLACE is empty; DELAY, how many milliseconds to wait then.
choose_moment() {
	local builds='statement (3|7)/9 version "0003"' upkeep='statement [45]/8 version "0004"'
	local segments='statement [38]/9 version "0003"|statement 5/8 version "0004"'
	[ "$way" = up ] || {
		builds='statement 2/7 version "0003"'
		upkeep='statement 5/8 version "0004"'
		segments='statement 3/7 version "0003"|statement 5/8 version "0004"'
	}
	PLACE='' HOLD='' DELAY=0
	case $1 in
	before)
		PLACE=$(one_of '' "version \"000$(one_of 1 2 3 4 5)\"")
		HOLD=$(one_of 'migrate.script IN ACCESS EXCLUSIVE' 'migrate.history IN SHARE')
		;;
	in)
		PLACE="statement [1-9][0-9]*/[0-9]+ version \"000$(one_of 1 2 3 4 5)\""
		DELAY=$((RANDOM % 40))
		;;
	after)
		PLACE="statement [1-9][0-9]*/[0-9]+ version \"000$(one_of 1 2 5)\"|statement [1245]/[79] version \"0003\""
		HOLD='migrate.history IN SHARE'
		;;
	'in build')
		PLACE=$builds
		DELAY=$((RANDOM % 60))
		;;
	'after build')
		PLACE=$builds
		HOLD='migrate.history IN SHARE'
		;;
	'between segments')
		PLACE=$segments
		HOLD='shop.tally IN ACCESS EXCLUSIVE'
		;;
	unrecorded)
		PLACE=$upkeep
		HOLD='migrate.history IN SHARE'
		;;
	# An index that is there and not valid is dropped, concurrently.
	'looking up') HOLD=$(one_of '' 'shop.product, shop.purchase IN SHARE UPDATE EXCLUSIVE'{,}) DELAY=$((RANDOM % 20)) ;;
	*) DELAY=$((RANDOM % LASTS[$way])) ;;
	esac
}

# Starts the run and stops its backend at that moment, so that it can be looked at in peace: MOMENT is what was seen.
run_to_moment() {
	[ -z "$HOLD" ] || open_session holder crash
	[ -z "$HOLD" ] || [ -n "$PLACE" ] || {
		send holder "BEGIN; LOCK TABLE $HOLD MODE;"
		answered holder
	}
	[ -z "$HOLD" ] || [ -z "$PLACE" ] || send holder "$(until_true "$(shows "$PLACE")") BEGIN; LOCK TABLE $HOLD MODE;"
	start_run
	if [ -n "$HOLD" ]; then
		sql crash "$(until_true "EXISTS (SELECT FROM pg_locks l WHERE l.pid = $PID AND NOT l.granted AND l.locktype = 'relation')")"
	elif [ -n "$PLACE" ]; then
		sql crash "$(until_true "$(shows "$PLACE")")"
	fi
	sleep "$(printf '%d.%03d' $((DELAY / 1000)) $((DELAY % 1000)))"
	MOMENT='nothing|-|0|0|0|it has ended'
	kill -STOP "$PID" 2>/dev/null || return
	# It may have stopped with something in its hands that others need: then nobody can look.
	MOMENT=$(timeout 5 psql -XAtq -d crash -v pid="$PID" -v action="${action_of[$way]}" -f test/crash/lib/moment.sql 2>/dev/null)
	MOMENT=${MOMENT:-unseen|-|0|0|0|}
}

# Lets it go on: there was nothing to hit.
spare_run() {
	kill -CONT "$PID" 2>/dev/null
	[ -z "$HOLD" ] || close_session holder
}

# Ends the backend: terminate, kill (-9), or the whole server with it. Waits until the server is there again.
end_run() {
	local postmaster children i
	case $ending in
	terminate)
		kill -TERM "$PID"
		kill -CONT "$PID"
		;;
	kill) kill -KILL "$PID" ;;
	server)
		postmaster=$(head -n 1 "$cluster/data/postmaster.pid")
		# One that waits for what another held would never notice that it is alone.
		read -ra children <"/proc/$postmaster/task/$postmaster/children"
		kill -KILL "$postmaster" "${children[@]}"
		;;
	esac 2>/dev/null
	# Before the postmaster has seen it, it lets others in, to throw them out at once.
	[ "$ending" = server ] || gone 30
	[ -z "$HOLD" ] || close_session holder
	[ "$ending" != server ] || start_server
	for ((i = 0; i < 600; i++)); do
		! sql crash "SELECT 1" >/dev/null 2>&1 || return 0
		sleep 0.05
	done
	return 1
}

# The shared memory is free when the last of the killed has gone.
start_server() {
	local i
	for ((i = 0; i < 50; i++)); do
		! as_server_user "$BIN/pg_ctl" -D "$cluster/data" -l "$cluster/log" -s -w start >/dev/null 2>&1 || return 0
		sleep 0.1
	done
}

# What the status claims is what there is: the database is as psql's was after as many statements. Where it says that
# one more may have run, it may be there. INVALID says whether an invalid index is.
check_claims() {
	local newest version reached unsure problem state
	IFS='|' read -r newest version reached unsure INVALID problem EVENT < <(psql -XAtq -d crash -v seen="$SEEN" -f test/crash/lib/claims.sql 2>&1)
	state=$STATES/at-$newest
	[ "$version" = - ] || [ "$reached" -eq 0 ] || state=$STATES/$way-$version-$reached
	describe crash >"$SCRATCH/now"
	if [ -n "$problem" ] || [ -z "${EVENT:-}" ]; then
		explain "$problem"
	elif cmp -s "$state" "$SCRATCH/now"; then
		return 0
	elif [ "$unsure" = t ] && cmp -s "$STATES/$way-$version-$((reached + 1))" "$SCRATCH/now"; then
		return 0
	elif [ "$unsure" = t ] && [ "$(sql crash "SELECT true FROM pg_inherits WHERE inhdetachpending")" = t ]; then
		return 0
	else
		explain "not as psql made $(basename "$state"): $(diff "$state" "$SCRATCH/now")"
	fi
	explain "$(sql crash "SELECT version, status, note FROM migrate_status()")"
	return 1
}

# After the run that came through: as psql made it, nothing half done, everything exactly once since the event BEGAN.
check_end() {
	local wanted='at-0005' problem
	[ "$way" = up ] || wanted='at-0000'
	describe crash >"$SCRATCH/now"
	problem=$(diff "$STATES/$wanted" "$SCRATCH/now") || {
		explain "not as psql made $wanted: $problem"
		return 1
	}
	problem=$(psql -XAtq -d crash -v began="$BEGAN" -v way="$way" -f test/crash/lib/end.sql 2>&1)
	[ -z "$problem" ] || {
		explain "$problem"
		return 1
	}
}
