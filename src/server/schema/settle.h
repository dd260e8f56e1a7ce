// Leads the schema of this database to another one: the statements of core/schema/way, each in a savepoint, pass by
// pass, until nothing differs any more.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/schema/difference.h"
#include "core/schema/object.h"
#include "core/schema/way/way.h"

namespace migrate::schema {

// Rows and values that were kept, class and identity of what they belong to. `fill` brings them back when that was made
// and has its owner, which is said.
struct Refill {
  std::set<std::pair<std::string, std::string>> objects;
  std::set<std::pair<std::string, std::string>>
      columns;  // that are made without NOT NULL, whether or not they had values
  std::function<void(const Object& object, uint32_t owner)> fill;
  // Change rows back of what stays. Each is tried until it does not throw: the schema may have to be ready for it, and
  // what is done to the schema may have to wait for it.
  std::vector<std::function<void()>> restores;
};

struct Settled {
  std::vector<std::string> statements;  // that worked, in their order: run again from the same schema they do it again
  std::vector<Difference> left;         // what still differs; `here` is this database
  std::vector<Error> errors;            // why, of the last statements that did not work
  std::vector<Error> unfilled;          // why something was not filled
  bool has_cleared = false;             // what was in the way was dropped, and made again

  bool is_exact() const { return left.empty(); }
};

// `read` reads what is compared with `wanted`, each time anew. All of it stays in this transaction. Throws only what
// ends it, such as a cancel. Reads and runs with the caller's rights. With `may_drop` no other table and no other
// column is dropped.
Settled Settle(const std::function<std::vector<Object>()>& read, const std::vector<Object>& wanted,
               std::vector<Rename> renames, const Ignored& ignored, const std::set<Address>* may_drop = nullptr,
               const Refill* refill = nullptr);

// What ends the call, whatever was tried.
bool EndsAll(const Error& error);

}  // namespace migrate::schema
