#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/set/assemble.h"
#include "core/set/migration_name.h"
#include "core/set/order.h"
#include "core/set/version.h"
#include "core/supabase/history.h"
#include "server/base/assemble.h"
#include "server/base/extension.h"
#include "server/base/files.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/load.h"
#include "server/door/load_remarks.h"
#include "server/door/result.h"
#include "server/store/store.h"
#include "server/store/store_proofs.h"

namespace migrate {
namespace {

Statement kFiles = {
    R"(SELECT pg_catalog.jsonb_typeof(f), f OPERATOR(pg_catalog.->>) 'name', f OPERATOR(pg_catalog.->>) 'content',
           pg_catalog.jsonb_typeof(f OPERATOR(pg_catalog.->) 'name'),
           pg_catalog.jsonb_typeof(f OPERATOR(pg_catalog.->) 'content'), f OPERATOR(pg_catalog.->) 'proof'
         FROM pg_catalog.jsonb_array_elements($1::pg_catalog.jsonb) AS e(f))",
    Rights::kCaller};
Statement kValues = {
    R"(SELECT v.key, CASE WHEN pg_catalog.jsonb_typeof(v.value) OPERATOR(pg_catalog.=) ANY ('{string,number,boolean}')
                         THEN v.value OPERATOR(pg_catalog.#>>) '{}' END
         FROM pg_catalog.jsonb_each($1::pg_catalog.jsonb) v)",
    Rights::kCaller};
Statement kElements = {"SELECT e FROM pg_catalog.unnest($1::pg_catalog.text[]) e", Rights::kCaller};

// What a load is told besides its files.
struct LoadOptions {
  ReadOptions read;
  Placeholders placeholders;
  bool has_placeholders = false;
  bool dry_run = false;
};

// An action, and what there is to say of it.
struct Outcome {
  const char* action;
  std::string detail;
};

// Whether a text stands for the one that ran, although it is not quite that: it differs in blanks or line ends only, or
// is as `supabase migration fetch` writes it.
bool StandsForApplied(const LoadedMigration& migration, const StoredMigration& stored) {
  if (!stored.is_applied() || stored.applied.sha256 == migration.up.sha256) return false;
  if (stored.applied.checksum == migration.up.checksum) return true;
  return SupabaseEnabled() && !migration.repeatable && HasScript(stored.applied.sha256) &&
         IsFetchedForm(ReadScript(stored.applied.sha256), migration.up_text);
}

// Where its source gives an applied migration another place in the order, the newest may be another: that is no
// alteration by hand, and the version guard follows.
class GuardFollower {
 public:
  // Before the migration is updated.
  void Take(const StoredMigration& stored, const LoadedMigration& migration) {
    if (!stored.is_applied() || IsOrderedByNumber(migration) || stored.sort_key == SortKey(migration, 0)) return;
    if (!moved_) RequireIntactGuard(ReadNamed(migration.id.Label()));
    moved_ = true;
  }

  void Follow() {
    if (moved_) GuardWriter().Write(ReadNewest());
  }

 private:
  bool moved_ = false;
};

void WriteScripts(LoadedMigration& migration, bool with_up) {
  ScriptWriter scripts;
  if (with_up) scripts.Add(migration.id, migration.up, migration.up_text);
  scripts.Add(migration.id, migration.down, migration.down_text);
  scripts.Add(migration.id, migration.verify, migration.verify_text);
  scripts.Flush();
}

// It would run again, and no rollback would undo it.
Error CantRepeat(const LoadedMigration& migration) {
  const bool is_hook = migration.options->hook != Hook::kNone;
  return Error(sqlstate::kTextChanged,
               "migration " + Quoted(migration.id) + " is applied, and can't become " +
                   (is_hook ? "a hook" : "repeatable"),
               "What is applied is never run again.", "Put what is to run again into a file of its own.");
}

// Writes one migration that is known, whose texts it takes, and says what became of it.
Outcome Replace(LoadedMigration& migration, const std::string& source, GuardFollower& guard) {
  const StoredMigration stored = *ReadStored(migration, source);
  if (stored.is_applied() && migration.repeatable && !stored.repeatable) throw CantRepeat(migration);
  const bool keeps_applied = !stored.is_twin && StandsForApplied(migration, stored);
  const bool only_blanks = keeps_applied && stored.applied.checksum == migration.up.checksum;
  WriteScripts(migration, !keeps_applied && !stored.is_twin);
  if (keeps_applied) static_cast<TextHashes&>(migration.up) = stored.applied;
  if (stored.is_twin) static_cast<TextHashes&>(migration.up) = stored.up;
  guard.Take(stored, migration);
  const bool same_bytes =
      stored.up == migration.up && stored.down == migration.down && stored.verify == migration.verify;
  const bool same_run = same_bytes && stored.same_options;
  const bool same_all = same_run && stored.same_place && !stored.absent;
  if (!same_all) UpdateMigration(migration, stored.options, source, !same_run);

  if (stored.is_twin) {
    const bool loads_online = !migration.options->online_of.empty();
    return {"unchanged", loads_online ? "the online form of what was applied" : "its online form stays"};
  }
  const bool same_up = stored.up.checksum == migration.up.checksum;
  if (!same_up && stored.applied.checksum == migration.up.checksum) {
    return {"replaced", "the text that was applied is back"};
  }
  const bool other_applied = stored.is_applied() && stored.applied.checksum != migration.up.checksum;
  if (migration.repeatable && stored.is_applied() && (other_applied || !stored.same_values)) {
    return {same_run ? "unchanged" : "replaced", "runs again with the next apply"};
  }
  if (other_applied) {
    return {"changed", "applied with another text: see migrate_text(" + Literal(migration.id) + ")"};
  }
  if (!same_up) return {"replaced", "not applied yet"};
  if (stored.down.checksum != migration.down.checksum || stored.verify.checksum != migration.verify.checksum) {
    return {"replaced", "the up script is the same"};
  }
  const bool other_bytes = only_blanks || !same_bytes;
  if (!stored.same_options) {
    return {"replaced", other_bytes ? "differs in blanks or line ends, and in placeholders or other options"
                                    : "the texts are the same, placeholders or other options are not"};
  }
  if (other_bytes) return {stored.is_applied() ? "unchanged" : "replaced", "differs only in blanks or line ends"};
  if (same_all) return {"unchanged", ""};
  return {"unchanged", stored.absent ? "back in its source" : "found in another source or place"};
}

}  // namespace

std::vector<Loaded> StoreAll(std::vector<LoadedMigration> migrations, const std::string& source) {
  const std::vector<bool> known = WhichAreKnown(migrations);
  // The new ones first, whose texts are written without a look at what is there.
  std::vector<LoadedMigration*> new_ones;
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (!known[i]) new_ones.push_back(&migrations[i]);
  }
  AddMigrations(new_ones, source);
  std::vector<Loaded> all;
  all.reserve(migrations.size());
  GuardFollower guard;
  for (size_t i = 0; i < migrations.size(); ++i) {
    const Outcome outcome = known[i] ? Replace(migrations[i], source, guard) : Outcome{"added", ""};
    all.push_back({migrations[i].id, outcome.action, outcome.detail});
  }
  guard.Follow();
  return all;
}

namespace {

// Stores a whole source: what came from it before and is not there now becomes absent. Whether something is gone can't
// be told while a part of the source is refused.
std::vector<Loaded> StoreSource(Assembly assembly, const std::string& source, const Reading& reading) {
  std::vector<MigrationId> absent;
  std::map<MigrationId, MigrationId> renamed;
  if (assembly.problems.all().empty()) {
    if (reading.found_by_text) renamed = RenameByText(assembly.migrations, source);
    std::vector<std::string> labels;
    for (const auto& migration : assembly.migrations) labels.push_back(migration.id.Label());
    absent = MarkAbsent(source, labels);
  }
  std::map<MigrationId, std::string> shared;
  if (!reading.versions_repeat) shared = SharedVersions(assembly.migrations);
  std::vector<Loaded> all = StoreAll(std::move(assembly.migrations), source);
  AddRemarks(all, RemarksOnRenamed());
  AddRemarks(all, shared);
  for (auto& loaded : all) {
    const auto old = renamed.find(loaded.id);
    if (old == renamed.end()) continue;
    loaded.action = "unchanged";
    loaded.detail = "applied as " + Quoted(old->second) + ", the same text by another name";
  }
  for (const auto& id : absent) all.push_back({id, "absent", "gone from \"" + source + "\""});
  return all;
}

// "would add" of "added".
void SayWould(Loaded& loaded) {
  for (const auto& [done, would] : {std::pair("added", "would add"), std::pair("replaced", "would replace")}) {
    if (loaded.action == done) loaded.action = would;
  }
}

ActionResult ResultOf(const Loaded& loaded) {
  return {.version = loaded.id.version,
          .name = loaded.id.name,
          .action = loaded.action,
          .detail = TextValue(loaded.detail)};
}

ActionResult OfFile(const std::string& path, const char* action, const std::string& why) {
  return {.version = Value(), .name = path, .action = action, .detail = why};
}

// All that a source holds: what becomes a migration, what does not and need not, and in a dry run what can't. Without
// one that is an error, and nothing is loaded.
std::vector<ActionResult> LoadSource(SourceFiles files, const std::string& source, LoadOptions options) {
  Reading reading = ReadFiles(std::move(files), options.read);
  const bool usual_forms = options.has_placeholders && !reading.colon_placeholders;
  options.placeholders.merge(reading.placeholders);
  PlaceholderRules rules{std::move(options.placeholders), usual_forms || reading.dollar_placeholders,
                         usual_forms || reading.brace_placeholders, reading.colon_placeholders};
  Assembly assembly = Assemble(std::move(reading.parts), std::move(rules));
  if (!options.dry_run) assembly.problems.ThrowAny();
  const Problems problems = assembly.problems;
  const auto undo_nothing = reading.convention == "dbmate" ? UndoNothing(assembly.migrations) : RemarksById();
  std::vector<Loaded> all;
  if (options.dry_run) {
    InSubtransaction(Ending::kUndo, [&] { all = StoreSource(std::move(assembly), source, reading); });
    for (auto& loaded : all) SayWould(loaded);
  } else {
    all = StoreSource(std::move(assembly), source, reading);
  }
  for (auto& loaded : all) {
    if (loaded.detail.empty() && reading.convention != "plain") loaded.detail = "as " + std::string(reading.convention);
  }
  AddRemarks(all, undo_nothing);
  std::vector<ActionResult> results;
  for (auto& loaded : all) results.push_back(ResultOf(loaded));
  for (const auto& problem : problems.all()) {
    results.push_back(OfFile(problem.origin, "refused", problem.error.sqlstate + ": " + OneLine(problem.error)));
  }
  for (const auto& [path, why] : reading.ignored) results.push_back(OfFile(path, "ignored", why));
  return results;
}

// An element of `files` as a file; `position` is 1-based, for the message.
SourceFile FileOf(const Row& row, size_t position) {
  const auto refuse = [&](const std::string& what) {
    throw Error(sqlstate::kInvalidParameter, "element " + std::to_string(position) + " of files " + what, {},
                R"(Give an array of {"name": "0003_add_email.sql", "content": "..."}.)");
  };
  if (TextOf(row[0]) != "object") refuse("is not an object");
  if (TextOf(row[3]) != "string") refuse("has no text \"name\"");
  // False says that it was not read.
  if (TextOf(row[4]) == "boolean" && row[2] == "false") return {*row[1], {}, {}, true};
  if (TextOf(row[4]) != "string") refuse("has no text \"content\"");
  RequireTextSize(*row[1], row[2]->size());
  return {*row[1], *row[2]};
}

// JSON begins as the server writes it: an array with "[", an object with "{".
LoadOptions LoadOptionsOf(Argument convention, Argument placeholders, Argument leave_out, Flag dry_run) {
  LoadOptions options;
  options.dry_run = dry_run.Required("dry_run");
  options.read.convention = convention.NotEmpty("convention").value_or("");
  options.read.new_sha1 = NewSha1;
  options.read.new_sha256 = NewSha256;
  if (!leave_out.is_null) {
    for (const auto& row : Query(kElements, {leave_out.view()})) options.read.leave_out.push_back(TextOf(row[0]));
  }
  if (placeholders.is_null) return options;
  options.has_placeholders = true;
  if (!placeholders.view().starts_with('{')) {
    throw Error(sqlstate::kInvalidParameter, "placeholders is not a JSON object", {},
                R"(Give names and values: {"schema": "app"}.)");
  }
  for (const auto& row : Query(kValues, {placeholders.view()})) {
    if (!row[1]) {
      throw Error(sqlstate::kInvalidParameter, "placeholder \"" + TextOf(row[0]) + "\" has no plain value", {},
                  "Give it a string, a number, true or false.");
    }
    options.placeholders.emplace(TextOf(row[0]), *row[1]);
  }
  options.read.values = options.placeholders;
  return options;
}

}  // namespace

std::vector<LoadedMigration> AssembleOne(const std::string& given_name, Argument up, Argument down, Argument verify) {
  const Part named = ClaimName(given_name);
  if (named.section != Section::kUp) {
    throw Error(sqlstate::kInvalidParameter, "\"" + given_name + "\" is the name of a down script", {},
                "Name the migration, and give its down script as the argument down.");
  }
  const MigrationId& id = named.id;
  std::vector<Part> parts;
  const auto add = [&](const Argument& text, Section section, const char* argument) {
    if (text.is_null) return;
    RequireTextSize(id.Label(), text.size);
    Part part = named;
    part.section = section;
    part.origin = argument;
    part.content = std::string(text.data, text.size);
    parts.push_back(std::move(part));
  };
  add(up, Section::kUp, "up");
  add(down, Section::kDown, "down");
  add(verify, Section::kVerify, "verify");
  Assembly assembly = Assemble(std::move(parts));
  assembly.problems.ThrowAny();
  return std::move(assembly.migrations);
}

std::string WithNextVersion(const std::string& name) {
  const MigrationId id = ParseMigrationName(name);
  if (!id.version.empty()) return name;
  const std::string next = ReadLabels().empty() ? "0001" : ReadNextVersion();
  if (next.empty()) {
    throw Error(sqlstate::kWrongState, "there is no next version", "The last migration's version has no number in it.",
                "Give the version in the name, such as \"0002_" + name + "\".");
  }
  return next + "_" + name;
}

Datum Add(FunctionCallInfo info, Argument name, Argument up, Argument down, Argument verify) {
  const std::string given_name = name.Required("name");
  if (up.is_null) throw Error(sqlstate::kNullNotAllowed, "up must not be null");
  const CallScope scope("migrate_add", CallKind::kWrites);
  std::vector<ActionResult> results;
  for (const auto& loaded : StoreAll(AssembleOne(given_name, up, down, verify), kAddSource)) {
    results.push_back(ResultOf(loaded));
  }
  return ReturnRows(info, results);
}

Datum Load(FunctionCallInfo info, Argument files, Argument source, Argument convention, Argument placeholders,
           Argument leave_out, Flag dry_run) {
  if (files.is_null) throw Error(sqlstate::kNullNotAllowed, "files must not be null");
  const std::string source_name = source.Required("source");
  const CallScope scope("migrate_load", CallKind::kWrites);
  const std::string_view json(files.data, files.size);
  if (!json.starts_with('[')) {
    throw Error(sqlstate::kInvalidParameter, "files is not a JSON array", {},
                R"(Give an array of {"name": "0003_add_email.sql", "content": "..."}.)");
  }
  SourceFiles source_files;
  std::vector<std::string> proofs;
  for (const auto& row : Query(kFiles, {json})) {
    source_files.push_back(FileOf(row, source_files.size() + 1));
    if (row[5]) proofs.push_back(*row[5]);
  }
  const LoadOptions options = LoadOptionsOf(convention, placeholders, leave_out, dry_run);
  const auto results = LoadSource(std::move(source_files), source_name, options);
  for (const auto& proof : proofs) {
    if (!options.dry_run) BringProofs(proof);
  }
  return ReturnRows(info, results);
}

Datum LoadDirectory(FunctionCallInfo info, Argument path, Argument convention, Argument placeholders,
                    Argument leave_out, Flag dry_run) {
  const std::string given_path = path.Required("path");
  const CallScope scope("migrate_load_dir", CallKind::kWrites);
  Directory directory = ReadDirectory(given_path);
  return ReturnRows(info, LoadSource(std::move(directory.files), directory.path,
                                     LoadOptionsOf(convention, placeholders, leave_out, dry_run)));
}

}  // namespace migrate
