#include "server/run/proving.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/plan/plan.h"
#include "core/run/execute.h"
#include "core/run/rehearsal.h"
#include "core/schema/change.h"
#include "core/schema/definition.h"
#include "core/schema/difference.h"
#include "core/schema/way/back.h"
#include "core/set/status.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/settings.h"
#include "server/run/explanation.h"
#include "server/run/has_rows.h"
#include "server/run/locked_tables.h"
#include "server/run/made_rows.h"
#include "server/run/observed_database.h"
#include "server/schema/describe.h"
#include "server/store/store.h"

namespace migrate {
namespace {

using Objects = std::vector<schema::Object>;

struct Proof {
  std::string verdict;
  std::string detail;
  bool did_apply = true;
};

constexpr char kDiffers[] = "differs";
constexpr char kNotProven[] = "not proven";
constexpr char kWithRows[] = "with rows";
constexpr char kEmpty[] = "empty";

// "exact" and the like; "differs" with the objects that do.
Proof Compared(const Objects& now, const Objects& wanted, const std::string& when) {
  constexpr size_t kMostNamed = 5;
  schema::Ignored ignored;
  ignored.grant_order = false;
  const auto left = schema::Differences(now, wanted, ignored, true);
  std::string verdict = schema::VerdictOf(left);
  if (!verdict.empty()) return {std::move(verdict), {}};
  std::vector<std::string> names;
  for (const auto& difference : left) names.push_back(difference.object_class + " " + difference.identity);
  return {kDiffers + when, JoinFirst(names, kMostNamed)};
}

// Why a generated way back was refused.
std::string WhyRefused(const Error& error) {
  const std::string why = error.detail.substr(0, error.detail.find('\n'));
  return error.sqlstate == sqlstate::kLosesRows ? "would lose rows: " + why : why;
}

// Whether each table that was changed, and was there before, has rows. Of one that is gone nothing is known.
bool HadRows(const std::vector<schema::Change>& changes) {
  std::set<uint32_t> tables;
  for (const auto& change : changes) {
    if (change.object().kind == "table" && change.action == schema::Change::Action::kDropped) return false;
    if (change.object().relation.oid != 0) tables.insert(change.object().relation.oid);
  }
  for (const auto& change : changes) {
    const bool is_itself = change.after.address == change.after.relation;
    if (is_itself && change.action == schema::Change::Action::kCreated) tables.erase(change.after.address.oid);
  }
  return std::all_of(tables.begin(), tables.end(), HasRows);
}

// Obeys the limits of migrate_explain() where others are; notes which relations its migrations change.
class ProvingDatabase : public ObservedDatabase {
 public:
  explicit ProvingDatabase(ProofPlace place)
      : ObservedDatabase(RehearseSizeKb(), place == ProofPlace::kHere ? ExplainHoldMs() : 0) {}

  // As Undone(), when locks that it takes are gone behind it.
  void UndoneWithLocks(const std::function<void()>& body) {
    const int64_t since = blocked_since();
    try {
      Undone(body, false);
    } catch (...) {
      UndoneSince(since);
      throw;
    }
    UndoneSince(since);
  }

  std::set<Oid> TakeChanged() { return std::exchange(changed_, {}); }

 protected:
  void Changed(const std::vector<schema::Change>& changes) override {
    for (const auto& change : changes) {
      for (const auto* const object : {&change.before, &change.after}) changed_.insert(object->relation.oid);
    }
  }

 private:
  std::set<Oid> changed_;
};

class Proving {
 public:
  Proving(ProvingDatabase& database, bool allow_effects) : database_(database), allow_effects_(allow_effects) {}

  // With the rows that there are. Leaves the migration applied.
  void ProveHere(ProofRecord& record) {
    const Objects before = Before(record);
    bool had_rows = false;
    Proof proof = Prove(record.id, before, &had_rows);
    Take(std::move(proof), had_rows, record);
  }

  // With two rows in each table that it touches, which a run that is undone has told, and which goes for the rows, too.
  // Leaves the migration applied to what there is without them: what comes behind may need other ones.
  void ProveWithRows(ProofRecord& record) {
    const Objects before = Before(record);
    // Where one of these is not known, what was touched by those before counts, too.
    const bool all_is_seen = RecordChangesEnabled() && pgstat_track_counts;
    const LockedRelations locked = all_is_seen ? StronglyLocked() : LockedRelations();
    LockedRelations now;
    RunRow tried;
    (void) database_.TakeChanged();
    database_.UndoneWithLocks([&] {
      tried = RunUp(record.id);
      now = StronglyLocked();
    });
    const std::vector<Oid> touched = TablesTouched(locked, now, database_.TakeChanged());
    std::string remark;
    if (tried.did_run && !touched.empty() && ProveFilled(record, before, touched, remark)) {
      (void) RunUp(record.id);
    } else {
      bool had_rows = false;
      Take(Prove(record.id, before, &had_rows), touched.empty(), record);
    }
    AddRemark(record.detail, remark);
  }

 private:
  Objects Before(ProofRecord& record) {
    Objects before = schema::Describe({});
    record.schema_hash = schema::HashOf(before, *NewSha256());
    record.server_major = kServerMajor;
    return before;
  }

  static void Take(Proof proof, bool with_rows, ProofRecord& record) {
    record.verdict = std::move(proof.verdict);
    record.detail = std::move(proof.detail);
    record.rows = !proof.did_apply ? "" : with_rows ? kWithRows : kEmpty;
  }

  // False if it can't be applied to such rows, as it can without them: what they are nobody has chosen.
  bool ProveFilled(ProofRecord& record, const Objects& before, const std::vector<Oid>& touched, std::string& remark) {
    std::optional<Proof> proof;
    try {
      database_.UndoneWithLocks([&] {
        MadeRows rows;
        for (const auto& why : rows.Fill(touched)) AddRemark(remark, "no rows made for " + why);
        bool had_rows = false;
        proof = Prove(record.id, before, &had_rows);
      });
    } catch (const Error& error) {
      if (ComesFromOutside(error)) throw;
      AddRemark(remark, "tried without rows: with those made for it it fails: " + error.message);
      return false;
    }
    if (!proof->did_apply) return false;
    const bool filled = remark.empty();
    Take(std::move(*proof), filled, record);
    return true;
  }

  // Leaves the migration applied. An error of its up script is thrown.
  Proof Prove(const MigrationId& id, const Objects& before, bool* had_rows) {
    const RunRow up = RunUp(id);
    if (!up.did_run) return {kNotProven, up.action, false};
    const Objects after = schema::Describe({});
    *had_rows = HadRows(schema::ChangesBetween(before, after));
    Proof proof;
    going_ = "fails";
    try {
      database_.UndoneWithLocks([&] { proof = GoBackAndForth(id, before, after); });
    } catch (const Error& error) {
      if (ComesFromOutside(error)) throw;
      const bool is_refused = error.sqlstate == sqlstate::kIrreversible || error.sqlstate == sqlstate::kLosesRows;
      proof = is_refused ? Proof{"no way back", WhyRefused(error)} : Failed(error);
    }
    return proof;
  }

  Proof GoBackAndForth(const MigrationId& id, const Objects& before, const Objects& after) {
    MigrationSet set = ReadApplied({id.Label()});
    const auto known = std::find_if(set.migrations.begin(), set.migrations.end(),
                                    [&](const KnownMigration& migration) { return migration.id == id; });
    if (known == set.migrations.end()) return {kNotProven, "it was not applied"};
    const std::string outlook = RollbackOutlook(*known);
    constexpr std::string_view kRefused = "refused: ";
    if (outlook.starts_with(kRefused)) return {"no way back", outlook.substr(kRefused.size())};
    script_ = outlook;
    RollbackRequest request{std::nullopt, 1, true, id};
    const RunRow down = RunPlan(PlanRollback(std::move(set), request));
    if (!down.did_run) return {kNotProven, down.action};
    Proof proof = Compared(schema::Describe({}), before, "");
    AddRemark(proof.detail, outlook);
    // What is lost, and what is not brought back.
    const size_t lost = down.way.verdict.find("; ");
    if (lost != std::string::npos) AddRemark(proof.detail, down.way.verdict.substr(lost + 2));
    if (proof.verdict.starts_with(kDiffers)) return proof;
    going_ = "fails when applied again";
    script_ = "up script";
    const RunRow again = RunUp(id);
    if (!again.did_run) return {kNotProven, again.action};
    const Proof same = Compared(schema::Describe({}), after, " when applied again");
    return same.verdict.starts_with(kDiffers) ? same : proof;
  }

  RunRow RunUp(const MigrationId& id) {
    return RunPlan(PlanApply(ReadPending({id.Label()}), {.dry_run = true, .only = id}));
  }

  // What it says of the step; of one that can't be tried, why.
  RunRow RunPlan(Plan plan) {
    plan.remarks.clear();
    RequireRunnable(plan);
    RunOptions options{true, LockRetries()};
    options.stays = true;
    options.allow_effects = allow_effects_;
    database_.StopIfHeldTooLong();
    database_.StartRun();
    auto rows = Execute(plan, database_, options);
    const auto untried = std::find_if(rows.begin(), rows.end(),
                                      [](const RunRow& row) { return !row.did_run && row.id != MigrationId(); });
    if (untried != rows.end()) return *untried;
    if (rows.empty()) return {{}, "there is nothing to run", 0, 0, false};
    return std::move(rows.front());
  }

  Proof Failed(const Error& error) const {
    const std::string line = error.line > 0 ? ", line " + std::to_string(error.line) : "";
    return {going_ + ": " + error.message, script_ + line};
  }

  ProvingDatabase& database_;
  const bool allow_effects_;
  std::string going_, script_;  // what to say if it fails now
};

std::string WhyStopped(const ProvingDatabase& database) {
  const std::string hold =
      Call([]() noexcept { return GetConfigOptionByName("migrate.explain_hold", nullptr, false); });
  const auto& lock = database.blocking();
  return lock ? "would hold " + Explanation(database).NameOf(*lock) + " longer than " + hold
              : "takes longer than " + hold;
}

void NotProven(const std::string& why, ProofRecord& record) {
  record.verdict = kNotProven;
  record.detail = why;
  record.rows.clear();
}

}  // namespace

std::vector<ProofRecord> ProveEach(std::vector<ProofRecord> proofs, bool allow_effects, ProofPlace place) {
  ProvingDatabase database(place);
  size_t at = 0;
  try {
    database.Rehearse([&] {
      Proving proving(database, allow_effects);
      for (; at < proofs.size(); ++at) {
        if (place == ProofPlace::kHere) {
          proving.ProveHere(proofs[at]);
        } else {
          // Each is a transaction of its own where it is applied for real: a label that the one before has added can be
          // used. Nothing of this stays, so that no index can be left with one that nobody knows.
          Call([]() noexcept { AtEOXact_Enum(); });
          proving.ProveWithRows(proofs[at]);
        }
      }
    });
  } catch (const Error&) {
    if (!database.was_stopped()) throw;
    const std::string why = WhyStopped(database);
    for (; at < proofs.size(); ++at) NotProven(why, proofs[at]);
  }
  database.EndRun();
  return proofs;
}

}  // namespace migrate
