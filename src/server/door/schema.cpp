// migrate_schema() and migrate_schema_hash(): the schema of this database, object by object, and as one text.
#include <string>
#include <vector>

#include "core/schema/definition.h"
#include "server/base/extension.h"
#include "server/base/hash.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/schema/describe.h"
#include "server/schema/snapshot.h"

namespace migrate {
namespace {

struct ObjectResult {
  Cell object_class, schema, name, identity, definition, hash;
};
constexpr Column<ObjectResult> kColumns[] = {
    {"class", &ObjectResult::object_class}, {"schema", &ObjectResult::schema},         {"name", &ObjectResult::name},
    {"identity", &ObjectResult::identity},  {"definition", &ObjectResult::definition}, {"hash", &ObjectResult::hash},
};

}  // namespace

Datum ShowSchema(FunctionCallInfo info, Argument schemas) {
  const CallScope scope("migrate_schema", CallKind::kReads);
  std::vector<ObjectResult> results;
  for (auto& object : schema::Describe(schemas.optional())) {
    results.push_back({.object_class = std::move(object.kind),
                       .schema = TextValue(object.schema),
                       .name = TextValue(object.name),
                       .identity = std::move(object.identity),
                       .definition = object.definition,
                       .hash = schema::ShownHash(object.definition, kServerMajor)});
  }
  return ReturnRows(info, results, kColumns);
}

Datum ShowSchemaHash(Argument schemas) {
  const CallScope scope("migrate_schema_hash", CallKind::kReads);
  return ReturnText(schema::HashOf(schema::Describe(schemas.optional()), *NewSha256()));
}

}  // namespace migrate
