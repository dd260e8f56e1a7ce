// The rows of migrate.probe, which queries must not get slower, and of migrate.probe_result, how they did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/run/probe.h"
#include "core/set/migration.h"

namespace migrate {

struct Probe {
  std::string name;
  std::string query;
  double max_slowdown = 0;  // in percent
};

// By name.
std::vector<Probe> ReadProbes();

// Adds it, or puts it in the place of one of the same name. By whoever calls.
void WriteProbe(const Probe& probe);

// False if there is none of that name.
bool RemoveProbe(const std::string& name);

void WriteProbeResults(int64_t event, const std::vector<Probed>& results);

// How each did around the migration when it was applied, or failed last: name, and what Describe says.
std::vector<std::pair<std::string, std::string>> ReadProbeResults(const MigrationId& id);

}  // namespace migrate
