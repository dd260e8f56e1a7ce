// The changes that migrations made to the schema, as migrate.change and migrate.definition keep them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/schema/change.h"
#include "core/schema/made.h"
#include "core/set/known.h"
#include "core/set/migration.h"
#include "server/base/sql.h"

namespace migrate {

std::optional<int> CountOf(const std::optional<std::vector<schema::Change>>& changes);

// Counts those of the applied migrations that ran in parts, where the set has those of the last part alone.
void CountParts(MigrationSet& set);

// Those of an event in migrate.history; each definition is kept once.
void WriteChanges(int64_t event, const std::vector<schema::Change>& changes);

// What the migration did when it was applied, by the parts that it was committed in; nothing if one was not recorded. A
// definition that is not known is empty.
std::optional<std::vector<std::vector<schema::Change>>> ReadChangesOf(const KnownMigration& migration);

// The labels of what was applied after the migration and has changed one of these objects, in order.
std::vector<std::string> ReadLaterChangers(const KnownMigration& migration, const std::vector<std::string>& identities);

// What all migrations have made, and is not known to have been dropped since.
schema::Made ReadMade();

// Forgets the definitions of what scripts made whose texts are purged.
void PurgeDefinitions();

// Rows for migrate_changes(), in the order in which it happened; of one migration or of all. Without definitions where
// `with_definitions` is false.
NamedRows ReadChanges(const std::optional<std::vector<MigrationId>>& migrations, bool with_definitions);

}  // namespace migrate
