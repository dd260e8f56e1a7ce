// What was kept of dropped objects: the rows of migrate.kept, and the tables of schema migrate_kept that go with them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/schema/kept.h"
#include "core/set/known.h"

namespace migrate {

// Of an event in migrate.history.
void WriteKept(int64_t event, const MigrationId& migration, const std::vector<schema::Kept>& kept);

// What the migration dropped when it was applied.
std::vector<schema::Kept> ReadKeptOf(const KnownMigration& migration);

// Forgets what has come back, by its numbers, and its rows.
void ForgetKept(const std::vector<int64_t>& ids);

// Forgets all that was ever kept of the migration, with its rows; returns how many tables, columns and sequences.
int FreeKept(const MigrationId& migration);

// Forgets what was kept longer ago, unless rolling back an applied migration would bring it back.
void FreeKeptBefore(int days);

}  // namespace migrate
