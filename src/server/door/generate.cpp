// migrate_generate(): the migration that leads from this database's schema to a wanted one, and back.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/definition.h"
#include "core/schema/difference.h"
#include "core/schema/neighbours.h"
#include "core/schema/renamed_objects.h"
#include "core/schema/way/text.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/load.h"
#include "server/door/repair.h"
#include "server/door/result.h"
#include "server/door/schema_pair.h"
#include "server/door/schemas.h"
#include "server/run/scratch.h"
#include "server/run/scratch_work.h"
#include "server/store/store.h"
#include "server/store/store_base.h"

namespace migrate {
namespace {

using schema::Object;
using schema::RenameLine;
using schema::Scope;
using Objects = std::vector<Object>;

constexpr size_t kMostNamed = 10;

struct GeneratedResult {
  Cell version, name, action, section, text;
};
constexpr Column<GeneratedResult> kColumns[] = {
    {"version", &GeneratedResult::version}, {"name", &GeneratedResult::name}, {"action", &GeneratedResult::action},
    {"section", &GeneratedResult::section}, {"text", &GeneratedResult::text},
};

void RequireRoles(const Objects& wanted, const schema::Ignored& ignored) {
  const auto missing = UnknownRoles(schema::RolesOf(wanted, ignored));
  if (missing.empty()) return;
  throw Error(sqlstate::kUndefinedObject, "role " + missing.front() + " does not exist",
              missing.size() == 1 ? "The wanted schema names it."
                                  : "The wanted schema names it, and of these: " + Join(missing, ", ") + ".",
              "Create it here, or ignore owners and grants: a role belongs to the server, and no migration makes one.");
}

// The sequence of an identity column goes and comes with the column.
bool CountsAlone(const schema::Difference& difference) {
  const std::string text = difference.here.value_or("") + difference.there.value_or("");
  return difference.object_class != "sequence" || text.starts_with("CREATE ");
}

// More goes than comes, or a schema does: perhaps something was forgotten.
void RequireAllowed(const std::vector<schema::Difference>& differences) {
  std::vector<std::string> dropped;
  size_t created = 0;
  bool drops_schema = false;
  for (const auto& difference : differences) {
    if (!CountsAlone(difference)) continue;
    if (difference.kind == schema::Difference::Kind::kOnlyThere) ++created;
    if (difference.kind != schema::Difference::Kind::kOnlyHere) continue;
    drops_schema |= difference.object_class == "schema";
    dropped.push_back(difference.object_class + " " + difference.identity);
  }
  if (!drops_schema && dropped.size() <= created) return;
  throw Error(
      sqlstate::kDropsObjects,
      drops_schema ? "the migration would drop a schema"
                   : "the migration would drop " + std::to_string(dropped.size()) +
                         (dropped.size() == 1 ? " object" : " objects") + " and create " + std::to_string(created),
      "It would drop " + JoinFirst(dropped, kMostNamed) + ".",
      "Call it with allow_drop => true if that is meant. Else see whether the wanted schema is complete, or name "
      "the schemas that it holds.");
}

void RequireReached(const Ways& ways) {
  if (ways.not_up.empty()) return;
  throw Error(sqlstate::kWrongState, "no way was found to the wanted schema",
              "What would still differ: " + Join(ways.not_up, ", ") + ".",
              "Write the migration by hand; migrate_diff() shows what differs.");
}

Argument ArgumentOf(const std::string& text) { return {text.data(), text.size(), false}; }

std::vector<GeneratedResult> ResultOf(const MigrationId& id, const char* action, const std::string& up,
                                      const std::string& down) {
  return {{.version = id.version, .name = id.name, .action = action, .section = "up", .text = up},
          {.version = id.version, .name = id.name, .action = action, .section = "down", .text = down}};
}

// What is expected of the database is shown, and decided.
void RequireRights(DriftUse use) {
  if (use == DriftUse::kRevert) return RequireReadsTexts();
  RequireOwner("migrate_generate() with drift => 'keep' decides what is expected of this database");
  for (const auto& migration : ReadPending({}).migrations) {
    if (!migration.pending() || migration.repeatable) continue;
    throw Error(sqlstate::kWrongState, "migration " + Quoted(migration.id) + " is pending",
                "What is kept is recorded as applied, behind all others.", "Apply or remove it first.");
  }
}

// CountSeenSinceBase() knows what stands for all of it.
void RecordKept(const std::string& label, const Argument& schemas, std::vector<schema::Change> changes) {
  using Action = schema::Change::Action;
  for (auto& change : changes) {
    if (change.action != Action::kCreated) schema::AddHash(change.before, NewSha256);
    if (change.action != Action::kDropped) schema::AddHash(change.after, NewSha256);
  }
  const auto migration = FindMigrations(ReadNamed(label), label).front();
  const std::string message =
      schemas.is_null ? kDriftKept : std::string(kDriftKept) + " of " + schemas.Required("schemas");
  RecordAsApplied(migration, CurrentActor(""), message, changes);
  GuardWriter().Write(ReadNewest());
}

// With what hangs together with the objects that differ, which is quick. Nothing if that does not suffice.
std::optional<Ways> TryWays(Scratch& scratch, const WayRequest& request) {
  try {
    Ways ways = FindWays(scratch, request);
    if (ways.not_up.empty() && ways.not_down.empty()) return ways;
  } catch (const Error& error) {
    if (error.sqlstate != sqlstate::kWrongState) throw;
  }
  return std::nullopt;
}

// Both sections of the migration, and what is recorded of it if it is kept.
struct Found {
  Ways ways;
  std::vector<schema::Change> kept;
};

// Nothing if nothing differs.
std::optional<Found> Find(const Wish& wish, const Argument& snapshot, std::optional<Scratch>& scratch) {
  const SchemaPair pair = PairOf(wish, snapshot, scratch);
  const Objects here = schema::Inside(pair.now, pair.scope), there = schema::Inside(pair.wanted, pair.scope);
  RequireRoles(there, wish.ignored);
  const auto renames = InWanted(wish.text, [&] { return schema::RenamesOf(here, there, pair.renames); });
  const auto differences = schema::Differences(here, there, wish.ignored, true);
  if (differences.empty()) return std::nullopt;
  if (!wish.allow_drop) {
    RequireAllowed(schema::Differences(schema::WithNewNames(here, renames), there, wish.ignored, true));
  }
  if (!scratch) scratch.emplace(kGenerate);
  schema::Neighbours neighbours;
  schema::AddNeighbours(pair.now, differences, neighbours);
  schema::AddNeighbours(pair.wanted, differences, neighbours);
  WayRequest request{schema::Among(pair.now, neighbours), schema::Among(there, neighbours), pair.scope, renames,
                     wish.ignored};
  Found found;
  if (wish.drift == DriftUse::kKeep) found.kept = schema::ChangesFrom(here, renames, there);
  if (auto ways = TryWays(*scratch, request)) {
    found.ways = std::move(*ways);
    return found;
  }
  request.now = pair.now;
  request.wanted = there;
  found.ways = FindWays(*scratch, request);
  RequireReached(found.ways);
  return found;
}

// The scratch database is gone when the call returns, and when it fails; but a cancel waits for nothing.
std::optional<Found> FindAndDrop(const Wish& wish, const Argument& snapshot) {
  std::optional<Scratch> scratch;
  std::optional<Found> found;
  try {
    found = Find(wish, snapshot, scratch);
  } catch (const Error& error) {
    if (scratch && error.sqlstate != sqlstate::kQueryCanceled) scratch->Drop();
    throw;
  }
  if (scratch) scratch->Drop();
  return found;
}

}  // namespace

Datum Generate(FunctionCallInfo info, Argument name, Argument wanted, Argument snapshot, Argument drift,
               Argument schemas, Argument ignore, Flag dry_run, Flag allow_drop) {
  const std::string given_name = name.Required("name");
  const WishArguments arguments{wanted, snapshot, drift, schemas, ignore, allow_drop};
  const DriftUse use = DriftUseOf(arguments);
  const bool only_shows = dry_run.Required("dry_run");
  const CallScope scope(kGenerate, CallKind::kWrites);
  if (use != DriftUse::kNone) RequireRights(use);
  const std::string label = WithNextVersion(given_name);
  const auto found = FindAndDrop(WishOf(arguments, use), snapshot);
  if (!found) {
    RaiseNotice("nothing differs, so there is no migration to make");
    return ReturnRows(info, std::vector<GeneratedResult>(), kColumns);
  }
  const Ways& ways = found->ways;
  if (!ways.not_down.empty()) {
    RaiseWarning(Error(sqlstate::kWrongState, "the way back does not restore everything",
                       "What would differ: " + Join(ways.not_down, ", ") + ".", "See to its down section."));
  }
  const std::string up = schema::TextOf(ways.up), down = schema::TextOf(ways.down);
  auto migrations = AssembleOne(label, ArgumentOf(up), ArgumentOf(down), {nullptr, 0, true});
  if (only_shows) return ReturnRows(info, ResultOf(migrations.front().id, "would add", up, down), kColumns);
  Loaded loaded = StoreAll(std::move(migrations), kAddSource).front();
  if (use == DriftUse::kKeep) {
    RecordKept(loaded.id.Label(), schemas, found->kept);
    loaded.action = "kept";
  }
  return ReturnRows(info, ResultOf(loaded.id, loaded.action.c_str(), up, down), kColumns);
}

}  // namespace migrate
