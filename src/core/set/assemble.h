// Makes migrations of texts: puts a migration's files together, divides them into sections, checks
// every script with the parser and finds out what can be rolled back. Pure: no database is asked.
#pragma once

#include <vector>

#include "core/set/migration.h"
#include "core/set/problems.h"
#include "core/set/source.h"
#include "core/text/placeholders.h"
#include "core/text/statement.h"

namespace migrate {

// How texts become migrations.
struct AssembleTools {
  SqlParser& parser;
  const HasherFactory& new_hasher;
  PlaceholderRules placeholders = {};
};

struct Assembly {
  std::vector<LoadedMigration> migrations;  // in the order in which they are to be added: by version, then plain names
                                            // after what they require
  Problems problems;
};

// The migrations of a source, and what is wrong with the rest.
Assembly AssembleMigrations(std::vector<Part> parts, const AssembleTools& tools);

}  // namespace migrate
