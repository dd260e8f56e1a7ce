#include "core/lint/rules.h"

namespace migrate::lint {
namespace {

// The lock of ALTER TABLE is held until the transaction ends, that is until all rows are changed.
Remark Check(const Act& act, const Before& before) {
  if (act.does != Does::kChangeRows || before.IsNew(act) || !before.IsLocked(act)) return {};
  return {act.name + " runs while this transaction has " + act.TableName() + " locked against reads"};
}

}  // namespace

const Rule kBackfillWithSchemaChange = {
    "backfill-with-schema-change", Level::kError, "lint-locks",
    "Put the change of rows into a migration of its own, in batches with -- migrate:no-transaction.", Check};

}  // namespace migrate::lint
