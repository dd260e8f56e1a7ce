#include "server/schema/snapshot.h"

#include <cstring>
#include <iterator>
#include <string_view>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/schema/snapshot.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/sql.h"

namespace migrate::schema {
namespace {

// The type of each element, then the values of its fields and their types.
Statement kElements = {
    R"sql(SELECT pg_catalog.jsonb_typeof(e),
      e OPERATOR(pg_catalog.->>) 'class', e OPERATOR(pg_catalog.->>) 'schema', e OPERATOR(pg_catalog.->>) 'name',
      e OPERATOR(pg_catalog.->>) 'identity', e OPERATOR(pg_catalog.->>) 'definition', e OPERATOR(pg_catalog.->>) 'hash',
      pg_catalog.jsonb_typeof(e OPERATOR(pg_catalog.->) 'class'), pg_catalog.jsonb_typeof(e OPERATOR(pg_catalog.->) 'schema'),
      pg_catalog.jsonb_typeof(e OPERATOR(pg_catalog.->) 'name'), pg_catalog.jsonb_typeof(e OPERATOR(pg_catalog.->) 'identity'),
      pg_catalog.jsonb_typeof(e OPERATOR(pg_catalog.->) 'definition'), pg_catalog.jsonb_typeof(e OPERATOR(pg_catalog.->) 'hash')
    FROM pg_catalog.jsonb_array_elements($1::pg_catalog.jsonb) AS elements(e))sql",
    Rights::kCaller};

struct Field {
  const char* name;
  std::string Object::*value;
  bool may_be_null;
};
constexpr Field kFields[] = {
    {"class", &Object::kind, false},        {"schema", &Object::schema, true},          {"name", &Object::name, true},
    {"identity", &Object::identity, false}, {"definition", &Object::definition, false}, {"hash", &Object::hash, false},
};
constexpr size_t kFieldCount = std::size(kFields);

[[noreturn]] void Refuse(const std::string& detail) {
  throw Error(sqlstate::kInvalidParameter, "other is not a snapshot of a schema", detail, kSnapshotHint);
}

Object ObjectOf(const char* const* values, size_t number) {
  const std::string element = "Element " + std::to_string(number);
  if (std::string_view(values[0]) != "object") Refuse(element + " is no object, but of type " + values[0] + ".");
  Object object;
  for (size_t i = 0; i < kFieldCount; ++i) {
    const Field& field = kFields[i];
    const char *const value = values[1 + i], *const type = values[1 + kFieldCount + i];
    if (type == nullptr) Refuse(element + " has no " + Quoted(field.name) + ".");
    const std::string_view found = type;
    if (found != "string" && (found != "null" || !field.may_be_null)) {
      Refuse(element + " has a " + Quoted(field.name) + " that is no text, but of type " + type + ".");
    }
    if (value != nullptr) object.*field.value = value;
  }
  return object;
}

// In this database's encoding, to UTF-8; null if that is what it is. SQL_ASCII says nothing of its bytes.
const char* ToUtf8Leaf(const char* text, size_t size) {
  const char* const converted = pg_server_to_any(text, static_cast<int>(size), PG_UTF8);
  return converted == text ? nullptr : converted;
}

void FreeLeaf(const char* text) { pfree(const_cast<char*>(text)); }

}  // namespace

std::string ShownHash(const std::string& definition, int major) {
  const int encoding = GetDatabaseEncoding();
  if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII) return ShownHash(definition, major, *NewSha256());
  const char* const text = definition.c_str();
  const size_t size = definition.size();
  const char* const converted = Call([=]() noexcept { return ToUtf8Leaf(text, size); });
  if (converted == nullptr) return ShownHash(definition, major, *NewSha256());
  std::string hash = ShownHash(std::string(converted), major, *NewSha256());
  Call([=]() noexcept { FreeLeaf(converted); });
  return hash;
}

Snapshot ReadSnapshot(const std::string& json) {
  if (!json.starts_with('[')) Refuse("It is no array.");
  Snapshot snapshot;
  QueryEach(kElements, {json}, [&](const char* const* values) {
    snapshot.objects.push_back(ObjectOf(values, snapshot.objects.size() + 1));
  });
  snapshot.major = CheckSnapshot(snapshot.objects, kServerMajor,
                                 [](const Object& object, int major) { return ShownHash(object.definition, major); });
  return snapshot;
}

}  // namespace migrate::schema
