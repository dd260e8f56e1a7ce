// A rule of migrate_lint(): what it is called, how much it matters, when it has something to say. Each stands in a file
// of its own in rules/; its examples stand on its page in docs/, which the tests read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/lint/act.h"
#include "core/lint/before.h"

namespace migrate::lint {

enum class Level {
  kError,    // it fails, or holds others up for as long as its table is large
  kWarning,  // it breaks what still uses the old schema, loses data, or is not what it seems
  kInfo,     // it can be done better
};

// What a rule says of an act: nothing if the message is empty.
struct Remark {
  std::string message;
  // Where they are not the rule's own.
  std::string_view fix = {};
  std::optional<Level> level = {};
};

struct Rule {
  std::string_view name;
  Level level;
  std::string_view page;  // of docs/, without its ending
  std::string_view fix;   // what to do instead, in sentences
  Remark (*check)(const Act& act, const Before& before);
};

std::string_view LevelName(Level level);

// "column email of users": for messages.
inline std::string ColumnOf(const Act& act) { return "column " + act.name + " of " + act.TableName(); }

}  // namespace migrate::lint
