#include <algorithm>
#include <utility>
#include <vector>

#include "core/assemble.h"
#include "server/commands.h"
#include "server/extension.h"
#include "server/files.h"
#include "server/hash.h"
#include "server/lookup.h"
#include "server/pg_parser.h"
#include "server/result.h"
#include "server/store.h"

namespace migrate {
namespace {

Statement kFiles = {
    R"(SELECT pg_catalog.jsonb_typeof(f), f OPERATOR(pg_catalog.->>) 'name', f OPERATOR(pg_catalog.->>) 'content',
           pg_catalog.jsonb_typeof(f OPERATOR(pg_catalog.->) 'name'),
           pg_catalog.jsonb_typeof(f OPERATOR(pg_catalog.->) 'content')
         FROM pg_catalog.jsonb_array_elements($1::pg_catalog.jsonb) AS e(f))",
    Rights::kCaller};
Statement kFilesType = {"SELECT pg_catalog.jsonb_typeof($1::pg_catalog.jsonb)", Rights::kCaller};

constexpr char kAddSource[] = "add";

struct Loaded {
  std::string action;
  std::string detail;
};

// Writes one migration, whose texts it takes, and says what became of it.
Loaded Store(Migration& migration, const std::string& source) {
  const std::string options = OptionsOf(migration);
  const auto stored = ReadStored(migration.id, options, source);
  for (Script* script : {&migration.up, &migration.down, &migration.verify}) {
    WriteScript(migration.id, *script);
  }
  if (!stored) {
    WriteMigration(migration, options, source, true, true);
    return {"added", ""};
  }
  const bool same_up = stored->checksum == migration.up.checksum;
  const bool same_others =
      stored->down_checksum == migration.down.checksum && stored->verify_checksum == migration.verify.checksum;
  const bool same_all = same_up && same_others && stored->same_options && !stored->absent;
  if (!same_all) WriteMigration(migration, options, source, false, !same_up || !same_others);
  if (!same_up && stored->applied_checksum == migration.up.checksum) {
    return {"replaced", "the text that was applied is back"};
  }
  if (stored->applied() && stored->applied_checksum != migration.up.checksum) {
    return {"changed", "applied with another text: load that one again, or call migrate_repair('" +
                           migration.id.Label() + "', 'accept')"};
  }
  if (same_all) return {"unchanged", ""};
  if (!same_up) return {"replaced", "not applied yet"};
  if (!same_others) return {"replaced", "the up script is the same"};
  return {"unchanged", stored->absent ? "back in its source" : "found in another source or place"};
}

Row ResultRow(const MigrationId& id, const Loaded& loaded) {
  return {id.version, id.name, loaded.action, TextValue(loaded.detail)};
}

std::vector<Row> StoreAll(std::vector<Part> parts, const std::string& source) {
  PgParser parser;
  std::vector<Row> rows;
  for (auto& migration : AssembleMigrations(std::move(parts), parser, NewSha256)) {
    rows.push_back(ResultRow(migration.id, Store(migration, source)));
  }
  return rows;
}

// Loads a whole source: what came from it before and is not there now becomes absent.
std::vector<Row> LoadSource(std::vector<SourceFile> files, const std::string& source) {
  std::vector<Row> rows = StoreAll(PartsOf(std::move(files)), source);
  std::vector<std::string> labels;
  for (const auto& row : rows) labels.push_back(MigrationId{*row[0], *row[1]}.Label());
  for (const auto& id : MarkAbsent(source, labels)) {
    rows.push_back(ResultRow(id, {"absent", "gone from \"" + source + "\""}));
  }
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

}  // namespace

Datum Add(FunctionCallInfo info, Argument name, Argument up, Argument down, Argument verify) {
  const std::string given_name = name.Required("name");
  if (up.is_null) throw Error(sqlstate::kNullNotAllowed, "up must not be null");
  const CallScope scope("migrate_add", CallKind::kWrites);
  const Claim claim = ClaimFile(given_name);
  if (claim.first_section != Section::kUp) {
    throw Error(sqlstate::kInvalidParameter, "\"" + given_name + "\" is the name of a down script", {},
                "Name the migration, and give its down script as the argument down.");
  }
  const MigrationId& id = claim.id;
  std::vector<Part> parts;
  const auto add = [&](const Argument& text, Section section, const char* argument) {
    if (text.is_null) return;
    RequireTextSize(id.Label(), text.size);
    parts.push_back({Claim{id, section}, argument, std::string(text.data, text.size)});
  };
  add(up, Section::kUp, "up");
  add(down, Section::kDown, "down");
  add(verify, Section::kVerify, "verify");
  return ReturnRows(info, StoreAll(std::move(parts), kAddSource));
}

Datum Load(FunctionCallInfo info, Argument files, Argument source) {
  if (files.is_null) throw Error(sqlstate::kNullNotAllowed, "files must not be null");
  const std::string source_name = source.Required("source");
  const CallScope scope("migrate_load", CallKind::kWrites);
  const std::string_view json(files.data, files.size);
  if (TextOf(QueryValue(kFilesType, {json})) != "array") {
    throw Error(sqlstate::kInvalidParameter, "files is not a JSON array", {},
                R"(Give an array of {"name": "0003_add_email.sql", "content": "..."}.)");
  }
  std::vector<SourceFile> source_files;
  for (const auto& row : Query(kFiles, {json})) source_files.push_back(FileOf(row, source_files.size() + 1));
  return ReturnRows(info, LoadSource(std::move(source_files), source_name));
}

Datum LoadDirectory(FunctionCallInfo info, Argument path) {
  const std::string given_path = path.Required("path");
  const CallScope scope("migrate_load_dir", CallKind::kWrites);
  Directory directory = ReadDirectory(given_path);
  return ReturnRows(info, LoadSource(std::move(directory.files), directory.path));
}

Datum Remove(FunctionCallInfo info, Argument migration) {
  const std::string name = migration.Required("migration");
  const CallScope scope("migrate_remove", CallKind::kWrites);
  std::vector<Row> rows;
  for (const auto& found : FindMigrations(ReadNamed(name), name)) {
    if (found.applied()) {
      throw Error(sqlstate::kWrongState, "migration \"" + found.id.Label() + "\" is applied", {},
                  "Roll it back first, or call migrate_repair('" + found.id.Label() + "', 'forget').");
    }
    if (found.unfinished.partial()) {
      throw Error(sqlstate::kWrongState, "migration \"" + found.id.Label() + "\" is applied in part", {},
                  "Once nothing of it is left, call migrate_repair('" + found.id.Label() + "', 'forget').");
    }
    DeleteMigration(found.id);
    rows.push_back(ResultRow(found.id, {"removed", "its text is kept"}));
  }
  return ReturnRows(info, rows);
}

}  // namespace migrate
