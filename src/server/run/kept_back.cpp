#include "server/run/kept_back.h"

#include <algorithm>

#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/schema/tokens.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/run/kept_content.h"
#include "server/run/kept_rows.h"
#include "server/schema/as_owner.h"

namespace migrate {
KeptRows::KeptRows(const std::vector<schema::Kept>& kept) {
  for (const auto& one : kept) {
    if (!one.is_of_change) kept_.push_back(one);
  }
}

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
  const Oid table = FindTable(of);
  const KeptContentOf content(*kept, kept->columns);
  int64_t filled = kept->rows;
  schema::AsOwner(owner, [&] {
    Call([&]() noexcept {
      if (is_column) {
        filled = BringValuesBackLeaf(content.content(), table);
      } else {
        BringRowsBackLeaf(content.content(), table);
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
    if (kept.kind != "sequence" || FindTable(kept.identity) == 0) continue;
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
