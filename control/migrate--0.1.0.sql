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
  sha256 text NOT NULL,
  checksum text NOT NULL,
  text text,
  migration text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  purged_at timestamptz,
  PRIMARY KEY (sha256)
);
COMMENT ON TABLE migrate.script IS 'Every text that was ever loaded or applied, kept for ever. May hold secrets: readable by the owner only.';
COMMENT ON COLUMN migrate.script.sha256 IS 'SHA-256 in hex of the exact bytes, in the encoding of the database that loaded it.';
COMMENT ON COLUMN migrate.script.checksum IS
  'SHA-256 in hex of the normal form: no byte order mark, section lines, blanks or carriage returns at line ends, or empty lines at the end.';
COMMENT ON COLUMN migrate.script.text IS 'The text as it was loaded; null after migrate_repair(migration, ''purge text'').';
COMMENT ON COLUMN migrate.script.migration IS 'The migration that it was loaded for.';
COMMENT ON COLUMN migrate.script.added_at IS 'When it was first loaded.';
COMMENT ON COLUMN migrate.script.purged_at IS 'When the text was purged.';

CREATE TABLE migrate.history (
  id bigint GENERATED ALWAYS AS IDENTITY,
  event text NOT NULL CHECK (event OPERATOR(pg_catalog.=) ANY
    (ARRAY['start', 'statement', 'apply', 'rollback', 'fail', 'baseline', 'adopt', 'repair'])),
  version text NOT NULL,
  name text NOT NULL,
  checksum text,
  sha256 text,
  down_checksum text,
  down_sha256 text,
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
  script_sha256 text,
  unsure boolean,
  line integer,
  locks jsonb,
  changes integer,
  PRIMARY KEY (id)
);
COMMENT ON TABLE migrate.history IS 'What happened, one row per event, appended only. Messages may hold data: readable by the owner only.';
COMMENT ON COLUMN migrate.history.id IS 'Order of the events.';
COMMENT ON COLUMN migrate.history.event IS
  'start, statement (after each non-transactional one), apply, rollback, fail, baseline, adopt or repair.';
COMMENT ON COLUMN migrate.history.version IS 'Version of the migration; empty for a plain name.';
COMMENT ON COLUMN migrate.history.name IS 'Name of the migration; empty for a bare number.';
COMMENT ON COLUMN migrate.history.checksum IS 'Checksum of the up script at that time.';
COMMENT ON COLUMN migrate.history.sha256 IS 'SHA-256 of its exact bytes, by which migrate.script has it.';
COMMENT ON COLUMN migrate.history.down_checksum IS 'Checksum of the down script at that time; null if there was none.';
COMMENT ON COLUMN migrate.history.down_sha256 IS 'SHA-256 of its exact bytes.';
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
COMMENT ON COLUMN migrate.history.message IS 'Message of a failure, the action of a repair, whose history was adopted, or how it ran otherwise than its text says.';
COMMENT ON COLUMN migrate.history.detail IS 'Detail of a failure, as the server gave it.';
COMMENT ON COLUMN migrate.history.server_version IS 'Version of the server.';
COMMENT ON COLUMN migrate.history.action IS 'Of a start, statement, fail or resuming repair: whether it was applied or rolled back.';
COMMENT ON COLUMN migrate.history.script_sha256 IS 'Of those: SHA-256 of the exact bytes of the script that ran.';
COMMENT ON COLUMN migrate.history.unsure IS 'Of those: whether the statement after the counted ones may stay, too.';
COMMENT ON COLUMN migrate.history.line IS 'Of those: line of the statement after the counted ones; null if there is none or it was not reached.';
COMMENT ON COLUMN migrate.history.locks IS
  'Which strong locks it held on tables that were there before it, and for how many milliseconds: [{"table", "lock", "ms"}]. Null if there was none, or if the transaction held more than 1000 locks.';
COMMENT ON COLUMN migrate.history.changes IS
  'How many changes to the schema migrate.change has of it; null if they were not recorded, or of another event than start, statement, apply and rollback.';

CREATE TABLE migrate.definition (
  sha256 text NOT NULL,
  definition text,
  PRIMARY KEY (sha256)
);
COMMENT ON TABLE migrate.definition IS
  'How objects of the schema were or are defined, each definition once. May hold secrets, as scripts do: readable by the owner only.';
COMMENT ON COLUMN migrate.definition.sha256 IS 'SHA-256 in hex of the definition.';
COMMENT ON COLUMN migrate.definition.definition IS
  'The statements that make the object, as migrate_schema() shows them; null after migrate_repair(migration, ''purge text'').';

CREATE TABLE migrate.change (
  event bigint NOT NULL,
  number integer NOT NULL,
  action text NOT NULL CHECK (action OPERATOR(pg_catalog.=) ANY (ARRAY['created', 'altered', 'dropped'])),
  class text NOT NULL,
  schema text,
  name text NOT NULL,
  identity text NOT NULL,
  old_identity text,
  before_sha256 text,
  after_sha256 text,
  line integer,
  line_column integer,
  bytes integer,
  PRIMARY KEY (event, number)
);
COMMENT ON TABLE migrate.change IS 'What migrations did to the schema, one row per object and event.';
COMMENT ON COLUMN migrate.change.event IS 'The event in migrate.history.';
COMMENT ON COLUMN migrate.change.number IS 'Order in the event: by statement.';
COMMENT ON COLUMN migrate.change.action IS 'created, altered or dropped.';
COMMENT ON COLUMN migrate.change.class IS 'Kind of object, as pg_identify_object() has it.';
COMMENT ON COLUMN migrate.change.schema IS 'Its schema; null if it is in none.';
COMMENT ON COLUMN migrate.change.name IS 'Its name, without quotes.';
COMMENT ON COLUMN migrate.change.identity IS 'Its identity, as pg_identify_object() has it, afterwards if it has one then.';
COMMENT ON COLUMN migrate.change.old_identity IS 'The one before, if that was another; null if not.';
COMMENT ON COLUMN migrate.change.before_sha256 IS 'Its definition before, by which migrate.definition has it; null if it was created, or if there is no telling.';
COMMENT ON COLUMN migrate.change.after_sha256 IS 'Its definition afterwards; null if it was dropped.';
COMMENT ON COLUMN migrate.change.line IS
  'Line of the file on which the statement begins that did it; null if it only shows the new name of something else.';
COMMENT ON COLUMN migrate.change.line_column IS 'Column of that line, from 1.';
COMMENT ON COLUMN migrate.change.bytes IS 'Length of that statement.';

CREATE TABLE migrate.migration (
  id bigint GENERATED ALWAYS AS IDENTITY,
  version text NOT NULL,
  name text NOT NULL,
  sort_key text COLLATE pg_catalog."C" NOT NULL,
  checksum text NOT NULL,
  sha256 text NOT NULL,
  down_checksum text,
  down_sha256 text,
  verify_checksum text,
  verify_sha256 text,
  options jsonb NOT NULL,
  source text NOT NULL,
  absent boolean NOT NULL DEFAULT false,
  added_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  added_by name NOT NULL,
  applied_event bigint,
  applied_checksum text,
  applied_sha256 text,
  accepted_down text,
  unfinished_event bigint,
  PRIMARY KEY (version, name)
);
-- An apply reads what is pending or changed, and where the newest applied stands, whatever the
-- length of the history. More indexes would cost every event more than they save a lookup.
CREATE INDEX migration_pending_idx ON migrate.migration (id) WHERE applied_event IS NULL;
CREATE INDEX migration_changed_idx ON migrate.migration (id) WHERE applied_checksum OPERATOR(pg_catalog.<>) checksum;
CREATE INDEX migration_unfinished_idx ON migrate.migration (id) WHERE unfinished_event IS NOT NULL;
CREATE INDEX migration_missing_idx ON migrate.migration (id) WHERE absent AND applied_checksum IS NOT NULL;
CREATE INDEX migration_repeatable_idx ON migrate.migration (id) WHERE options OPERATOR(pg_catalog.?) 'repeatable';
CREATE INDEX migration_replacing_idx ON migrate.migration (id) WHERE options OPERATOR(pg_catalog.?) 'replaces';
CREATE INDEX migration_expecting_idx ON migrate.migration (id) WHERE options OPERATOR(pg_catalog.?) 'expects';
CREATE INDEX migration_newest_idx
  ON migrate.migration (sort_key, name COLLATE pg_catalog."C", version COLLATE pg_catalog."C")
  WHERE applied_event IS NOT NULL;
COMMENT ON TABLE migrate.migration IS 'The migration set: every migration that this database knows, applied or not.';
COMMENT ON COLUMN migrate.migration.id IS 'Order of addition; it orders plain names.';
COMMENT ON COLUMN migrate.migration.version IS 'What stands before the name; empty for a plain name.';
COMMENT ON COLUMN migrate.migration.name IS 'Name; empty for a bare number. Identity is version and name together.';
COMMENT ON COLUMN migrate.migration.sort_key IS 'Byte order of it is the order of the migrations.';
COMMENT ON COLUMN migrate.migration.checksum IS 'Checksum of the up script.';
COMMENT ON COLUMN migrate.migration.sha256 IS 'SHA-256 of its exact bytes, by which migrate.script has it.';
COMMENT ON COLUMN migrate.migration.down_checksum IS 'Checksum of the down script; null if there is none.';
COMMENT ON COLUMN migrate.migration.down_sha256 IS 'SHA-256 of its exact bytes.';
COMMENT ON COLUMN migrate.migration.verify_checksum IS 'Checksum of the verify script; null if there is none.';
COMMENT ON COLUMN migrate.migration.verify_sha256 IS 'SHA-256 of its exact bytes.';
COMMENT ON COLUMN migrate.migration.options IS
  'What loading found: up, down, verify (line, statements, not_transactional, each_alone, errors_only, lock_timeout, statement_timeout), reversible, irreversible_why, requires, tags, replaces, repeatable, order (the version it is ordered by), placeholders, metadata.';
COMMENT ON COLUMN migrate.migration.source IS 'Where it was loaded from last.';
COMMENT ON COLUMN migrate.migration.absent IS 'Gone from its source when that was loaded again.';
COMMENT ON COLUMN migrate.migration.added_at IS 'When it was added, or its text replaced.';
COMMENT ON COLUMN migrate.migration.added_by IS 'Role that added it, or replaced its text: what it runs is theirs.';
COMMENT ON COLUMN migrate.migration.applied_event IS 'The event in migrate.history that made it applied; null if it is not.';
COMMENT ON COLUMN migrate.migration.applied_checksum IS 'Checksum of the up script that is applied; null if none is.';
COMMENT ON COLUMN migrate.migration.applied_sha256 IS 'SHA-256 of its exact bytes.';
COMMENT ON COLUMN migrate.migration.accepted_down IS 'SHA-256 of the down script accepted by migrate_repair(migration, ''accept down'').';
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
  failure bigint,
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
COMMENT ON COLUMN migrate.job.failure IS 'The event in migrate.history that says which migration failed, where and why; null if none did.';

CREATE TABLE migrate.guard (
  mode text NOT NULL CHECK (mode OPERATOR(pg_catalog.=) ANY (ARRAY['off', 'record', 'warn', 'block'])),
  set_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  set_by name NOT NULL,
  only_row boolean NOT NULL DEFAULT true CHECK (only_row),
  PRIMARY KEY (only_row)
);
COMMENT ON TABLE migrate.guard IS
  'The mode of migrate_guard(): no row before the first call. Not dumped: a restored database starts with off.';
COMMENT ON COLUMN migrate.guard.mode IS 'off, record, warn or block.';
COMMENT ON COLUMN migrate.guard.set_at IS 'When it was set.';
COMMENT ON COLUMN migrate.guard.set_by IS 'Role that set it.';
COMMENT ON COLUMN migrate.guard.only_row IS 'Always true: there can be one row.';

CREATE TABLE migrate.outside (
  id bigint NOT NULL DEFAULT pg_catalog.nextval('migrate.history_id_seq'),
  command text NOT NULL,
  class text,
  identity text,
  old_identity text,
  session_user_name name NOT NULL DEFAULT SESSION_USER,
  current_user_name name NOT NULL,
  client_address inet DEFAULT pg_catalog.inet_client_addr(),
  application_name text,
  occurred_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (id)
);
COMMENT ON TABLE migrate.outside IS
  'DDL outside of migrate that the guard has recorded, one row per object. The owner may delete what is old.';
COMMENT ON COLUMN migrate.outside.id IS 'Order of the events, those of migrate.history among them.';
COMMENT ON COLUMN migrate.outside.command IS 'Kind of command, such as ALTER TABLE; its text is not kept, for it may hold secrets.';
COMMENT ON COLUMN migrate.outside.class IS 'Class of the object, as pg_identify_object() has it; null if the server names none.';
COMMENT ON COLUMN migrate.outside.identity IS 'Identity of the object, likewise.';
COMMENT ON COLUMN migrate.outside.old_identity IS 'The one before, if the command gave it another name; null if not.';
COMMENT ON COLUMN migrate.outside.session_user_name IS 'Role that logged in.';
COMMENT ON COLUMN migrate.outside.current_user_name IS 'Role that the command ran as.';
COMMENT ON COLUMN migrate.outside.client_address IS 'Address of the client; null for a Unix socket.';
COMMENT ON COLUMN migrate.outside.application_name IS 'Name that the client gave itself: a claim, not a proof.';
COMMENT ON COLUMN migrate.outside.occurred_at IS 'When the command had done its work.';

CREATE TABLE migrate.base (
  event bigint NOT NULL,
  major integer NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  taken_by name NOT NULL,
  only_row boolean NOT NULL DEFAULT true CHECK (only_row),
  PRIMARY KEY (only_row)
);
COMMENT ON TABLE migrate.base IS
  'When the whole schema was noted, which migrate_drift() moves forward by what migrations are recorded to have done. No row before the first migration ran.';
COMMENT ON COLUMN migrate.base.event IS 'The last event in migrate.history and migrate.outside before that.';
COMMENT ON COLUMN migrate.base.major IS 'Major version of the server that wrote the definitions.';
COMMENT ON COLUMN migrate.base.taken_at IS 'When it was noted.';
COMMENT ON COLUMN migrate.base.taken_by IS 'Role that ran the migration, or called migrate_drift(''accept'').';
COMMENT ON COLUMN migrate.base.only_row IS 'Always true: there can be one row.';

CREATE TABLE migrate.base_object (
  class text NOT NULL,
  schema text,
  name text NOT NULL,
  identity text NOT NULL,
  sha256 text NOT NULL,
  PRIMARY KEY (class, identity)
);
COMMENT ON TABLE migrate.base_object IS 'The objects that there were then, one row each, as migrate_schema() shows them.';
COMMENT ON COLUMN migrate.base_object.class IS 'Kind of object, as pg_identify_object() has it.';
COMMENT ON COLUMN migrate.base_object.schema IS 'Its schema; null if it is in none.';
COMMENT ON COLUMN migrate.base_object.name IS 'Its name, without quotes.';
COMMENT ON COLUMN migrate.base_object.identity IS 'Its identity, as pg_identify_object() has it.';
COMMENT ON COLUMN migrate.base_object.sha256 IS 'Its definition, by which migrate.definition has it.';

CREATE TABLE migrate.kept (
  id bigint GENERATED ALWAYS AS IDENTITY,
  event bigint NOT NULL,
  version text NOT NULL,
  name text NOT NULL,
  class text NOT NULL,
  identity text NOT NULL,
  kept_as name,
  rows bigint NOT NULL,
  bytes bigint NOT NULL,
  checksum text NOT NULL,
  key text[] NOT NULL,
  columns text[] NOT NULL,
  last_value bigint,
  is_called boolean,
  identity_after text,
  columns_after text[],
  kept_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (id)
);
COMMENT ON TABLE migrate.kept IS
  'What migrations dropped while migrate.keep_dropped was on, one row per table, column and sequence; the values of columns that got another type; the rows that they changed of tables named by -- migrate:keep-rows. The rows are in schema migrate_kept until a rollback brings them back, or migrate_repair(migration, ''free kept'').';
COMMENT ON COLUMN migrate.kept.id IS 'Order in which it was kept.';
COMMENT ON COLUMN migrate.kept.event IS 'The event in migrate.history.';
COMMENT ON COLUMN migrate.kept.version IS 'Version of the migration.';
COMMENT ON COLUMN migrate.kept.name IS 'Name of the migration.';
COMMENT ON COLUMN migrate.kept.class IS 'table, table column or sequence; rows, of a table that stays.';
COMMENT ON COLUMN migrate.kept.identity IS 'Its identity before the migration, as pg_identify_object() has it.';
COMMENT ON COLUMN migrate.kept.kept_as IS 'The table in schema migrate_kept; null if there was no row, and of a sequence.';
COMMENT ON COLUMN migrate.kept.rows IS 'How many rows were kept.';
COMMENT ON COLUMN migrate.kept.bytes IS 'Size of the table that they came from, in bytes.';
COMMENT ON COLUMN migrate.kept.checksum IS 'Sum of the hashes of the rows, in hex; empty for a sequence.';
COMMENT ON COLUMN migrate.kept.key IS 'Of a column, and of rows: the columns that tell the rows apart.';
COMMENT ON COLUMN migrate.kept.columns IS
  'What the columns of the table in migrate_kept were called before the migration; empty for one that the migration made.';
COMMENT ON COLUMN migrate.kept.last_value IS 'Of a sequence: where it stood.';
COMMENT ON COLUMN migrate.kept.is_called IS 'Of a sequence: whether it had returned that value.';
COMMENT ON COLUMN migrate.kept.identity_after IS
  'Of rows that were changed, and of a column that got another type: the table as the migration left it; null if it is gone.';
COMMENT ON COLUMN migrate.kept.columns_after IS
  'What its columns were called then; empty for one that is gone. Null for what was dropped. The table in migrate_kept has one column more: a hash of each value as the migration left it, null for a row that it deleted.';
COMMENT ON COLUMN migrate.kept.kept_at IS 'When it was dropped.';

CREATE TABLE migrate.approval (
  id bigint GENERATED ALWAYS AS IDENTITY,
  plan_hash text NOT NULL,
  rest_hash text,
  note text,
  session_user_name name NOT NULL,
  session_user_oid oid NOT NULL,
  current_user_name name NOT NULL,
  current_user_oid oid NOT NULL,
  approved_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (id)
);
COMMENT ON TABLE migrate.approval IS
  'Which plans may be applied where migrate.require_approval is on, one row per call of migrate_approve(). Not dumped: what was approved here is not approved where the dump is restored.';
COMMENT ON COLUMN migrate.approval.id IS 'Order of approval.';
COMMENT ON COLUMN migrate.approval.plan_hash IS 'The plan, as migrate_plan_hash() returned it.';
COMMENT ON COLUMN migrate.approval.rest_hash IS 'Hash of what is left of it; null when all of it is applied.';
COMMENT ON COLUMN migrate.approval.note IS 'What was said with it.';
COMMENT ON COLUMN migrate.approval.session_user_name IS 'Role that was logged in.';
COMMENT ON COLUMN migrate.approval.session_user_oid IS 'Its number: another role of that name is another role.';
COMMENT ON COLUMN migrate.approval.current_user_name IS 'Role that approved.';
COMMENT ON COLUMN migrate.approval.current_user_oid IS 'Its number.';
COMMENT ON COLUMN migrate.approval.approved_at IS 'When.';

CREATE TABLE migrate.proof (
  id bigint GENERATED ALWAYS AS IDENTITY,
  version text NOT NULL,
  name text NOT NULL,
  up_checksum text NOT NULL,
  down_checksum text,
  schema_hash text NOT NULL,
  server_major integer NOT NULL,
  rows text NOT NULL,
  verdict text NOT NULL,
  detail text,
  proved_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  proved_by name NOT NULL,
  brought_by name,
  PRIMARY KEY (id)
);
CREATE INDEX ON migrate.proof (version, name);
COMMENT ON TABLE migrate.proof IS
  'What migrate_prove() found out, one row per migration and call; and proofs that were made elsewhere and loaded. The newest one of the same texts on the same major version of the server counts. Not dumped: it is no proof of where the dump is restored.';
COMMENT ON COLUMN migrate.proof.id IS 'Order in which it was recorded.';
COMMENT ON COLUMN migrate.proof.version IS 'Version of the migration.';
COMMENT ON COLUMN migrate.proof.name IS 'Name of the migration.';
COMMENT ON COLUMN migrate.proof.up_checksum IS 'Checksum of the up script.';
COMMENT ON COLUMN migrate.proof.down_checksum IS 'Checksum of the down script; null where the way back was generated.';
COMMENT ON COLUMN migrate.proof.schema_hash IS 'Hash of the schema before the migration, see migrate_schema_hash().';
COMMENT ON COLUMN migrate.proof.server_major IS 'Major version of the server that it was proved on.';
COMMENT ON COLUMN migrate.proof.rows IS 'with rows, or empty if a table that the migration changes had no row.';
COMMENT ON COLUMN migrate.proof.verdict IS 'As migrate_prove() returned it.';
COMMENT ON COLUMN migrate.proof.detail IS 'As migrate_prove() returned it.';
COMMENT ON COLUMN migrate.proof.proved_at IS 'When it was proved.';
COMMENT ON COLUMN migrate.proof.proved_by IS 'Role that proved it.';
COMMENT ON COLUMN migrate.proof.brought_by IS 'Role that loaded it from elsewhere; null for what was proved here.';

CREATE TABLE migrate.probe (
  name text NOT NULL,
  query text NOT NULL,
  max_slowdown double precision NOT NULL,
  added_by name NOT NULL,
  added_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (name)
);
COMMENT ON TABLE migrate.probe IS 'Queries that must not get slower, which are measured around each migration: see migrate_probe().';
COMMENT ON COLUMN migrate.probe.name IS 'What messages call it.';
COMMENT ON COLUMN migrate.probe.query IS 'One SELECT, which runs as whoever applies.';
COMMENT ON COLUMN migrate.probe.max_slowdown IS 'How much slower it may get by one migration, in percent.';
COMMENT ON COLUMN migrate.probe.added_by IS 'Role that added it, or replaced it last.';
COMMENT ON COLUMN migrate.probe.added_at IS 'When.';

CREATE TABLE migrate.probe_result (
  event bigint NOT NULL,
  probe text NOT NULL,
  max_slowdown double precision NOT NULL,
  before_ms double precision,
  after_ms double precision,
  plan_before text,
  plan_after text,
  before_note text,
  after_note text,
  PRIMARY KEY (event, probe)
);
COMMENT ON TABLE migrate.probe_result IS 'How the probes did around each migration.';
COMMENT ON COLUMN migrate.probe_result.event IS 'The event in migrate.history: apply, or fail.';
COMMENT ON COLUMN migrate.probe_result.probe IS 'Name of the probe.';
COMMENT ON COLUMN migrate.probe_result.max_slowdown IS 'How much slower it was allowed to get, in percent.';
COMMENT ON COLUMN migrate.probe_result.before_ms IS 'Milliseconds before the migration, the median of some runs; null if it was not measured.';
COMMENT ON COLUMN migrate.probe_result.after_ms IS 'Milliseconds behind the migration, likewise.';
COMMENT ON COLUMN migrate.probe_result.plan_before IS 'The plan before the migration, as EXPLAIN (COSTS OFF) shows it.';
COMMENT ON COLUMN migrate.probe_result.plan_after IS 'The plan behind it, likewise.';
COMMENT ON COLUMN migrate.probe_result.before_note IS 'Why it was not measured before.';
COMMENT ON COLUMN migrate.probe_result.after_note IS 'Why it was not measured behind the migration.';

-- Nobody but its owner may look into it: rows have the rights of the table that they came from, which is gone.
CREATE SCHEMA migrate_kept;
COMMENT ON SCHEMA migrate_kept IS 'Rows that migrations dropped while migrate.keep_dropped was on; migrate.kept lists them.';

SELECT pg_catalog.pg_extension_config_dump('migrate.script', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.job', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.job_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.history', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.history_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.definition', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.change', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.migration', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.migration_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.schema_version', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.outside', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.base', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.base_object', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.kept', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.kept_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.probe', '');
SELECT pg_catalog.pg_extension_config_dump('migrate.probe_result', '');

-- Getting migrations in

CREATE FUNCTION @extschema@.migrate_add(name text, up text, down text DEFAULT NULL, verify text DEFAULT NULL)
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_add';
COMMENT ON FUNCTION @extschema@.migrate_add(text, text, text, text) IS
  'Registers one migration, named as its file ("0003_add_email"). Action: added, unchanged, replaced (pending, new text) or changed (applied, new text: stops apply until repaired).';

CREATE FUNCTION @extschema@.migrate_run(name text, up text, down text DEFAULT NULL, verify text DEFAULT NULL)
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_run';
COMMENT ON FUNCTION @extschema@.migrate_run(text, text, text, text) IS
  'Registers one migration and applies it alone, in the caller''s transaction; older ones that are pending are named in a notice. Action: applied, unchanged (it is applied with this text), replaced (likewise, with a new down or verify script), or registered (it refuses a transaction: detail names the call that runs it). Raises MG002 if it is applied with another text, MG006 if it is out of order; both name the next free version.';

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
RETURNS TABLE (version text, name text, status text, applied_at timestamptz, note text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_status';
COMMENT ON FUNCTION @extschema@.migrate_status() IS
  'One row per migration, in order. Status: applied, pending, out of order, changed, absent, missing, baseline, skipped (for other environments), hook, failed or partial. applied_at: when it was applied, in whole seconds; null if it is not. Note: what is not ordinary, in a few words, and how many changes to the schema are recorded; of the newest also how many objects the guard has seen changed outside of migrations (drifted). migrate_show() tells all of one migration.';

CREATE FUNCTION @extschema@.migrate_report(format text DEFAULT 'html')
RETURNS text
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_report';
COMMENT ON FUNCTION @extschema@.migrate_report(text) IS
  'All of it as one document: html, a page without scripts that asks nobody for anything; markdown, the same for a repository, equal as long as nothing has changed; or json. Where the database stands, what comes next, what failed, drift, durations, locks, growth of the schema, and what each of the newest 200 migrations changed; times in UTC. Messages are shown to those who may read migrate.history, definitions and header lines to those who may read migrate.script.';

CREATE FUNCTION @extschema@.migrate_types(schemas text[] DEFAULT NULL, language text DEFAULT 'typescript')
RETURNS text
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_types';
COMMENT ON FUNCTION @extschema@.migrate_types(text[], text) IS
  'Types for an application, of the tables, views, functions, enums and composite types in the schemas named, by default in public; in TypeScript, as the Supabase CLI generates them for a database URL: format the text, and it is the same. Read from the catalogs as the caller sees them; no data is read. Raises 3F000 if a schema does not exist, 22023 for another language.';

CREATE FUNCTION @extschema@.migrate_show(migration text)
RETURNS TABLE (property text, value text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_show';
COMMENT ON FUNCTION @extschema@.migrate_show(text) IS
  'All that is known of one migration: a row for each property that it has, several where there are several remarks. A version that several share shows each. duration_ms is in milliseconds, checksums are SHA-256 in hex. Why a run failed is shown to those who may read migrate.history. Raises 42704 if it is unknown, 42725 if the name is ambiguous.';

CREATE FUNCTION @extschema@.migrate_text(migration text, section text DEFAULT 'up', rewrite boolean DEFAULT false)
RETURNS TABLE (line integer, mark text, text text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_text';
COMMENT ON FUNCTION @extschema@.migrate_text(text, text, boolean) IS
  'A text of a migration, a row for each line, numbered as in its file. Section: up, down (the one that a rollback would run; of a migration without one its recorded changes taken back, which is tried and undone, so not in a read-only transaction: 25006; with rewrite as migrate_rollback does) or verify. Of the up text of a changed migration: the first lines that differ, mark - as it was applied, mark + as it is loaded. Needs SELECT on migrate.script (42501). Raises 42704 if it is unknown, 42725 if several are meant, 55000 if it has no such text or that was purged.';

CREATE FUNCTION @extschema@.migrate_plan(target text DEFAULT NULL)
RETURNS TABLE (step integer, action text, version text, name text, detail text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_plan';
COMMENT ON FUNCTION @extschema@.migrate_plan(text) IS
  'The steps from here to the target (default: all that is pending; an applied target: what rolling back to it does). Action: apply, roll back, baseline (recorded only), or refuse. Detail: why; whose text it is if not the caller''s. No row if nothing is to do.';

CREATE FUNCTION @extschema@.migrate_plan_hash(target text DEFAULT NULL)
RETURNS text
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_plan_hash';
COMMENT ON FUNCTION @extschema@.migrate_plan_hash(text) IS
  'The hash of that plan, 64 hex digits: over the exact bytes of all that it would run, in order. The same plan has the same hash anywhere. migrate_apply(expected_plan => ...) takes it.';

-- All that is known of a statement is one jsonb, and null unless it is asked for: without it a row fits a screen.
CREATE FUNCTION @extschema@.migrate_explain(target text DEFAULT NULL, details boolean DEFAULT false, allow_effects boolean DEFAULT false)
RETURNS TABLE (version text, name text, line integer, statement text, duration_ms double precision, verdict text, seen jsonb)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_explain';
COMMENT ON FUNCTION @extschema@.migrate_explain(text, boolean, boolean) IS
  'Tries all that is pending, up to and with the target (default: all), undoes it, and tells what each statement would do to others. Verdict: safe, brief lock (shorter than migrate.brief_lock), blocks writes or blocks reads, each with rewrites and destroys data where it does so; estimated where it was not run; fails with SQLSTATE and message; not tried, and why. Seen, with details: advice, locks and how long they are held, rows changed, tables rewritten and scanned, indexes, objects, what is destroyed. It holds locks until it ends, those that block others for at most migrate.explain_hold. What no transaction undoes is not tried unless allow_effects is true. On a standby and in a read-only transaction all is estimated. Who can''t read migrate.script sees no text of a statement but its kind.';

CREATE FUNCTION @extschema@.migrate_lint(migration text DEFAULT NULL)
RETURNS TABLE (version text, name text, line integer, rule text, level text, message text, fix text, page text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_lint';
COMMENT ON FUNCTION @extschema@.migrate_lint(text) IS
  'What is risky in the up scripts of pending migrations, or in one, without running anything. Level: error (it fails, or holds others up for as long as its table is large), warning (it breaks what still uses the old schema, loses data, or is not what it seems), info (it can be done better). Fix: what to do instead. Page: where the documentation explains the rule. Where the catalogs know better than the text, they are asked. "-- migrate:nolint RULE REASON" in the file exempts it from a rule. Needs SELECT on migrate.script. With migrate.lint = notice or block the calls that apply say the same of errors and warnings, or refuse.';

CREATE FUNCTION @extschema@.migrate_health(schemas text[] DEFAULT NULL, deep boolean DEFAULT false)
RETURNS TABLE (rule text, level text, object text, message text, fix text, page text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_health';
COMMENT ON FUNCTION @extschema@.migrate_health(text[], boolean) IS
  'What is wrong with this database, or with some schemas of it, as it is now: keys, indexes, row security, rights, functions, sequences, extensions, migrations, drift; and counts by kind. Level: error (it fails, loses data or shows it to others, now or soon), warning (it is not what it seems, or will hurt), info (it can be done better). Fix: what to do. Page: where the documentation explains the rule. Reads catalogs and statistics only, as far as the caller may. With deep it also scans for rows that break foreign keys and NOT VALID constraints, and compiles functions, as the owners of those, within migrate.lock_timeout and migrate.statement_timeout; skipped names what it could not look at. Objects of extensions and temporary ones are left out.';

CREATE FUNCTION @extschema@.migrate_history(since timestamptz DEFAULT NULL, limit_rows integer DEFAULT NULL)
RETURNS TABLE (id bigint, event text, version text, name text, occurred_at timestamptz, actor name, note text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_history';
COMMENT ON FUNCTION @extschema@.migrate_history(timestamptz, integer) IS
  'Events at or after since (default: all), newest first, at most limit_rows of them (default: all; 22023 below 1). occurred_at: in whole seconds. Actor: the role that it ran as. Note: how long it took, in milliseconds, and how many changes to the schema are recorded; of a failure its SQLSTATE and line; of a statement how many are done; of a repair its action; of DDL outside of migrate, whose name is that of the object, its command. Table migrate.history has the rest.';

CREATE FUNCTION @extschema@.migrate_schema(schemas text[] DEFAULT NULL)
RETURNS TABLE (class text, schema text, name text, identity text, definition text, hash text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_schema';
COMMENT ON FUNCTION @extschema@.migrate_schema(text[]) IS
  'The schema of this database, one row per object (default: all; else what is in these schemas, and they themselves). Class and identity are those of pg_identify_object(). Definition: the statements that make the object, with owner, privileges and comment; it does not depend on the session. Hash: the first 12 hex digits of the SHA-256 of a line with the server''s major version and the definition. Members of extensions and temporary objects are left out; values of options that may be secrets are ***. Raises 42704 for an unknown schema.';

CREATE FUNCTION @extschema@.migrate_schema_hash(schemas text[] DEFAULT NULL)
RETURNS text
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_schema_hash';
COMMENT ON FUNCTION @extschema@.migrate_schema_hash(text[]) IS
  'One SHA-256, 64 hex digits, over all that migrate_schema() shows: equal exactly when the schemas are equal. Raises 42704 for an unknown schema.';

CREATE FUNCTION @extschema@.migrate_changes(migration text DEFAULT NULL)
RETURNS TABLE (id bigint, version text, name text, event text, action text, class text, identity text, line integer, before text, after text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_changes';
COMMENT ON FUNCTION @extschema@.migrate_changes(text) IS
  'What each migration (default: all) did to the schema, in the order in which it happened: one row per object. Id: the event in migrate_history(). Event: apply or rollback. Action: created, altered or dropped. Line: where the statement begins that did it; null if the object only shows the new name of another. Before and after: the definitions, null for whoever may not read migrate.script. Raises 42704 for an unknown migration.';

CREATE FUNCTION @extschema@.migrate_diff(other jsonb, schemas text[] DEFAULT NULL, ignore text[] DEFAULT NULL)
RETURNS TABLE (difference text, class text, identity text, here text, there text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_diff';
COMMENT ON FUNCTION @extschema@.migrate_diff(jsonb, text[], text[]) IS
  'What differs between this database''s schema and another one''s, one row per object, in the order of migrate_schema(). Other: SELECT jsonb_agg(s) FROM migrate_schema() s, taken there. Difference: only here, only there, differs, not comparable (the other server has another major version and writes the definition in another way), or role missing (the other schema names a role that does not exist here). Here, there: the definition; of what is in both the statements that differ. Schemas: only what is in these. Ignore: column order, owners, grants, comments. Raises 22023 for what is no snapshot or was edited, 42704 for a schema that is on neither side.';

CREATE FUNCTION @extschema@.migrate_generate(name text, wanted text DEFAULT NULL, snapshot jsonb DEFAULT NULL, drift text DEFAULT NULL, schemas text[] DEFAULT NULL, ignore text[] DEFAULT NULL, dry_run boolean DEFAULT false, allow_drop boolean DEFAULT false)
RETURNS TABLE (version text, name text, action text, section text, text text)
LANGUAGE c AS 'MODULE_PATHNAME', 'migrate_generate';
COMMENT ON FUNCTION @extschema@.migrate_generate(text, text, jsonb, text, text[], text[], boolean, boolean) IS
  'Registers the migration that leads from this database''s schema to the wanted one, and back, under the next version; a row for each section of it, none if nothing differs. Wanted: SQL that makes the whole schema; or snapshot: SELECT jsonb_agg(s) FROM migrate_schema() s, taken in another database; or drift: ''revert'' to bring this database back to what its history has made, ''keep'' to record as applied what was done by hand (action kept; for the owner). Both ways are tried out in a scratch database, which is dropped; needs CREATEDB. Schemas: only what is in these (default: those in which wanted makes objects, or that snapshot has; with drift: all). Ignore: owners, grants, comments; the order of columns never counts. Dry_run: only shows it. Allow_drop: also if a schema is dropped, or more than is created (else MG010). Asks (42725) whether what goes and comes in the same shape is renamed: say so by a line -- migrate:renamed old new, or -- migrate:not-renamed old new, in wanted. Raises 42501 without CREATEDB, 53300 and 53400 without a free connection or worker, 55000 if no way is found, or if there is no telling what drift is; what is wrong with wanted has its own SQLSTATE, line and column.';

CREATE FUNCTION @extschema@.migrate_squash(upto text, dry_run boolean DEFAULT false)
RETURNS TABLE (version text, name text, action text, verdict text, section text, text text)
LANGUAGE c AS 'MODULE_PATHNAME', 'migrate_squash';
COMMENT ON FUNCTION @extschema@.migrate_squash(text, boolean) IS
  'Registers one migration, squash_to_… under the next version, that stands for all up to that one (-- migrate:replaces): a new database runs it instead of them, this one records it as a baseline with the next apply. Rows: section up with its text, replaces with the migrations that it stands for, remark for each thing to know, such as statements that may have changed rows. The migrations are run in a scratch database, which is dropped (needs CREATEDB); so is the text, and verdict says proven where both leave the same schema and rows, else unproven, with a row of section unproven for each difference. Dry_run: only shows it. Raises 42704 for an unknown migration, 22023 for a repeatable one or one without a version, 55000 for what is pending, failed, partial, for some environments only or gone, where there is nothing to squash, and where it would be unproven; MG002 for a changed text; 25001 for a statement that refuses a transaction; 42501 without CREATEDB.';

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

CREATE FUNCTION @extschema@.migrate_require(migration text DEFAULT NULL, newest boolean DEFAULT false)
RETURNS void
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_require';
COMMENT ON FUNCTION @extschema@.migrate_require(text, boolean) IS
  'Raises MG005 unless that migration is applied or baselined. Null reads the setting migrate.required; if that is empty, nothing may be pending. With newest it raises MG008 if a newer one is applied, too.';

CREATE FUNCTION @extschema@.migrate_progress()
RETURNS TABLE (job bigint, pid integer, role name, action text, version text, name text, step integer, steps integer, statement integer, statements integer, elapsed_ms double precision, share double precision, waiting_for text, blockers text, bar text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_progress';
COMMENT ON FUNCTION @extschema@.migrate_progress() IS
  'What runs now, in any session: the migration and its place in the plan, the statement, the time since the call in milliseconds, the estimated share done from 0 to 1, the lock it waits for and who holds it. No row if nothing runs.';

-- Running

CREATE FUNCTION @extschema@.migrate_apply(target text DEFAULT NULL, dry_run boolean DEFAULT false, allow_out_of_order boolean DEFAULT false, expected_plan text DEFAULT NULL, allow_effects boolean DEFAULT false)
RETURNS TABLE (version text, name text, action text, statements integer, duration_ms double precision)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_apply';
COMMENT ON FUNCTION @extschema@.migrate_apply(text, boolean, boolean, text, boolean) IS
  'Applies what is pending up to and with the target, all or nothing, in the caller''s transaction. With expected_plan, all 64 digits of a hash, it refuses (MG004) unless the plan''s hash is that one. A dry run leaves out what no transaction undoes, such as COPY TO PROGRAM, unless allow_effects is true.';

CREATE FUNCTION @extschema@.migrate_rollback(target text DEFAULT NULL, steps integer DEFAULT NULL, dry_run boolean DEFAULT false, rewrite boolean DEFAULT false)
RETURNS TABLE (version text, name text, action text, statements integer, duration_ms double precision)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_rollback';
COMMENT ON FUNCTION @extschema@.migrate_rollback(text, integer, boolean, boolean) IS
  'Rolls back the last applied, that many steps of them, or all that order after the target, which stays; target zero leaves nothing. All or nothing, in the caller''s transaction. Where a generated way back would end with another order of columns, or with a label too many, rewrite => true lets it rewrite tables up to migrate.rewrite_limit.';

CREATE FUNCTION @extschema@.migrate_prove(target text DEFAULT NULL, in_place boolean DEFAULT false, allow_effects boolean DEFAULT false)
RETURNS TABLE (version text, name text, verdict text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_prove';
COMMENT ON FUNCTION @extschema@.migrate_prove(text, boolean, boolean) IS
  'Applies what is pending up to and with the target, rolls each migration back and applies it again, and compares the schema each time: a row for each. In a scratch database that has the schema of this one, and two made-up rows in each table that a migration touches; it is dropped (needs CREATEDB), and no table here is locked. In_place: in this database, with its rows and locks, and all of it is undone. Verdict: exact, equal but for column order, superset (labels of an enum stay), differs, no way back, fails with its message, or not proven; the last, too, where something has effects that no transaction undoes and allow_effects is not true. Detail: script or generated, and the objects that differ, or why. Raises 42501 without CREATEDB, 55000 where the schema can''t be made again, and what an up script fails with.';

CREATE FUNCTION @extschema@.migrate_online(migration text, register boolean DEFAULT false)
RETURNS TABLE (step integer, line integer, kind text, verdict text, note text, text text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_online';
COMMENT ON FUNCTION @extschema@.migrate_online(text, boolean) IS
  'The same change in steps that block nobody for long, made of what the migration was seen to change in a run that is undone: a row for each, whose texts together are the new text. The first row says whether it leads to the same schema: proven, unproven or differs. With register it takes the place of the migration''s text, under the same version.';

CREATE PROCEDURE @extschema@.migrate_up(target text DEFAULT NULL, allow_out_of_order boolean DEFAULT false)
LANGUAGE c AS 'MODULE_PATHNAME', 'migrate_up';
COMMENT ON PROCEDURE @extschema@.migrate_up(text, boolean) IS
  'Applies what is pending up to and with the target, each migration in a transaction of its own, and goes on where an earlier run stopped. Runs statements that refuse a transaction block. 25001 where it can''t commit.';

CREATE PROCEDURE @extschema@.migrate_down(target text DEFAULT NULL, steps integer DEFAULT NULL, rewrite boolean DEFAULT false)
LANGUAGE c AS 'MODULE_PATHNAME', 'migrate_down';
COMMENT ON PROCEDURE @extschema@.migrate_down(text, integer, boolean) IS
  'Rolls back as migrate_rollback does, each migration in a transaction of its own, and goes on where an earlier run stopped.';

CREATE FUNCTION @extschema@.migrate_start(target text DEFAULT NULL, direction text DEFAULT 'up', wait_ms integer DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_start';
COMMENT ON FUNCTION @extschema@.migrate_start(text, text, integer) IS
  'Starts migrate_up (direction up) or migrate_down (down) in a background worker once the caller''s transaction has committed; returns the number of the job, see migrate_job(). The worker has the caller''s role and settings. With wait_ms it starts at once, whatever becomes of that transaction, and the call returns when the job has ended, or after so many milliseconds; 25001 if the transaction has written anything before.';

CREATE FUNCTION @extschema@.migrate_job(id bigint)
RETURNS TABLE (state text, migration text, place text, sqlstate text, message text)
LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'migrate_job';
COMMENT ON FUNCTION @extschema@.migrate_job(bigint) IS
  'How a job of migrate_start() stands or ended, one row. State: queued, running, finished, failed, canceled or lost. Migration and place: where it is, or where it failed. Message: why it failed, for members of the role that it runs as and for those who may read migrate.history. Raises 42704 if there is no such job.';

CREATE FUNCTION @extschema@.migrate_cancel(job bigint)
RETURNS boolean
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_cancel';
COMMENT ON FUNCTION @extschema@.migrate_cancel(bigint) IS
  'Cancels a job: the statement that runs is undone, what was committed before stays. False if the job is over. Who may: as pg_cancel_backend.';

CREATE FUNCTION @extschema@.migrate_approve(plan_hash text, note text DEFAULT NULL)
RETURNS TABLE (plan text, migrations integer, approved_by text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_approve';
COMMENT ON FUNCTION @extschema@.migrate_approve(text, text) IS
  'Approves the plan whose hash migrate_plan_hash(target) returns, for another role to apply where migrate.require_approval is on. Plan: the first digits of the hash; migrations: how many steps it has. It covers what is left of the plan after a failure, and nothing else. It counts for a caller whose session and current user are others than those here, and can''t become them, nor they the caller. Raises MG004 if there is no such plan now.';

CREATE FUNCTION @extschema@.migrate_probe(name text, query text DEFAULT NULL, max_slowdown double precision DEFAULT 20)
RETURNS TABLE (probe text, action text, duration_ms double precision, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_probe';
COMMENT ON FUNCTION @extschema@.migrate_probe(text, text, double precision) IS
  'Adds a query that must not get slower by more than that many percent, or replaces the one of that name; without a query it removes it. Whatever applies migrations measures it before and behind each: as the caller, read-only, each run for at most migrate.probe_timeout. A migration that slows it down, or behind which it fails, is undone (MG017), or reported once it is committed if it can''t be undone. Action: added, replaced, unchanged, removed. Duration_ms and detail: how long it takes now, and the first line of its plan; or why it is not measured.';

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

-- Watching. The event triggers are off, and cost nothing, until migrate_guard() turns them on. What commits before it ends
-- can't be undone at its end, so it is refused at its start.

CREATE FUNCTION @extschema@.migrate_guard(mode text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_guard';
COMMENT ON FUNCTION @extschema@.migrate_guard(text) IS
  'What happens to DDL outside of migrate: off, record (in migrate.outside, which migrate_history() shows), warn (and record) or block (MG009). Without an argument: the mode that is in effect. Sets it for the whole database; 42501 for whoever is not the extension''s owner, 22023 for any other mode.';

CREATE FUNCTION @extschema@.migrate_drift(action text DEFAULT NULL)
RETURNS TABLE (drift text, class text, schema text, name text, identity text, expected text, found text, changed_by name, changed_at timestamptz, command text, event bigint)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_drift';
COMMENT ON FUNCTION @extschema@.migrate_drift(text) IS
  'Each object that differs from what the history has made of the schema. Drift: added, altered, dropped; not comparable (another server version wrote the definition); unknown (a migration of which no changes are recorded). Expected and found: the definitions, null for whoever may not read migrate.script. Changed_by, changed_at and command: who did it, as far as the guard saw it. Event: that in migrate_history() whose migration met it; null for what is so now. Action accept: what is there now is what is expected from now on; returns what was accepted, for the extension''s owner only (42501). Raises 55000 without a base.';

CREATE FUNCTION migrate.migrate_guard_event()
RETURNS event_trigger
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_guard_event';
COMMENT ON FUNCTION migrate.migrate_guard_event() IS 'Of the event triggers of migrate_guard(); not to be called.';

CREATE EVENT TRIGGER migrate_guard ON ddl_command_end EXECUTE FUNCTION migrate.migrate_guard_event();
ALTER EVENT TRIGGER migrate_guard DISABLE;
COMMENT ON EVENT TRIGGER migrate_guard IS 'Sees what is created and altered. Turned on and off by migrate_guard().';
CREATE EVENT TRIGGER migrate_guard_drop ON sql_drop EXECUTE FUNCTION migrate.migrate_guard_event();
ALTER EVENT TRIGGER migrate_guard_drop DISABLE;
COMMENT ON EVENT TRIGGER migrate_guard_drop IS 'Sees what is dropped. Turned on and off by migrate_guard().';
CREATE EVENT TRIGGER migrate_guard_start ON ddl_command_start
  WHEN TAG IN ('CREATE INDEX', 'DROP INDEX', 'ALTER TABLE', 'CREATE SUBSCRIPTION', 'DROP SUBSCRIPTION')
  EXECUTE FUNCTION migrate.migrate_guard_event();
ALTER EVENT TRIGGER migrate_guard_start DISABLE;
COMMENT ON EVENT TRIGGER migrate_guard_start IS
  'Sees what commits before it ends, such as CREATE INDEX CONCURRENTLY. Turned on and off by migrate_guard().';

-- Mending

CREATE FUNCTION @extschema@.migrate_baseline(migration text)
RETURNS TABLE (version text, name text, action text, statements integer, duration_ms double precision)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_baseline';
COMMENT ON FUNCTION @extschema@.migrate_baseline(text) IS
  'Records all migrations up to and with this one as already there, without running them. Refused after a later apply.';

CREATE FUNCTION @extschema@.migrate_reset()
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_reset';
COMMENT ON FUNCTION @extschema@.migrate_reset() IS
  'Starts over, in development only: drops what migrations are recorded to have made, with its rows, and makes them pending. Action: reset, or left for what stays, with the reason: baselines, what another tool applied, columns of tables that no migration has made. Raises 42501 unless migrate.environment is development, dev, local or test; 55000 if something that no migration has made needs what would go.';

CREATE FUNCTION @extschema@.migrate_repair(migration text, action text)
RETURNS TABLE (version text, name text, action text, detail text)
LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'migrate_repair';
COMMENT ON FUNCTION @extschema@.migrate_repair(text, text) IS
  'After a human looked: accept (a changed text), accept down, applied, renamed, forget, resume here, resume after, purge text or free kept.';

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
        SELECT 'SCHEMA' AS kind, n.nspname::pg_catalog.text AS name, n.nspowner AS owner,
            COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) AS acl
          FROM pg_catalog.pg_namespace n
          WHERE n.nspname OPERATOR(pg_catalog.=) ANY (ARRAY['migrate', 'migrate_kept']::pg_catalog.name[])
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

-- The owner may pass on what others need (docs/security.md lists it); INSERT is for restoring a dump.
GRANT USAGE ON SCHEMA migrate TO @extowner@ WITH GRANT OPTION;
GRANT SELECT ON ALL TABLES IN SCHEMA migrate TO @extowner@ WITH GRANT OPTION;
GRANT INSERT ON ALL TABLES IN SCHEMA migrate TO @extowner@;
GRANT DELETE ON migrate.outside TO @extowner@;
-- No approval and no proof is made by hand.
REVOKE INSERT ON migrate.approval, migrate.proof FROM @extowner@;
GRANT SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA migrate TO @extowner@;
GRANT EXECUTE ON PROCEDURE @extschema@.migrate_up, @extschema@.migrate_down TO @extowner@ WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION
  @extschema@.migrate_add, @extschema@.migrate_run, @extschema@.migrate_load, @extschema@.migrate_load_dir, @extschema@.migrate_remove, @extschema@.migrate_status, @extschema@.migrate_report, @extschema@.migrate_types, @extschema@.migrate_show, @extschema@.migrate_text, @extschema@.migrate_plan, @extschema@.migrate_plan_hash, @extschema@.migrate_approve, @extschema@.migrate_explain, @extschema@.migrate_lint, @extschema@.migrate_health, @extschema@.migrate_schema, @extschema@.migrate_schema_hash, @extschema@.migrate_changes, @extschema@.migrate_diff, @extschema@.migrate_generate, @extschema@.migrate_squash, @extschema@.migrate_history, @extschema@.migrate_export,
  @extschema@.migrate_version, @extschema@.migrate_require, @extschema@.migrate_apply, @extschema@.migrate_rollback, @extschema@.migrate_prove, @extschema@.migrate_probe, @extschema@.migrate_online, @extschema@.migrate_verify, @extschema@.migrate_baseline, @extschema@.migrate_repair, @extschema@.migrate_reset, @extschema@.migrate_adopt,
  @extschema@.migrate_start, @extschema@.migrate_job, @extschema@.migrate_cancel, @extschema@.migrate_progress, @extschema@.migrate_guard, @extschema@.migrate_drift
  TO @extowner@ WITH GRANT OPTION;
