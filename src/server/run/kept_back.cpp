#include "server/run/kept_back.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/schema/tokens.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/run/kept_rows.h"
#include "server/schema/as_owner.h"
#include "server/store/store_kept.h"

namespace migrate {
namespace {

Statement kFind = {"SELECT pg_catalog.to_regclass($1)::pg_catalog.oid", Rights::kCaller};

Oid KeptTableLeaf(const char* name) {
  const Oid schema = get_namespace_oid("migrate_kept", true);
  return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

}  // namespace

KeptRows::KeptRows(const KnownMigration& migration) : kept_(ReadKeptOf(migration)) {}

schema::Refill KeptRows::Refill() {
  schema::Refill refill;
  for (const auto& kept : kept_) {
    if (!kept.table.empty()) refill.objects.emplace(kept.kind, kept.identity);
    if (kept.kind == "table column") refill.columns.emplace(kept.kind, kept.identity);
  }
  refill.fill = [this](const schema::Object& object, uint32_t owner) { Fill(object, owner); };
  return refill;
}

void KeptRows::Fill(const schema::Object& object, uint32_t owner) {
  const auto kept = std::find_if(kept_.begin(), kept_.end(), [&](const schema::Kept& some) { return some.Is(object); });
  const bool is_column = object.kind == "table column";
  const std::string of = is_column ? std::string(schema::SplitName(object.identity).first) : object.identity;
  const Oid table = static_cast<Oid>(IntegerOf(QueryValue(kFind, {of})));
  const char* const name = kept->table.c_str();
  const Oid from = Call([=]() noexcept { return KeptTableLeaf(name); });
  if (from == 0) {
    throw Error(sqlstate::kCantKeep, "table migrate_kept." + Quoted(kept->table) + " is gone",
                "It held what was kept of " + object.kind + " " + object.identity + ".", {});
  }
  std::vector<const char*> columns;
  for (const auto& column : kept->columns) columns.push_back(column.c_str());
  const KeptContent content{from, columns.data(), static_cast<int>(columns.size()), kept->rows,
                            std::strtoull(kept->checksum.c_str(), nullptr, 16)};
  int64_t filled = kept->rows;
  schema::AsOwner(owner, [&] {
    Call([&]() noexcept {
      if (is_column) {
        filled = BringValuesBackLeaf(content, table);
      } else {
        BringRowsBackLeaf(content, table);
      }
    });
  });
  const bool is_whole = filled == kept->rows;
  if (is_whole) whole_.insert(kept->id);
  brought_.push_back(object.kind + " " + object.identity + " (" + (is_whole ? "" : std::to_string(filled) + " of ") +
                     Counted(kept->rows, is_column ? "value" : "row") + ")");
}

std::vector<std::string> KeptRows::StillKept() const {
  std::vector<std::string> still;
  for (const auto& kept : kept_) {
    if (kept.table.empty() || whole_.contains(kept.id)) continue;
    still.push_back(kept.kind + " " + kept.identity + " (" +
                    Counted(kept.rows, kept.kind == "table column" ? "value" : "row") + ")");
  }
  return still;
}

std::vector<int64_t> KeptRows::Done() const {
  std::vector<int64_t> done;
  for (const auto& kept : kept_) {
    if (kept.table.empty() || whole_.contains(kept.id)) done.push_back(kept.id);
  }
  return done;
}

void KeptRows::SetSequences() const {
  for (const auto& kept : kept_) {
    if (kept.kind != "sequence" || !QueryValue(kFind, {kept.identity})) continue;
    QueryOnce("SELECT pg_catalog.setval(" + SqlLiteral(kept.identity) + "::pg_catalog.regclass, " + kept.last_value +
              ", " + (kept.is_called ? "true" : "false") + ")");
  }
}

std::vector<std::string> KeptRows::WithoutKept(const std::vector<std::string>& lost) const {
  std::vector<std::string> left;
  for (const auto& what : lost) {
    const bool is_kept = std::any_of(kept_.begin(), kept_.end(),
                                     [&](const schema::Kept& kept) { return what == kept.kind + " " + kept.identity; });
    if (!is_kept) left.push_back(what);
  }
  return left;
}

}  // namespace migrate
