#include "core/set/status.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/plan/plan.h"
#include "core/plan/renamed.h"
#include "core/set/environment.h"
#include "core/set/order.h"

namespace migrate {
namespace {

// A run that left nothing and did not end well.
bool Failed(const Unfinished& run, bool migrating) {
  return run.event == "fail" || (run.event == "start" && !migrating);
}

std::string StatusOf(const KnownMigration& migration, const MigrationSet& set, bool migrating) {
  if (migration.is_hook() && !migration.absent && !migration.for_others) return "hook";
  if (migration.unfinished->partial()) return "partial";
  if ((!migration.applied() || migration.reruns()) && migration.unfinished && Failed(*migration.unfinished, migrating))
    return "failed";
  if (migration.applied()) {
    if (migration.reruns()) return "pending";
    if (migration.changed()) return migration.repeatable ? "applied" : "changed";
    if (migration.absent) return "missing";
    return migration.baselined() ? "baseline" : "applied";
  }
  if (migration.absent) return "absent";
  if (migration.skipped()) return "skipped";
  // What replaces others has its place among them, wherever those stand.
  return IsOutOfOrder(migration, set) && migration.options->replaces.empty() ? "out of order" : "pending";
}

// Where an unfinished run stands or stopped, and why.
std::string ProgressOf(const KnownMigration& migration, bool migrating) {
  const Unfinished& run = *migration.unfinished;
  const std::string what = run.action == Action::kApply ? "applying" : "rolling back";
  const std::string where = WhereItStopped(migration);
  if (run.event == "fail") {
    return what + " stopped" + where + ": " + run.sqlstate + (run.message.empty() ? "" : " " + run.message);
  }
  if (run.event == "repair") return what + " goes on" + where;
  if (migrating) return what + " is under way" + (where.empty() ? "" : "," + where);
  if (!run.partial()) return what + " was begun and undone when its session ended";
  return what + " stopped" + where + ", when its session ended";
}

// The same in a few words.
std::string ProgressNote(const KnownMigration& migration, bool migrating) {
  const Unfinished& run = *migration.unfinished;
  std::string note = run.action == Action::kApply ? "" : "rollback: ";
  if (run.event == "fail") {
    note += run.sqlstate;
  } else if (run.event == "repair") {
    note += "goes on";
  } else {
    note += migrating ? "under way" : "session ended";
  }
  if (run.line != 0) note += " at line " + std::to_string(run.line);
  if (!run.partial()) return note;
  const std::string how_far = HowFar(migration);  // " with 2 of 5 statements done"
  const size_t count = how_far.find_first_of("0123456789");
  return note + ", " + how_far.substr(count, how_far.find(" statement") - count) + " done";
}

// Of one that runs again when it has changed.
std::string KindOf(const KnownMigration& migration) { return migration.options->seed ? "seed" : "repeatable"; }

bool AwaitsAcceptance(const KnownMigration& migration) {
  return migration.reversible_now() == Reversible::kComment && !migration.down_is_accepted();
}

bool IsIrreversible(const KnownMigration& migration) {
  return migration.reversible_now() == Reversible::kNo && !migration.repeatable;
}

std::string NoteOf(const KnownMigration& migration, const std::string& status, bool migrating) {
  std::vector<std::string> words;
  if (migration.unfinished) words.push_back(ProgressNote(migration, migrating));
  if (status == "changed") words.emplace_back("migrate_text() shows where");
  if (migration.absent) words.emplace_back("gone from its source");
  if (migration.is_hook()) words.emplace_back(HookName(migration.options->hook));
  if (migration.repeatable && !migration.is_hook())
    words.push_back(KindOf(migration) + (migration.reruns() ? ", runs again" : ""));
  if (const auto whom = ForWhom(*migration.options); !whom.empty()) words.push_back(whom);
  if (!migration.options->replaces.empty()) words.emplace_back("replaces others");
  if (!migration.options->tags.empty()) words.push_back("tagged " + Join(migration.options->tags, ", "));
  if (migration.version_is_shared) words.emplace_back("shared version");
  if (!migration.up.transactional) words.emplace_back("no-transaction");
  if (IsIrreversible(migration)) words.emplace_back("irreversible");
  if (migration.reversible_now() == Reversible::kGenerated) words.emplace_back("down generated");
  if (AwaitsAcceptance(migration)) words.emplace_back("down not accepted");
  if (migration.undoes_nothing()) words.emplace_back("down does nothing");
  const int changes = migration.application->changes;
  if (changes > 0) words.push_back(std::to_string(changes) + (changes == 1 ? " change" : " changes"));
  return Join(words, ", ");
}

}  // namespace

std::vector<StatusRow> MakeStatus(const MigrationSet& set, bool migrating) {
  const Renamed renamed(set);
  std::vector<StatusRow> rows;
  rows.reserve(set.migrations.size());
  for (const auto& migration : set.migrations) {
    StatusRow row;
    row.migration = &migration;
    row.status = StatusOf(migration, set, migrating);
    row.note = NoteOf(migration, row.status, migrating);
    if (auto remark = renamed.Remark(migration); !remark.empty()) row.AddRemark("renamed?", std::move(remark));
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(),
            [](const StatusRow& a, const StatusRow& b) { return ComesBefore(*a.migration, *b.migration); });
  if (const auto problem = GuardProblem(set)) {
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&](const StatusRow& r) { return set.newest && r.migration->id == *set.newest; });
    if (!set.newest) row = rows.begin();
    if (row != rows.end()) row->AddRemark("guard altered by hand", problem->message + ": " + problem->detail);
  }
  return rows;
}

void StatusRow::AddRemark(std::string_view words, std::string remark) {
  if (!note.empty()) note += ", ";
  note += words;
  remarks.push_back(std::move(remark));
}

std::vector<std::string> Remarks(const StatusRow& row, bool migrating) {
  const KnownMigration& migration = *row.migration;
  std::vector<std::string> remarks;
  if (migration.unfinished) remarks.push_back(ProgressOf(migration, migrating));
  if (row.status == "changed") {
    remarks.push_back("applied with checksum " + migration.application->checksum.substr(0, 12));
  }
  if (migration.absent) remarks.push_back("gone from its source \"" + migration.source + "\"");
  if (row.status == "missing" && migration.repeatable) {
    remarks.emplace_back("migrate_remove() drops it, what it made stays");
  }
  if (migration.reruns()) {
    remarks.push_back(KindOf(migration) + (migration.changed() ? ", and its text has changed"
                                                               : ", and values of its placeholders have changed"));
  } else if (migration.is_hook()) {
    remarks.push_back(std::string("runs ") + HookName(migration.options->hook) + " of those that are applied");
  } else if (migration.repeatable) {
    remarks.push_back(KindOf(migration));
  }
  if (migration.skipped()) {
    remarks.push_back("not for this environment: " + ForWhom(*migration.options));
  }
  if (migration.version_is_shared) remarks.emplace_back("version is shared, ordered by name");
  if (!migration.up.transactional) remarks.push_back("not transactional: " + migration.up.detail);
  // Of what only another tool has nothing is known.
  const std::string why = IsIrreversible(migration) ? migration.irreversible_why_now() : "";
  if (!why.empty()) remarks.push_back("not reversible: " + why);
  if (migration.reversible_now() == Reversible::kGenerated) {
    remarks.emplace_back("no down script: a rollback takes its recorded changes back");
  }
  if (AwaitsAcceptance(migration)) remarks.emplace_back("down script is a closing comment, not accepted yet");
  if (migration.undoes_nothing()) remarks.emplace_back("its down script has no statement");
  remarks.insert(remarks.end(), row.remarks.begin(), row.remarks.end());
  return remarks;
}

const char* ReversibleName(Reversible reversible) {
  switch (reversible) {
    case Reversible::kScript: return "script";
    case Reversible::kComment: return "comment";
    case Reversible::kGenerated: return "generated";
    default: return "no";
  }
}

Reversible ReversibleFromName(const std::string& name) {
  if (name == "script") return Reversible::kScript;
  return name == "comment" ? Reversible::kComment : Reversible::kNo;
}

}  // namespace migrate
