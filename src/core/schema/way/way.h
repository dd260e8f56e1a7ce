// The way from one schema to another: which statements lead there. In passes: what a pass could not do, or not know,
// the next one does, from the schema as it is then. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schema/difference.h"
#include "core/schema/way/step.h"

namespace migrate::schema {

// An object that has another name in the wanted schema: class and both identities.
struct Rename {
  std::string kind;
  std::string from;
  std::string to;
  bool is_done = false;
  bool is_aside = false;  // it makes room for another, and goes
};

// On which terms.
struct Terms {
  Ignored ignored = {};
  std::string maker = {};  // the role that runs it, in quotes if it needs them: what is made belongs to it
  // The only tables and columns that may be dropped; null for all.
  const std::set<Address>* may_drop = nullptr;
  // Columns whose values come back as soon as they are there, class and identity; null for none.
  const std::set<std::pair<std::string, std::string>>* filled = nullptr;

  bool LetsGo(const Object& object) const { return may_drop == nullptr || may_drop->contains(object.address); }
  bool Fills(const Object& object) const {
    return filled != nullptr && filled->contains({object.kind, object.identity});
  }
};

// What can be renamed now; `renames` notes what comes of it. What has the wanted name and no new one of its own is
// dropped, or goes aside for now; where two swap their names, one of them gets another name first. All of it has to
// work: what was not renamed would be dropped and made anew.
std::vector<Step> RenameSteps(const std::vector<Object>& now, const std::vector<Object>& wanted,
                              std::vector<Rename>& renames, const Terms& terms = {});

// One pass: what is not wanted is dropped, what differs altered, what is missing made. In this order, and dependent
// objects as far behind others as their class tells. Tables, columns, sequences and schemas that both have are never
// dropped. A statement that would need a value that definitions mask is none.
std::vector<Step> StepsBetween(const std::vector<Object>& now, const std::vector<Object>& wanted,
                               const std::vector<Difference>& differences, const Terms& terms);

// A value of it is a secret, which no definition shows.
bool IsMasked(std::string_view text);

// Drops these, which stand in the way of others, the last first: they are made again by the next pass. Neither tables
// nor columns nor sequences.
std::vector<Step> ClearingSteps(const std::vector<const Object*>& blockers);

}  // namespace migrate::schema
