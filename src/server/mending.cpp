#include <algorithm>
#include <utility>
#include <vector>

#include "core/order.h"
#include "core/plan.h"
#include "server/announce.h"
#include "server/commands.h"
#include "server/extension.h"
#include "server/lookup.h"
#include "server/result.h"
#include "server/settings.h"
#include "server/store.h"
#include "server/supabase.h"

namespace migrate {
namespace {

std::string Quoted(const MigrationId& id) { return "\"" + id.Label() + "\""; }

Error WrongState(const MigrationId& id, const std::string& what, const std::string& hint) {
  return Error(sqlstate::kWrongState, "migration " + Quoted(id) + " " + what, {}, hint);
}

// What one repair action does; returns the detail of its row.
using RepairAction = std::string (*)(const KnownMigration&, const Actor&);

void WriteRepair(const KnownMigration& migration, State state, const Actor& actor, const std::string& action) {
  WriteEvent("repair", migration, state, actor, std::nullopt, std::nullopt, action);
  if (NotifyEnabled()) Announce("repair", migration.id);
}

std::string AcceptText(const KnownMigration& migration, const Actor& actor) {
  if (!migration.applied()) {
    throw WrongState(migration.id, "is not applied", "A pending text needs no acceptance: migrate_apply() runs it.");
  }
  AcceptText(migration);
  WriteRepair(migration, State::kUnchanged, actor, "accept");
  TellSupabaseIfOn(migration, SupabaseChange::kRecorded);
  return migration.changed() ? "the loaded text counts as applied" : "its text had not changed";
}

std::string AcceptDownScript(const KnownMigration& migration, const Actor& actor) {
  if (!migration.down_now().exists()) {
    throw WrongState(migration.id, "has no down script",
                     "Load one: a section \"-- migrate:down\" or a .down.sql file.");
  }
  AcceptDown(migration);
  WriteRepair(migration, State::kUnchanged, actor, "accept down");
  return migration.reversible_now() == Reversible::kComment ? "its closing comment may be run"
                                                            : "it needed no acceptance";
}

std::string MarkApplied(const KnownMigration& migration, const Actor& actor) {
  if (migration.applied() && !migration.unfinished->partial()) {
    throw WrongState(migration.id, "is applied already", "migrate_status() shows since when.");
  }
  WriteRepair(migration, State::kApplied, actor, "applied");
  TellSupabaseIfOn(migration, SupabaseChange::kRecorded);
  return "recorded as applied, nothing was run";
}

std::string Forget(const KnownMigration& migration, const Actor& actor) {
  if (!migration.applied() && !migration.unfinished) {
    throw WrongState(migration.id, "is not applied", "migrate_remove() forgets a pending one.");
  }
  WriteRepair(migration, State::kPending, actor, "forget");
  TellSupabaseIfOn(migration, SupabaseChange::kForgotten);
  if (!migration.absent) return "pending again, nothing was undone";
  DeleteMigration(migration.id);
  return "forgotten, nothing was undone";
}

// What is applied stays in the set, but for what no rollback ever undoes.
std::string Remove(const KnownMigration& migration, const Actor& actor) {
  const std::string forget = "migrate_repair('" + migration.id.Label() + "', 'forget').";
  if (migration.unfinished->partial()) {
    throw WrongState(migration.id, "is applied in part", "Once nothing of it is left, call " + forget);
  }
  if (migration.applied() && !migration.repeatable) {
    throw WrongState(migration.id, "is applied", "Roll it back first, or call " + forget);
  }
  if (migration.applied()) WriteRepair(migration, State::kPending, actor, "forget");
  DeleteMigration(migration.id);
  return migration.applied() ? "what it made stays: undo that in a migration" : "its text is kept";
}

// Says of the statement where a run stopped whether it is done, which nobody else can tell.
std::string Resume(const KnownMigration& migration, const Actor& actor, const std::string& action, int more) {
  const Unfinished& run = *migration.unfinished;
  if (!run.partial()) {
    throw WrongState(migration.id, "did not stop half way",
                     "There is nothing to resume; migrate_status() shows its state.");
  }
  const Script& script = run.action == Action::kApply ? migration.up : migration.down_now();
  const int done = run.done + more;
  if (done > script.statements) {
    throw WrongState(migration.id, "has no statement after the last one done",
                     "Use 'resume here': its verify script failed, or it only lacks its record.");
  }
  Progress progress{"repair", run.action, run.checksum, done, false};
  progress.message = action;
  WriteProgress(migration, actor, progress);
  if (NotifyEnabled()) Announce("repair", migration.id);
  KnownMigration resumed = migration;
  resumed.unfinished.Make().done = done;
  resumed.unfinished.Make().unsure = false;
  return std::string(run.action == Action::kApply ? "CALL migrate_up()" : "CALL migrate_down()") + " goes on" +
         HowFar(resumed);
}

std::string ResumeHere(const KnownMigration& migration, const Actor& actor) {
  return Resume(migration, actor, "resume here", 0);
}

std::string ResumeAfter(const KnownMigration& migration, const Actor& actor) {
  return Resume(migration, actor, "resume after", 1);
}

std::string Purge(const KnownMigration& migration, const Actor& actor) {
  const int purged = PurgeTexts(migration);
  WriteRepair(migration, State::kUnchanged, actor, "purge text");
  if (purged > 0) TellSupabaseIfOn(migration, SupabaseChange::kPurged);
  return std::to_string(purged) + (purged == 1 ? " text purged" : " texts purged");
}

constexpr std::pair<const char*, RepairAction> kActions[] = {
    {"accept", AcceptText},      {"accept down", AcceptDownScript}, {"applied", MarkApplied}, {"forget", Forget},
    {"resume here", ResumeHere}, {"resume after", ResumeAfter},     {"purge text", Purge},
};

RepairAction FindAction(const std::string& name) {
  std::string names;
  for (const auto& [known, action] : kActions) {
    if (name == known) return action;
    names += (names.empty() ? "" : ", ") + std::string(known);
  }
  throw Error(sqlstate::kInvalidParameter, "unknown repair action \"" + name + "\"", {},
              "The actions are " + names + ".");
}

}  // namespace

Datum Baseline(FunctionCallInfo info, Argument migration) {
  const std::string name = migration.Required("migration");
  const CallScope scope("migrate_baseline", CallKind::kWrites);
  MigrationSet set = ReadAll();
  RequireIntactGuard(set);
  const auto targets = FindMigrations(set, name);
  const KnownMigration& target = *std::max_element(targets.begin(), targets.end(), ComesBefore);
  std::sort(set.migrations.begin(), set.migrations.end(), ComesBefore);
  for (const auto& other : set.migrations) {
    if (!other.applied() || other.baselined() || other.repeatable || !ComesBefore(target, other)) continue;
    throw Error(sqlstate::kWrongState, "can't baseline at " + Quoted(target.id),
                "Migration " + Quoted(other.id) + ", which comes after it, is applied.",
                "Record single ones with migrate_repair(migration, 'applied').");
  }
  const Actor actor = CurrentActor("");
  std::vector<Row> rows;
  for (const auto& other : set.migrations) {
    if (other.applied() || other.absent || ComesBefore(target, other)) continue;
    WriteEvent("baseline", other, State::kApplied, actor, std::nullopt, std::nullopt, {});
    TellSupabaseIfOn(other, SupabaseChange::kRecorded);
    if (NotifyEnabled()) Announce("baseline", other.id);
    rows.push_back({other.id.version, other.id.name, "baselined", "0", "0"});
  }
  if (!rows.empty()) GuardWriter().Write(ReadNewest());
  return ReturnRows(info, rows);
}

Datum Remove(FunctionCallInfo info, Argument migration) {
  const std::string name = migration.Required("migration");
  const CallScope scope("migrate_remove", CallKind::kWrites);
  const Actor actor = CurrentActor("");
  std::vector<Row> rows;
  for (const auto& found : FindMigrations(ReadNamed(name), name)) {
    const std::string detail = Remove(found, actor);
    rows.push_back({found.id.version, found.id.name, "removed", detail});
  }
  return ReturnRows(info, rows);
}

Datum Repair(FunctionCallInfo info, Argument migration, Argument action) {
  const std::string name = migration.Required("migration");
  const std::string action_name = action.Required("action");
  const RepairAction repair = FindAction(action_name);
  const CallScope scope("migrate_repair", CallKind::kWrites);
  const Actor actor = CurrentActor("");
  std::vector<Row> rows;
  for (const auto& found : FindMigrations(ReadNamed(name), name)) {
    const std::string detail = repair(found, actor);
    rows.push_back({found.id.version, found.id.name, action_name, detail});
  }
  GuardWriter().Write(ReadNewest());
  return ReturnRows(info, rows);
}

}  // namespace migrate
