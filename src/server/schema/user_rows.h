// Whether a catalog has rows of users: most databases use few kinds of objects, and a query for nothing has to be
// planned, too.
#pragma once

#include "server/base/compat.h"

namespace migrate::schema {

// Where rows of users are found: by an index whose first column is an OID.
struct UserRows {
  Oid catalog;
  Oid index;
  AttrNumber column;
};

// Now, or for the query that calls: rather yes than no.
bool HasUserRows(const UserRows& rows);

}  // namespace migrate::schema
