#include "server/run/scratch_ground.h"

#include <algorithm>

#include "core/base/quote.h"
#include "server/base/sql.h"
#include "server/schema/describe.h"
#include "server/schema/settle.h"

namespace migrate {

void ScratchGround::Lay(const std::vector<schema::Object>& objects) const {
  AddExtension(objects);
  Make(objects, {});
}

void ScratchGround::AddExtension(const std::vector<schema::Object>& objects) const {
  const bool has_schema = std::any_of(objects.begin(), objects.end(), [&](const schema::Object& object) {
    return object.kind == "schema" && object.name == extension_schema;
  });
  if (!has_schema) {
    QueryOnce("CREATE EXTENSION migrate SCHEMA public VERSION " + SqlLiteral(extension_version));
    return;
  }
  const std::string name =
      QueryOnce("SELECT pg_catalog.quote_ident(" + SqlLiteral(extension_schema) + ")").at(0).at(0).value();
  QueryOnce("CREATE SCHEMA IF NOT EXISTS " + name);
  QueryOnce("CREATE EXTENSION migrate SCHEMA " + name + " VERSION " + SqlLiteral(extension_version));
}

void ScratchGround::Make(const std::vector<schema::Object>& objects, schema::Ignored ignored) {
  if (schema::Settle(ReadAll, objects, {}, ignored).is_exact()) return;
  ignored.owners = ignored.grants = true;
  (void) schema::Settle(ReadAll, objects, {}, ignored);
}

std::vector<schema::Object> ScratchGround::ReadAll() { return schema::Describe({}); }

}  // namespace migrate
