#include "server/base/notify.h"

#include "core/base/json.h"
#include "server/base/guard.h"
#include "server/base/protected_settings.h"

namespace migrate {
namespace {

// What failed has changed nothing that PostgREST knows.
void NotifyLeaf(const char* payload, bool changed) {
  Async_Notify("migrate", payload);
  if (changed) Async_Notify("pgrst", "reload schema");
}

}  // namespace

void Announce(const Announcement& announcement) {
  JsonObject object;
  const MigrationId& id = announcement.id;
  object.Add("event", announcement.event).Add("version", id.version).Add("name", id.name);
  object.Add("actor", announcement.actor).Add("environment", Environment());
  const char* const database = Call([]() noexcept { return get_database_name(MyDatabaseId); });
  object.Add("database", database);
  if (announcement.duration_ms) object.Add("duration_ms", *announcement.duration_ms);
  if (!announcement.verdict.empty()) object.Add("verdict", announcement.verdict);
  if (!announcement.sqlstate.empty()) object.Add("sqlstate", announcement.sqlstate);
  const std::string payload = object.Text();
  const char* const text = payload.c_str();
  const bool changed = announcement.sqlstate.empty();
  Call([=]() noexcept { NotifyLeaf(text, changed); });
}

}  // namespace migrate
