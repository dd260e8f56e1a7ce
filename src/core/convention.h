// How file names say which migration a file belongs to, and as what. Each convention is one small
// file in convention/; the table in convention.cpp is the order in which they are asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/migration.h"

namespace migrate {

// A file as a source gives it.
struct SourceFile {
  std::string path;  // relative to the source, with "/" between folders
  std::string content;
  std::optional<Error> problem = std::nullopt;  // why it can't be read
};

// What a convention makes of a file name.
struct Claim {
  MigrationId id;
  Section first_section = Section::kUp;
  bool by_version = false;  // belongs to the migration of this version, whatever its name
};

// Which migration `path` belongs to; the last convention takes every name.
Claim ClaimFile(std::string_view path);

// "0003_add_email", with or without folders and ".sql", as version "0003" and name "add_email".
// Throws 22023 for an empty name, one over 255 bytes and one with control characters.
MigrationId ParseMigrationName(std::string_view name);

namespace convention {
// Each returns nothing for a path that it does not know.
std::optional<Claim> ClaimRollbacksFolder(std::string_view path);  // rollbacks/003_rollback_x.sql
std::optional<Claim> ClaimPair(std::string_view path);             // 003_x.up.sql, 003_x.down.sql
std::optional<Claim> ClaimPlain(std::string_view path);            // 003_x.sql, x.sql
}  // namespace convention

// Helpers for conventions.
bool IsSqlFile(std::string_view path);  // ends with ".sql", in any case
std::string_view BaseName(std::string_view path);
std::string_view FolderName(std::string_view path);  // of the innermost folder, may be empty

}  // namespace migrate
