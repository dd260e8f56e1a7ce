#include <algorithm>
#include <utility>
#include <vector>

#include "core/assemble.h"
#include "core/order.h"
#include "core/supabase.h"
#include "server/assembling.h"
#include "server/commands.h"
#include "server/extension.h"
#include "server/files.h"
#include "server/guard.h"
#include "server/hash.h"
#include "server/lookup.h"
#include "server/result.h"
#include "server/settings.h"
#include "server/store.h"

namespace migrate {
namespace {

Statement kFiles = {
    R"(SELECT pg_catalog.jsonb_typeof(f), f OPERATOR(pg_catalog.->>) 'name', f OPERATOR(pg_catalog.->>) 'content',
           pg_catalog.jsonb_typeof(f OPERATOR(pg_catalog.->) 'name'),
           pg_catalog.jsonb_typeof(f OPERATOR(pg_catalog.->) 'content')
         FROM pg_catalog.jsonb_array_elements($1::pg_catalog.jsonb) AS e(f))",
    Rights::kCaller};
Statement kValues = {
    R"(SELECT v.key, CASE WHEN pg_catalog.jsonb_typeof(v.value) OPERATOR(pg_catalog.=) ANY ('{string,number,boolean}')
                         THEN v.value OPERATOR(pg_catalog.#>>) '{}' END
         FROM pg_catalog.jsonb_each($1::pg_catalog.jsonb) v)",
    Rights::kCaller};
Statement kElements = {"SELECT e FROM pg_catalog.unnest($1::pg_catalog.text[]) e", Rights::kCaller};

constexpr char kAddSource[] = "add";

// What a load is told besides its files.
struct LoadOptions {
  ReadOptions read;
  Placeholders placeholders;
  bool has_placeholders = false;
  bool dry_run = false;
};

struct Loaded {
  std::string action;
  std::string detail;
};

// `supabase migration fetch` writes files that are not quite what ran. They stand for that all the same: the text that
// ran takes their place.
void TakeBackFetched(LoadedMigration& migration, const std::string& applied_checksum) {
  if (!SupabaseEnabled() || migration.repeatable || applied_checksum == migration.up.checksum ||
      !HasScript(applied_checksum))
    return;
  std::string applied = ReadScript(applied_checksum);
  if (!IsFetchedForm(applied, migration.up_text)) return;
  migration.up_text = std::move(applied);
  migration.up.checksum = applied_checksum;
}

// Where its source gives an applied migration another place in the order, the newest may be another: that is no
// alteration by hand, and the version guard follows.
class GuardFollower {
 public:
  // Before the migration is updated.
  void Take(const StoredMigration& stored, const LoadedMigration& migration) {
    const bool by_number = migration.id.version.empty() && !migration.repeatable;
    if (!stored.applied() || by_number || stored.sort_key == SortKey(migration, 0)) return;
    if (!moved_) RequireIntactGuard(ReadNamed(migration.id.Label()));
    moved_ = true;
  }

  void Follow() {
    if (moved_) GuardWriter().Write(ReadNewest());
  }

 private:
  bool moved_ = false;
};

void WriteScripts(LoadedMigration& migration) {
  ScriptWriter scripts;
  scripts.Add(migration.id, migration.up, migration.up_text);
  scripts.Add(migration.id, migration.down, migration.down_text);
  scripts.Add(migration.id, migration.verify, migration.verify_text);
  scripts.Flush();
}

// Writes one migration that is known, whose texts it takes, and says what became of it.
Loaded Replace(LoadedMigration& migration, const std::string& source, GuardFollower& guard) {
  const std::string options = OptionsOf(migration);
  const auto stored = ReadStored(migration.id, options, source);
  if (stored->applied()) TakeBackFetched(migration, stored->applied_checksum);
  WriteScripts(migration);
  guard.Take(*stored, migration);
  const bool same_up = stored->checksum == migration.up.checksum;
  const bool same_others =
      stored->down_checksum == migration.down.checksum && stored->verify_checksum == migration.verify.checksum;
  const bool same_run = same_up && same_others && stored->same_options;
  const bool same_all = same_run && stored->same_place && !stored->absent;
  if (!same_all) UpdateMigration(migration, options, source, !same_run);
  if (!same_up && stored->applied_checksum == migration.up.checksum) {
    return {"replaced", "the text that was applied is back"};
  }
  const bool other_applied = stored->applied() && stored->applied_checksum != migration.up.checksum;
  if (other_applied && migration.repeatable) {
    return {same_up ? "unchanged" : "replaced", "runs again with the next apply"};
  }
  if (other_applied) {
    return {"changed", "applied with another text: load that one again, or call migrate_repair('" +
                           migration.id.Label() + "', 'accept')"};
  }
  if (same_all) return {"unchanged", ""};
  if (!same_up) return {"replaced", "not applied yet"};
  if (!same_others) return {"replaced", "the up script is the same"};
  if (!same_run) return {"replaced", "the texts are the same, placeholders or other options are not"};
  return {"unchanged", stored->absent ? "back in its source" : "found in another source or place"};
}

Row ResultRow(const MigrationId& id, const Loaded& loaded) {
  return {id.version, id.name, loaded.action, TextValue(loaded.detail)};
}

std::vector<Row> StoreAll(std::vector<LoadedMigration> migrations, const std::string& source) {
  const std::vector<bool> known = WhichAreKnown(migrations);
  // The new ones first, whose texts are written without a look at what is there.
  std::vector<LoadedMigration*> new_ones;
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (!known[i]) new_ones.push_back(&migrations[i]);
  }
  AddMigrations(new_ones, source);
  std::vector<Row> rows;
  rows.reserve(migrations.size());
  GuardFollower guard;
  for (size_t i = 0; i < migrations.size(); ++i) {
    rows.push_back(ResultRow(migrations[i].id, known[i] ? Replace(migrations[i], source, guard) : Loaded{"added", ""}));
  }
  guard.Follow();
  return rows;
}

// Stores a whole source: what came from it before and is not there now becomes absent. Whether something is gone can't
// be told while a part of the source is refused.
std::vector<Row> StoreSource(Assembly assembly, const std::string& source) {
  std::vector<MigrationId> absent;
  if (assembly.problems.all().empty()) {
    std::vector<std::string> labels;
    for (const auto& migration : assembly.migrations) labels.push_back(migration.id.Label());
    absent = MarkAbsent(source, labels);
  }
  std::vector<Row> rows = StoreAll(std::move(assembly.migrations), source);
  for (const auto& id : absent) rows.push_back(ResultRow(id, {"absent", "gone from \"" + source + "\""}));
  return rows;
}

// "would add" of "added".
void SayWould(Row& row) {
  for (const auto& [done, would] : {std::pair("added", "would add"), std::pair("replaced", "would replace")}) {
    if (row[2] == done) row[2] = would;
  }
}

// All that a source holds: what becomes a migration, what does not and need not, and in a dry run what can't. Without
// one that is an error, and nothing is loaded.
std::vector<Row> LoadSource(SourceFiles files, const std::string& source, LoadOptions options) {
  Reading reading = ReadFiles(std::move(files), options.read);
  const bool usual_forms = options.has_placeholders && !reading.colon_placeholders;
  PlaceholderRules rules{std::move(options.placeholders), usual_forms || reading.dollar_placeholders,
                         usual_forms || reading.brace_placeholders, reading.colon_placeholders};
  Assembly assembly = Assemble(std::move(reading.parts), std::move(rules));
  std::vector<Row> rows;
  if (options.dry_run) {
    InSubtransaction(Ending::kUndo, [&] { rows = StoreSource(assembly, source); });
    for (auto& row : rows) SayWould(row);
    for (const auto& problem : assembly.problems.all()) {
      rows.push_back({std::nullopt, problem.origin, "refused", problem.error.sqlstate + ": " + OneLine(problem.error)});
    }
  } else {
    assembly.problems.ThrowAny();
    rows = StoreSource(std::move(assembly), source);
  }
  for (auto& row : rows) {
    if (!row[3] && reading.convention != "plain") row[3] = "as " + std::string(reading.convention);
  }
  for (const auto& [path, why] : reading.ignored) rows.push_back({std::nullopt, path, "ignored", why});
  return rows;
}

// An element of `files` as a file; `position` is 1-based, for the message.
SourceFile FileOf(const Row& row, size_t position) {
  const auto refuse = [&](const std::string& what) {
    throw Error(sqlstate::kInvalidParameter, "element " + std::to_string(position) + " of files " + what, {},
                R"(Give an array of {"name": "0003_add_email.sql", "content": "..."}.)");
  };
  if (TextOf(row[0]) != "object") refuse("is not an object");
  if (TextOf(row[3]) != "string") refuse("has no text \"name\"");
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
  return options;
}

}  // namespace

Datum Add(FunctionCallInfo info, Argument name, Argument up, Argument down, Argument verify) {
  const std::string given_name = name.Required("name");
  if (up.is_null) throw Error(sqlstate::kNullNotAllowed, "up must not be null");
  const CallScope scope("migrate_add", CallKind::kWrites);
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
  return ReturnRows(info, StoreAll(std::move(assembly.migrations), kAddSource));
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
  for (const auto& row : Query(kFiles, {json})) source_files.push_back(FileOf(row, source_files.size() + 1));
  return ReturnRows(info, LoadSource(std::move(source_files), source_name,
                                     LoadOptionsOf(convention, placeholders, leave_out, dry_run)));
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
