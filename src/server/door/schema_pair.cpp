#include "server/door/schema_pair.h"

#include <algorithm>
#include <functional>

#include "core/schema/drift.h"
#include "core/schema/seen_renames.h"
#include "server/base/settings.h"
#include "server/base/starting_settings.h"
#include "server/door/drift.h"
#include "server/door/schemas.h"
#include "server/run/scratch_work.h"
#include "server/schema/describe.h"
#include "server/schema/made_schemas.h"
#include "server/schema/snapshot.h"
#include "server/store/store_base.h"

namespace migrate {
namespace {

using schema::Object;
using schema::RenameLine;
using schema::Scope;
using Objects = std::vector<Object>;
using Names = std::set<std::pair<std::string, std::string>>;  // class and identity

constexpr size_t kMostNamed = 10;
constexpr int kMostRounds = 5;

void AddNames(const Objects& objects, Names& names) {
  for (const auto& object : objects) names.emplace(object.kind, object.identity);
}

// What is wanted that is in no schema, an extension say, is added. What there is of this kind never differs.
void AddOthers(const Objects& now, const Objects& wanted, Scope& scope) {
  Names before;
  AddNames(now, before);
  for (const auto& object : wanted) {
    if (object.schema.empty() && !before.contains({object.kind, object.identity})) {
      scope.others.emplace(object.kind, object.identity);
    }
  }
}

// Schemas in which code has made something that the text runs.
std::set<std::string, std::less<>> AlsoMadeIn(const WantedSchema& loaded, const Scope& scope) {
  Names before;
  AddNames(loaded.before, before);
  std::set<std::string, std::less<>> schemas;
  for (const auto& object : loaded.after) {
    if (object.schema.empty() || scope.schemas.contains(object.schema)) continue;
    if (!before.contains({object.kind, object.identity})) schemas.insert(object.schema);
  }
  return schemas;
}

// All but what is in scope; a schema of the scope that the text uses and does not make itself is there beforehand.
Objects Surroundings(const Objects& now, const Scope& scope, const schema::MadeSchemas& said) {
  Objects around;
  for (const auto& object : now) {
    const bool is_given =
        object.kind == "schema" && said.used.contains(object.schema) && !said.made.contains(object.schema);
    if (is_given || !scope.Holds(object)) around.push_back(object);
  }
  return around;
}

SchemaPair FromText(Scratch& scratch, const Wish& wish, const schema::MadeSchemas& said) {
  SchemaPair pair;
  pair.renames = wish.renames;
  pair.now = schema::Describe({});
  pair.scope.schemas = wish.schemas ? *wish.schemas : said.used;
  for (int round = 1;; ++round) {
    const WantedSchema loaded =
        InWanted(wish.text, [&] { return LoadWanted(scratch, Surroundings(pair.now, pair.scope, said), wish.text); });
    const auto more = wish.schemas ? std::set<std::string, std::less<>>() : AlsoMadeIn(loaded, pair.scope);
    if (more.empty() || round == kMostRounds) {
      AddOthers(loaded.before, loaded.after, pair.scope);
      pair.wanted = loaded.after;
      return pair;
    }
    pair.scope.schemas.insert(more.begin(), more.end());
  }
}

SchemaPair FromSnapshot(schema::Snapshot snapshot, const Wish& wish) {
  if (snapshot.major != kServerMajor) {
    throw Error(sqlstate::kFeatureNotSupported, "the snapshot comes from another version of PostgreSQL",
                "It was taken on PostgreSQL " + std::to_string(snapshot.major) + ", and this is " +
                    std::to_string(kServerMajor) + ".",
                "Take it from a server of this version, or give the wanted schema as SQL.");
  }
  SchemaPair pair;
  pair.renames = wish.renames;
  pair.now = schema::Describe({});
  pair.wanted = std::move(snapshot.objects);
  if (wish.schemas) {
    pair.scope.schemas = *wish.schemas;
  } else {
    for (const auto& object : pair.wanted) {
      if (!object.schema.empty()) pair.scope.schemas.insert(object.schema);
    }
    AddOthers(pair.now, pair.wanted, pair.scope);
  }
  return pair;
}

Error ExpectedIsUnknown(const std::string& detail) {
  return Error(
      sqlstate::kWrongState, "there is no telling what the schema should be", detail,
      "migrate_drift() shows what differs. Accept that with migrate_drift('accept'), or give the schema that is "
      "wanted.");
}

schema::History KnownHistory() {
  auto history = ReadHistorySinceBase();
  if (!history) throw NoBase();
  if (!history->gaps.empty()) {
    throw ExpectedIsUnknown("Of migration " + Quoted(history->gaps.front().migration) + " no changes are recorded.");
  }
  return std::move(*history);
}

// Those that the guard has seen and no line speaks of, where the one name is gone and the other one is there.
std::vector<RenameLine> SeenIn(const schema::History& history, const Wish& wish, const Objects& expected,
                               const Objects& now) {
  Names before, after;
  AddNames(expected, before);
  AddNames(now, after);
  const auto is_in = [](const Names& names, const std::string& name) {
    return names.contains({"table", name}) || names.contains({"table column", name});
  };
  std::vector<RenameLine> lines = wish.renames;
  for (auto& seen : schema::RenamesSeen(history.sightings)) {
    if (!is_in(before, seen.old_name) || is_in(after, seen.old_name) || !is_in(after, seen.new_name)) continue;
    if (wish.drift == DriftUse::kRevert) std::swap(seen.old_name, seen.new_name);
    const bool is_said = std::any_of(lines.begin(), lines.end(), [&](const RenameLine& line) {
      return line.old_name == seen.old_name || line.new_name == seen.new_name;
    });
    if (!is_said) lines.push_back(std::move(seen));
  }
  return lines;
}

SchemaPair FromDrift(const Wish& wish) {
  const schema::History history = KnownHistory();
  Objects now = schema::Describe({});
  auto expected = schema::ExpectedSchema(history, now, kServerMajor, schema::IgnoreList::Parse(DriftIgnore()));
  if (!expected.unknown.empty()) {
    throw ExpectedIsUnknown(
        "Purged, or written by another major version of PostgreSQL: " + JoinFirst(expected.unknown, kMostNamed) + ".");
  }
  SchemaPair pair;
  pair.renames = SeenIn(history, wish, expected.objects, now);
  for (const auto* const objects : {&now, &expected.objects}) {
    for (const auto& object : *objects) {
      if (wish.schemas) continue;
      if (object.schema.empty()) {
        pair.scope.others.emplace(object.kind, object.identity);
      } else {
        pair.scope.schemas.insert(object.schema);
      }
    }
  }
  if (wish.schemas) pair.scope.schemas = *wish.schemas;
  pair.now = std::move(now);
  pair.wanted = std::move(expected.objects);
  if (wish.drift == DriftUse::kKeep) std::swap(pair.now, pair.wanted);
  return pair;
}

void RequireSource(const WishArguments& arguments, DriftUse drift) {
  if (drift != DriftUse::kNone) {
    if (!arguments.snapshot.is_null) {
      throw Error(sqlstate::kInvalidParameter, "drift and snapshot can't be given together", {},
                  "Leave one of them out.");
    }
    if (drift == DriftUse::kKeep && !arguments.ignore.is_null) {
      throw Error(sqlstate::kInvalidParameter, "ignore can't be given with drift => 'keep'",
                  "What is kept is recorded as applied, whole.", "Leave ignore out.");
    }
    return;
  }
  if (arguments.wanted.is_null && arguments.snapshot.is_null) {
    throw Error(sqlstate::kNullNotAllowed, "one of wanted, snapshot and drift must be given", {},
                "Wanted is the SQL of the whole schema, snapshot is what migrate_schema() shows of another database, "
                "drift is 'revert' or 'keep'.");
  }
}

}  // namespace

DriftUse DriftUseOf(const WishArguments& arguments) {
  const auto given = arguments.drift.NotEmpty("drift");
  DriftUse use = DriftUse::kNone;
  if (given == "revert") {
    use = DriftUse::kRevert;
  } else if (given == "keep") {
    use = DriftUse::kKeep;
  } else if (given) {
    throw Error(sqlstate::kInvalidParameter, "drift can't be " + Quoted(*given), {},
                "Give 'revert' to bring the database back, or 'keep' to take what differs into the history.");
  }
  RequireSource(arguments, use);
  return use;
}

Wish WishOf(const WishArguments& arguments, DriftUse drift) {
  Wish wish;
  wish.drift = drift;
  if (!arguments.wanted.is_null) wish.text = *arguments.wanted.optional();
  wish.renames = InWanted(wish.text, [&] { return schema::RenameLinesIn(wish.text); });
  wish.ignored = schema::IgnoredOf(ElementsOf(arguments.ignore, "ignore"));
  wish.ignored.column_order = true;  // no table is rewritten for it
  wish.allow_drop = arguments.allow_drop.Required("allow_drop");
  if (!arguments.schemas.is_null) {
    const auto names = ElementsOf(arguments.schemas, "schemas");
    wish.schemas.emplace(names.begin(), names.end());
  }
  return wish;
}

SchemaPair PairOf(const Wish& wish, const Argument& snapshot, std::optional<Scratch>& scratch) {
  const std::string path = StartingSettings(false).search_path();
  const auto said = InWanted(wish.text, [&] { return schema::SchemasMadeBy(wish.text, path); });
  const bool is_drift = wish.drift != DriftUse::kNone;
  if (snapshot.is_null && !is_drift) {
    scratch.emplace(kGenerate);
    return FromText(*scratch, wish, said);
  }
  if (said.any_statement) {
    const std::string other = is_drift ? "drift" : "snapshot";
    throw Error(sqlstate::kInvalidParameter, "wanted and " + other + " can't be given together",
                "With " + other + ", wanted may have lines that name what is renamed, and no statement.",
                "Leave one of them out.");
  }
  return is_drift ? FromDrift(wish) : FromSnapshot(schema::ReadSnapshot(*snapshot.optional()), wish);
}

}  // namespace migrate
