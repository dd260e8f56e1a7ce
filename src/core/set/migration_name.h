// Names of migrations and of files: a migration is named as its file, version first.
#pragma once

#include <string_view>

#include "core/set/migration.h"

namespace migrate {

// "0003_add_email", with or without folders and ".sql", as version "0003" and name "add_email".
// Throws 22023 for an empty name, one over 255 bytes and one with control characters.
MigrationId ParseMigrationName(std::string_view name);

// Throws 22023 for what can't be a migration's name.
void RequireMigrationName(std::string_view name);

bool IsDigit(char c);
bool IsSqlFile(std::string_view path);  // ends with ".sql", in any case
std::string_view BaseName(std::string_view path);
std::string_view Stem(std::string_view path);        // the base name without ".sql"
std::string_view FolderOf(std::string_view path);    // all of it before the base name, without the last "/"
std::string_view FolderName(std::string_view path);  // of the innermost folder, may be empty

}  // namespace migrate
