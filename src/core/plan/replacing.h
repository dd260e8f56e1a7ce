// Consolidated migrations: one that says `-- migrate:replaces 20250101 .. 20250130` holds all that those do. Where none
// of them is applied it runs instead of them, where all are it is recorded with them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/error.h"
#include "core/base/rare.h"
#include "core/set/known.h"

namespace migrate {

// The versions from the first to the last, both included, as keys of their order. Empty `first`: from the start.
struct VersionRange {
  std::string first;
  std::string last;

  bool Holds(const KnownMigration& migration) const;
};

// "20250101 .. 20250130", ".. 20250130" or one version. Throws 42601 for anything else.
VersionRange ParseVersionRange(std::string_view text);

// Which of the pending migrations are only to be recorded, and what stands in the way of a consolidated one. Ranges may
// overlap as they like: the first that takes a migration has it.
class Replacements {
 public:
  // Moves in `order` what a consolidated migration replaces behind it.
  Replacements(const std::vector<KnownMigration>& migrations, std::vector<size_t>& order);

  bool IsRecorded(size_t migration) const { return recorded_.contains(migration); }

  // Why it stands where it stands; empty if it has nothing to do with any other.
  std::string Remark(size_t migration) const;

  // A range that is applied in part.
  Rare<Error> Problem(size_t migration) const;

  // How many looks at a migration it took.
  size_t steps() const { return steps_; }

 private:
  // Where a range begins and ends among those that have a version, and where the consolidated migration itself stands.
  struct Places {
    size_t first = 0;
    size_t end = 0;
    size_t own = 0;
  };

  // Those of a range that are in one state, but for the consolidated migration itself.
  struct Members {
    std::span<const size_t> places;
    size_t own = 0;

    size_t count() const;
    size_t last() const { return places.back() != own ? places.back() : places[places.size() - 2]; }
  };

  void Sort(const std::unordered_set<size_t>& planned);
  Places PlacesOf(size_t migration) const;
  // Those of `places` that are in its range.
  Members MembersOf(size_t migration, const std::vector<size_t>& places) const;
  void Take(size_t migration);
  size_t NextFree(size_t place);
  size_t RootOf(size_t migration);
  void Rearrange(std::vector<size_t>& order);
  std::string Labels(const Members& members) const;

  const std::vector<KnownMigration>& migrations_;
  std::vector<size_t> numbered_;                              // in order
  std::vector<std::string> keys_;                             // of their versions
  std::vector<size_t> applied_, absent_, pending_;            // places of those that are
  std::vector<size_t> next_free_;                             // by place: where to look for one that nobody has taken
  std::vector<size_t> taking_;                                // consolidated migrations that count
  std::unordered_map<size_t, Places> ranges_;                 // … and what they replace
  std::unordered_map<size_t, std::vector<size_t>> replaced_;  // what each has taken
  std::unordered_map<size_t, size_t> replacer_;               // who has taken it
  std::unordered_map<size_t, size_t> root_;                   // nearer to the last whom that leads to
  std::unordered_set<size_t> recorded_;
  size_t steps_ = 0;
};

}  // namespace migrate
