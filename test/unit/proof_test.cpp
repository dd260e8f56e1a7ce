#include "core/plan/proof.h"

#include <boost/test/unit_test.hpp>

namespace migrate {
namespace {

KnownMigration OneToProve() {
  KnownMigration migration;
  migration.id = {"0001", "a"};
  migration.up.checksum = "up";
  migration.down.checksum = "down";
  return migration;
}

ProofRecord Record(const std::string& verdict) {
  return {{"0001", "a"}, "up", "down", "hash", 17, "with rows", verdict, "", "2026-01-31", "ci", ""};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proof)

BOOST_AUTO_TEST_CASE(verdicts_that_lead_back) {
  for (const char* const verdict : {"exact", "equal but for column order", "superset: labels of app.state"}) {
    BOOST_TEST(LeadsBack(verdict), verdict);
  }
  for (const char* const verdict :
       {"", "differs", "differs when applied again", "no way back", "not proven", "exactly"}) {
    BOOST_TEST(!LeadsBack(verdict), verdict);
  }
}

BOOST_AUTO_TEST_CASE(the_newest_proof_of_the_same_texts_counts) {
  const KnownMigration migration = OneToProve();
  std::vector<ProofRecord> proofs = {Record("differs"), Record("exact")};
  BOOST_TEST(NewestProof(proofs, migration, 17, ProofRule::kLocal)->verdict == "exact");
  proofs.push_back(Record("differs"));
  BOOST_TEST(NewestProof(proofs, migration, 17, ProofRule::kLocal)->verdict == "differs");
  BOOST_TEST(NewestProof(proofs, migration, 18, ProofRule::kAny) == nullptr);
  BOOST_TEST(NewestProof({}, migration, 17, ProofRule::kAny) == nullptr);
  KnownMigration other = OneToProve();
  other.down.checksum = "";
  BOOST_TEST(NewestProof(proofs, other, 17, ProofRule::kAny) == nullptr);
  other = OneToProve();
  other.up.checksum = "another";
  BOOST_TEST(NewestProof(proofs, other, 17, ProofRule::kAny) == nullptr);
  other = OneToProve();
  other.id.name = "b";
  BOOST_TEST(NewestProof(proofs, other, 17, ProofRule::kAny) == nullptr);
}

BOOST_AUTO_TEST_CASE(what_was_brought_counts_where_any_does) {
  std::vector<ProofRecord> proofs = {Record("differs"), Record("exact")};
  proofs.back().brought_by = "deploy";
  BOOST_TEST(NewestProof(proofs, OneToProve(), 17, ProofRule::kLocal)->verdict == "differs");
  BOOST_TEST(NewestProof(proofs, OneToProve(), 17, ProofRule::kAny)->verdict == "exact");
  BOOST_TEST(Shown(proofs.back()) == "exact, with rows, by ci, 2026-01-31, brought by deploy");
}

BOOST_AUTO_TEST_CASE(what_can_not_be_undone_by_its_own_word_needs_none) {
  KnownMigration migration = OneToProve();
  BOOST_TEST(NeedsProof(migration));
  migration.irreversible_why = kNoDownScript;
  BOOST_TEST(NeedsProof(migration));
  migration.irreversible_why = "it is gone";
  BOOST_TEST(!NeedsProof(migration));
  migration = OneToProve();
  migration.repeatable = true;
  BOOST_TEST(!NeedsProof(migration));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
