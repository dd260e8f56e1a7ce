// Rows that a migration changed, on their way back to what they were: those that are still as it left them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/schema/kept.h"
#include "server/run/changed_back.h"

namespace migrate {

class KeptChanges {
 public:
  explicit KeptChanges(std::vector<schema::Kept> kept);

  // As long as the schema is as the migration left it: what can be changed back is found out. Returns what stands in
  // the way of it, rows that came since under the key of one that the migration deleted; empty if nothing does.
  std::string Compare();

  // Each changes one table or column back, as soon as the schema is ready for it; throws as long as it is not.
  std::vector<std::function<void()>> Restores();

  // When all are done: what no trigger has watched over still holds, foreign keys and keys that are checked late.
  void RequireConstraints() const;

  // What has come back: "rows of app.orders (12 rows)".
  const std::vector<std::string>& brought() const { return brought_; }

  // What was left as it is: "2 rows of app.orders changed since".
  std::vector<std::string> Left() const;

  // The numbers of what need not be kept any more.
  std::vector<int64_t> Done() const;

 private:
  struct Item {
    schema::Kept kept;
    Compared compared = {};
    bool is_restored = false;
  };

  void Restore(Item& item);

  std::vector<Item> items_;
  std::vector<std::string> brought_;
};

}  // namespace migrate
