// How a project names Flyway's files, and which of them count: as its flyway.conf or flyway.toml says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/convention/convention.h"

namespace migrate::convention {

enum class FlywayKind { kNone, kVersioned, kUndo, kRepeatable, kBaseline };

struct FlywayRules {
  std::string versioned = "V";
  std::string undo = "U";
  std::string repeatable = "R";
  std::string baseline = "B";
  std::string separator = "__";
  std::vector<std::string> suffixes = {};   // empty for .sql alone, in any case
  std::vector<std::string> locations = {};  // folders; empty for all
  Placeholders placeholders = {};
  bool has_placeholders = true;
  bool in_transaction = true;
  bool callbacks = true;  // false: they don't run
};

struct FlywayName {
  FlywayKind kind = FlywayKind::kNone;
  MigrationId id;
  std::string order;  // "01.0" is 1
};

// What the name says; kNone for one that Flyway does not know.
FlywayName FlywayNameOf(std::string_view path, const FlywayRules& rules);

// Whether the name ends as those of migrations do.
bool HasFlywaySuffix(std::string_view path, const FlywayRules& rules);

// The rules of the folder's configuration; without one, in lower case where all files are named so. What it says that
// can't be heeded is refused.
FlywayRules FlywayRulesOf(const Folder& folder, Reading& reading);

// What the configuration of one script says, "V1__name.sql.conf". Throws for what can't be heeded.
bool RunsInTransaction(const SourceFile* conf, const FlywayRules& rules);

}  // namespace migrate::convention
