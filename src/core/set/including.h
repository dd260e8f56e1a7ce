// Files that others include by psql's \i and \ir: their text takes the place of
// the line that says so.
#pragma once

#include "core/convention/convention.h"

namespace migrate {

// Follows what the folder's scripts include; what was left out can be included
// all the same. A file that only others include, and that is not named as a
// migration, is none: it leaves the folder.
void FollowIncludes(convention::Folder& folder, SourceFiles& left_out, Reading& reading);

// Whether a file is named as a migration is, or as the script in a folder that
// is.
bool NamedAsMigration(std::string_view path);

}  // namespace migrate
