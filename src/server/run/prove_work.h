// What migrate_prove() has done in a scratch database: the schema of this one is made there, the migrations are
// registered there, and each is proved there with made-up rows.
#pragma once

#include <string>
#include <vector>

#include "core/plan/proof.h"
#include "core/schema/object.h"
#include "core/schema/object_texts.h"
#include "server/run/scratch.h"
#include "server/run/scratch_ground.h"
#include "server/store/store_copy.h"

namespace migrate {

struct ProveRequest {
  std::vector<schema::Object> schema;  // what is here
  StoreCopy store;
  std::vector<ProofRecord> proofs;  // to be made, of pending migrations
  bool allow_effects = false;
  bool records_changes = true;  // or nothing can be taken back
};

// The caller's side. An error of an up script is thrown, with its place.
std::vector<ProofRecord> ProveThere(Scratch& scratch, const ProveRequest& request);

// The worker's.
inline constexpr char kProve[] = "prove";
std::vector<std::string> ProveInScratch(const ScratchGround& ground, schema::TextReader& reader);

}  // namespace migrate
