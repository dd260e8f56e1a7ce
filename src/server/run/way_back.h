// The way back of a migration that has no down script: its recorded changes, taken back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/run/database.h"

namespace migrate {

// What becomes of a way back on which rows go that are there now.
enum class Rows { kRefuse, kLetGo, kKeep };

// In this transaction. `row_changes` as Database::TakeBack() has them. MG007 if the changes are not all known, if it
// only changed rows, if somebody has changed the objects since, or if it does not lead back; MG011 if rows are refused
// to go. What was kept of what the migration dropped is back then; `kept` is not empty where something was. With
// `rewrite_bytes` tables of up to this size are rewritten where nothing else leads back.
WayBack TakeBackChanges(const KnownMigration& migration, const std::string& row_changes, Rows rows,
                        std::optional<int64_t> rewrite_bytes);

}  // namespace migrate
