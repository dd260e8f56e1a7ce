#include "server/store/store_guard.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/store/store.h"

namespace migrate {
namespace {

constexpr std::pair<GuardMode, const char*> kModes[] = {
    {GuardMode::kOff, "off"}, {GuardMode::kRecord, "record"}, {GuardMode::kWarn, "warn"}, {GuardMode::kBlock, "block"}};

constexpr const char* kTriggers[] = {"migrate_guard", "migrate_guard_drop", "migrate_guard_start"};

Statement kMode = {"SELECT g.mode FROM migrate.guard g", Rights::kOwner};
Statement kSetMode = {
    "INSERT INTO migrate.guard (mode, set_by) VALUES ($1, $2::pg_catalog.name) "
    "ON CONFLICT (only_row) DO UPDATE SET mode = EXCLUDED.mode, set_by = EXCLUDED.set_by, set_at = EXCLUDED.set_at",
    Rights::kOwner};
Statement kFiring = {
    "SELECT e.evtname FROM pg_catalog.pg_event_trigger e WHERE e.evtname OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.name[]) "
    "AND e.evtenabled OPERATOR(pg_catalog.=) ANY (ARRAY['O', 'A']::pg_catalog.\"char\"[])",
    Rights::kCaller};
Statement kRecord = {
    R"(INSERT INTO migrate.outside (command, class, identity, old_identity, current_user_name, application_name)
       SELECT $1, NULLIF(o.class, ''), NULLIF(o.identity, ''), NULLIF(o.old_identity, ''), $5::pg_catalog.name,
           NULLIF(pg_catalog.current_setting('application_name'), '')
         FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4))
           AS o(class, identity, old_identity))",
    Rights::kOwner};

// As ALTER EVENT TRIGGER. Only the owner of one may do it, who is a superuser; who may ask for it was checked before.
// False if the extension has none of that name.
bool SwitchLeaf(const char* name, bool on) {
  HeapTuple const tuple = SearchSysCache1(EVENTTRIGGERNAME, CStringGetDatum(name));
  if (!HeapTupleIsValid(tuple)) return false;
  const Oid trigger = reinterpret_cast<Form_pg_event_trigger>(GETSTRUCT(tuple))->oid;
  const Oid owner = reinterpret_cast<Form_pg_event_trigger>(GETSTRUCT(tuple))->evtowner;
  ReleaseSysCache(tuple);
  const Oid extension = getExtensionOfObject(EventTriggerRelationId, trigger);
  if (!OidIsValid(extension) || extension != get_extension_oid("migrate", true)) return false;
  AlterEventTrigStmt* const statement = makeNode(AlterEventTrigStmt);
  statement->trigname = pstrdup(name);
  statement->tgenabled = on ? TRIGGER_FIRES_ON_ORIGIN : TRIGGER_DISABLED;
  Oid user;
  int security_context;
  GetUserIdAndSecContext(&user, &security_context);
  SetUserIdAndSecContext(owner, security_context | SECURITY_LOCAL_USERID_CHANGE);
  (void) AlterEventTrigger(statement);
  SetUserIdAndSecContext(user, security_context);
  CommandCounterIncrement();
  return true;
}

}  // namespace

std::string GuardModeName(GuardMode mode) {
  for (const auto& [known, name] : kModes) {
    if (known == mode) return name;
  }
  return {};
}

std::optional<GuardMode> GuardModeOf(std::string_view name) {
  for (const auto& [mode, known] : kModes) {
    if (name == known) return mode;
  }
  return std::nullopt;
}

GuardMode ReadGuardMode() { return GuardModeOf(TextOf(QueryValue(kMode))).value_or(GuardMode::kOff); }

void WriteGuardMode(GuardMode mode) { Query(kSetMode, {GuardModeName(mode), CurrentRole()}); }

std::vector<std::string> SwitchGuard(bool on) {
  std::vector<std::string> missing;
  for (const char* const name : kTriggers) {
    if (!Call([=]() noexcept { return SwitchLeaf(name, on); })) missing.emplace_back(name);
  }
  return missing;
}

std::vector<std::string> SilentGuardTriggers() {
  std::vector<std::string> silent(std::begin(kTriggers), std::end(kTriggers));
  for (const auto& row : Query(kFiring, {silent})) std::erase(silent, TextOf(row.front()));
  return silent;
}

size_t GuardTriggers() { return std::size(kTriggers); }

void RecordOutside(const std::string& command, const std::vector<OutsideObject>& objects) {
  std::vector<std::string> classes, identities, old_identities;
  for (const auto& object : objects) {
    classes.push_back(object.object_class);
    identities.push_back(object.identity);
    old_identities.push_back(object.old_identity);
  }
  Query(kRecord, {command, classes, identities, old_identities, CurrentRole()});
}

}  // namespace migrate
