// What counts as a proof that a migration can be undone. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/set/known.h"

namespace migrate {

// What migrate_prove() found out about a migration, once.
struct ProofRecord {
  MigrationId id;
  std::string up_checksum, down_checksum;  // the second is empty if the way back was generated
  std::string schema_hash;                 // of the schema before it
  int server_major = 0;
  std::string rows;  // "with rows", or "empty" if a table that it changes had none
  std::string verdict, detail;
  std::string proved_at, proved_by;
  std::string brought_by;  // the role that loaded it; empty for one that was made in this database
};

// Whose proofs count.
enum class ProofRule { kOff, kLocal, kAny };

// "exact", "equal but for …", "superset: …".
bool LeadsBack(std::string_view verdict);

// Whether a proof is asked of it at all: not of what is never rolled back, or says that it can't be.
bool NeedsProof(const KnownMigration& migration);

// The newest proof of these texts on this server that counts by the rule; null if none does.
const ProofRecord* NewestProof(const std::vector<ProofRecord>& proofs, const KnownMigration& migration,
                               int server_major, ProofRule rule);

// "exact, with rows, by deploy, 2026-11-30 14:00:00+00", "…, brought by ci".
std::string Shown(const ProofRecord& proof);

}  // namespace migrate
