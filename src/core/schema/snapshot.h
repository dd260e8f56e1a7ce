// The schema of another database, as migrate_schema() showed it there: whether anybody has changed it since, and which
// server it comes from. Pure; how it is read is not told here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/schema/object.h"

namespace migrate::schema {

// How a snapshot is taken, for hints.
inline constexpr char kSnapshotHint[] = "Take a snapshot there: SELECT jsonb_agg(s) FROM migrate_schema() s.";

// The hash of an object as migrate_schema() shows it: the first digits of that of its definition below a line that
// names the major version of the server, for another version may write a definition in another way.
std::string ShownHash(const std::string& definition, int major, Hasher& hasher);

// The major version of the server that the snapshot comes from, found by its hashes: `here` is tried first, and is what
// is returned where there is no object. 22023 if a hash is not that of its definition, or an object is there twice.
using HashFunction = std::function<std::string(const Object& object, int major)>;
int CheckSnapshot(const std::vector<Object>& objects, int here, const HashFunction& hash);

}  // namespace migrate::schema
