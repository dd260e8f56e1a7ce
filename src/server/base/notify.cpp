#include "server/base/notify.h"

#include "core/base/json.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

void NotifyLeaf(const char* payload) {
  Async_Notify("migrate", payload);
  Async_Notify("pgrst", "reload schema");
}

}  // namespace

void Announce(const std::string& event, const MigrationId& id) {
  JsonObject object;
  object.Add("event", event).Add("version", id.version).Add("name", id.name);
  const std::string payload = object.Text();
  const char* const text = payload.c_str();
  Call([=]() noexcept { NotifyLeaf(text); });
}

}  // namespace migrate
