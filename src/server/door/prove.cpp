// migrate_prove(): whether what is pending can be undone, and done again.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/plan/plan.h"
#include "core/plan/proof.h"
#include "core/run/execute.h"
#include "core/run/rehearsal.h"
#include "core/schema/change.h"
#include "core/schema/definition.h"
#include "core/schema/difference.h"
#include "core/schema/way/back.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/make_plan.h"
#include "server/door/result.h"
#include "server/run/old_rows.h"
#include "server/run/pg_database.h"
#include "server/schema/describe.h"
#include "server/store/store.h"
#include "server/store/store_proofs.h"

namespace migrate {
namespace {

using Objects = std::vector<schema::Object>;

struct ProofResult {
  Cell version, name, verdict, detail;
};
constexpr Column<ProofResult> kColumns[] = {
    {"version", &ProofResult::version},
    {"name", &ProofResult::name},
    {"verdict", &ProofResult::verdict},
    {"detail", &ProofResult::detail},
};

struct Proof {
  std::string verdict;
  std::string detail;
};

constexpr char kDiffers[] = "differs";

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

// The rows of its partitions and children are its own.
bool HasRowsLeaf(Oid named) {
  bool has_rows = false;
  ListCell* cell;
  foreach (cell, find_all_inheritors(named, AccessShareLock, nullptr)) {
    Relation const table = table_open(lfirst_oid(cell), NoLock);
    if (table->rd_rel->relkind == RELKIND_RELATION && !has_rows) {
      OldRowScan scan = OpenOldRowsLeaf({table, RelationGetDescr(table), nullptr, 0, false}, OldRows::kNow);
      has_rows = NextOldRowLeaf(&scan);
      CloseOldRowsLeaf(scan);
    }
    table_close(table, NoLock);
  }
  return has_rows;
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
  return std::all_of(tables.begin(), tables.end(), [](Oid table) {
    const bool is_table = Call([=]() noexcept {
      const char kind = get_rel_relkind(table);
      return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE;
    });
    return !is_table || Call([=]() noexcept { return HasRowsLeaf(table); });
  });
}

class Proving {
 public:
  Proving(PgDatabase& database, bool allow_effects) : database_(database), allow_effects_(allow_effects) {}

  // Leaves the migration applied. An error of its up script is thrown.
  Proof Prove(const MigrationId& id, ProofRecord& record) {
    const Objects before = schema::Describe({});
    record.schema_hash = schema::HashOf(before, *NewSha256());
    const RunRow up = RunUp(id);
    if (!up.did_run) return {"not proven", up.action};
    const Objects after = schema::Describe({});
    record.rows = HadRows(schema::ChangesBetween(before, after)) ? "with rows" : "empty";
    Proof proof;
    going_ = "fails";
    try {
      InSubtransaction(Ending::kUndo, [&] { proof = GoBackAndForth(id, before, after); });
    } catch (const Error& error) {
      if (ComesFromOutside(error)) throw;
      const bool is_refused = error.sqlstate == sqlstate::kIrreversible || error.sqlstate == sqlstate::kLosesRows;
      proof = is_refused ? Proof{"no way back", WhyRefused(error)} : Failed(error);
    }
    return proof;
  }

 private:
  Proof GoBackAndForth(const MigrationId& id, const Objects& before, const Objects& after) {
    MigrationSet set = ReadApplied({id.Label()});
    const auto known = std::find_if(set.migrations.begin(), set.migrations.end(),
                                    [&](const KnownMigration& migration) { return migration.id == id; });
    if (known == set.migrations.end()) return {"not proven", "it was not applied"};
    const std::string outlook = RollbackOutlook(*known);
    constexpr std::string_view kRefused = "refused: ";
    if (outlook.starts_with(kRefused)) return {"no way back", outlook.substr(kRefused.size())};
    script_ = outlook;
    RollbackRequest request{std::nullopt, 1, true, id};
    const RunRow down = RunPlan(PlanRollback(std::move(set), request));
    if (!down.did_run) return {"not proven", down.action};
    Proof proof = Compared(schema::Describe({}), before, "");
    AddRemark(proof.detail, outlook);
    // What is lost, and what is not brought back.
    const size_t lost = down.way.verdict.find("; ");
    if (lost != std::string::npos) AddRemark(proof.detail, down.way.verdict.substr(lost + 2));
    if (proof.verdict.starts_with(kDiffers)) return proof;
    going_ = "fails when applied again";
    script_ = "up script";
    const RunRow again = RunUp(id);
    if (!again.did_run) return {"not proven", again.action};
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

  PgDatabase& database_;
  const bool allow_effects_;
  std::string going_, script_;  // what to say if it fails now
};

}  // namespace

Datum Prove(FunctionCallInfo info, Argument target, Flag allow_effects) {
  const ApplyRequest request = ApplyRequestOf(target, {false, false}, true);
  const bool with_effects = allow_effects.Required("allow_effects");
  const CallScope scope("migrate_prove", CallKind::kWrites);
  const Plan plan = MakePlan(request);
  RequireRunnable(plan);
  std::vector<ProofResult> results;
  if (plan.steps.empty()) return ReturnRows(info, results, kColumns);
  std::vector<ProofRecord> records;
  PgDatabase database;
  database.Rehearse([&] {
    Proving proving(database, with_effects);
    for (const auto& step : plan.steps) {
      const KnownMigration& migration = *step.migration;
      ProofRecord record{migration.id, migration.up.checksum, migration.down.checksum};
      const Proof proof = proving.Prove(migration.id, record);
      record.verdict = proof.verdict;
      record.detail = proof.detail;
      record.server_major = kServerMajor;
      if (!record.rows.empty() && !migration.repeatable) records.push_back(std::move(record));
      results.push_back({.version = step.migration->id.version,
                         .name = step.migration->id.name,
                         .verdict = proof.verdict,
                         .detail = TextValue(proof.detail)});
    }
  });
  database.EndRun();
  for (const auto& record : records) WriteProof(record);
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
