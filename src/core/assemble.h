// Makes migrations of texts: puts a migration's files together, divides them into sections, checks
// every script with the parser and finds out what can be rolled back. Pure: no database is asked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/convention.h"
#include "core/migration.h"
#include "core/statement.h"
#include "core/text.h"

namespace migrate {

// One text of one migration.
struct Part {
  Claim claim;
  std::string origin;  // file name or argument, for messages
  std::string content;
  std::optional<Error> problem = std::nullopt;  // why there is none
};

using HasherFactory = std::function<std::unique_ptr<Hasher>()>;

// What files say, one part each, by their conventions.
std::vector<Part> PartsOf(std::vector<SourceFile> files);

// The migrations of a source, in the order in which they are to be added: by version, then plain
// names after what they require. Throws the first Error found, with the others in its detail.
std::vector<Migration> AssembleMigrations(std::vector<Part> parts, SqlParser& parser, const HasherFactory& new_hasher);

}  // namespace migrate
