#include "server/store/store_proofs.h"

#include "core/base/error.h"
#include "core/base/quote.h"
#include "server/base/sql.h"
#include "server/store/store.h"

namespace migrate {
namespace {

Statement kRead = {
    "SELECT p.version, p.name, p.up_checksum, p.down_checksum, p.schema_hash, p.server_major, p.rows, p.verdict, "
    "  p.detail, pg_catalog.date_trunc('second', p.proved_at), p.proved_by, p.brought_by FROM migrate.proof p "
    "WHERE CASE p.version WHEN '' THEN p.name ELSE p.version OPERATOR(pg_catalog.||) '_' OPERATOR(pg_catalog.||) p.name END "
    "  OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]) ORDER BY p.id USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};
Statement kWrite = {
    "INSERT INTO migrate.proof (version, name, up_checksum, down_checksum, schema_hash, server_major, rows, verdict, "
    "  detail, proved_by) VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6::pg_catalog.int4, $7, $8, NULLIF($9, ''), $10)",
    Rights::kOwner};
// What was brought before is not brought again.
Statement kBring = {
    "WITH brought AS (SELECT p.* FROM pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof($1::pg_catalog.jsonb) "
    "    WHEN 'array' THEN $1::pg_catalog.jsonb ELSE pg_catalog.jsonb_build_array($1::pg_catalog.jsonb) END) AS e(proof), "
    "  pg_catalog.jsonb_to_record(e.proof) AS p (version text, name text, up_checksum text, down_checksum text, "
    "    schema_hash text, server_major pg_catalog.int4, rows text, verdict text, detail text, "
    "    proved_at pg_catalog.timestamptz, proved_by text)), "
    "known AS (SELECT b.* FROM brought b JOIN migrate.migration m ON m.version OPERATOR(pg_catalog.=) b.version "
    "    AND m.name OPERATOR(pg_catalog.=) b.name AND m.checksum OPERATOR(pg_catalog.=) b.up_checksum "
    "  WHERE b.schema_hash IS NOT NULL AND b.server_major IS NOT NULL AND b.verdict IS NOT NULL AND b.proved_by IS NOT NULL "
    "    AND b.proved_at IS NOT NULL AND b.rows OPERATOR(pg_catalog.=) ANY ('{with rows,empty}'::pg_catalog.text[])), "
    "added AS (INSERT INTO migrate.proof (version, name, up_checksum, down_checksum, schema_hash, server_major, rows, "
    "    verdict, detail, proved_at, proved_by, brought_by) "
    "  SELECT k.*, $2 FROM known k WHERE NOT EXISTS (SELECT FROM migrate.proof o "
    "    WHERE o.version OPERATOR(pg_catalog.=) k.version AND o.name OPERATOR(pg_catalog.=) k.name "
    "      AND o.up_checksum OPERATOR(pg_catalog.=) k.up_checksum AND o.proved_at OPERATOR(pg_catalog.=) k.proved_at)) "
    "SELECT b.version, b.name FROM brought b WHERE NOT EXISTS (SELECT FROM known k "
    "  WHERE k.version OPERATOR(pg_catalog.=) b.version AND k.name OPERATOR(pg_catalog.=) b.name "
    "    AND k.up_checksum OPERATOR(pg_catalog.=) b.up_checksum)",
    Rights::kOwner};

}  // namespace

std::vector<ProofRecord> ReadProofs(const std::vector<std::string>& labels) {
  std::vector<ProofRecord> proofs;
  for (const auto& row : Query(kRead, {labels})) {
    proofs.push_back({{TextOf(row[0]), TextOf(row[1])},
                      TextOf(row[2]),
                      TextOf(row[3]),
                      TextOf(row[4]),
                      static_cast<int>(IntegerOf(row[5])),
                      TextOf(row[6]),
                      TextOf(row[7]),
                      TextOf(row[8]),
                      TextOf(row[9]),
                      TextOf(row[10]),
                      TextOf(row[11])});
  }
  return proofs;
}

void WriteProof(const ProofRecord& proof) {
  Query(kWrite, {proof.id.version, proof.id.name, proof.up_checksum, proof.down_checksum, proof.schema_hash,
                 std::to_string(proof.server_major), proof.rows, proof.verdict, proof.detail, CurrentRole()});
}

void BringProofs(const std::string& json) {
  const auto refused = Query(kBring, {json, CurrentRole()});
  if (refused.empty()) return;
  const MigrationId id{TextOf(refused[0][0]), TextOf(refused[0][1])};
  throw Error(sqlstate::kInvalidParameter, "the proof of " + Quoted(id) + " is none of a migration that is loaded",
              "It names another checksum of the up script, or lacks something.",
              "Prove it again, and bring the rows of migrate.proof as they are.");
}

}  // namespace migrate
