\echo Use "CREATE EXTENSION migrate" to load this file. \quit

-- The tables live in schema migrate, the functions in the schema given to CREATE EXTENSION. Both
-- can't be the same schema, and the tables' must be new: its owner decides what the runners trust.
DO $$
BEGIN
  IF pg_catalog.current_schema() OPERATOR(pg_catalog.=) 'migrate' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'extension "migrate" can''t be installed into schema "migrate"',
      DETAIL = 'The extension creates schema "migrate" for its tables; its functions live in another one.',
      HINT = 'Use CREATE EXTENSION migrate [SCHEMA public].';
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) 'migrate') THEN
    RAISE EXCEPTION USING
      ERRCODE = 'duplicate_schema',
      MESSAGE = 'schema "migrate" already exists',
      DETAIL = 'The extension creates this schema for its tables and must own it.',
      HINT = 'Rename or drop that schema first: ALTER SCHEMA migrate RENAME TO something_else.';
  END IF;
END
$$;

CREATE SCHEMA migrate;
COMMENT ON SCHEMA migrate IS
  'Tables of extension migrate: migrations, their texts, their history and the version guard. Written by the extension only.';

CREATE TABLE migrate.script (
  checksum text NOT NULL,
  text text,
  migration text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  purged_at timestamptz,
  PRIMARY KEY (checksum)
);
COMMENT ON TABLE migrate.script IS 'Every text that was ever loaded or applied, kept for ever. May hold secrets: readable by the owner only.';
COMMENT ON COLUMN migrate.script.checksum IS
  'SHA-256 in hex of the normal form: no byte order mark, section lines, blanks or carriage returns at line ends, or empty lines at the end.';
COMMENT ON COLUMN migrate.script.text IS 'The text as it was loaded last under this checksum; null after migrate_repair(migration, ''purge text'').';
COMMENT ON COLUMN migrate.script.migration IS 'The migration that it was loaded for last.';
COMMENT ON COLUMN migrate.script.added_at IS 'When a text with this checksum was first loaded.';
COMMENT ON COLUMN migrate.script.purged_at IS 'When the text was purged.';

CREATE TABLE migrate.history (
  id bigint GENERATED ALWAYS AS IDENTITY,
  event text NOT NULL CHECK (event OPERATOR(pg_catalog.=) ANY
    (ARRAY['start', 'statement', 'apply', 'rollback', 'fail', 'baseline', 'adopt', 'repair'])),
  version text NOT NULL,
  name text NOT NULL,
  checksum text,
  down_checksum text,
  options jsonb NOT NULL DEFAULT '{}',
  session_user_name name NOT NULL DEFAULT SESSION_USER,
  current_user_name name NOT NULL,
  client_address inet DEFAULT pg_catalog.inet_client_addr(),
  claimed_subject text,
  search_path text,
  occurred_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  duration_ms double precision,
  statements integer,
  sqlstate text,
  message text,
  detail text,
  server_version text NOT NULL DEFAULT pg_catalog.current_setting('server_version'),
  action text CHECK (action OPERATOR(pg_catalog.=) ANY (ARRAY['apply', 'rollback'])),
  script_checksum text,
  unsure boolean,
  line integer,
  locks jsonb,
  PRIMARY KEY (id)
);
COMMENT ON TABLE migrate.history IS 'What happened, one row per event, appended only. Messages may hold data: readable by the owner only.';
COMMENT ON COLUMN migrate.history.id IS 'Order of the events.';
COMMENT ON COLUMN migrate.history.event IS
  'start, statement (after each non-transactional one), apply, rollback, fail, baseline, adopt or repair.';
COMMENT ON COLUMN migrate.history.version IS 'Version of the migration; empty for a plain name.';
COMMENT ON COLUMN migrate.history.name IS 'Name of the migration; empty for a bare number.';
COMMENT ON COLUMN migrate.history.checksum IS 'Checksum of the up script at that time.';
COMMENT ON COLUMN migrate.history.down_checksum IS 'Checksum of the down script at that time; null if there was none.';
COMMENT ON COLUMN migrate.history.options IS 'Options of the migration at that time, as in migrate.migration.';
COMMENT ON COLUMN migrate.history.session_user_name IS 'Role that logged in.';
COMMENT ON COLUMN migrate.history.current_user_name IS 'Role that the migration ran as.';
COMMENT ON COLUMN migrate.history.client_address IS 'Address of the client; null for a Unix socket.';
COMMENT ON COLUMN migrate.history.claimed_subject IS
  'Claim "sub" of the setting request.jwt.claims. The caller can set it: a claim, not a proof.';
COMMENT ON COLUMN migrate.history.search_path IS 'The search_path that the migration started from.';
COMMENT ON COLUMN migrate.history.occurred_at IS 'When the event was written; of an adopt, since when the other tool has it applied, if it knows.';
COMMENT ON COLUMN migrate.history.duration_ms IS 'How long it took, in milliseconds, retries included.';
COMMENT ON COLUMN migrate.history.statements IS 'How many statements ran, and stay.';
COMMENT ON COLUMN migrate.history.sqlstate IS 'SQLSTATE of a failure.';
COMMENT ON COLUMN migrate.history.message IS 'Message of a failure, the action of a repair, or whose history was adopted.';
COMMENT ON COLUMN migrate.history.detail IS 'Detail of a failure.';
COMMENT ON COLUMN migrate.history.server_version IS 'Version of the server.';
COMMENT ON COLUMN migrate.history.action IS 'Of a start, statement, fail or resuming repair: whether it was applied or rolled back.';
COMMENT ON COLUMN migrate.history.script_checksum IS 'Of those: checksum of the script that ran.';
COMMENT ON COLUMN migrate.history.unsure IS 'Of those: whether the statement after the counted ones may stay, too.';
COMMENT ON COLUMN migrate.history.line IS 'Of those: line of the statement after the counted ones; null if there is none or it was not reached.';
COMMENT ON COLUMN migrate.history.locks IS
  'Which strong locks it held on tables that were there before it, and for how many milliseconds: [{"table", "lock", "ms"}]. Null if there was none, or if the transaction held more than 1000 locks.';

CREATE TABLE migrate.migration (
  id bigint GENERATED ALWAYS AS IDENTITY,
  version text NOT NULL,
  name text NOT NULL,
  sort_key text COLLATE pg_catalog."C" NOT NULL,
  checksum text NOT NULL,
  down_checksum text,
  verify_checksum text,
  options jsonb NOT NULL,
  source text NOT NULL,
  absent boolean NOT NULL DEFAULT false,
  added_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  added_by name NOT NULL,
  applied_event bigint,
  applied_checksum text,
  accepted_down text,
  unfinished_event bigint,
  PRIMARY KEY (version, name)
);
-- An apply reads what is pending or changed, and where the newest applied stands, whatever the
-- length of the history. More indexes would cost every event more than they save a lookup.
CREATE INDEX migration_pending_idx ON migrate.migration (id) WHERE applied_event IS NULL;
CREATE INDEX migration_changed_idx ON migrate.migration (id) WHERE applied_checksum OPERATOR(pg_catalog.<>) checksum;
CREATE INDEX migration_unfinished_idx ON migrate.migration (id) WHERE unfinished_event IS NOT NULL;
CREATE INDEX migration_replacing_idx ON migrate.migration (id) WHERE options OPERATOR(pg_catalog.?) 'replaces';
CREATE INDEX migration_newest_idx
  ON migrate.migration (sort_key, name COLLATE pg_catalog."C", version COLLATE pg_catalog."C")
  WHERE applied_event IS NOT NULL;
COMMENT ON TABLE migrate.migration IS 'The migration set: every migration that this database knows, applied or not.';
COMMENT ON COLUMN migrate.migration.id IS 'Order of addition; it orders plain names.';
COMMENT ON COLUMN migrate.migration.version IS 'What stands before the name; empty for a plain name.';
COMMENT ON COLUMN migrate.migration.name IS 'Name; empty for a bare number. Identity is version and name together.';
COMMENT ON COLUMN migrate.migration.sort_key IS 'Byte order of it is the order of the migrations.';
COMMENT ON COLUMN migrate.migration.checksum IS 'Checksum of the up script, found in migrate.script.';
COMMENT ON COLUMN migrate.migration.down_checksum IS 'Checksum of the down script; null if there is none.';
COMMENT ON COLUMN migrate.migration.verify_checksum IS 'Checksum of the verify script; null if there is none.';
COMMENT ON COLUMN migrate.migration.options IS
  'What loading found: up, down, verify (line, statements, not_transactional, each_alone, errors_only, lock_timeout, statement_timeout), reversible, irreversible_why, requires, tags, replaces, repeatable, order (the version it is ordered by), placeholders, metadata.';
COMMENT ON COLUMN migrate.migration.source IS 'Where it was loaded from last.';
COMMENT ON COLUMN migrate.migration.absent IS 'Gone from its source when that was loaded again.';
COMMENT ON COLUMN migrate.migration.added_at IS 'When it was added, or its text replaced.';
COMMENT ON COLUMN migrate.migration.added_by IS 'Role that added it, or replaced its text: what it runs is theirs.';
COMMENT ON COLUMN migrate.migration.applied_event IS 'The event in migrate.history that made it applied; null if it is not.';
COMMENT ON COLUMN migrate.migration.applied_checksum IS 'Checksum of the up script that is applied; null if none is.';
COMMENT ON COLUMN migrate.migration.accepted_down IS 'Checksum of the down script accepted by migrate_repair(migration, ''accept down'').';
COMMENT ON COLUMN migrate.migration.unfinished_event IS
  'The event in migrate.history that says how far a run came that neither finished nor was undone; null if there is none.';

CREATE TABLE migrate.schema_version (
  version text,
  name text,
  applied_at timestamptz,
  only_row boolean NOT NULL DEFAULT true CHECK (only_row),
  PRIMARY KEY (only_row)
);
COMMENT ON TABLE migrate.schema_version IS
  'The version guard: no row before the first event, then exactly one. Reading it is part of the interface; only the extension writes it.';
COMMENT ON COLUMN migrate.schema_version.version IS 'Version of the newest applied migration; empty for a plain name, null if none is applied.';
COMMENT ON COLUMN migrate.schema_version.name IS 'Name of the newest applied migration; null if none is applied.';
COMMENT ON COLUMN migrate.schema_version.applied_at IS 'When that was applied; null if none is.';
COMMENT ON COLUMN migrate.schema_version.only_row IS 'Always true: there can be one row.';

CREATE TABLE migrate.job (
  id bigint GENERATED ALWAYS AS IDENTITY,
  direction text NOT NULL CHECK (direction OPERATOR(pg_catalog.=) ANY (ARRAY['up', 'down'])),
  target text,
  state text NOT NULL DEFAULT 'queued' CHECK (state OPERATOR(pg_catalog.=) ANY
    (ARRAY['queued', 'running', 'finished', 'failed', 'canceled', 'lost'])),
  requested_by name NOT NULL,
  session_user_name name NOT NULL DEFAULT SESSION_USER,
  requested_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  pid integer,
  sqlstate text,
  message text,
  PRIMARY KEY (id)
);
COMMENT ON TABLE migrate.job IS
  'Runs in the background, one row per migrate_start(). A record: changing a row here changes nothing that runs.';
COMMENT ON COLUMN migrate.job.id IS 'Number of the job, as migrate_start() returned it.';
COMMENT ON COLUMN migrate.job.direction IS 'up or down.';
COMMENT ON COLUMN migrate.job.target IS 'The target; null for all that is pending, or for the last one applied.';
COMMENT ON COLUMN migrate.job.state IS
  'queued (until the caller''s transaction is over), running, finished, failed, canceled, or lost: its worker ended, or the server restarted, before it could say how.';
COMMENT ON COLUMN migrate.job.requested_by IS 'Role that it runs as.';
COMMENT ON COLUMN migrate.job.session_user_name IS 'Role that logged in.';
COMMENT ON COLUMN migrate.job.requested_at IS 'When migrate_start() was called.';
COMMENT ON COLUMN migrate.job.started_at IS 'When the worker began; null before.';
COMMENT ON COLUMN migrate.job.finished_at IS 'When it ended, or was found to be lost; null before.';
COMMENT ON COLUMN migrate.job.pid IS 'Process id of the worker.';
COMMENT ON COLUMN migrate.job.sqlstate IS 'SQLSTATE of the failure; null if there was none.';
COMMENT ON COLUMN migrate.job.message IS 'What kept it from starting. Why a migration failed stands in migrate.history.';

SELECT pg_catalog.pg_extension_config_dump('migrate.script', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.job', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.job_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.history', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.history_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.migration', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.migration_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.schema_version', '');

-- Getting migrations in

CREATE FUNCTION @extschema@.migrate_add(name text, up text, down text DEFAULT NULL, verify text DEFAULT NULL)
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_add';
COMMENT ON FUNCTION @extschema@.migrate_add(text, text, text, text) IS
  'Registers one migration, named as its file ("0003_add_email"). Action: added, unchanged, replaced (pending, new text) or changed (applied, new text: stops apply until repaired).';

CREATE FUNCTION @extschema@.migrate_load(files jsonb, source text DEFAULT 'load', convention text DEFAULT NULL, placeholders jsonb DEFAULT NULL, leave_out text[] DEFAULT NULL, dry_run boolean DEFAULT false)
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_load';
COMMENT ON FUNCTION @extschema@.migrate_load(jsonb, text, text, jsonb, text[], boolean) IS
  'Registers many, all or nothing: [{"name": "0003_add_email.sql", "content": "..."}, ...], by the convention that their names and texts show, or the one named. Placeholders are filled from a JSON object; leave_out names files, * stands for anything. Those loaded from the same source before and not given now become absent. A dry run loads nothing and says of each file what would become of it; without one, what is wrong with any is an error that names all.';

CREATE FUNCTION @extschema@.migrate_load_dir(path text, convention text DEFAULT NULL, placeholders jsonb DEFAULT NULL, leave_out text[] DEFAULT NULL, dry_run boolean DEFAULT false)
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_load_dir';
COMMENT ON FUNCTION @extschema@.migrate_load_dir(text, text, jsonb, text[], boolean) IS
  'Registers the migrations of a directory on the server and the folders in it, all or nothing, as migrate_load does; needs pg_read_server_files. A folder rollbacks beside migrations is read, too.';

CREATE FUNCTION @extschema@.migrate_remove(migration text)
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_remove';
COMMENT ON FUNCTION @extschema@.migrate_remove(text) IS
  'Forgets a migration that is not applied. Its text stays in migrate.script.';

-- Looking

CREATE FUNCTION @extschema@.migrate_status()
RETURNS TABLE (version text, name text, status text, applied_at timestamptz, applied_by name, duration_ms double precision, transactional boolean, reversible text, checksum text, detail text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_status';
COMMENT ON FUNCTION @extschema@.migrate_status() IS
  'One row per migration, in order. Status: applied, pending, out of order, changed, absent, missing, baseline, failed or partial. Reversible: script, comment or no.';

CREATE FUNCTION @extschema@.migrate_plan(target text DEFAULT NULL)
RETURNS TABLE (step integer, action text, version text, name text, transactional boolean, statements integer, added_by name, detail text, plan_hash text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_plan';
COMMENT ON FUNCTION @extschema@.migrate_plan(text) IS
  'The steps from here to the target (default: all that is pending; an applied target: what rolling back to it does). Action: apply, roll back, or refuse with the reason in detail.';

CREATE FUNCTION @extschema@.migrate_history()
RETURNS TABLE (id bigint, event text, version text, name text, occurred_at timestamptz, actor name, duration_ms double precision, statements integer, checksum text, sqlstate text, message text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_history';
COMMENT ON FUNCTION @extschema@.migrate_history() IS
  'All events, newest first. Messages are shown to those only who may read migrate.history.';

CREATE FUNCTION @extschema@.migrate_export()
RETURNS TABLE (name text, content text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_export';
COMMENT ON FUNCTION @extschema@.migrate_export() IS
  'What is applied, in order, one file per migration, as "supabase migration fetch" writes them: its down and verify scripts are commented out below it. Content is null where a text was purged.';

CREATE FUNCTION @extschema@.migrate_version()
RETURNS text
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_version';
COMMENT ON FUNCTION @extschema@.migrate_version() IS
  'The current version: the highest applied in order; the name of a plain one; null if nothing is applied.';

CREATE FUNCTION @extschema@.migrate_require(migration text DEFAULT NULL)
RETURNS void
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_require';
COMMENT ON FUNCTION @extschema@.migrate_require(text) IS
  'Raises MG005 unless that migration is applied or baselined. Null reads the setting migrate.required.';

CREATE FUNCTION @extschema@.migrate_progress()
RETURNS TABLE (job bigint, pid integer, role name, action text, version text, name text, step integer, steps integer, statement integer, statements integer, elapsed_ms double precision, share double precision, waiting_for text, blockers text, bar text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_progress';
COMMENT ON FUNCTION @extschema@.migrate_progress() IS
  'What runs now, in any session: the migration and its place in the plan, the statement, the time since the call in milliseconds, the estimated share done from 0 to 1, the lock it waits for and who holds it. No row if nothing runs.';

-- Running

CREATE FUNCTION @extschema@.migrate_apply(target text DEFAULT NULL, dry_run boolean DEFAULT false, allow_out_of_order boolean DEFAULT false, expected_plan text DEFAULT NULL)
RETURNS TABLE (version text, name text, action text, statements integer, duration_ms double precision)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_apply';
COMMENT ON FUNCTION @extschema@.migrate_apply(text, boolean, boolean, text) IS
  'Applies what is pending up to and with the target, all or nothing, in the caller''s transaction. With expected_plan it refuses (MG004) unless the plan''s hash is that one.';

CREATE FUNCTION @extschema@.migrate_rollback(target text DEFAULT NULL, steps integer DEFAULT NULL, dry_run boolean DEFAULT false)
RETURNS TABLE (version text, name text, action text, statements integer, duration_ms double precision)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_rollback';
COMMENT ON FUNCTION @extschema@.migrate_rollback(text, integer, boolean) IS
  'Rolls back the last applied, that many steps of them, or all that order after the target, which stays; target zero leaves nothing. All or nothing, in the caller''s transaction.';

CREATE PROCEDURE @extschema@.migrate_up(target text DEFAULT NULL, allow_out_of_order boolean DEFAULT false)
LANGUAGE c AS 'MODULE_PATHNAME', 'migrate_up';
COMMENT ON PROCEDURE @extschema@.migrate_up(text, boolean) IS
  'Applies what is pending up to and with the target, each migration in a transaction of its own, and goes on where an earlier run stopped. Runs statements that refuse a transaction block. 25001 where it can''t commit.';

CREATE PROCEDURE @extschema@.migrate_down(target text DEFAULT NULL, steps integer DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migrate_down';
COMMENT ON PROCEDURE @extschema@.migrate_down(text, integer) IS
  'Rolls back as migrate_rollback does, each migration in a transaction of its own, and goes on where an earlier run stopped.';

CREATE FUNCTION @extschema@.migrate_start(target text DEFAULT NULL, direction text DEFAULT 'up')
RETURNS bigint
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_start';
COMMENT ON FUNCTION @extschema@.migrate_start(text, text) IS
  'Starts migrate_up (direction up) or migrate_down (down) in a background worker once the caller''s transaction has committed; returns the number of the job, see migrate.job. The worker has the caller''s role and settings.';

CREATE FUNCTION @extschema@.migrate_cancel(job bigint)
RETURNS boolean
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_cancel';
COMMENT ON FUNCTION @extschema@.migrate_cancel(bigint) IS
  'Cancels a job: the statement that runs is undone, what was committed before stays. False if the job is over. Who may: as pg_cancel_backend.';

CREATE FUNCTION @extschema@.migrate_verify(migration text DEFAULT NULL)
RETURNS TABLE (version text, name text, action text, statements integer, duration_ms double precision)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_verify';
COMMENT ON FUNCTION @extschema@.migrate_verify(text) IS
  'Runs the verify scripts of applied migrations, read-only and undone. Raises if any fails, after running all.';

-- Coming from other tools

CREATE FUNCTION @extschema@.migrate_adopt(source text DEFAULT NULL)
RETURNS TABLE (tool text, version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_adopt';
COMMENT ON FUNCTION @extschema@.migrate_adopt(text) IS
  'Without an argument: the histories that other tools keep in this database, and what is wrong with them. With a tool''s name (or "tool:schema.table"): records as applied what its history says is applied, where the loaded text is the one that ran. Reads as the caller; changes nothing in the other tool''s table.';

-- Mending

CREATE FUNCTION @extschema@.migrate_baseline(migration text)
RETURNS TABLE (version text, name text, action text, statements integer, duration_ms double precision)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_baseline';
COMMENT ON FUNCTION @extschema@.migrate_baseline(text) IS
  'Records all migrations up to and with this one as already there, without running them. Refused after a later apply.';

CREATE FUNCTION @extschema@.migrate_repair(migration text, action text)
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_repair';
COMMENT ON FUNCTION @extschema@.migrate_repair(text, text) IS
  'After a human looked: accept (a changed text), accept down, applied, forget, resume here, resume after or purge text.';

-- Who may what: nobody but the extension's owner, whatever default privileges would give to others.
DO $$
DECLARE
  statement text;
BEGIN
  FOR statement IN
    SELECT pg_catalog.format('REVOKE ALL ON %s %s FROM %s CASCADE', o.kind, o.name,
        CASE WHEN a.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid THEN 'PUBLIC'
             ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)::pg_catalog.text) END)
      FROM (
        SELECT 'SCHEMA' AS kind, 'migrate'::pg_catalog.text AS name, n.nspowner AS owner,
            COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) AS acl
          FROM pg_catalog.pg_namespace n
          WHERE n.nspname OPERATOR(pg_catalog.=) 'migrate'
        UNION ALL
        SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
            pg_catalog.format('migrate.%I', c.relname), c.relowner, c.relacl
          FROM pg_catalog.pg_class c
          WHERE c.relnamespace OPERATOR(pg_catalog.=) 'migrate'::pg_catalog.regnamespace::pg_catalog.oid
            AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'S']::pg_catalog."char"[])
        UNION ALL
        SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::pg_catalog.regprocedure::pg_catalog.text, p.proowner,
            COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner))
          FROM pg_catalog.pg_proc p
          JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
            AND d.objid OPERATOR(pg_catalog.=) p.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'
            AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
          JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
            AND e.extname OPERATOR(pg_catalog.=) 'migrate'
      ) o, pg_catalog.aclexplode(o.acl) a
      WHERE a.grantee OPERATOR(pg_catalog.<>) o.owner
      GROUP BY o.kind, o.name, a.grantee
  LOOP
    EXECUTE statement;
  END LOOP;
END
$$;

-- The owner may pass on what others need (README lists it); INSERT is for restoring a dump.
GRANT USAGE ON SCHEMA migrate TO @extowner@ WITH GRANT OPTION;
GRANT SELECT ON ALL TABLES IN SCHEMA migrate TO @extowner@ WITH GRANT OPTION;
GRANT INSERT ON ALL TABLES IN SCHEMA migrate TO @extowner@;
GRANT SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA migrate TO @extowner@;
GRANT EXECUTE ON PROCEDURE @extschema@.migrate_up, @extschema@.migrate_down TO @extowner@ WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION
  @extschema@.migrate_add, @extschema@.migrate_load, @extschema@.migrate_load_dir, @extschema@.migrate_remove, @extschema@.migrate_status, @extschema@.migrate_plan, @extschema@.migrate_history, @extschema@.migrate_export,
  @extschema@.migrate_version, @extschema@.migrate_require, @extschema@.migrate_apply, @extschema@.migrate_rollback, @extschema@.migrate_verify, @extschema@.migrate_baseline, @extschema@.migrate_repair, @extschema@.migrate_adopt,
  @extschema@.migrate_start, @extschema@.migrate_cancel, @extschema@.migrate_progress
  TO @extowner@ WITH GRANT OPTION;
