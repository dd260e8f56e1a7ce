// A table of schema migrate_kept as its row in migrate.kept describes it.
#pragma once

#include <string>
#include <vector>

#include "core/schema/kept.h"
#include "server/run/kept_table.h"

namespace migrate {

// 0 if there is none. `name`: as an identity has it.
Oid FindTable(const std::string& name);

// Refers to what it was made of. MG012 if somebody has dropped the table.
class KeptContentOf {
 public:
  // `columns`: where each of its columns goes.
  KeptContentOf(const schema::Kept& kept, const std::vector<std::string>& columns);

  const KeptContent& content() const { return content_; }

 private:
  std::vector<const char*> names_;
  KeptContent content_;
};

}  // namespace migrate
