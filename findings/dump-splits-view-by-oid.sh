#!/usr/bin/env bash
# Two databases with one and the same schema are dumped differently: pg_dump takes objects in the order of their OIDs where it
# is free to, and in which order two views were made decides whether one of them has to be dumped in two steps, a placeholder
# first and CREATE OR REPLACE VIEW behind it. Comparing dumps then finds a difference where there is none. The view with
# GROUP BY on a primary key is why: it depends on the key, which is dumped behind all tables.
# PostgreSQL 15.20, pg_dump -s. Seen: views made in one order give 2 CREATE VIEW and 1 CREATE OR REPLACE VIEW, in the other 2
# of each; all that pg_get_viewdef() says is equal.
. "$(dirname "$0")/lib/finding.bash"
server
table="CREATE TABLE alerts (id int PRIMARY KEY, s text)"
grouped="CREATE VIEW v1 AS SELECT id, s FROM alerts GROUP BY id"
sql postgres "CREATE DATABASE straight" "CREATE DATABASE late" >/dev/null
sql straight "$table" "$grouped" "CREATE VIEW v2 AS SELECT id FROM v1" >/dev/null
sql late "$table" "CREATE VIEW v2 AS SELECT NULL::int AS id" "$grouped" "CREATE OR REPLACE VIEW v2 AS SELECT id FROM v1" >/dev/null
definitions() { sql "$1" "SELECT string_agg(c.relname || ':' || pg_get_viewdef(c.oid), ' ' ORDER BY c.relname) FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace"; }
count() { pg_dump -s -d "$1" | grep -c "^$2" || true; }
seen "definitions of the views are equal" "$([ "$(definitions straight)" = "$(definitions late)" ] && echo yes || echo no)" yes
seen "made in order: CREATE VIEW, CREATE OR REPLACE VIEW" "$(count straight 'CREATE VIEW') $(count straight 'CREATE OR REPLACE VIEW')" "2 1"
seen "made with a placeholder: CREATE VIEW, CREATE OR REPLACE VIEW" "$(count late 'CREATE VIEW') $(count late 'CREATE OR REPLACE VIEW')" "2 2"
concluded
