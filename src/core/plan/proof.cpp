#include "core/plan/proof.h"

namespace migrate {

bool LeadsBack(std::string_view verdict) {
  return verdict == "exact" || verdict.starts_with("equal but for ") || verdict.starts_with("superset: ");
}

bool NeedsProof(const KnownMigration& migration) {
  const std::string& why = migration.irreversible_why;
  return !migration.repeatable && (why.empty() || why == kNoDownScript || why == kDownLeftOut);
}

const ProofRecord* NewestProof(const std::vector<ProofRecord>& proofs, const KnownMigration& migration,
                               int server_major, ProofRule rule) {
  const ProofRecord* newest = nullptr;
  for (const auto& proof : proofs) {
    const bool is_of_it = proof.id == migration.id && proof.up_checksum == migration.up.checksum &&
                          proof.down_checksum == migration.down.checksum && proof.server_major == server_major;
    if (is_of_it && (rule == ProofRule::kAny || proof.brought_by.empty())) newest = &proof;
  }
  return newest;
}

std::string Shown(const ProofRecord& proof) {
  std::string shown = proof.verdict + ", " + proof.rows + ", by " + proof.proved_by + ", " + proof.proved_at;
  if (!proof.brought_by.empty()) shown += ", brought by " + proof.brought_by;
  return shown;
}

}  // namespace migrate
