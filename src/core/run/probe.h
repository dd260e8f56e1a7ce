// Queries that must not get slower: decides by what was measured before and behind a migration, and says it. Measures
// nothing itself; see server/run/probes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/set/migration.h"

namespace migrate {

// How one probe did at one time.
struct Measurement {
  std::optional<double> milliseconds;  // the median of some runs; nothing if it is not known
  std::string plan;                    // as EXPLAIN shows it without costs; empty if it is not known
  std::string why;                     // it is not known, or how it failed
  bool timed_out = false;              // it took longer than it may
  bool writes = false;                 // it would have changed something
  bool comes_from_outside = false;     // it failed for what others do, so that this says nothing of the probe

  // "it takes more than 1000 ms", or the error.
  std::string WhyNot() const { return timed_out ? "it takes " + why : why; }
};

// One probe around a migration.
struct Probed {
  std::string name;
  double max_slowdown = 0;  // in percent
  Measurement before, after;
};

enum class ProbeOutcome {
  kHolds,       // it is quick enough
  kSlower,      // than it may be
  kFails,       // and did not before
  kNotCompared  // it is not known how long it took before, or now
};

// The middle one; of an even number the mean of both. `times` is not empty.
double Median(std::vector<double> times);

// By more than the limit, and by more than what may be noise.
bool IsSlower(double before_ms, double after_ms, double max_slowdown);

ProbeOutcome OutcomeOf(const Probed& probed);

// "0.052 ms before, 7.113 ms after, another plan"
std::string Describe(const Probed& probed);

// The error of a migration behind which probes are slower than they may be, or fail; nothing if there is none.
// `is_committed`: it can't be undone any more.
std::optional<Error> ProbeError(const std::vector<Probed>& probes, const MigrationId& id, bool is_committed);

}  // namespace migrate
