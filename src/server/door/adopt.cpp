#include <algorithm>
#include <utility>

#include "core/set/problems.h"
#include "core/set/version.h"
#include "server/base/assemble.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/notify.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/drift.h"
#include "server/door/find_migration.h"
#include "server/door/result.h"
#include "server/store/foreign_histories.h"
#include "server/store/store_adopt.h"

namespace migrate {
namespace {

using adopt::Decision;
using adopt::Verdict;

constexpr char kListHint[] = "migrate_adopt() lists the histories that this database has.";

constexpr char kView[] =
    "; if it is a history, a view can show it as version, name and applied_at: migrate_adopt('migrations:schema.view')";

struct AdoptResult {
  Cell tool, version, name, action, detail;
};
constexpr Column<AdoptResult> kColumns[] = {
    {"tool", &AdoptResult::tool},     {"version", &AdoptResult::version}, {"name", &AdoptResult::name},
    {"action", &AdoptResult::action}, {"detail", &AdoptResult::detail},
};

// A row about a whole table.
AdoptResult OfTable(const FoundHistory& found, const char* action, const std::string& detail) {
  return {.tool = found.tool == nullptr ? Value() : Value(found.tool->name),
          .version = Value(),
          .name = Value(),
          .action = action,
          .detail = "table " + found.Name() + ": " + detail};
}

// As an adoption from it is recorded.
std::string SourceOf(const FoundHistory& found) { return std::string(found.tool->name) + ": " + found.Name(); }

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

// What would be asked for by its name, so that it is read whoever it belongs to.
std::string CallOf(const FoundHistory& found) {
  return "migrate_adopt('" + std::string(found.tool->name) + ":" + found.Name() + "')";
}

// What is wrong with a history, each behind a semicolon.
std::string FaultsOf(const FoundHistory& found, const std::vector<Decision>& decisions) {
  std::string faults;
  for (const auto& decision : decisions) {
    const auto& recorded = decision.recorded;
    const bool bad = recorded.standing == adopt::Standing::kFailed || recorded.standing == adopt::Standing::kNotSql;
    if (bad) faults += "; " + Quoted(recorded.id) + ": " + recorded.why;
  }
  for (const auto& remark : found.history.remarks) faults += "; " + remark;
  return faults;
}

// Counts, what is wrong with it, and what takes it over.
AdoptResult Summary(const FoundHistory& found, const std::vector<Decision>& decisions,
                    const std::vector<adopt::Loaded>& migrations) {
  size_t applied = 0, loaded = 0, rolled_back = 0;
  for (const auto& decision : decisions) {
    const auto& recorded = decision.recorded;
    applied += recorded.applied() ? 1 : 0;
    loaded += recorded.applied() && decision.loaded ? 1 : 0;
    rolled_back += recorded.standing == adopt::Standing::kRolledBack ? 1 : 0;
  }
  std::string detail = Count(found.rows, found.rows == 1 ? "row" : "rows") + ", " + Count(applied, "applied");
  const bool by_checksum = applied > 0 && decisions.front().recorded.id.Label().empty();
  if (!by_checksum) detail += ", " + Count(loaded, "of them loaded");
  if (rolled_back > 0) detail += ", " + Count(rolled_back, "rolled back");
  const size_t moved = adopt::MovedBack(decisions, migrations, SourceOf(found)).size();
  if (moved > 0) detail += ", " + Count(moved, "that was adopted no longer there");
  detail += FaultsOf(found, decisions) + (loaded < applied && !by_checksum ? "; load the files, then " : "; ") +
            CallOf(found);
  AdoptResult result = OfTable(found, "found", detail + " takes it over");
  if (const Decision* const newest = NewestOf(decisions)) {
    result.version = TextValue(newest->recorded.id.version);
    result.name = TextValue(newest->recorded.id.name);
  }
  return result;
}

// Why the relation is not read without being asked for; empty if it is.
std::string WhyNotRead(const adopt::Relation& relation, const std::string& call) {
  if (!relation.readable) return "you may not read it: GRANT SELECT ON " + relation.Name() + " TO your role";
  const std::string as_you = ", so that reading it runs what its owner wrote: " + call + " does so, as you";
  if (!relation.trusted) return "it belongs to role \"" + relation.owner + "\"" + as_you;
  if (!relation.plain) return "it is no plain table" + as_you;
  return relation.row_level ? "it has row security" + as_you : std::string();
}

// The same of all that a history is read from.
std::string WhyNotRead(const FoundHistory& found) {
  std::string why = WhyNotRead(found.candidate, CallOf(found));
  if (!why.empty() || !found.tool->reads_beside) return why;
  for (const auto& name : found.tool->beside) {
    const adopt::Relation& beside = *found.candidate.FindBeside(name);
    if (why = WhyNotRead(beside, CallOf(found)); !why.empty()) return "table " + beside.Name() + " beside it: " + why;
  }
  return {};
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
                       std::vector<AdoptResult>& results) {
  const auto ours = adopt::Match(found.history, loaded.migrations);
  for (const auto& other : others) {
    const std::string what = adopt::Contradiction(ours, adopt::Match(other.history, loaded.migrations));
    if (what.empty()) continue;
    results.push_back(OfTable(other, "contradicts",
                              "beside " + std::string(found.tool->name) + "'s " + found.Name() + " " + what +
                                  ": find out which of the two is right before you adopt the other, too"));
  }
}

std::vector<AdoptResult> ListHistories() {
  const LoadedSet loaded = ReadLoaded();
  std::vector<AdoptResult> results;
  std::vector<FoundHistory> read;
  for (auto& found : FindHistories()) {
    if (adopt::IsOfService(found.candidate.schema)) {
      results.push_back(OfTable(found, "ignored", "one of Supabase's services keeps its own migrations there"));
      results.back().tool = Value();
      continue;
    }
    if (found.tool == nullptr) {
      const std::string why = adopt::WhyNoShape(found.candidate);
      results.push_back(
          OfTable(found, "looks alike", "no tool's that is known" + (why.empty() ? "" : ": " + why) + kView));
      continue;
    }
    const std::string unread = WhyNotRead(found);
    const std::string failed = unread.empty() ? TryRead(found) : unread;
    if (!failed.empty()) {
      results.push_back(OfTable(found, "not read", failed));
      continue;
    }
    results.push_back(Summary(found, adopt::Match(found.history, loaded.migrations), loaded.migrations));
    read.push_back(std::move(found));
  }
  while (!read.empty()) {
    const FoundHistory last = std::move(read.back());
    read.pop_back();
    AddContradictions(last, read, loaded, results);
  }
  return results;
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
  explicit Adopter(const FoundHistory& found) : found_(found), source_(SourceOf(found)) {}

  std::vector<AdoptResult> Run() {
    const auto text_of = [&](size_t i) { return ReadKeptText(loaded_.sha256s[i]); };
    const adopt::Hashers hashers{NewMd5, NewSha1, NewSha256, NewSha384};
    const adopt::Origin origin{source_, std::string(found_.tool->advice)};
    for (const auto& decision : adopt::Decide(found_.history, loaded_.migrations, text_of, hashers, origin)) {
      Take(decision);
    }
    if (any_) GuardWriter().Write(ReadNewest());
    for (const auto& remark : found_.history.remarks) results_.push_back(OfTable(found_, "remark", remark));
    AddContradictions(found_, ReadOthers(found_), loaded_, results_);
    return std::move(results_);
  }

 private:
  void Take(const Decision& decision) {
    switch (decision.verdict) {
      case Verdict::kAdopt: Record(loaded_.migrations[*decision.loaded].id, decision, decision.detail); break;
      case Verdict::kRegister: Register(decision); break;
      case Verdict::kUnchanged: Say(decision, "unchanged", decision.detail); break;
      case Verdict::kMovedBack: Say(decision, "moved back", decision.detail); break;
      case Verdict::kDiffers: Say(decision, "differs", decision.detail); break;
      case Verdict::kUnknown: Say(decision, "unknown", decision.detail); break;
      case Verdict::kNotApplied: Say(decision, "not applied", decision.detail); break;
    }
  }

  void Say(const Decision& decision, const char* action, const std::string& detail) {
    const MigrationId& id = decision.loaded ? loaded_.migrations[*decision.loaded].id : decision.recorded.id;
    Add(id, action, detail);
  }

  void Record(const MigrationId& id, const Decision& decision, const std::string& detail) {
    WriteAdoption(id, actor_, decision.recorded.at, source_);
    if (NotifyEnabled()) Announce({"adopt", id, CurrentRole()});
    any_ = true;
    Add(id, "adopted", detail);
  }

  void Add(const MigrationId& id, const char* action, const std::string& detail) {
    results_.push_back({.tool = std::string(found_.tool->name),
                        .version = id.version,
                        .name = id.name,
                        .action = action,
                        .detail = TextValue(detail)});
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
      detail += "; its rollback script runs only after migrate_repair(" + Literal(migration.id) + ", 'accept down')";
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
  std::vector<AdoptResult> results_;
};

}  // namespace

Datum Adopt(FunctionCallInfo info, Argument source) {
  const auto name = source.NotEmpty("source");
  if (!name) {
    const CallScope scope("migrate_adopt", CallKind::kReads);
    return ReturnRows(info, ListHistories(), kColumns);
  }
  const CallScope scope("migrate_adopt", CallKind::kWrites);
  RequireIntactGuard(ReadNamed(*name));
  const FoundHistory found = ReadSource(*name);
  TakeBaseOnce();
  return ReturnRows(info, Adopter(found).Run(), kColumns);
}

}  // namespace migrate
