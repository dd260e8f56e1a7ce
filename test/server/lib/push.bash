# scripts/push, and what came of it. Sourced behind tap.bash.

# push ARGUMENTS...: OUT, ERR, CODE and the parts of the error.
push() {
	OUT=$(scripts/push "$@" 2>"$SCRATCH/stderr")
	CODE=$?
	ERR=$(iconv -c -f utf8 -t utf8 "$SCRATCH/stderr")
	read_error "$ERR"
}

# code WANTED NAME
code() { is "$CODE" "$1" "$2" || explain "$OUT$ERR"; }
