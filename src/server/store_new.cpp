// Adds migrations, many in one statement: a statement for each would cost more than reading their files. Arrays are
// unnested in the SELECT list, which hands the elements on; in FROM each would be copied first.
#include <unordered_map>
#include <unordered_set>

#include "core/order.h"
#include "server/store.h"

namespace migrate {
namespace {

Statement kKnown = {
    "SELECT m.version, m.name FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS n(version, name) "
    "JOIN migrate.migration m ON m.version OPERATOR(pg_catalog.=) n.version AND m.name OPERATOR(pg_catalog.=) n.name",
    Rights::kOwner, Planning::kEachTime};
Statement kKnownScripts = {
    "SELECT s.checksum FROM pg_catalog.unnest($1) AS n(checksum) "
    "JOIN migrate.script s ON s.checksum OPERATOR(pg_catalog.=) n.checksum",
    Rights::kOwner, Planning::kEachTime};
// The text loaded last counts, unless it is another migration's, too: what differs only in blanks has
// the same checksum. A purged text stays purged while the migration that it belongs to is applied.
#define MIGRATE_WRITE_SCRIPTS                                    \
  "INSERT INTO migrate.script AS s (checksum, text, migration) " \
  "SELECT pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3) "
#define MIGRATE_REPLACE_TEXT                                                                                     \
  "ON CONFLICT (checksum) DO UPDATE SET text = EXCLUDED.text, migration = EXCLUDED.migration, purged_at = NULL " \
  "WHERE s.text IS DISTINCT FROM EXCLUDED.text AND (s.purged_at IS NULL OR NOT EXISTS ("                         \
  "    SELECT FROM migrate.migration m WHERE m.applied_checksum OPERATOR(pg_catalog.=) s.checksum)) "            \
  "  AND (s.text IS NULL OR s.migration OPERATOR(pg_catalog.=) EXCLUDED.migration OR NOT EXISTS ("               \
  "    SELECT FROM migrate.migration m WHERE s.checksum OPERATOR(pg_catalog.=) ANY "                             \
  "      (ARRAY[m.checksum, m.down_checksum, m.verify_checksum, m.applied_checksum])))"
Statement kWriteScripts = {MIGRATE_WRITE_SCRIPTS MIGRATE_REPLACE_TEXT, Rights::kOwner};
Statement kInsertScripts = {MIGRATE_WRITE_SCRIPTS, Rights::kOwner};
Statement kWriteScript = {
    "INSERT INTO migrate.script AS s (checksum, text, migration) VALUES ($1, $2, $3) " MIGRATE_REPLACE_TEXT,
    Rights::kOwner};
// A plain name is ordered by its number; see SortKey. Most migrations of a source have the same options, so each of
// those is parsed once, and counted from 1.
Statement kInsertMigrations = {
    R"(INSERT INTO migrate.migration
         (id, version, name, sort_key, checksum, down_checksum, verify_checksum, options, source, added_by)
       OVERRIDING SYSTEM VALUE
       SELECT n.id, n.version, n.name,
              CASE n.sort_key WHEN '' THEN pg_catalog.concat('~', pg_catalog.lpad(n.id::pg_catalog.text, 19, '0'))
                ELSE n.sort_key END,
              n.checksum, NULLIF(n.down_checksum, ''), NULLIF(n.verify_checksum, ''),
              (SELECT pg_catalog.array_agg(o::pg_catalog.jsonb) FROM pg_catalog.unnest($10) o)[n.options::pg_catalog.int4],
              $8, $9::pg_catalog.name
         FROM (SELECT pg_catalog.nextval('migrate.migration_id_seq') AS id, u.*
                 FROM (SELECT pg_catalog.unnest($1) AS version, pg_catalog.unnest($2) AS name,
                         pg_catalog.unnest($3) AS sort_key, pg_catalog.unnest($4) AS checksum,
                         pg_catalog.unnest($5) AS down_checksum, pg_catalog.unnest($6) AS verify_checksum,
                         pg_catalog.unnest($7) AS options) u) n)",
    Rights::kOwner};

// How much is gathered before it is written.
constexpr size_t kGatheredBytes = 1024 * 1024;
constexpr size_t kGatheredRows = 1000;

// The checksums of these migrations' scripts that have a text.
std::unordered_set<std::string> KnownScripts(const std::vector<LoadedMigration*>& migrations) {
  std::vector<std::string> checksums;
  for (const auto* const migration : migrations) {
    for (const auto* const script : {&migration->up, &migration->down, &migration->verify}) {
      if (script->exists()) checksums.push_back(script->checksum);
    }
  }
  std::unordered_set<std::string> known;
  for (const auto& row : Query(kKnownScripts, {checksums})) known.insert(TextOf(row[0]));
  return known;
}

// Rows of migrate.migration, many at once.
class MigrationRows {
 public:
  explicit MigrationRows(const std::string& source) : source_(source) {}

  void Add(const LoadedMigration& migration) {
    versions_.push_back(migration.id.version);
    names_.push_back(migration.id.name);
    const bool by_number = migration.id.version.empty() && !migration.repeatable;
    sort_keys_.push_back(by_number ? std::string() : SortKey(migration, 0));
    up_.push_back(migration.up.checksum);
    down_.push_back(migration.down.checksum);
    verify_.push_back(migration.verify.checksum);
    options_.push_back(NumberOf(OptionsOf(migration)));
  }

  bool IsFull() const { return versions_.size() >= kGatheredRows; }

  void Flush() {
    if (!versions_.empty()) {
      Query(kInsertMigrations,
            {versions_, names_, sort_keys_, up_, down_, verify_, options_, source_, role_, distinct_});
    }
    numbers_.clear();
    distinct_.clear();
    for (auto* const gathered : {&versions_, &names_, &sort_keys_, &up_, &down_, &verify_, &options_}) {
      gathered->clear();
    }
  }

 private:
  std::string NumberOf(const std::string& options) {
    const auto [at, is_new] = numbers_.try_emplace(options, std::to_string(distinct_.size() + 1));
    if (is_new) distinct_.push_back(options);
    return at->second;
  }

  const std::string& source_;
  const std::string role_ = CurrentRole();
  std::vector<std::string> versions_, names_, sort_keys_, up_, down_, verify_, options_;
  std::unordered_map<std::string, std::string> numbers_;  // of the options
  std::vector<std::string> distinct_;                     // options by number
};

// What another session added after the transaction took its snapshot can't be seen, and stands in the way.
[[noreturn]] void ThrowUnseen() {
  throw Error(sqlstate::kSerializationFailure, "could not serialize access due to a concurrent load", {},
              "Another session loaded after this transaction took its snapshot: try again in a new transaction.");
}

void WriteMigrations(const std::vector<LoadedMigration*>& migrations, const std::string& source) {
  const auto known = KnownScripts(migrations);
  ScriptWriter known_scripts, new_scripts(true);
  MigrationRows rows(source);
  for (auto* const migration : migrations) {
    const auto add = [&](const Script& script, std::string& text) {
      (known.contains(script.checksum) ? known_scripts : new_scripts).Add(migration->id, script, text);
    };
    add(migration->up, migration->up_text);
    add(migration->down, migration->down_text);
    add(migration->verify, migration->verify_text);
    rows.Add(*migration);
    if (known_scripts.IsFull()) known_scripts.Flush();
    if (new_scripts.IsFull()) new_scripts.Flush();
    if (rows.IsFull()) rows.Flush();
  }
  known_scripts.Flush();
  new_scripts.Flush();
  rows.Flush();
}

}  // namespace

std::vector<bool> WhichAreKnown(const std::vector<LoadedMigration>& migrations) {
  std::vector<std::string> versions, names;
  for (const auto& migration : migrations) {
    versions.push_back(migration.id.version);
    names.push_back(migration.id.name);
  }
  std::unordered_set<std::string> labels;
  for (const auto& row : Query(kKnown, {versions, names})) labels.insert(TextOf(row[0]) + '\n' + TextOf(row[1]));
  std::vector<bool> known;
  for (const auto& migration : migrations) {
    known.push_back(labels.contains(migration.id.version + '\n' + migration.id.name));
  }
  return known;
}

void ScriptWriter::Add(const MigrationId& id, const Script& script, std::string& text) {
  if (!script.exists()) return;
  if (!seen_.insert(script.checksum).second) return text.clear();
  // A large one by itself: in an array it would be copied more often.
  if (text.size() > kGatheredBytes) {
    Query(kWriteScript, {script.checksum, Parameter::Consumed(text), id.Label()});
    return;
  }
  bytes_ += text.size();
  checksums_.push_back(script.checksum);
  texts_.push_back(std::move(text));
  labels_.push_back(id.Label());
  text.clear();
}

void ScriptWriter::Flush() {
  if (!checksums_.empty()) Query(new_ones_ ? kInsertScripts : kWriteScripts, {checksums_, texts_, labels_});
  for (auto* const gathered : {&checksums_, &texts_, &labels_}) gathered->clear();
  bytes_ = 0;
}

bool ScriptWriter::IsFull() const { return bytes_ > kGatheredBytes; }

void AddMigrations(const std::vector<LoadedMigration*>& migrations, const std::string& source) {
  try {
    WriteMigrations(migrations, source);
  } catch (const Error& error) {
    if (error.sqlstate == "23505" && IsolationUsesXactSnapshot()) ThrowUnseen();
    throw;
  }
}

}  // namespace migrate
