// migrate_guard() and the function of its event triggers: DDL outside of migrate is recorded, warned of or refused.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/ignore.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/schema/ddl.h"
#include "server/store/store.h"
#include "server/store/store_guard.h"

namespace migrate {
namespace {

GuardMode ModeOf(const std::string& name) {
  if (const auto mode = GuardModeOf(name)) return *mode;
  throw Error(sqlstate::kInvalidParameter, "unknown mode " + Quoted(name), {},
              "The modes are off, record, warn and block.");
}

// The mode that is in effect: whoever owns the event triggers can turn them off behind our back, and is told of it.
GuardMode ModeInEffect() {
  const GuardMode mode = ReadGuardMode();
  if (mode == GuardMode::kOff) return mode;
  const auto silent = SilentGuardTriggers();
  if (silent.empty()) return mode;
  std::vector<std::string> names;
  for (const auto& name : silent) names.push_back(Quoted(name));
  RaiseNotice("the guard was set to " + GuardModeName(mode) + ", but does not see all: event trigger " +
              Join(names, ", ") + " is disabled or missing");
  return silent.size() == GuardTriggers() ? GuardMode::kOff : mode;
}

void SetMode(GuardMode mode) {
  WriteGuardMode(mode);
  const auto missing = SwitchGuard(mode != GuardMode::kOff);
  if (missing.empty() || mode == GuardMode::kOff) return;
  throw Error(sqlstate::kWrongState, "event trigger " + Quoted(missing.front()) + " of extension migrate is missing",
              "Somebody took it out of the extension and dropped it.",
              "A superuser can make it again, as the extension's install script does.");
}

// The error of a command that is refused; a warning says the same.
Error Complaint(const schema::DdlCommand& command, GuardMode mode) {
  constexpr size_t kNamed = 5;
  std::vector<std::string> named;
  for (const auto& object : command.objects) {
    if (!object.identity.empty() && named.size() < kNamed) named.push_back(object.object_class + " " + object.identity);
  }
  const std::string& first = command.objects.front().identity;
  const size_t count = command.objects.size();
  std::string message = command.tag;
  if (!first.empty()) message += " on " + first;
  if (count > 1) message += " and " + std::to_string(count - 1) + " more";
  std::string detail = "The guard of this database is set to " + GuardModeName(mode) + ".";
  if (count > 1 && !named.empty()) {
    detail += " These are " + Join(named, ", ");
    detail += count > named.size() ? " and " + std::to_string(count - named.size()) + " more." : ".";
  }
  return Error(sqlstate::kOutsideMigration, message + " is not part of a migration", detail,
               "Put it into a migration: migrate_run() registers and applies one, migrate_add() and migrate_apply() do "
               "it in two steps.");
}

void LeaveOutIgnored(schema::DdlCommand& command) {
  const std::string setting = DriftIgnore();
  const auto ignored = schema::IgnoreList::Parse(setting);
  if (!setting.empty() && ignored.CoversRole(CurrentRole())) command.objects.clear();
  std::erase_if(command.objects,
                [&](const schema::DdlObject& object) { return object.temporary || ignored.Covers(object.place); });
}

void Watch(const EventTriggerData& event) {
  const bool starts = std::string_view(event.event) == "ddl_command_start";
  const CallScope scope("migrate_guard", CallKind::kWatches);
  const GuardMode mode = ReadGuardMode();
  const bool refuses = mode == GuardMode::kBlock && !GuardBypassEnabled();
  if (mode == GuardMode::kOff || (starts && !refuses)) return;
  schema::DdlCommand command = schema::ReadDdl(event);
  if (command.objects.empty()) return;
  LeaveOutIgnored(command);
  if (command.objects.empty()) return;
  if (refuses) throw Complaint(command, mode);
  std::vector<OutsideObject> objects;
  for (const auto& object : command.objects) {
    objects.push_back({object.object_class, object.identity, object.old_identity});
  }
  RecordOutside(command.tag, objects);
  if (mode == GuardMode::kWarn && !GuardBypassEnabled()) RaiseWarning(Complaint(command, mode));
}

}  // namespace

Datum Guard(Argument mode) {
  if (mode.is_null) {
    const CallScope scope("migrate_guard", CallKind::kReads);
    return ReturnText(GuardModeName(ModeInEffect()));
  }
  const GuardMode wanted = ModeOf(mode.Required("mode"));
  const CallScope scope("migrate_guard", CallKind::kRequests);
  RequireOwner("migrate_guard() with a mode decides for every role of this database");
  SetMode(wanted);
  return ReturnText(GuardModeName(wanted));
}

Datum WatchDdl(FunctionCallInfo info) {
  if (!CALLED_AS_EVENT_TRIGGER(info)) {
    throw Error(sqlstate::kFeatureNotSupported, "migrate_guard_event() is called by event triggers only");
  }
  if (!MigrationIsRunning() && !creating_extension && !IsBinaryUpgrade) {
    Watch(*reinterpret_cast<const EventTriggerData*>(info->context));
  }
  return static_cast<Datum>(0);
}

}  // namespace migrate
