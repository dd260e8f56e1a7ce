// Compares two schemas object by object. Pure: knows nothing of where they come from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// What does not count.
struct Ignored {
  bool column_order = false;
  bool owners = false;
  bool grants = false;
  bool comments = false;
  bool grant_order = true;  // pg_dump writes them in the order in which they were given
};

// 22023 for a name that is none of theirs.
Ignored IgnoredOf(const std::vector<std::string>& names);

struct Difference {
  enum class Kind { kOnlyHere, kOnlyThere, kDiffers, kNotComparable };

  Kind kind = Kind::kDiffers;
  std::string object_class;
  std::string identity;
  // The definition of what is on one side only; else the statements of it that the other side has not.
  std::optional<std::string> here, there;
};

// What differs, in the order of migrate_schema(), in which both come. Objects belong together by class and identity:
// one that was renamed is two. The order of the statements does not count, but for that of grants if it is not ignored;
// nor, in the order of columns, one that is on one side only. `comparable`: false if the definitions were written by
// servers of different versions.
std::vector<Difference> Differences(const std::vector<Object>& here, const std::vector<Object>& there,
                                    const Ignored& ignored, bool comparable);

// True if two definitions of one object don't differ in anything that counts.
bool SayTheSame(const std::string& here, const std::string& there);

// The roles that the definitions name, sorted, each once.
std::vector<std::string> RolesOf(const std::vector<Object>& objects, const Ignored& ignored);

}  // namespace migrate::schema
