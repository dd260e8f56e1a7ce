// Reads and writes the product's own tables. The only place that knows their columns.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/run/database.h"
#include "core/set/known.h"
#include "core/set/migration.h"
#include "server/base/sql.h"

namespace migrate {

// Reading. Each returns a set with the newest applied, the guard and what it names; migrations come
// in no particular order and without their texts.
MigrationSet ReadAll();
// All, of most of them only what migrate_status() tells. The rest of a migration is not to be asked for, but of so many
// of the newest.
MigrationSet ReadOverview(size_t in_full = 0);
// What is applied or unfinished, and what `names` could mean.
MigrationSet ReadApplied(const std::vector<std::string>& names = {});
// What is pending, unfinished or has changed, what `names` could mean, and what those require.
MigrationSet ReadPending(const std::vector<std::string>& names);
// Only what `name` could mean.
MigrationSet ReadNamed(const std::string& name);
// … and whatever could be the file of one of them under its old name.
MigrationSet ReadShown(const std::string& name);

// The version that comes after all that are known, in their form; of a time, now. Empty where none has a version.
std::string ReadNextVersion();

// The labels of all migrations, in order.
std::vector<std::string> ReadLabels();

// 55000 if the text was purged.
std::string ReadScript(const std::string& sha256);
// False if the text was purged.
bool HasScript(const std::string& sha256);

// Loading. What is known of a migration that is being loaded again.
struct StoredMigration {
  TextHashes up;
  TextHashes down;
  TextHashes verify;
  TextHashes applied;         // empty if it is pending
  bool same_options = false;  // but for the lines that its sections begin on
  bool same_place = false;    // those lines and the source
  bool same_values = false;   // of placeholders, as it was applied with
  bool absent = false;
  bool repeatable = false;  // as it is known so far
  bool is_twin = false;     // the loaded one is the other form, plain or online, of the text that stays
  std::string sort_key;
  std::string options;  // of the loaded one. Where the text that ran stays in its place: what is known of that

  bool is_applied() const { return !applied.sha256.empty(); }
};
std::optional<StoredMigration> ReadStored(const LoadedMigration& migration, const std::string& source);
std::string OptionsOf(const LoadedMigration& migration);  // as JSON
// Takes the text.
void UpdateMigration(const Migration& migration, const std::string& options, const std::string& source,
                     bool text_is_new);
// For each, whether there is one of its version and name.
std::vector<bool> WhichAreKnown(const std::vector<LoadedMigration>& migrations);

// Writes texts, many at once. Flush when all are added.
class ScriptWriter {
 public:
  // `new_ones`: no script of these texts is known, which saves looking for each.
  explicit ScriptWriter(bool new_ones = false) : new_ones_(new_ones) {}

  void Add(const MigrationId& id, const Script& script, std::string& text);  // takes the text
  void Flush();
  bool IsFull() const;

 private:
  bool new_ones_;
  std::unordered_set<std::string> seen_;
  std::vector<std::string> sha256s_;
  std::vector<std::string> checksums_;
  std::vector<std::string> texts_;
  std::vector<std::string> labels_;
  size_t bytes_ = 0;
};

// Adds migrations that are not known, in this order; takes their texts.
void AddMigrations(const std::vector<LoadedMigration*>& migrations, const std::string& source);

// Gives what this source has applied, and has no longer, the name of a new migration with its text; returns the old
// names by the new ones.
std::map<MigrationId, MigrationId> RenameByText(const std::vector<LoadedMigration>& migrations,
                                                const std::string& source);

// The pending migrations that have the text of an applied one which is gone from its source, with what to say of it.
std::map<MigrationId, std::string> RemarksOnRenamed();

// Gives an applied migration the name, place and texts of a pending one, which is no more.
void Rename(const MigrationId& applied, const MigrationId& pending);

// Marks those of the source that are not among `labels`; returns the newly marked.
std::vector<MigrationId> MarkAbsent(const std::string& source, const std::vector<std::string>& labels);
void DeleteMigration(const MigrationId& id);

// Who runs, and how: read once a call, written with every event.
struct Actor {
  std::string role;
  std::string claimed_subject;
  std::string search_path;
};
std::string CurrentRole();
Actor CurrentActor(const std::string& search_path);

// An event and what it does to the migration's state. With kApplied and kPending no run of it is
// unfinished any more.
enum class State { kUnchanged, kApplied, kPending };
// Returns its number. `changes`: how many are recorded of it, nothing if there is no telling.
int64_t WriteEvent(const std::string& kind, const KnownMigration& migration, State state, const Actor& actor,
                   std::optional<double> duration_ms, std::optional<int> statements, const std::string& message,
                   const std::string& locks = {}, std::optional<int> changes = {});

// An event that says how far a run has come, and makes that the migration's state.
struct Progress {
  std::string kind;  // start, statement, fail, repair
  Action action = Action::kApply;
  std::string sha256;  // of the script
  int done = 0;
  bool unsure = false;
  int line = 0;
  double duration_ms = 0;
  const Error* error = nullptr;  // of a fail
  std::string message;           // without one
  std::string locks;             // that the transaction held, as JSON
  std::optional<int> changes = {};
};
int64_t WriteProgress(const KnownMigration& migration, const Actor& actor, const Progress& progress);

// Sets the version guard to `newest`; empty for nothing applied.
class GuardWriter {
 public:
  void Write(const MigrationId& newest);

 private:
  std::string row_;  // where the last write put it
};

// The newest applied migration, from the tables.
MigrationId ReadNewest();

void AcceptText(const KnownMigration& migration);
void AcceptDown(const KnownMigration& migration);
// How many texts were purged.
int PurgeTexts(const KnownMigration& migration);

// Rows for migrate_history(), newest first: since a time, and so many.
NamedRows ReadHistory(const std::optional<std::string>& since, const std::optional<std::string>& limit);

// What only migrate_show() tells of a migration; empty where there is nothing to tell.
struct About {
  std::string added_at;
  std::vector<std::pair<std::string, std::string>> metadata;  // header lines
  // Of the event that made it applied.
  std::string statements;
  std::string session_user;
  std::string client_address;
  std::string claimed_subject;
  std::string search_path;
  std::string server_version;
  std::string failure_detail;       // of the run that is not finished
  std::string changes;              // how many to the schema
  std::vector<std::string> probes;  // how each did around it: "orders: 0.052 ms before, 0.050 ms after"
};
About ReadAbout(const MigrationId& id);

}  // namespace migrate
