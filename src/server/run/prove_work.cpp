#include "server/run/prove_work.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/run/rehearsal.h"
#include "core/schema/difference.h"
#include "core/schema/way/way.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/base/transaction.h"
#include "server/run/proving.h"
#include "server/run/scratch_work.h"

namespace migrate {
namespace {

using schema::Object;
using schema::TextReader;
using schema::TextWriter;
using Objects = std::vector<Object>;
using Texts = std::vector<std::string>;

constexpr char kYes[] = "yes";

Texts ListOf(const ProofRecord& proof) {
  return {proof.id.version,    proof.id.name,     proof.up_checksum,
          proof.down_checksum, proof.schema_hash, std::to_string(proof.server_major),
          proof.rows,          proof.verdict,     proof.detail};
}

ProofRecord ProofOf(const Texts& list) {
  ProofRecord proof;
  proof.id = {list.at(0), list.at(1)};
  proof.up_checksum = list.at(2);
  proof.down_checksum = list.at(3);
  proof.schema_hash = list.at(4);
  proof.server_major = std::stoi(list.at(5));
  proof.rows = list.at(6);
  proof.verdict = list.at(7);
  proof.detail = list.at(8);
  return proof;
}

void Put(TextWriter& writer, const std::vector<ProofRecord>& proofs) {
  writer.Put(std::to_string(proofs.size()));
  for (const auto& proof : proofs) writer.Put(ListOf(proof));
}

std::vector<ProofRecord> ProofsOf(TextReader& reader) {
  std::vector<ProofRecord> proofs;
  for (int count = std::stoi(reader.Text()); count > 0; --count) proofs.push_back(ProofOf(reader.List()));
  return proofs;
}

// A subscription would begin to replicate, and keep the database from being dropped.
bool IsLeftOut(const Object& object) { return object.kind == "subscription"; }

// What holds a secret is made with the mask in its place: nothing there is to be reached with it, and a way back that
// would need it is refused as it would be here.
void MakeMasked(const Objects& objects) {
  for (const auto& object : objects) {
    if (!schema::IsMasked(object.definition) || IsLeftOut(object)) continue;
    try {
      InSubtransaction(Ending::kKeep, [&] { (void) QueryOnce(object.definition); });
    } catch (const Error& error) {
      if (ComesFromOutside(error)) throw;
    }
  }
}

// Refuses where something is missing; returns what is there, and not quite the same. Owners and who was granted what
// may be others, where the caller may not say so: members of extensions show nothing else.
std::string RequireMade(const Objects& wanted) {
  constexpr size_t kMostNamed = 5;
  schema::Ignored ignored;
  ignored.owners = ignored.grants = true;
  Texts missing, others;
  for (const auto& left : schema::Differences(ScratchGround::ReadAll(), wanted, ignored, true)) {
    if (left.object_class.starts_with("extension member")) continue;
    (left.here ? others : missing).push_back(left.object_class + " " + left.identity);
  }
  if (others.empty() && missing.empty()) return {};
  if (missing.empty()) return "made in another way in the scratch database: " + JoinFirst(others, kMostNamed);
  throw Error(sqlstate::kWrongState, "the schema of this database can't be made again in a scratch database",
              "What is missing there: " + JoinFirst(missing, kMostNamed) + ".");
}

std::string MakeSchema(const ScratchGround& ground, Objects objects) {
  std::erase_if(objects, IsLeftOut);
  ground.Lay(objects);
  const bool has_masked = std::any_of(objects.begin(), objects.end(),
                                      [](const Object& object) { return schema::IsMasked(object.definition); });
  if (has_masked) {
    MakeMasked(objects);
    ScratchGround::Make(objects, {});
  }
  return RequireMade(objects);
}

}  // namespace

std::vector<ProofRecord> ProveThere(Scratch& scratch, const ProveRequest& request) {
  TextWriter writer;
  writer.Put(request.schema);
  for (const auto* const rows :
       {&request.store.migrations, &request.store.events, &request.store.guard, &request.store.scripts}) {
    writer.Put(*rows);
  }
  writer.Put(std::string(request.store.shows_texts ? kYes : ""));
  writer.Put(std::string(request.allow_effects ? kYes : ""));
  writer.Put(std::string(request.records_changes ? kYes : ""));
  Put(writer, request.proofs);
  const Message answer = scratch.Ask({kProve, writer.Take()});
  TextReader reader(answer.texts);
  return ProofsOf(reader);
}

// The schema is committed: what a migration locks can be told from what was made.
Texts ProveInScratch(const ScratchGround& ground, TextReader& reader) {
  Objects objects = reader.Objects();
  StoreCopy store;
  for (auto* const rows : {&store.migrations, &store.events, &store.guard, &store.scripts}) *rows = reader.List();
  store.shows_texts = !reader.Text().empty();
  const bool allow_effects = !reader.Text().empty();
  const bool records_changes = !reader.Text().empty();
  const std::string remark = MakeSchema(ground, std::move(objects));
  CommitTransaction();
  if (records_changes) SetInScratch("migrate.record_changes", "on");
  const CallScope scope("migrate_prove", CallKind::kWrites);
  WriteCopy(store);
  TextWriter writer;
  auto proofs = ProveEach(ProofsOf(reader), allow_effects, ProofPlace::kScratch);
  for (auto& proof : proofs) AddRemark(proof.detail, remark);
  Put(writer, proofs);
  return writer.Take();
}

}  // namespace migrate
