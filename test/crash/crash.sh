#!/usr/bin/env bash
# Ends the backend, or the whole server, in the middle of migrate_up and migrate_down, again and again, and compares what
# is left with what psql made of the same files: right after recovery, and when the next run has gone on to the end. A
# round stops the backend (SIGSTOP) at a random moment or where a lock holds it up, looks what it is at, and only
# then ends it: each phase is counted by what was seen, and a kill that hit nothing doesn't count. Goes on until each
# phase was hit HITS times (default 2). SEED repeats the choices of a run, though not its timing.
. test/server/lib/tap.bash
. test/crash/lib/rounds.bash

HITS=${HITS:-2}
SEED=${SEED:-$RANDOM}
RANDOM=$SEED
FILES=$SCRATCH/migrations
STATES=$SCRATCH/states
cluster=$SCRATCH/cluster

declare -A phases=(
	[before]="before an ordinary statement"
	[in]="in an ordinary statement"
	[after]="after an ordinary statement, before its commit"
	['in build']="in a concurrent build"
	['after build']="after a concurrent build, before it is recorded"
	['between segments']="between the segments of one migration"
	[unrecorded]="between a statement's own commit and its record"
	['looking up']="while it looked up what an earlier run had left"
	[down]="while rolling back"
	[worker]="in the worker"
	[terminate]="by SIGTERM, as pg_terminate_backend sends it"
	[kill]="by kill -9"
	[server]="together with the server"
)
order=(before in after 'in build' 'after build' 'between segments' unrecorded 'looking up' down worker terminate kill server)
declare -A hits=() mistakes=() LASTS=()

one_of() { shift $((RANDOM % $#)) && printf '%s' "$1"; }

note() { printf '%s\n' "$*" >>"$SCRATCH/rounds"; }

# least OF...: the one that was hit least, the first of several.
least() {
	local each least=$1
	for each in "$@"; do [ "${hits[$each]:-0}" -ge "${hits[$least]:-0}" ] || least=$each; done
	printf '%s' "$least"
}

enough() {
	local phase
	for phase in "${order[@]}"; do [ "${hits[$phase]:-0}" -ge "$HITS" ] || return 1; done
}

# wrong WHAT: counts a failure, and shows which rounds led to it.
wrong() {
	mistakes[$1]=$((${mistakes[$1]:-0} + 1))
	explain "$1; seed $SEED, the last rounds were:
$(tail -n 5 "$SCRATCH/rounds")
What the run said:
$OUT
The server's log:
$(tail -n 5 "$cluster/log")"
}

# choose_aim: what to try to hit. Only an invalid index takes long enough to look up.
choose_aim() {
	if [ "$INVALID" = t ] && [ "${hits['looking up']:-0}" -lt "$HITS" ]; then
		printf 'looking up'
	else
		one_of random "$(least "${order[@]:0:7}")" "$(least "${order[@]:0:7}")"
	fi
}

# One run that is stopped. Returns 1 if it came through before that, 2 if something is wrong.
round() {
	local aim phase version number reached evidence
	form=$(least "${forms[@]}")
	ending=$(least server terminate kill)
	[ "${hits[$ending]:-0}" -lt "$HITS" ] || ending=$(one_of terminate kill)
	aim=$(choose_aim)
	choose_moment "$aim"
	run_to_moment
	IFS='|' read -r phase version number reached SEEN evidence <<<"$MOMENT"
	rounds=$((rounds + 1))
	note "$rounds: $way in a $form, aimed at $aim, $ending: $phase, $version statement $number after $reached ($evidence)"
	if [ "$phase" = nothing ]; then
		spare_run
		run_ended && return 1
		wrong "the run fails"
		return 2
	fi
	end_run || {
		wrong "the server does not come back"
		exit 1
	}
	! run_ended || return 1
	! grep -q 'ERROR:  ' <<<"$OUT" || {
		wrong "the run fails"
		return 2
	}
	killed=$((killed + 1))
	[ "$form" = session ] || lost=$((lost + 1))
	check_claims || {
		wrong "after recovery status and database disagree"
		return 2
	}
	# It got further before the signal reached it, or its commit was under way and has survived.
	[ "$EVENT" -le "$SEEN" ] || phase="moved on"
	hits[$phase]=$((${hits[$phase]:-0} + 1))
	[[ -v phases[$phase] ]] || return 0
	hits[$ending]=$((${hits[$ending]:-0} + 1))
	hits[$form]=$((${hits[$form]:-0} + 1))
	[ "$way" = up ] || hits[down]=$((${hits[down]:-0} + 1))
}

# Up or down to the end, against one kill or several.
pass() {
	local status=0
	BEGAN=$(sql crash "SELECT COALESCE(max(id), 0) FROM migrate.history")
	INVALID=f
	round || status=$?
	while [ "$status" -eq 0 ]; do
		if [ $((RANDOM % 3)) -eq 0 ] || [ "$(choose_aim)" = 'looking up' ]; then
			round || status=$?
		else
			form=$(one_of "${forms[@]}")
			start_run
			run_ended || wrong "the run fails"
			status=1
		fi
	done
	[ "$status" -eq 1 ] || return
	check_end || wrong "the end is not what psql made"
}

# One whole run that nobody disturbs; how long it takes says where random moments lie.
calm_pass() {
	BEGAN=$(sql crash "SELECT COALESCE(max(id), 0) FROM migrate.history")
	form=session
	start_run
	run_ended
	ok $? "$way: a run that nobody disturbs comes through" || explain "$OUT"
	LASTS[$way]=$(sql crash "SELECT ceil(1000 * extract(epoch FROM max(occurred_at) - min(occurred_at))) FROM migrate.history WHERE id > $BEGAN")
	check_end
	ok $? "$way: it ends as psql"
}

# What is stopped can't be told to end.
finish() {
	[ -z "${PID:-}" ] || kill -CONT "$PID"
	scripts/cluster stop "$cluster"
}
trap 'finish >/dev/null 2>&1' EXIT
CLUSTER_CONF='autovacuum = off' scripts/cluster start "$cluster" "$TREE" >"$SCRATCH/error" 2>&1
ok $? "a cluster with fsync starts" || {
	explain "$(cat "$SCRATCH/error")"
	exit 1
}
eval "$(scripts/cluster env "$cluster")"
mkdir -p "$STATES"
cp -r test/crash/migrations "$FILES"

migrate_database by_psql
describe by_psql >"$STATES/at-0000"
make_states up by_psql >"$SCRATCH/error" 2>&1
ok $? "psql runs the migrations" || explain "$(cat "$SCRATCH/error")"
make_states down by_psql >"$SCRATCH/error" 2>&1
ok $? "psql undoes them" || explain "$(cat "$SCRATCH/error")"
sql postgres "DROP DATABASE by_psql"

migrate_database crash
sql crash "SELECT migrate_load_dir('$FILES')" >/dev/null
way=up
calm_pass
way=down
calm_pass

forms=(session worker)
[ "$(sql crash "SELECT to_regproc('migrate_start') IS NOT NULL")" = t ] || {
	forms=(session)
	order=("${order[@]/worker/session}")
	phases[session]="in a session"
}
rounds=0 killed=0 passes=0 lost=0
most=$((60 + 30 * HITS))
while ! enough && [ "$rounds" -lt "$most" ] && [ "${#mistakes[@]}" -eq 0 ]; do
	if [ "$way" = up ]; then way=down; else way=up; fi
	pass
	passes=$((passes + 1))
done

for phase in "${order[@]}"; do
	[ "${hits[$phase]:-0}" -ge "$HITS" ]
	ok $? "killed $HITS times or more ${phases[$phase]}"
done
for mistake in "after recovery status and database disagree" "the run fails" "the end is not what psql made"; do
	is "${mistakes[$mistake]:-0}" 0 "never: $mistake"
done
if [ "${#forms[@]}" -gt 1 ]; then
	# The next job finds out what became of the others.
	form=worker
	start_run
	run_ended
	is "$(sql crash "SELECT count(*) FILTER (WHERE state = 'lost'), count(*) FILTER (WHERE state NOT IN ('lost', 'finished')) FROM migrate.job")" \
		"$lost|0" "all jobs have an end; lost are those whose worker was killed"
fi

printf '# killed %d times in %d rounds and %d passes, in %d s; seed %d\n' "$killed" "$rounds" "$passes" "$SECONDS" "$SEED"
for phase in "${order[@]}"; do printf '# %5d %s\n' "${hits[$phase]:-0}" "${phases[$phase]}"; done
others=0
for phase in "${!hits[@]}"; do
	[[ -v phases[$phase] || $phase = session ]] || others=$((others + hits[$phase]))
done
printf '# %5d at other moments, which do not count\n' "$others"
done_testing
