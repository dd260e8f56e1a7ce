// migrate_squash(): one migration that stands for many.
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
#include "core/schema/made.h"
#include "core/schema/way/back.h"
#include "core/set/migration_name.h"
#include "core/squash/plan.h"
#include "core/squash/text.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/starting_settings.h"
#include "server/door/commands.h"
#include "server/door/load.h"
#include "server/door/result.h"
#include "server/run/scratch.h"
#include "server/run/squash_work.h"
#include "server/schema/describe.h"
#include "server/schema/made_schemas.h"
#include "server/store/store.h"
#include "server/store/store_changes.h"

namespace migrate {
namespace {

using schema::Object;
using Objects = std::vector<Object>;

constexpr char kFunction[] = "migrate_squash";
constexpr char kProven[] = "proven";
constexpr char kUnproven[] = "unproven";
constexpr size_t kMostNamed = 10;

struct SquashResult {
  Cell version, name, action, verdict, section, text;
};
constexpr Column<SquashResult> kColumns[] = {
    {"version", &SquashResult::version}, {"name", &SquashResult::name},       {"action", &SquashResult::action},
    {"verdict", &SquashResult::verdict}, {"section", &SquashResult::section}, {"text", &SquashResult::text},
};

// What texts say of where they make something.
void Add(const schema::MadeSchemas& more, schema::MadeSchemas& all) {
  all.owned.insert(more.owned.begin(), more.owned.end());
  all.made.insert(more.made.begin(), more.made.end());
  all.extensions.insert(more.extensions.begin(), more.extensions.end());
  all.sets_default_privileges |= more.sets_default_privileges;
}

// What a new database has before the first migration runs: what is here and no migration has made.
class Beforehand {
 public:
  explicit Beforehand(const SquashPlan& plan) : made_(ReadMade()) {
    std::vector<const KnownMigration*> applied;
    for (const auto& migration : plan.known) {
      if (migration.applied()) applied.push_back(&migration);
    }
    std::sort(applied.begin(), applied.end(), [](const KnownMigration* a, const KnownMigration* b) {
      return a->application->event_number < b->application->event_number;
    });
    std::vector<std::vector<schema::Change>> parts;
    for (const auto* const migration : applied) {
      auto changes = ReadChangesOf(*migration);
      if (!changes) {
        unrecorded_.insert(migration->id);
      } else {
        for (auto& part : *changes) parts.push_back(std::move(part));
      }
    }
    // As it was before they altered it.
    before_ = schema::TakenBack(parts, schema::Describe({})).wanted;
    std::erase_if(before_, [&](const Object& object) { return object.definition.empty() || made_.Has(object); });
  }

  void Note(const ReplayedMigration& migration, const std::string& search_path) {
    const schema::MadeSchemas said = schema::SchemasMadeBy(migration.text, search_path);
    Add(said, all_);
    if (unrecorded_.contains(migration.id)) Add(said, baseline_);
  }

  // Without what stands in schemas where migrations make something: in a new database it is not there. Perhaps that
  // lacks what somebody has made by hand, or a platform has put there, and a migration needs. What a migration may make
  // only if it is not there, or what would do something of its own, is left out, too.
  Objects Narrow() const {
    return Filtered([&](const Object& object) {
      constexpr std::string_view kLeftOut[] = {"server", "foreign-data wrapper", "user mapping", "event trigger"};
      if (!object.schema.empty()) return !all_.owned.contains(object.schema);
      if (!unrecorded_.empty()) return false;
      return std::find(std::begin(kLeftOut), std::end(kLeftOut), object.kind) == std::end(kLeftOut);
    });
  }

  Objects Wide() const {
    return Filtered([](const Object&) { return true; });
  }

  // Of what Wide() has and Narrow() has not.
  std::vector<std::string> OnlyWide() const {
    std::vector<std::string> names;
    for (const auto& object : Wide()) {
      if (object.kind != "schema" && object.kind != "default acl" && all_.owned.contains(object.schema)) {
        names.push_back(object.kind + " " + object.identity);
      }
    }
    return names;
  }

 private:
  // Of a baseline no change is recorded: what stands where its text makes something is taken to be its own.
  template <typename Keep>
  Objects Filtered(const Keep& keep) const {
    Objects objects;
    for (const auto& object : before_) {
      if (object.kind == "schema") {
        if (!all_.made.contains(object.name)) objects.push_back(object);
      } else if (object.kind == "default acl") {
        if (!baseline_.sets_default_privileges) objects.push_back(object);
      } else if (object.kind == "extension") {
        if (!all_.extensions.contains(object.name)) objects.push_back(object);
      } else if (!baseline_.owned.contains(object.schema) && keep(object)) {
        objects.push_back(object);
      }
    }
    return objects;
  }

  const schema::Made made_;
  std::set<MigrationId> unrecorded_;
  Objects before_;
  schema::MadeSchemas all_, baseline_;
};

ReplayedMigration ReplayedOf(const Step& step) {
  const KnownMigration& migration = *step.migration;
  return {migration.id, FillPlaceholders(ReadScript(migration.up.sha256), step.placeholders()), migration.up.first_line,
          migration.up.each_alone, migration.up.transactional};
}

void AddRemark(std::vector<std::string>& remarks, const std::string& what, const std::vector<std::string>& names) {
  if (!names.empty()) remarks.push_back(what + JoinFirst(names, kMostNamed));
}

SquashRequest RequestOf(const SquashPlan& plan, const std::string& label) {
  SquashRequest request;
  request.squash = ParseMigrationName(label);
  std::vector<std::string> expected, tags, verified, filled;
  for (const auto* const migration : plan.replaced) {
    for (const auto& expect : migration->options->expects) expected.push_back(expect.text);
    tags.insert(tags.end(), migration->options->tags.begin(), migration->options->tags.end());
    if (migration->verify.exists()) verified.push_back(migration->id.Label());
    if (!migration->options->placeholders.empty()) filled.push_back(migration->id.Label());
  }
  request.head = SquashHead(plan.upto, RangeOf(plan.replaced), expected);
  AddRemark(request.remarks, "values of placeholders are filled in: ", filled);
  AddRemark(request.remarks, "verify scripts are not in it: ", verified);
  AddRemark(request.remarks, "tags are not in it: ", tags);
  for (const auto& step : plan.fresh.steps) {
    if (!step.only_records) request.migrations.push_back(ReplayedOf(step));
  }
  return request;
}

Error CantBeReplayed(Error error) {
  AddHint(error,
          "migrate_squash() runs the migrations in a new database, with what this one has beside them and no migration "
          "has made.");
  return error;
}

// First as in a database where nothing was made by hand.
Squashed Try(Scratch& scratch, const Beforehand& beforehand, SquashRequest& request) {
  request.start = beforehand.Narrow();
  try {
    return Squash(scratch, request);
  } catch (const Error& error) {
    if (error.line == 0) throw;
    Objects wide = beforehand.Wide();
    if (wide.size() == request.start.size()) throw CantBeReplayed(error);
    request.start = std::move(wide);
    AddRemark(request.remarks, "needs what no migration has made; there is: ", beforehand.OnlyWide());
    try {
      return Squash(scratch, request);
    } catch (const Error& other) {
      if (other.line == 0) throw;
    }
    throw CantBeReplayed(error);
  }
}

// The scratch database is gone when the call returns, and when it fails; but a cancel waits for nothing.
Squashed TryAndDrop(const Beforehand& beforehand, SquashRequest& request) {
  Scratch scratch(kFunction);
  Squashed squashed;
  try {
    squashed = Try(scratch, beforehand, request);
  } catch (const Error& error) {
    if (error.sqlstate != sqlstate::kQueryCanceled) scratch.Drop();
    throw;
  }
  scratch.Drop();
  return squashed;
}

std::string Labels(const SquashPlan& plan) {
  std::vector<std::string> labels;
  for (const auto* const migration : plan.replaced) labels.push_back(migration->id.Label());
  return Join(labels, "\n");
}

std::vector<SquashResult> ResultsOf(const MigrationId& id, const char* action, const Squashed& squashed,
                                    const SquashPlan& plan) {
  const char* const verdict = squashed.unproven.empty() ? kProven : kUnproven;
  std::vector<SquashResult> results;
  const auto add = [&](const char* section, const std::string& text) {
    results.push_back({.version = id.version,
                       .name = id.name,
                       .action = action,
                       .verdict = verdict,
                       .section = section,
                       .text = text});
  };
  add("up", squashed.text);
  add("replaces", Labels(plan));
  for (const auto& remark : squashed.remarks) add("remark", remark);
  for (const auto& difference : squashed.unproven) add(kUnproven, difference);
  return results;
}

void RequireProven(const Squashed& squashed) {
  if (squashed.unproven.empty()) return;
  throw Error(sqlstate::kWrongState, "the squash does not lead where the migrations lead",
              "What differs: " + JoinFirst(squashed.unproven, kMostNamed) + ".",
              "dry_run => true shows its text. Finish it by hand, and register it with migrate_add().");
}

}  // namespace

Datum SquashUpTo(FunctionCallInfo info, Argument upto, Flag dry_run) {
  const std::string given = upto.Required("upto");
  const bool only_shows = dry_run.Required("dry_run");
  const CallScope scope(kFunction, CallKind::kWrites);
  RequireReadsTexts();
  const SquashPlan plan = PlanSquash(ReadAll(), given);
  const std::string label = WithNextVersion(SquashName(plan.upto));
  SquashRequest request = RequestOf(plan, label);
  Beforehand beforehand(plan);
  const std::string path = StartingSettings(false).search_path();
  for (const auto& migration : request.migrations) beforehand.Note(migration, path);
  const Squashed squashed = TryAndDrop(beforehand, request);
  if (!only_shows) RequireProven(squashed);
  if (only_shows) return ReturnRows(info, ResultsOf(request.squash, "would add", squashed, plan), kColumns);
  const Argument up{squashed.text.data(), squashed.text.size(), false}, none{nullptr, 0, true};
  const Loaded loaded = StoreAll(AssembleOne(label, up, none, none), kAddSource).front();
  return ReturnRows(info, ResultsOf(loaded.id, loaded.action.c_str(), squashed, plan), kColumns);
}

}  // namespace migrate
