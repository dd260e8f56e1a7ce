#include "core/base/json.h"
#include "core/base/text.h"
#include "core/set/order.h"
#include "core/set/status.h"
#include "server/base/guard.h"
#include "server/store/store.h"
#include "server/store/store_changes.h"

namespace migrate {
namespace {

// The lines that the sections begin on say nothing of what runs.
#define MIGRATE_WITHOUT_LINES(options)                                          \
  "(" options                                                                   \
  " OPERATOR(pg_catalog.#-) '{up,line}' OPERATOR(pg_catalog.#-) '{down,line}' " \
  "OPERATOR(pg_catalog.#-) '{verify,line}')"
// $3 the options that were found, $5 and $6 the hashes of the up text. One that differs from the text that ran in
// blanks only does not take its place; what is known of the text that ran goes on to count with it.
Statement kStored = {
    "SELECT m.checksum, m.sha256, m.down_checksum, m.down_sha256, m.verify_checksum, m.verify_sha256, "
    "m.applied_checksum, m.applied_sha256, "
    MIGRATE_WITHOUT_LINES("m.options") " OPERATOR(pg_catalog.=) " MIGRATE_WITHOUT_LINES("n.options") ", "
    "m.options OPERATOR(pg_catalog.=) n.options AND m.source OPERATOR(pg_catalog.=) $4, "
    "h.options OPERATOR(pg_catalog.->) 'placeholders' IS NOT DISTINCT FROM "
    "  n.options OPERATOR(pg_catalog.->) 'placeholders', "
    "m.absent, m.sort_key, CASE WHEN n.keeps THEN n.options END, m.options OPERATOR(pg_catalog.?) 'repeatable' "
    R"(FROM migrate.migration m LEFT JOIN migrate.history h ON h.id OPERATOR(pg_catalog.=) m.applied_event
         CROSS JOIN LATERAL (
           SELECT k.keeps, CASE WHEN k.keeps THEN $3::pg_catalog.jsonb OPERATOR(pg_catalog.||)
                    pg_catalog.jsonb_build_object('up', CASE WHEN h.sha256 OPERATOR(pg_catalog.=) m.applied_sha256
                      THEN h.options ELSE m.options END OPERATOR(pg_catalog.->) 'up')
                  ELSE $3::pg_catalog.jsonb END AS options
             FROM (SELECT m.applied_checksum OPERATOR(pg_catalog.=) $5
                      AND m.applied_sha256 OPERATOR(pg_catalog.<>) $6 AS keeps) k
           OFFSET 0) n
        WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2)",
    Rights::kOwner};
Statement kUpdateMigration = {
    R"(UPDATE migrate.migration m
          SET checksum = $3, down_checksum = $4, verify_checksum = $5, options = $6::pg_catalog.jsonb, source = $7,
              sha256 = $11, down_sha256 = $12, verify_sha256 = $13,
              absent = false, sort_key = COALESCE($10, m.sort_key),
              added_by = CASE WHEN $9 OPERATOR(pg_catalog.=) 'yes' THEN $8::pg_catalog.name ELSE m.added_by END,
              added_at = CASE WHEN $9 OPERATOR(pg_catalog.=) 'yes' THEN pg_catalog.clock_timestamp() ELSE m.added_at END
        WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2)",
    Rights::kOwner};
Statement kMarkAbsent = {
    R"(UPDATE migrate.migration m SET absent = true
        WHERE m.source OPERATOR(pg_catalog.=) $1 AND NOT m.absent
          AND NOT EXISTS (SELECT FROM pg_catalog.unnest($2) l
                WHERE l OPERATOR(pg_catalog.=) CASE WHEN m.version OPERATOR(pg_catalog.=) '' THEN m.name
                  WHEN m.name OPERATOR(pg_catalog.=) '' THEN m.version
                  ELSE pg_catalog.concat(m.version, '_', m.name) END)
       RETURNING m.version, m.name)",
    Rights::kOwner, Planning::kEachTime};
Statement kDelete = {
    "DELETE FROM migrate.migration m WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2",
    Rights::kOwner};
Statement kClaims = {"SELECT pg_catalog.current_setting('request.jwt.claims', true)", Rights::kCaller};
Statement kSubject = {"SELECT $1::pg_catalog.jsonb OPERATOR(pg_catalog.->>) 'sub'", Rights::kCaller};
Statement kEvent = {
    R"(WITH event AS (
         INSERT INTO migrate.history (event, version, name, checksum, sha256, down_checksum, down_sha256, options,
             current_user_name, claimed_subject, search_path, duration_ms, statements, message, locks, changes)
         SELECT $3, m.version, m.name, $12, $13, m.down_checksum, m.down_sha256, m.options, $4::pg_catalog.name, $5, $6,
             $7::pg_catalog.float8, $8::pg_catalog.int4, $9, $11::pg_catalog.jsonb, $14::pg_catalog.int4
           FROM migrate.migration m WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2
         RETURNING history.id)
       UPDATE migrate.migration m
          SET applied_event = CASE $10 WHEN 'applied' THEN event.id WHEN 'pending' THEN NULL ELSE m.applied_event END,
              applied_checksum = CASE $10 WHEN 'applied' THEN $12 WHEN 'pending' THEN NULL
                                 ELSE m.applied_checksum END,
              applied_sha256 = CASE $10 WHEN 'applied' THEN $13 WHEN 'pending' THEN NULL ELSE m.applied_sha256 END,
              unfinished_event = CASE $10 WHEN 'unchanged' THEN m.unfinished_event END
         FROM event WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2
       RETURNING event.id)",
    Rights::kOwner};
Statement kProgress = {
    R"(WITH event AS (
         INSERT INTO migrate.history (event, version, name, checksum, sha256, down_checksum, down_sha256, options,
             current_user_name, claimed_subject, search_path, action, script_sha256, statements, unsure, line,
             duration_ms, sqlstate, message, detail, locks, changes)
         SELECT $3, m.version, m.name, m.checksum, m.sha256, m.down_checksum, m.down_sha256, m.options,
             $4::pg_catalog.name, $5, $6, $7, $8, $9::pg_catalog.int4, $10 OPERATOR(pg_catalog.=) 'yes', $11::pg_catalog.int4, $12::pg_catalog.float8, $13,
             $14, $15, $16::pg_catalog.jsonb, $17::pg_catalog.int4
           FROM migrate.migration m WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2
         RETURNING history.id)
       UPDATE migrate.migration m SET unfinished_event = event.id
         FROM event WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2
       RETURNING event.id)",
    Rights::kOwner};
#define MIGRATE_NEWEST_AT                                                                     \
  "(SELECT h.occurred_at FROM migrate.migration m JOIN migrate.history h "                    \
  "ON h.id OPERATOR(pg_catalog.=) m.applied_event WHERE m.version OPERATOR(pg_catalog.=) $1 " \
  "AND m.name OPERATOR(pg_catalog.=) $2)"
Statement kWriteGuard = {
    "INSERT INTO migrate.schema_version AS g (version, name, applied_at) VALUES ($1, $2, " MIGRATE_NEWEST_AT
    ") "
    "ON CONFLICT (only_row) DO UPDATE SET version = EXCLUDED.version, name = EXCLUDED.name, "
    "applied_at = EXCLUDED.applied_at RETURNING g.ctid",
    Rights::kOwner};
// By its place: a thousand versions of the row in one transaction would each be looked at otherwise.
Statement kMoveGuard = {"UPDATE migrate.schema_version g SET version = $1, name = $2, applied_at = " MIGRATE_NEWEST_AT
                        " WHERE g.ctid OPERATOR(pg_catalog.=) $3::pg_catalog.tid RETURNING g.ctid",
                        Rights::kOwner};
Statement kAcceptText = {
    "UPDATE migrate.migration m SET applied_checksum = m.checksum, applied_sha256 = m.sha256 "
    "WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2",
    Rights::kOwner};
Statement kAcceptDown = {
    "UPDATE migrate.migration m SET accepted_down = $3 "
    "WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2",
    Rights::kOwner};
// Older texts of the migration if there are any, else those it has now; never one that another uses. What differs from
// a text only in blanks holds the same secret.
Statement kPurge = {
    R"(WITH mine AS (
         SELECT s.sha256, s.checksum OPERATOR(pg_catalog.=) ANY
                  (ARRAY[m.checksum, m.down_checksum, m.verify_checksum]) AS current
           FROM migrate.migration m, migrate.script s
          WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2 AND s.text IS NOT NULL
            AND NOT EXISTS (SELECT FROM migrate.migration o
                  WHERE (o.version OPERATOR(pg_catalog.<>) m.version OR o.name OPERATOR(pg_catalog.<>) m.name)
                    AND s.sha256 OPERATOR(pg_catalog.=) ANY
                      (ARRAY[o.sha256, o.down_sha256, o.verify_sha256, o.applied_sha256]))
            AND (s.migration OPERATOR(pg_catalog.=) $3
                 OR s.checksum OPERATOR(pg_catalog.=) ANY (ARRAY[m.checksum, m.down_checksum, m.verify_checksum])
                 OR EXISTS (SELECT FROM migrate.history h WHERE h.version OPERATOR(pg_catalog.=) m.version
                      AND h.name OPERATOR(pg_catalog.=) m.name
                      AND s.sha256 OPERATOR(pg_catalog.=) ANY
                        (ARRAY[h.sha256, h.down_sha256, h.script_sha256])))),
       purged AS (
         UPDATE migrate.script s SET text = NULL, purged_at = pg_catalog.clock_timestamp() FROM mine
          WHERE mine.sha256 OPERATOR(pg_catalog.=) s.sha256
            AND (mine.current IS NOT TRUE OR NOT EXISTS (SELECT FROM mine o WHERE o.current IS NOT TRUE))
         RETURNING 1)
       SELECT pg_catalog.count(*) FROM purged)",
    Rights::kOwner};

JsonObject ScriptOptions(const Script& script) {
  JsonObject options;
  if (script.first_line != 1) options.Add("line", script.first_line);
  options.Add("statements", script.statements);
  if (!script.transactional) options.Add("not_transactional", script.detail);
  if (script.divided) options.Add("divided", 1);
  if (script.each_alone) options.Add("each_alone", 1);
  if (script.errors_only) options.Add("errors_only", 1);
  if (script.keeps_dropped) options.Add("keeps_dropped", 1);
  if (!script.keeps_rows->empty()) options.Add("keeps_rows", Join(*script.keeps_rows, ","));
  if (!script.timeouts->lock.empty()) options.Add("lock_timeout", script.timeouts->lock);
  if (!script.timeouts->statement.empty()) options.Add("statement_timeout", script.timeouts->statement);
  return options;
}

}  // namespace

std::string CurrentRole() {
  const char* const name = Call([]() noexcept { return GetUserNameFromId(GetUserId(), false); });
  return name;
}

std::optional<StoredMigration> ReadStored(const LoadedMigration& migration, const std::string& source) {
  std::string options = OptionsOf(migration);
  const auto rows = Query(
      kStored, {migration.id.version, migration.id.name, options, source, migration.up.checksum, migration.up.sha256});
  if (rows.empty()) return std::nullopt;
  const Row& row = rows.front();
  const auto hashes = [&](size_t i) { return TextHashes{TextOf(row[i]), TextOf(row[i + 1])}; };
  return StoredMigration{hashes(0),
                         hashes(2),
                         hashes(4),
                         hashes(6),
                         BooleanOf(row[8]),
                         BooleanOf(row[9]),
                         BooleanOf(row[10]),
                         BooleanOf(row[11]),
                         BooleanOf(row[14]),
                         TextOf(row[12]),
                         row[13] ? *row[13] : std::move(options)};
}

std::string OptionsOf(const LoadedMigration& migration) {
  JsonObject options;
  options.Add("up", ScriptOptions(migration.up));
  if (migration.down.exists()) options.Add("down", ScriptOptions(migration.down));
  if (migration.verify.exists()) options.Add("verify", ScriptOptions(migration.verify));
  options.Add("reversible", ReversibleName(migration.reversible));
  if (!migration.irreversible_why.empty()) options.Add("irreversible_why", migration.irreversible_why);
  if (!migration.requirements.empty()) options.Add("requires", migration.requirements);
  if (!migration.options->tags.empty()) options.Add("tags", migration.options->tags);
  if (!migration.options->replaces.empty()) options.Add("replaces", migration.options->replaces);
  if (!migration.options->allows.empty()) options.Add("allows", migration.options->allows);
  if (!migration.options->only.empty()) options.Add("only", migration.options->only);
  std::vector<std::string> expects;
  for (const auto& expected : migration.options->expects) expects.push_back(KeptAs(expected));
  if (!expects.empty()) options.Add("expects", expects);
  if (migration.options->hook != Hook::kNone) options.Add("hook", HookName(migration.options->hook));
  if (migration.options->seed) options.Add("seed", 1);
  if (migration.repeatable) options.Add("repeatable", 1);
  if (!migration.options->order.empty()) options.Add("order", migration.options->order);
  JsonObject placeholders;
  for (const auto& [name, value] : migration.options->placeholders) placeholders.Add(name, value);
  if (!placeholders.empty()) options.Add("placeholders", placeholders);
  JsonObject metadata;
  for (const auto& [key, value] : migration.metadata) metadata.Add(key, value);
  if (!metadata.empty()) options.Add("metadata", metadata);
  return options.Text();
}

void UpdateMigration(const Migration& migration, const std::string& options, const std::string& source,
                     bool text_is_new) {
  const MigrationId& id = migration.id;
  Query(kUpdateMigration,
        {id.version, id.name, migration.up.checksum, OrNull(migration.down.checksum), OrNull(migration.verify.checksum),
         options, source, CurrentRole(), text_is_new ? "yes" : "no",
         OrNull(IsOrderedByNumber(migration) ? std::string() : SortKey(migration, 0)), migration.up.sha256,
         OrNull(migration.down.sha256), OrNull(migration.verify.sha256)});
}

std::vector<MigrationId> MarkAbsent(const std::string& source, const std::vector<std::string>& labels) {
  std::vector<MigrationId> marked;
  for (const auto& row : Query(kMarkAbsent, {source, labels})) marked.push_back({TextOf(row[0]), TextOf(row[1])});
  return marked;
}

void DeleteMigration(const MigrationId& id) { Query(kDelete, {id.version, id.name}); }

Actor CurrentActor(const std::string& search_path) {
  Actor actor{CurrentRole(), {}, search_path};
  const std::string claims = TextOf(QueryValue(kClaims));
  if (claims.empty()) return actor;
  // The caller can set anything: what is no JSON claims nothing.
  try {
    InSubtransaction(Ending::kKeep, [&] { actor.claimed_subject = TextOf(QueryValue(kSubject, {claims})); });
  } catch (const Error& error) {
    if (error.sqlstate == "57014") throw;
  }
  return actor;
}

int64_t WriteEvent(const std::string& kind, const KnownMigration& migration, State state, const Actor& actor,
                   std::optional<double> duration_ms, std::optional<int> statements, const std::string& message,
                   const std::string& locks, std::optional<int> changes) {
  const std::string duration = duration_ms ? NumberText(*duration_ms) : "";
  const std::string count = statements ? std::to_string(*statements) : "";
  const char* after = state == State::kApplied ? "applied" : state == State::kPending ? "pending" : "unchanged";
  const std::string changed = changes ? std::to_string(*changes) : "";
  return IntegerOf(
      QueryValue(kEvent, {migration.id.version, migration.id.name, kind, actor.role, OrNull(actor.claimed_subject),
                          OrNull(actor.search_path), OrNull(duration), OrNull(count), OrNull(message), after,
                          OrNull(locks), OrNull(migration.up.checksum), OrNull(migration.up.sha256), OrNull(changed)}));
}

int64_t WriteProgress(const KnownMigration& migration, const Actor& actor, const Progress& progress) {
  const Error none;
  const Error& error = progress.error == nullptr ? none : *progress.error;
  const bool failed = progress.error != nullptr;
  const std::string line = progress.line > 0 ? std::to_string(progress.line) : "";
  const std::string duration = failed ? NumberText(progress.duration_ms) : "";
  const std::string changed = progress.changes ? std::to_string(*progress.changes) : "";
  return IntegerOf(QueryValue(kProgress, {migration.id.version, migration.id.name, progress.kind, actor.role,
                                          OrNull(actor.claimed_subject), OrNull(actor.search_path),
                                          progress.action == Action::kApply ? "apply" : "rollback", progress.sha256,
                                          std::to_string(progress.done), progress.unsure ? "yes" : "no", OrNull(line),
                                          OrNull(duration), failed ? Parameter(error.sqlstate) : Parameter(nullptr),
                                          OrNull(failed ? error.message : progress.message), OrNull(error.detail),
                                          OrNull(progress.locks), OrNull(changed)}));
}

void GuardWriter::Write(const MigrationId& newest) {
  const bool nothing = newest.Label().empty();
  const Parameter version = nothing ? Parameter(nullptr) : Parameter(newest.version);
  const Parameter name = nothing ? Parameter(nullptr) : Parameter(newest.name);
  std::string moved;
  if (!row_.empty()) moved = TextOf(QueryValue(kMoveGuard, {version, name, row_}));
  row_ = moved.empty() ? TextOf(QueryValue(kWriteGuard, {version, name})) : moved;
}

void AcceptText(const KnownMigration& migration) { Query(kAcceptText, {migration.id.version, migration.id.name}); }

void AcceptDown(const KnownMigration& migration) {
  Query(kAcceptDown, {migration.id.version, migration.id.name, migration.acceptable_down()});
}

int PurgeTexts(const KnownMigration& migration) {
  const int64_t purged = IntegerOf(QueryValue(kPurge, {migration.id.version, migration.id.name, migration.id.Label()}));
  PurgeDefinitions();
  return static_cast<int>(purged);
}

}  // namespace migrate
