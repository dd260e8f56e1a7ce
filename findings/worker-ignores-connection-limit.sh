#!/usr/bin/env bash
# A database with CONNECTION LIMIT 0 refuses every client that is no superuser, yet a background worker connects to it
# as an ordinary role: only client connections are counted, the worker itself is none, and 0 is not more than 0. A
# limit that is meant to keep everybody out during maintenance does not keep scheduled jobs out. ALLOW_CONNECTIONS
# false does.
# PostgreSQL 15.20, pg_cron 1.4.2 (Debian) with cron.use_background_workers = on. Seen:
#   a client: too many connections for database "closed"
#   the job: succeeded
. "$(dirname "$0")/lib/finding.bash"
server "shared_preload_libraries = 'pg_cron'" "cron.use_background_workers = on" "cron.database_name = 'postgres'"
echo "pg_cron $(sql postgres "SELECT default_version FROM pg_available_extensions WHERE name = 'pg_cron'")"
sql postgres "CREATE EXTENSION pg_cron" "CREATE ROLE worker LOGIN" "CREATE DATABASE closed CONNECTION LIMIT 0"
sql closed "CREATE TABLE came (who text)" "GRANT INSERT ON came TO worker"
seen "a client" "$(psql -Xd closed -U worker -c 'SELECT 1' 2>&1 | sed 's/.*FATAL: *//')" \
	'too many connections for database "closed"'
sql postgres "SELECT cron.schedule_in_database('job', '* * * * *', 'INSERT INTO came SELECT current_user', 'closed', 'worker')" >/dev/null
state() { sql postgres "SELECT status FROM cron.job_run_details WHERE status IN ('succeeded', 'failed') LIMIT 1"; }
for ((second = 0; second < 130; second++)); do # the next full minute, and a minute more
	[ -z "$(state)" ] || break
	sleep 1
done
seen "the job" "$(state)" succeeded
concluded
