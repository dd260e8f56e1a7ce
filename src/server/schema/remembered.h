// How relations looked that this transaction has touched. One that it has made or rewritten, and then drops, can't be
// described any more when that is done, not even as it was before.
#pragma once

#include <set>
#include <vector>

#include "core/schema/object.h"
#include "server/schema/touched.h"

namespace migrate::schema {

// The objects that go with a relation, as they are now. Forgotten with the transaction, or with the subtransaction that
// is undone.
void Remember(uint32_t relation, std::vector<Object> objects);

// Null if it is not remembered.
const std::vector<Object>* Remembered(uint32_t relation);

// Until when what is remembered holds. Null if nothing is.
const Moment* RememberedUntil();
void RememberUntil(const Moment& moment);

}  // namespace migrate::schema
