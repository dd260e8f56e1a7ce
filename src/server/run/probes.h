// Measures the probes of the database around the migrations of a run: as the caller, read-only, undone, within
// migrate.probe_timeout. What follows from it is decided in core/run/probe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/run/probe.h"
#include "server/base/starting_settings.h"
#include "server/run/own_role.h"
#include "server/store/store_probes.h"

namespace migrate {

// Runs the query once for nothing, and then some times, with the settings that a migration starts from. A cancel is
// thrown; any other failure is the answer.
Measurement MeasureQuery(const std::string& query, StartingSettings& starting, const OwnRole& own_role);

class Probes {
 public:
  Probes(StartingSettings& starting, const OwnRole& own_role) : starting_(starting), own_role_(own_role) {}

  // Before a step, unless it was done behind the one before it. The first call reads the probes: where there are none,
  // nothing else costs anything.
  void Measure();

  // Behind it. See Database::CompareProbes.
  std::optional<Error> Compare(const MigrationId& id, bool is_committed);

  // What was compared since the last call, for the history.
  std::vector<Probed> Take();

 private:
  Probed CompareOne(const Probe& probe);

  StartingSettings& starting_;
  const OwnRole& own_role_;
  std::optional<std::vector<Probe>> probes_;  // read once in a run
  std::map<std::string, Measurement> now_;    // by name: how they do behind the last step
  std::vector<Probed> compared_;
};

}  // namespace migrate
