// The guard's mode and what it has recorded: tables migrate.guard and migrate.outside, and whether its event triggers
// are on. What a command did is read elsewhere (schema/ddl.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

enum class GuardMode { kOff, kRecord, kWarn, kBlock };
std::string GuardModeName(GuardMode mode);
std::optional<GuardMode> GuardModeOf(std::string_view name);

GuardMode ReadGuardMode();
// Waits for another session that sets one.
void WriteGuardMode(GuardMode mode);

// Turns the event triggers on or off, as their owner; returns the names of those that are not there.
std::vector<std::string> SwitchGuard(bool on);

// The names of those that do not fire in an ordinary session, and how many there should be.
std::vector<std::string> SilentGuardTriggers();
size_t GuardTriggers();

// Rows for migrate_history(): one for each object. An object without an identity is recorded by its command alone.
struct OutsideObject {
  std::string object_class;
  std::string identity;
  std::string old_identity;  // of what was given another name
};
void RecordOutside(const std::string& command, const std::vector<OutsideObject>& objects);

}  // namespace migrate
