// What a load says of migrations besides what became of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/set/migration.h"
#include "server/door/load.h"

namespace migrate {

using RemarksById = std::map<MigrationId, std::string>;

// The down scripts of a folder of dbmate's that are comments: nothing to dbmate, but perhaps meant for migrate.
RemarksById UndoNothing(const std::vector<LoadedMigration>& migrations);

// Says of each migration whose version another of the load has, too, which that is.
RemarksById SharedVersions(const std::vector<LoadedMigration>& migrations);

void AddRemarks(std::vector<Loaded>& all, const RemarksById& remarks);

}  // namespace migrate
