#include "server/run/kept_content.h"

#include <cstdlib>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

Statement kFind = {"SELECT pg_catalog.to_regclass($1)::pg_catalog.oid", Rights::kCaller};

Oid KeptTableLeaf(const char* name) {
  const Oid schema = get_namespace_oid("migrate_kept", true);
  return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

}  // namespace

Oid FindTable(const std::string& name) { return static_cast<Oid>(IntegerOf(QueryValue(kFind, {name}))); }

KeptContentOf::KeptContentOf(const schema::Kept& kept, const std::vector<std::string>& columns) {
  const char* const name = kept.table.c_str();
  const Oid from = Call([=]() noexcept { return KeptTableLeaf(name); });
  if (from == 0) {
    throw Error(sqlstate::kCantKeep, "table migrate_kept." + Quoted(kept.table) + " is gone",
                "It held what was kept of " + kept.kind + " " + kept.identity + ".", {});
  }
  for (size_t i = 0; i < kept.columns.size(); ++i) names_.push_back(i < columns.size() ? columns[i].c_str() : "");
  content_ = {from, names_.data(), static_cast<int>(names_.size()), kept.rows,
              std::strtoull(kept.checksum.c_str(), nullptr, 16)};
}

}  // namespace migrate
