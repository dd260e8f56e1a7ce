// migrate_diff(): what differs between the schema of this database and another one's.
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/schema/difference.h"
#include "server/base/extension.h"
#include "server/base/sql.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/door/schemas.h"
#include "server/schema/describe.h"
#include "server/schema/snapshot.h"

namespace migrate {
namespace {

Statement kUnknownSchemas = {
    R"sql(SELECT s FROM pg_catalog.unnest($1::pg_catalog.text[]) s WHERE NOT EXISTS (
      SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) s))sql",
    Rights::kCaller};
struct DifferenceResult {
  Cell difference, object_class, identity, here, there;
};
constexpr Column<DifferenceResult> kColumns[] = {
    {"difference", &DifferenceResult::difference}, {"class", &DifferenceResult::object_class},
    {"identity", &DifferenceResult::identity},     {"here", &DifferenceResult::here},
    {"there", &DifferenceResult::there},
};

const char* Word(schema::Difference::Kind kind) {
  switch (kind) {
    case schema::Difference::Kind::kOnlyHere: return "only here";
    case schema::Difference::Kind::kOnlyThere: return "only there";
    case schema::Difference::Kind::kDiffers: return "differs";
    case schema::Difference::Kind::kNotComparable: return "not comparable";
  }
  return "";
}

using Names = std::set<std::string, std::less<>>;

void Keep(const Names& schemas, std::vector<schema::Object>& objects) {
  std::erase_if(objects, [&](const schema::Object& object) { return !schemas.contains(object.schema); });
}

// 42704 for a schema that is neither here nor in the snapshot.
void RequireKnown(const Argument& schemas, const std::vector<schema::Object>& there) {
  Names known;
  for (const auto& object : there) known.insert(object.schema);
  for (const auto& row : Query(kUnknownSchemas, {schemas.view()})) {
    if (known.contains(*row[0])) continue;
    throw Error(sqlstate::kUndefinedObject, "schema " + Quoted(*row[0]) + " does not exist",
                "It is neither in this database nor in the snapshot.");
  }
}

}  // namespace

Datum ShowDifferences(FunctionCallInfo info, Argument other, Argument schemas, Argument ignore) {
  const CallScope scope("migrate_diff", CallKind::kReads);
  const std::string json = other.Required("other");
  const schema::Ignored ignored = schema::IgnoredOf(ElementsOf(ignore, "ignore"));
  const std::vector<std::string> wanted = ElementsOf(schemas, "schemas");
  schema::Snapshot there = schema::ReadSnapshot(json);
  if (!schemas.is_null) RequireKnown(schemas, there.objects);
  std::vector<schema::Object> here = schema::Describe({});
  if (!schemas.is_null) {
    const Names names(wanted.begin(), wanted.end());
    Keep(names, here);
    Keep(names, there.objects);
  }
  std::vector<DifferenceResult> results;
  for (auto& role : UnknownRoles(schema::RolesOf(there.objects, ignored))) {
    results.push_back(
        {.difference = "role missing", .object_class = "role", .identity = role, .here = Value(), .there = Value()});
  }
  for (auto& found : schema::Differences(here, there.objects, ignored, there.major == kServerMajor)) {
    results.push_back({.difference = Word(found.kind),
                       .object_class = std::move(found.object_class),
                       .identity = std::move(found.identity),
                       .here = std::move(found.here),
                       .there = std::move(found.there)});
  }
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
