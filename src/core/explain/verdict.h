// From what a statement was seen to do to the words that say how bad it is. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/explain/seen.h"

namespace migrate::explain {

enum class Level { kSafe, kBrief, kWrites, kReads };

// What others have to wait for: reads wait for AccessExclusiveLock alone, writes for all from ShareLock up, and for
// rows that are locked. A lock that is gone in less than `brief_ms` counts as brief.
Level LevelOf(const Seen& seen, double brief_ms);
Level LevelOf(const Lock& lock, double brief_ms);

// As the verdict calls it.
const char* NameOf(Level level);

// "blocks reads, rewrites, destroys data", "fails 23502: …", "not tried: …". What was not tried and is known all the
// same ends in "estimated".
std::string VerdictOf(const Explained& explained, double brief_ms);

// All that is known of it, as JSON.
std::string DetailsOf(const Explained& explained, double brief_ms);

// Of a statement, so that a row fits a screen.
inline constexpr size_t kStatementCharacters = 20;

// On one line of that many characters at most.
std::string Shortened(std::string_view statement, size_t most);

}  // namespace migrate::explain
