# What the measurements share. Sourced; WORK is a folder for what they write.

left=0

# fresh DATABASE: an empty one. The one before it stays under another name: ext4 goes round the inodes of files that were
# deleted in the last minute, so that whoever makes tables behind a dropped database pays for it.
fresh() {
	psql -Xqd postgres -c "ALTER DATABASE $1 RENAME TO $1_$((++left))" 2>/dev/null || true
	createdb "$1"
	psql -Xqd "$1" -c CHECKPOINT
}

# seconds COMMAND: how long one run takes.
seconds() {
	hyperfine --runs 1 --shell=none --style none --export-json "$WORK/one.json" "$1" >/dev/null
	sed -n 's/^ *"mean": \([0-9.e-]*\),/\1/p' "$WORK/one.json"
}

median() { sort -n | awk '{v[NR]=$1} END {print (NR % 2) ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }

# row WHAT THEIR_FILE OUR_FILE TARGET: medians of two files of seconds and their ratio.
row() {
	awk -v what="$1" -v a="$(median <"$2")" -v b="$(median <"$3")" -v target="$4" \
		'BEGIN {printf "| %s | %.3f s | %.3f s | %.2f | %s |\n", what, a, b, b / a, target}'
}
