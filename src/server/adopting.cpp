#include <algorithm>
#include <utility>

#include "core/problems.h"
#include "core/version.h"
#include "server/announce.h"
#include "server/assembling.h"
#include "server/commands.h"
#include "server/extension.h"
#include "server/guard.h"
#include "server/hash.h"
#include "server/histories.h"
#include "server/lookup.h"
#include "server/result.h"
#include "server/settings.h"
#include "server/store_adopt.h"

namespace migrate {
namespace {

using adopt::Decision;
using adopt::Verdict;

constexpr char kListHint[] = "migrate_adopt() lists the histories that this database has.";

// A row about a whole table.
Row TableRow(const FoundHistory& found, const char* action, const std::string& detail) {
  return {found.tool == nullptr ? Value() : std::string(found.tool->name), std::nullopt, std::nullopt, action,
          "table " + found.Name() + ": " + detail};
}

std::string Count(size_t count, const std::string& what) { return std::to_string(count) + " " + what; }

// The newest that is applied: by version, or the last one.
const Decision* NewestOf(const std::vector<Decision>& decisions) {
  const Decision* newest = nullptr;
  for (const auto& decision : decisions) {
    if (!decision.recorded.applied()) continue;
    const bool newer = newest == nullptr ||
                       VersionSortKey(newest->recorded.id.version) <= VersionSortKey(decision.recorded.id.version);
    if (newer) newest = &decision;
  }
  return newest;
}

// Counts, and what is wrong with it.
Row Summary(const FoundHistory& found, const std::vector<Decision>& decisions) {
  size_t applied = 0, loaded = 0, rolled_back = 0;
  std::string wrong;
  for (const auto& decision : decisions) {
    const auto& recorded = decision.recorded;
    applied += recorded.applied() ? 1 : 0;
    loaded += recorded.applied() && decision.loaded ? 1 : 0;
    rolled_back += recorded.standing == adopt::Standing::kRolledBack ? 1 : 0;
    const bool bad = recorded.standing == adopt::Standing::kFailed || recorded.standing == adopt::Standing::kNotSql;
    if (bad) wrong += "; \"" + recorded.id.Label() + "\": " + recorded.why;
  }
  for (const auto& remark : found.history.remarks) wrong += "; " + remark;
  std::string detail = Count(found.rows, found.rows == 1 ? "row" : "rows") + ", " + Count(applied, "applied");
  const bool by_checksum = applied > 0 && decisions.front().recorded.id.Label().empty();
  if (!by_checksum) detail += ", " + Count(loaded, "of them loaded");
  if (rolled_back > 0) detail += ", " + Count(rolled_back, "rolled back");
  Row row = TableRow(found, "found", detail + wrong);
  if (const Decision* const newest = NewestOf(decisions)) {
    row[1] = TextValue(newest->recorded.id.version);
    row[2] = TextValue(newest->recorded.id.name);
  }
  return row;
}

// Why the table is not read without being asked for by name; empty if it is.
std::string WhyNotRead(const FoundHistory& found) {
  const adopt::Candidate& candidate = found.candidate;
  if (!candidate.readable) return "you may not read it: GRANT SELECT ON " + found.Name() + " TO your role";
  if (!candidate.runs_code) return {};
  return std::string(candidate.kind == 'r' || candidate.kind == 'p' ? "it has row security" : "it is no plain table") +
         ", so that reading it runs what its owner wrote: migrate_adopt('" + std::string(found.tool->name) +
         "') does so, as you";
}

// Reads it. An error that only this table is to blame for is returned, not thrown.
std::string TryRead(FoundHistory& found) {
  try {
    InSubtransaction(Ending::kKeep, [&] { ReadRows(found); });
    return {};
  } catch (const Error& error) {
    if (error.sqlstate == sqlstate::kQueryCanceled) throw;
    return "it can't be read: " + error.message;
  }
}

// Other histories that could tell of the same migrations, read.
std::vector<FoundHistory> ReadOthers(const FoundHistory& than) {
  std::vector<FoundHistory> others;
  for (auto& found : FindHistories()) {
    const bool same = found.Name() == than.Name();
    if (same || found.tool == nullptr || adopt::IsOfService(found.candidate.schema)) continue;
    if (WhyNotRead(found).empty() && TryRead(found).empty()) others.push_back(std::move(found));
  }
  return others;
}

// One row for each other history that does not agree.
void AddContradictions(const FoundHistory& found, const std::vector<FoundHistory>& others, const LoadedSet& loaded,
                       std::vector<Row>& rows) {
  const auto ours = adopt::Match(found.history, loaded.migrations);
  for (const auto& other : others) {
    const std::string what = adopt::Contradiction(ours, adopt::Match(other.history, loaded.migrations));
    if (what.empty()) continue;
    rows.push_back(TableRow(other, "contradicts",
                            "beside " + std::string(found.tool->name) + "'s " + found.Name() + " " + what +
                                ": find out which of the two is right before you adopt the other, too"));
  }
}

std::vector<Row> ListHistories() {
  const LoadedSet loaded = ReadLoaded();
  std::vector<Row> rows;
  std::vector<FoundHistory> read;
  for (auto& found : FindHistories()) {
    if (adopt::IsOfService(found.candidate.schema)) {
      rows.push_back(TableRow(found, "ignored", "one of Supabase's services keeps its own migrations there"));
      rows.back()[0] = std::nullopt;
      continue;
    }
    if (found.tool == nullptr) {
      rows.push_back(TableRow(found, "looks alike", "no tool's that is known: " + adopt::WhyNoShape(found.candidate)));
      continue;
    }
    const std::string unread = WhyNotRead(found);
    const std::string failed = unread.empty() ? TryRead(found) : unread;
    if (!failed.empty()) {
      rows.push_back(TableRow(found, "not read", failed));
      continue;
    }
    rows.push_back(Summary(found, adopt::Match(found.history, loaded.migrations)));
    read.push_back(std::move(found));
  }
  while (!read.empty()) {
    const FoundHistory last = std::move(read.back());
    read.pop_back();
    AddContradictions(last, read, loaded, rows);
  }
  return rows;
}

void RequireToolName(const std::string& name) {
  const auto names = adopt::ToolNames();
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  throw Error(sqlstate::kInvalidParameter, "unknown source \"" + name + "\"", {},
              "The sources are " + Join(names, ", ") + ".");
}

// The one table that holds the tool's history.
FoundHistory OnlyHistory(const std::string& tool) {
  std::vector<FoundHistory> own;
  std::string alike;
  for (auto& found : FindHistories()) {
    if (adopt::IsOfService(found.candidate.schema)) continue;
    if (found.tool != nullptr && found.tool->name == tool) {
      own.push_back(std::move(found));
    } else if (const std::string why = adopt::WhyNoShape(found.candidate); why.find("for " + tool + " ") != why.npos) {
      alike += (alike.empty() ? "" : " ") + std::string("Table ") + found.Name() + " is not: " + why + ".";
    }
  }
  if (own.empty()) {
    throw Error(sqlstate::kUndefinedObject, "this database has no history of " + tool, alike,
                std::string(kListHint) + " One under another name is migrate_adopt('" + tool + ":schema.table').");
  }
  if (own.size() > 1) {
    std::string names;
    for (const auto& found : own) names += (names.empty() ? "" : ", ") + found.Name();
    throw Error(sqlstate::kAmbiguous, "this database has several histories of " + tool, "They are " + names + ".",
                "Name one: migrate_adopt('" + tool + ":" + own.front().Name() + "').");
  }
  return std::move(own.front());
}

// The history that `source` names, read: "dbmate", or "dbmate:other.schema_migrations".
FoundHistory ReadSource(const std::string& source) {
  const size_t colon = source.find(':');
  const std::string tool = source.substr(0, colon);
  RequireToolName(tool);
  FoundHistory found = colon == source.npos ? OnlyHistory(tool) : FindHistory(tool, source.substr(colon + 1));
  if (found.tool == nullptr) {
    throw Error(sqlstate::kWrongState, "table " + found.Name() + " is not one of " + tool,
                "It looks alike, but " + adopt::WhyNoShape(found.candidate, tool) + ".", kListHint);
  }
  if (!found.candidate.readable) {
    throw Error(sqlstate::kInsufficientPrivilege, "permission denied for table " + found.Name(), {},
                "It is read as you: its owner can GRANT SELECT ON " + found.Name() + " to your role.");
  }
  ReadRows(found);
  return found;
}

// Takes a history over, row by row.
class Adopter {
 public:
  explicit Adopter(const FoundHistory& found)
      : found_(found), source_(std::string(found.tool->name) + ": " + found.Name()) {}

  std::vector<Row> Run() {
    const auto text_of = [&](size_t i) { return ReadKeptText(loaded_.checksums[i]); };
    const adopt::Hashers hashers{NewSha1, NewSha256, NewSha384};
    for (const auto& decision : adopt::Decide(found_.history, loaded_.migrations, text_of, hashers)) Take(decision);
    if (any_) GuardWriter().Write(ReadNewest());
    for (const auto& remark : found_.history.remarks) rows_.push_back(TableRow(found_, "remark", remark));
    AddContradictions(found_, ReadOthers(found_), loaded_, rows_);
    return std::move(rows_);
  }

 private:
  void Take(const Decision& decision) {
    switch (decision.verdict) {
      case Verdict::kAdopt: Record(loaded_.migrations[*decision.loaded].id, decision, decision.detail); break;
      case Verdict::kRegister: Register(decision); break;
      case Verdict::kUnchanged: Say(decision, "unchanged", decision.detail); break;
      case Verdict::kDiffers: Say(decision, "differs", decision.detail); break;
      case Verdict::kUnknown: Say(decision, "unknown", decision.detail); break;
      case Verdict::kNotApplied: Say(decision, "not applied", decision.detail); break;
    }
  }

  void Say(const Decision& decision, const char* action, const std::string& detail) {
    const MigrationId& id = decision.loaded ? loaded_.migrations[*decision.loaded].id : decision.recorded.id;
    rows_.push_back({std::string(found_.tool->name), id.version, id.name, action, TextValue(detail)});
  }

  void Record(const MigrationId& id, const Decision& decision, const std::string& detail) {
    WriteAdoption(id, actor_, decision.recorded.at, source_);
    if (NotifyEnabled()) Announce("adopt", id);
    any_ = true;
    rows_.push_back({std::string(found_.tool->name), id.version, id.name, "adopted", TextValue(detail)});
  }

  // The text that the tool kept becomes the migration. Its rollback script is nobody's who reviewed it here: it runs
  // only once it is accepted.
  void Register(const Decision& decision) {
    const auto& recorded = decision.recorded;
    Assembly assembly;
    try {
      assembly = Assemble(PartsOf(recorded));
      assembly.problems.ThrowAny();
    } catch (const Error& error) {
      return Say(decision, "refused", "its text can't be taken over: " + OneLine(error));
    }
    LoadedMigration& migration = assembly.migrations.front();
    const bool has_rollback = !recorded.rollback.empty() && migration.down.exists();
    if (has_rollback) migration.reversible = Reversible::kComment;
    AddMigrations({&migration}, found_.Name());
    std::string detail = "with the text that the table keeps";
    if (has_rollback) {
      detail += "; its rollback script runs only after migrate_repair('" + migration.id.Label() + "', 'accept down')";
    }
    Record(migration.id, decision, detail);
  }

  static std::vector<Part> PartsOf(const adopt::Recorded& recorded) {
    RequireMigrationName(recorded.id.Label());
    std::vector<Part> parts(1);
    parts[0].id = recorded.id;
    parts[0].origin = recorded.id.Label();
    parts[0].content = recorded.text + "\n";
    if (!recorded.rollback.empty()) {
      parts.push_back(parts[0]);
      parts[1].section = Section::kDown;
      parts[1].content = recorded.rollback + "\n";
    }
    return parts;
  }

  const FoundHistory& found_;
  const std::string source_;
  const LoadedSet loaded_ = ReadLoaded();
  const Actor actor_ = CurrentActor("");
  bool any_ = false;
  std::vector<Row> rows_;
};

}  // namespace

Datum Adopt(FunctionCallInfo info, Argument source) {
  const auto name = source.NotEmpty("source");
  if (!name) {
    const CallScope scope("migrate_adopt", CallKind::kReads);
    return ReturnRows(info, ListHistories());
  }
  const CallScope scope("migrate_adopt", CallKind::kWrites);
  RequireIntactGuard(ReadNamed(*name));
  const FoundHistory found = ReadSource(*name);
  return ReturnRows(info, Adopter(found).Run());
}

}  // namespace migrate
