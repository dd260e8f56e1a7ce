#include "server/door/allowed.h"

#include <string>
#include <vector>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/plan/proof.h"
#include "server/base/compat.h"
#include "server/base/protected_settings.h"
#include "server/door/lint.h"
#include "server/door/policy.h"
#include "server/store/store_proofs.h"

namespace migrate {

namespace {

constexpr size_t kMostNamed = 10;

std::string WhyNotProven(const ProofRecord* proof) {
  if (proof == nullptr) return "no proof of its texts on this server";
  return proof->verdict + (proof->detail.empty() ? "" : ", " + proof->detail);
}

void RequireProven(const Plan& plan) {
  const ProofRule rule = RequiredProof();
  if (rule == ProofRule::kOff) return;
  std::vector<std::string> labels;
  for (const auto& step : plan.steps) {
    if (step.action == Action::kApply && NeedsProof(*step.migration)) labels.push_back(step.migration->id.Label());
  }
  if (labels.empty()) return;
  const auto proofs = ReadProofs(labels);
  std::vector<std::string> missing;
  const Step* first = nullptr;
  for (const auto& step : plan.steps) {
    if (step.action != Action::kApply || !NeedsProof(*step.migration)) continue;
    const ProofRecord* const proof = NewestProof(proofs, *step.migration, kServerMajor, rule);
    if (proof != nullptr && LeadsBack(proof->verdict)) continue;
    if (first == nullptr) first = &step;
    missing.push_back(Quoted(step.migration->id) + ": " + WhyNotProven(proof));
  }
  if (first == nullptr) return;
  throw Error(sqlstate::kNotProven, "the way back of migration " + Quoted(first->migration->id) + " is not proved",
              JoinFirst(missing, kMostNamed),
              rule == ProofRule::kLocal ? "Prove it in this database: SELECT * FROM migrate_prove()."
                                        : "Prove it: SELECT * FROM migrate_prove(). Or load a proof with its file.");
}

}  // namespace

// What costs nothing first.
Permit RequireAllowed(const Plan& plan, bool all_at_once) {
  Permit permit = RequirePermit(plan);
  RequireProven(plan);
  ObeyLint(plan);
  RequireWithinPolicy(plan, all_at_once);
  return permit;
}

void RequireTriable(const Plan& plan) {
  ObeyLint(plan);
  RequireWithinPolicy(plan, true);
}

}  // namespace migrate
