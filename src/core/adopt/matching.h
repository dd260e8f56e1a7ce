// What adopting a history does: which loaded migration each of its rows means, and what becomes of it. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/adopt/history.h"
#include "core/adopt/proof.h"

namespace migrate::adopt {

// What matching needs to know of a loaded migration.
struct Loaded {
  MigrationId id;
  std::string sort_key;
  std::vector<std::string> requirements;
  bool applied = false;
  bool reloaded = false;  // adopted before, and loaded with another text since
  bool partial = false;   // a run of ours stopped half way
  bool repeatable = false;
  bool needs_values = false;  // its text has placeholders
  std::string adopted_from;   // the source that it counts as applied by
};

enum class Verdict {
  kAdopt,
  kRegister,    // from the text that the tool kept, and adopt
  kUnchanged,   // applied already
  kMovedBack,   // adopted from this source, which no longer has it as applied
  kDiffers,     // loaded with another text than the one that ran
  kUnknown,     // not loaded
  kNotApplied,  // recorded, but not as applied
};

struct Decision {
  Verdict verdict = Verdict::kUnknown;
  Recorded recorded;
  std::optional<size_t> loaded;  // which it means
  std::string detail;
  std::string difference = {};  // of the loaded text from the one that ran, where it takes more than the two to tell
};

// The text of a loaded migration, by its place; nothing if it was purged.
using TextOfLoaded = std::function<std::optional<std::string>(size_t)>;

// A history with what its rows mean: one that stands for all before it becomes a row for each of them. `loaded` is in
// order.
std::vector<Decision> Match(const History& history, const std::vector<Loaded>& loaded);

// Where a history is from.
struct Origin {
  std::string source = {};  // as an adoption from it is recorded
  std::string advice = {};  // for what is not loaded; empty for "load the files"
};

// The loaded ones that were adopted from the source and that it no longer has as applied, by their places. Empty where
// its rows can't tell.
std::vector<size_t> MovedBack(const std::vector<Decision>& decisions, const std::vector<Loaded>& loaded,
                              const std::string& source);

// Match, with what is to become of each row; then a row for each one that moved back.
std::vector<Decision> Decide(const History& history, const std::vector<Loaded>& loaded, const TextOfLoaded& text_of,
                             const Hashers& hashers, const Origin& origin = {});

// What two histories say of the same migrations and don't agree on; empty if they agree, or have none in common.
// Written from the first one's side: "it has 0003 too and lacks 0002".
std::string Contradiction(const std::vector<Decision>& ours, const std::vector<Decision>& theirs);

}  // namespace migrate::adopt
