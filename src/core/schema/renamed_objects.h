// Tables and columns that have another name in another database: asked for, never guessed. Pure.
#pragma once

#include <vector>

#include "core/schema/change.h"
#include "core/schema/object.h"
#include "core/schema/rename_lines.h"
#include "core/schema/way/way.h"

namespace migrate::schema {

// What the lines say, tables first: identities as they are now, and as they are wanted. Lines
// whose renaming is done already count for nothing. Throws 42704 for a name that is not there, and 42725, which asks,
// where a table or column goes and another one of the same shape comes and no line says what that means.
std::vector<Rename> RenamesOf(const std::vector<Object>& now, const std::vector<Object>& wanted,
                              const std::vector<RenameLine>& lines);

// The objects under their new names, and what belongs to them: which of them go and come can be counted then. Their
// definitions stay as they are.
std::vector<Object> WithNewNames(std::vector<Object> objects, const std::vector<Rename>& renames);

// What leads from objects that have no addresses any more to those that are there now.
std::vector<Change> ChangesFrom(std::vector<Object> before, const std::vector<Rename>& renames,
                                std::vector<Object> now);

}  // namespace migrate::schema
