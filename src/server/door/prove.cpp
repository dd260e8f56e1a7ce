// migrate_prove(): whether what is pending can be undone, and done again.
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/plan/plan.h"
#include "core/plan/proof.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/make_plan.h"
#include "server/door/result.h"
#include "server/run/prove_work.h"
#include "server/run/proving.h"
#include "server/run/scratch.h"
#include "server/schema/describe.h"
#include "server/store/store_copy.h"
#include "server/store/store_proofs.h"

namespace migrate {
namespace {

constexpr char kFunction[] = "migrate_prove";

struct ProofResult {
  Cell version, name, verdict, detail;
};
constexpr Column<ProofResult> kColumns[] = {
    {"version", &ProofResult::version},
    {"name", &ProofResult::name},
    {"verdict", &ProofResult::verdict},
    {"detail", &ProofResult::detail},
};

std::vector<ProofRecord> ToBeProved(const Plan& plan) {
  std::vector<ProofRecord> proofs;
  for (const auto& step : plan.steps) {
    const KnownMigration& migration = *step.migration;
    proofs.push_back({migration.id, migration.up.checksum, migration.down.checksum});
  }
  return proofs;
}

// Of what kept it from being tried there.
Error Advised(Error error) {
  if (error.sqlstate == sqlstate::kQueryCanceled) return error;
  AddHint(
      error,
      error.line > 0
          ? "It was tried in a scratch database, which has the schema of this one, and other rows. in_place => true "
            "tries it in this one."
          : "in_place => true tries it in this database, and undoes it.");
  return error;
}

// The scratch database is gone when the call returns, and when it fails; but a cancel waits for nothing.
std::vector<ProofRecord> ProveInAnother(std::vector<ProofRecord> proofs, bool allow_effects) {
  std::vector<std::string> labels;
  for (const auto& proof : proofs) labels.push_back(proof.id.Label());
  const ProveRequest request{schema::Describe({}), ReadCopy(labels), std::move(proofs), allow_effects,
                             RecordChangesEnabled()};
  try {
    Scratch scratch(kFunction, true);
    std::vector<ProofRecord> proved;
    try {
      proved = ProveThere(scratch, request);
    } catch (const Error& error) {
      if (error.sqlstate != sqlstate::kQueryCanceled) scratch.Drop();
      throw;
    }
    scratch.Drop();
    return proved;
  } catch (const Error& error) {
    throw Advised(error);
  }
}

}  // namespace

Datum Prove(FunctionCallInfo info, Argument target, Flag in_place, Flag allow_effects) {
  const ApplyRequest request = ApplyRequestOf(target, {false, false}, true);
  const bool is_here = in_place.Required("in_place");
  const bool with_effects = allow_effects.Required("allow_effects");
  // What is tried in another database keeps nobody from migrating this one.
  const CallScope scope(kFunction, is_here ? CallKind::kWrites : CallKind::kRequests);
  const Plan plan = MakePlan(request);
  RequireRunnable(plan);
  std::vector<ProofResult> results;
  if (plan.steps.empty()) return ReturnRows(info, results, kColumns);
  const auto proofs = is_here ? ProveEach(ToBeProved(plan), with_effects, ProofPlace::kHere)
                              : ProveInAnother(ToBeProved(plan), with_effects);
  for (size_t i = 0; i < proofs.size(); ++i) {
    const ProofRecord& proof = proofs[i];
    if (!proof.rows.empty() && !plan.steps[i].migration->repeatable) WriteProof(proof);
    results.push_back({.version = proof.id.version,
                       .name = proof.id.name,
                       .verdict = proof.verdict,
                       .detail = TextValue(proof.detail)});
  }
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
