// Completes what the kinds of objects describe: owner, privileges, comments, security labels, the order of columns.
// Pure.
#pragma once

#include <vector>

#include "core/base/text.h"
#include "core/schema/object.h"

namespace migrate::schema {

// The objects by schema and by what they belong to: a table, then its columns in order and the rest of it. Each with
// its whole definition, without the hash of that. The definition is made of statements, each of which ends in a
// semicolon, a newline between them; what is no statement is a comment.
std::vector<Object> Complete(std::vector<Described> described, const std::vector<Remark>& remarks);

// The hash of each one's definition: only for what is kept, or compared with that.
void AddHash(Object& object, const HasherFactory& new_hasher);
void AddHashes(std::vector<Object>& objects, const HasherFactory& new_hasher);

// One hash for all of them, in the order that they are completed in, which depends on nothing else. It depends on what
// is shown alone.
std::string HashOf(const std::vector<Object>& objects, Hasher& hasher);

}  // namespace migrate::schema
