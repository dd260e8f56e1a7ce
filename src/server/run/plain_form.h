// Statements that say CONCURRENTLY and could do without it in one transaction: which they are, what only their
// concurrent form refuses, and their plain form, made by changing the parser's tree. REFRESH MATERIALIZED VIEW is none
// of them: its concurrent form runs in a transaction as it is.
#pragma once

#include <string>

#include "server/base/compat.h"

namespace migrate {

// What an option of a statement says, or `by_default` if it is not there.
bool HasOption(List* options, const char* name, bool by_default);

// The command of ALTER TABLE … DETACH PARTITION … CONCURRENTLY; null of any other statement.
PartitionCmd* ConcurrentDetach(Node* node);

// Whether it refuses a transaction block for CONCURRENTLY alone, as far as its text tells.
bool HasPlainForm(Node* node);

// Leaf. Fails as the concurrent form would where the plain one would not. Returns the table that the plain one locks,
// or InvalidOid where it will find none.
Oid CheckConcurrentLeaf(Node* node);

// Leaf. Makes it the plain form.
void MakePlainLeaf(Node* node);

// What its concurrent form alone gives a partition that it detaches: a constraint for the rows that it may hold. To be
// called before it is made plain.
void KeepPartitionConstraint(Node* node);

// "app.orders (12 GB)" if the table, with its partitions, is larger; empty if not.
std::string LargerThan(Oid table, int kilobytes);

}  // namespace migrate
