# A database "resume" for migrations that stop half way, with a session "holder" that keeps others waiting. Sourced
# behind tap.bash.

migrate_database resume
sql resume "CREATE TABLE held (a int)" "INSERT INTO held SELECT generate_series(1, 10)"
add() { add_migration resume "$@"; }
discard() { discard_migrations resume; }
told() { sql resume "SELECT status || ': ' || $(property remark) FROM migrate_status() WHERE status NOT IN ('applied', 'pending')"; }
status() { sql resume "SELECT string_agg(status, ' ') FROM migrate_status()"; }
indexes() { sql resume "SELECT string_agg(c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END, ', ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = '${1:-held}'::regclass"; }
exists() { sql resume "SELECT to_regclass('$1') IS NOT NULL"; }

# A session that keeps others waiting.
open_session holder resume
# begin CALL: runs it in the background until it waits for a lock.
begin() {
	open_session runner resume
	send runner "$1;"
	wait_until resume "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner' AND NOT granted)"
}
terminate() {
	sql resume "SELECT FROM pg_stat_activity, LATERAL pg_terminate_backend(pid, 10000) WHERE application_name = 'runner'"
	close_session runner
}
# end_unrecorded: what waits for the holder ends, but its record can't be written; then the session is terminated.
end_unrecorded() {
	open_session keeper resume
	send keeper "BEGIN; LOCK TABLE migrate.history IN SHARE MODE;"
	answered keeper
	let_go
	wait_until resume "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'runner' AND NOT granted AND relation = 'migrate.history'::regclass)"
	terminate
	close_session keeper
}

# resume_done: the end of the test.
resume_done() {
	close_session holder
	sql postgres "DROP DATABASE resume"
	done_testing
}
