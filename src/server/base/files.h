// Reads migration files from a directory of the server.
#pragma once

#include <string>
#include <vector>

#include "core/set/source.h"

namespace migrate {

struct Directory {
  std::string path;               // as the source of its migrations is called
  std::vector<SourceFile> files;  // in the order of their names
};

// All files of `path` and, if it is called "migrations", of a folder "rollbacks" beside it: scripts and what
// conventions read with their texts, the others by their names. The caller must be a member of pg_read_server_files
// (42501). 58P01 if there is no such directory; what is wrong with single files is in them.
Directory ReadDirectory(const std::string& path);

// A text as the server's encoding has it. `name` is for the message.
std::string CheckedText(const std::string& name, std::string text);

// 54000 if a text is above migrate.max_text_size.
void RequireTextSize(const std::string& name, size_t size);

}  // namespace migrate
