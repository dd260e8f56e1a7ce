// The order of migrations: by version and name; plain names after what they require, then as their convention says, or
// else in the order in which they were added.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/set/known.h"

namespace migrate {

// Of all repeatable migrations, which come last and go by name.
inline constexpr char kRepeatableKey[] = "~~";
// … and of seeds, behind those.
inline constexpr char kSeedKey[] = "~~~";

// The key that puts a migration into its place: that of its version, or of its number in the order
// of addition for a plain name, which comes after all versions; of a consolidated one, behind what it replaces.
std::string SortKey(const Migration& migration, int64_t number);

// Whether that is the number: of a plain name whose convention gives it no place. All others have their key before they
// are added.
bool IsOrderedByNumber(const Migration& migration);

// Whether `a` comes before `b`; equal versions go by name.
bool ComesBefore(const KnownMigration& a, const KnownMigration& b);

// Whether a migration is older than the newest applied. Plain names never are: they have no place
// among versions.
bool IsOutOfOrder(const KnownMigration& migration, const MigrationSet& set);

// Who requires whom: positions of what i requires at i.
using Edges = std::vector<std::vector<size_t>>;

// Positions in `edges` so that each that is in `order` comes after what it requires, and otherwise as
// `order` says. In a circle one comes first all the same.
std::vector<size_t> AfterRequired(const std::vector<size_t>& order, const Edges& edges);

// Sorts new migrations into the order in which they are to be added.
std::vector<LoadedMigration> InOrderOfAddition(std::vector<LoadedMigration> migrations);

// A circle of requirements that starts and ends at its first element; empty if there is none.
std::vector<size_t> FindCircle(const Edges& edges);

}  // namespace migrate
