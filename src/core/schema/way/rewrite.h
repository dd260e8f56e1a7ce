// What only a rewrite of tables leads to: another order of columns, an enum with fewer labels. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schema/difference.h"
#include "core/schema/way/step.h"

namespace migrate::schema {

// What is moved has a name for a while that begins so: columns, and sequences of identity columns.
inline constexpr char kMovedPrefix[] = "migrate_moved_";

// Such a difference, and the statements that end it, once nothing else hangs on what they replace. What they don't make
// again, such as defaults and constraints, the way from there to the wanted schema does.
struct Rewriting {
  const Object* object = nullptr;     // the table, or the enum
  std::vector<const Object*> tables;  // that are rewritten; those below them are, too
  // Columns that are replaced. Of an enum those that have its type: they stay, but what hangs on them goes.
  std::vector<const Object*> columns;
  Sequence statements;
  std::string obstacle;                                    // why there is no way; empty if there may be one
  std::vector<std::string_view> labels;                    // that go, as literals
  std::vector<std::pair<std::string, std::string>> aside;  // names that columns have for a while, and their own
};

// `now` is the whole schema. Nothing but these differences may be left.
//
// Columns are moved by making them again behind the others, as few as it takes. Computed columns among them are dropped
// and computed again. Not for a table below another one that is `rewritten` itself: it gets the order of that.
Rewriting Reordering(const Difference& order, const std::vector<Object>& now);

// The enum is made anew beside the old one, and the columns are turned to it by way of their labels' texts.
Rewriting Relabeling(const Difference& labels, const std::vector<Object>& now);

// The tables that a table is a partition or a child of, as they stand in its definition.
std::vector<std::string_view> ParentsOf(const Object& table);

}  // namespace migrate::schema
