// Rules about the history, and about the database as a whole.
#include "core/health/rules.h"

namespace migrate::health {

const Rule kMigrationFailed = {"migration-failed", Level::kError, "health-state",
                               "its last run failed, and nothing of it is applied",
                               "Read migrate_show('%0'), put its text right, and apply it again."};

const Rule kMigrationPartial = {"migration-partial", Level::kError, "health-state",
                                "a part of it is applied, a part is not",
                                "Read migrate_show('%0'). CALL migrate_up() goes on where that is safe; else "
                                "migrate_repair() takes what you found out."};

const Rule kMigrationChanged = {"migration-changed", Level::kWarning, "health-state",
                                "its text is not the one that was applied",
                                "Load the old text again and write a new migration, or call "
                                "migrate_repair('%0', 'accept')."};

const Rule kMigrationMissing = {"migration-missing", Level::kWarning, "health-state",
                                "it is applied, and its file is gone",
                                "Bring the file back. If it is gone for good, call migrate_repair('%0', 'forget')."};

const Rule kExpectationNotMet = {"expectation-not-met", Level::kError, "health-state", "%1",
                                 "The line -- migrate:expect of %0 says what has to be there: bring it back."};

const Rule kDrift = {"drift", Level::kWarning, "health-state", "%1 changed outside of migrations",
                     "SELECT * FROM migrate_drift() shows what differs."};

const Rule kExtensionVersionsOutdated = {"extension-versions-outdated", Level::kWarning, "health-state",
                                         "version %1 is installed, the server has %2", "ALTER EXTENSION %0 UPDATE."};

const Rule kCounts = {"counts", Level::kInfo, "health-state", "%1", "Nothing is to be done."};

const Rule kSkipped = {"skipped", Level::kInfo, "health-deep", "not looked at: %1", "%2"};

}  // namespace migrate::health
