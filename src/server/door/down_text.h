// The way back of a migration that has no down script, as a text.
#pragma once

#include <string>

#include "core/set/known.h"

namespace migrate {

// Found by going it from here, which is undone; where later migrations stand in the way, from where those are undone
// too. Its first line is a comment that says where the way leads to. The text can be registered as the down script.
// Fails as the rollback would, but not because rows would be lost: it names what goes. 25006 where nothing can be
// written. `rewrites`: tables may be rewritten on the way.
std::string GeneratedDownText(const KnownMigration& migration, bool rewrites);

}  // namespace migrate
