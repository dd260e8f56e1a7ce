// Adds migrations, many in one statement: a statement for each would cost more than reading their files. Arrays are
// unnested in the SELECT list, which hands the elements on; in FROM each would be copied first.
#include <unordered_map>
#include <unordered_set>

#include "core/set/order.h"
#include "server/store/store.h"

namespace migrate {
namespace {

Statement kKnown = {
    "SELECT m.version, m.name FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS n(version, name) "
    "JOIN migrate.migration m ON m.version OPERATOR(pg_catalog.=) n.version AND m.name OPERATOR(pg_catalog.=) n.name",
    Rights::kOwner, Planning::kEachTime};
Statement kKnownScripts = {
    "SELECT s.sha256 FROM pg_catalog.unnest($1) AS n(sha256) "
    "JOIN migrate.script s ON s.sha256 OPERATOR(pg_catalog.=) n.sha256",
    Rights::kOwner, Planning::kEachTime};
// A purged text stays purged while the migration that it belongs to is applied. Whoever wrote another text below a
// hash by hand has not replaced it.
#define MIGRATE_WRITE_SCRIPTS                                            \
  "INSERT INTO migrate.script AS s (sha256, checksum, text, migration) " \
  "SELECT pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4) "
#define MIGRATE_REPLACE_TEXT                                                                                   \
  "ON CONFLICT (sha256) DO UPDATE SET text = EXCLUDED.text, migration = EXCLUDED.migration, purged_at = NULL " \
  "WHERE s.text IS DISTINCT FROM EXCLUDED.text AND (s.purged_at IS NULL OR NOT EXISTS ("                       \
  "    SELECT FROM migrate.migration m WHERE m.applied_sha256 OPERATOR(pg_catalog.=) s.sha256))"
Statement kWriteScripts = {MIGRATE_WRITE_SCRIPTS MIGRATE_REPLACE_TEXT, Rights::kOwner};
Statement kInsertScripts = {MIGRATE_WRITE_SCRIPTS, Rights::kOwner};
Statement kWriteScript = {
    "INSERT INTO migrate.script AS s (sha256, checksum, text, migration) VALUES ($1, $2, $3, $4) " MIGRATE_REPLACE_TEXT,
    Rights::kOwner};
// A plain name is ordered by its number; see SortKey. Most migrations of a source have the same options, so each of
// those is parsed once, and counted from 1.
Statement kInsertMigrations = {
    R"(INSERT INTO migrate.migration
         (id, version, name, sort_key, checksum, down_checksum, verify_checksum, sha256, down_sha256, verify_sha256,
          options, source, added_by)
       OVERRIDING SYSTEM VALUE
       SELECT n.id, n.version, n.name,
              CASE n.sort_key WHEN '' THEN pg_catalog.concat('~', pg_catalog.lpad(n.id::pg_catalog.text, 19, '0'))
                ELSE n.sort_key END,
              n.checksum, NULLIF(n.down_checksum, ''), NULLIF(n.verify_checksum, ''),
              n.sha256, NULLIF(n.down_sha256, ''), NULLIF(n.verify_sha256, ''),
              (SELECT pg_catalog.array_agg(o::pg_catalog.jsonb) FROM pg_catalog.unnest($10) o)[n.options::pg_catalog.int4],
              $8, $9::pg_catalog.name
         FROM (SELECT pg_catalog.nextval('migrate.migration_id_seq') AS id, u.*
                 FROM (SELECT pg_catalog.unnest($1) AS version, pg_catalog.unnest($2) AS name,
                         pg_catalog.unnest($3) AS sort_key, pg_catalog.unnest($4) AS checksum,
                         pg_catalog.unnest($5) AS down_checksum, pg_catalog.unnest($6) AS verify_checksum,
                         pg_catalog.unnest($7) AS options, pg_catalog.unnest($11) AS sha256,
                         pg_catalog.unnest($12) AS down_sha256, pg_catalog.unnest($13) AS verify_sha256) u) n)",
    Rights::kOwner};

// How much is gathered before it is written.
constexpr size_t kGatheredBytes = 1024 * 1024;
constexpr size_t kGatheredRows = 1000;

// The SHA-256s of these migrations' scripts that are known.
std::unordered_set<std::string> KnownScripts(const std::vector<LoadedMigration*>& migrations) {
  std::vector<std::string> sha256s;
  for (const auto* const migration : migrations) {
    for (const auto* const script : {&migration->up, &migration->down, &migration->verify}) {
      if (script->exists()) sha256s.push_back(script->sha256);
    }
  }
  std::unordered_set<std::string> known;
  for (const auto& row : Query(kKnownScripts, {sha256s})) known.insert(TextOf(row[0]));
  return known;
}

// Rows of migrate.migration, many at once.
class MigrationRows {
 public:
  explicit MigrationRows(const std::string& source) : source_(source) {}

  void Add(const LoadedMigration& migration) {
    versions_.push_back(migration.id.version);
    names_.push_back(migration.id.name);
    sort_keys_.push_back(IsOrderedByNumber(migration) ? std::string() : SortKey(migration, 0));
    up_.Add(migration.up);
    down_.Add(migration.down);
    verify_.Add(migration.verify);
    options_.push_back(NumberOf(OptionsOf(migration)));
  }

  bool IsFull() const { return versions_.size() >= kGatheredRows; }

  void Flush() {
    if (!versions_.empty()) {
      Query(kInsertMigrations, {versions_, names_, sort_keys_, up_.checksums, down_.checksums, verify_.checksums,
                                options_, source_, role_, distinct_, up_.sha256s, down_.sha256s, verify_.sha256s});
    }
    numbers_.clear();
    distinct_.clear();
    for (auto* const gathered : {&versions_, &names_, &sort_keys_, &options_}) gathered->clear();
    for (auto* const hashes : {&up_, &down_, &verify_}) *hashes = {};
  }

 private:
  struct Hashes {
    std::vector<std::string> checksums, sha256s;

    void Add(const TextHashes& text) {
      checksums.push_back(text.checksum);
      sha256s.push_back(text.sha256);
    }
  };

  std::string NumberOf(const std::string& options) {
    const auto [at, is_new] = numbers_.try_emplace(options, std::to_string(distinct_.size() + 1));
    if (is_new) distinct_.push_back(options);
    return at->second;
  }

  const std::string& source_;
  const std::string role_ = CurrentRole();
  std::vector<std::string> versions_, names_, sort_keys_, options_;
  Hashes up_, down_, verify_;
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
      (known.contains(script.sha256) ? known_scripts : new_scripts).Add(migration->id, script, text);
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
  if (!seen_.insert(script.sha256).second) return text.clear();
  // A large one by itself: in an array it would be copied more often.
  if (text.size() > kGatheredBytes) {
    Query(kWriteScript, {script.sha256, script.checksum, Parameter::Consumed(text), id.Label()});
    return;
  }
  bytes_ += text.size();
  sha256s_.push_back(script.sha256);
  checksums_.push_back(script.checksum);
  texts_.push_back(std::move(text));
  labels_.push_back(id.Label());
  text.clear();
}

void ScriptWriter::Flush() {
  if (!checksums_.empty()) Query(new_ones_ ? kInsertScripts : kWriteScripts, {sha256s_, checksums_, texts_, labels_});
  for (auto* const gathered : {&sha256s_, &checksums_, &texts_, &labels_}) gathered->clear();
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
