#include "server/door/repair.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/quote.h"
#include "core/plan/plan.h"
#include "core/plan/renamed.h"
#include "core/set/order.h"
#include "server/base/extension.h"
#include "server/base/notify.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/result.h"
#include "server/store/store.h"
#include "server/store/store_changes.h"
#include "server/store/store_kept.h"
#include "server/store/supabase_history.h"

namespace migrate {
namespace {

Error WrongState(const MigrationId& id, const std::string& what, const std::string& hint) {
  return Error(sqlstate::kWrongState, "migration " + Quoted(id) + " " + what, {}, hint);
}

// What one repair action does; returns the detail of its row.
using RepairAction = std::string (*)(const KnownMigration&, const Actor&);

void WriteRepair(const KnownMigration& migration, State state, const Actor& actor, const std::string& action) {
  WriteEvent("repair", migration, state, actor, std::nullopt, std::nullopt, action);
  if (NotifyEnabled()) Announce({"repair", migration.id, CurrentRole()});
}

std::string AcceptText(const KnownMigration& migration, const Actor& actor) {
  if (!migration.applied()) {
    throw WrongState(migration.id, "is not applied", "A pending text needs no acceptance: migrate_apply() runs it.");
  }
  AcceptText(migration);
  // The values that a repeatable one ran with are those of the event that made it applied.
  WriteRepair(migration, migration.repeatable ? State::kApplied : State::kUnchanged, actor, "accept");
  TellSupabaseIfOn(migration, SupabaseChange::kRecorded);
  return migration.changed() || migration.reruns() ? "the loaded text counts as applied" : "its text had not changed";
}

std::string AcceptDownScript(const KnownMigration& migration, const Actor& actor) {
  if (!migration.down_now().exists() && !migration.has_recorded_way()) {
    throw WrongState(migration.id, "has no down script",
                     "Load one: a section \"-- migrate:down\" or a .down.sql file.");
  }
  AcceptDown(migration);
  WriteRepair(migration, State::kUnchanged, actor, "accept down");
  if (migration.reversible_now() == Reversible::kComment) return "its closing comment may be run";
  return migration.reversible_now() == Reversible::kNo && migration.has_recorded_way()
             ? "its recorded changes may be taken back"
             : "it needed no acceptance";
}

std::string MarkApplied(const KnownMigration& migration, const Actor& actor) {
  if (migration.is_hook())
    throw WrongState(migration.id, "is a hook", "It runs around migrations, and is never applied.");
  if (migration.applied() && !migration.unfinished->partial()) {
    throw WrongState(migration.id, "is applied already", "migrate_status() shows since when.");
  }
  RecordAsApplied(migration, actor, "applied");
  return "recorded as applied, nothing was run";
}

// The applied migration goes on under the name of this one, which has its text.
std::string TakeName(const KnownMigration& migration, const Actor& actor) {
  if (migration.applied()) {
    throw WrongState(migration.id, "is applied already", "Name the new one, which is pending.");
  }
  const MigrationSet set = ReadPending({});
  const KnownMigration* const old = Renamed(set).From(migration);
  if (old == nullptr) {
    throw WrongState(migration.id, "has not the text of an applied one that is gone",
                     "Load the folder in which its file was renamed; if what it makes is there, use 'applied'.");
  }
  KnownMigration renamed = *old;
  static_cast<Migration&>(renamed) = migration;
  Rename(old->id, migration.id);
  WriteRepair(renamed, State::kUnchanged, actor, "renamed from " + old->id.Label());
  TellSupabaseIfOn(*old, SupabaseChange::kForgotten);
  TellSupabaseIfOn(renamed, SupabaseChange::kRecorded);
  return "applied as " + Quoted(old->id) + ", nothing was run";
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
  const std::string forget = "migrate_repair(" + Literal(migration.id) + ", 'forget').";
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
  Progress progress{"repair", run.action, run.sha256, done, false};
  progress.message = action;
  WriteProgress(migration, actor, progress);
  if (NotifyEnabled()) Announce({"repair", migration.id, CurrentRole()});
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

std::string FreeWhatIsKept(const KnownMigration& migration, const Actor& actor) {
  const int freed = FreeKept(migration.id);
  if (freed > 0) WriteRepair(migration, State::kUnchanged, actor, "free kept");
  return freed == 0 ? "nothing is kept of it" : std::to_string(freed) + " freed: a rollback brings back no rows";
}

constexpr std::pair<const char*, RepairAction> kActions[] = {
    {"accept", AcceptText},
    {"accept down", AcceptDownScript},
    {"applied", MarkApplied},
    {"renamed", TakeName},
    {"forget", Forget},
    {"resume here", ResumeHere},
    {"resume after", ResumeAfter},
    {"purge text", Purge},
    {"free kept", FreeWhatIsKept},
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

void RecordAsApplied(const KnownMigration& migration, const Actor& actor, const std::string& message,
                     const std::optional<std::vector<schema::Change>>& changes) {
  const int64_t event = WriteEvent("repair", migration, State::kApplied, actor, std::nullopt, std::nullopt, message, {},
                                   CountOf(changes));
  if (changes) WriteChanges(event, *changes);
  if (NotifyEnabled()) Announce({"repair", migration.id, CurrentRole()});
  TellSupabaseIfOn(migration, SupabaseChange::kRecorded);
}

Datum Remove(FunctionCallInfo info, Argument migration) {
  const std::string name = migration.Required("migration");
  const CallScope scope("migrate_remove", CallKind::kWrites);
  const Actor actor = CurrentActor("");
  std::vector<ActionResult> results;
  for (const auto& found : FindMigrations(ReadNamed(name), name)) {
    const std::string detail = Remove(found, actor);
    results.push_back({.version = found.id.version, .name = found.id.name, .action = "removed", .detail = detail});
  }
  return ReturnRows(info, results);
}

Datum Repair(FunctionCallInfo info, Argument migration, Argument action) {
  const std::string name = migration.Required("migration");
  const std::string action_name = action.Required("action");
  const RepairAction repair = FindAction(action_name);
  const CallScope scope("migrate_repair", CallKind::kWrites);
  const Actor actor = CurrentActor("");
  std::vector<ActionResult> results;
  for (const auto& found : FindMigrations(ReadNamed(name), name)) {
    const std::string detail = repair(found, actor);
    results.push_back({.version = found.id.version, .name = found.id.name, .action = action_name, .detail = detail});
  }
  GuardWriter().Write(ReadNewest());
  return ReturnRows(info, results);
}

}  // namespace migrate
