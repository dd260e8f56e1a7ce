// Reads what migrate_schema() showed in another database, and gives each object the hash that it shows.
#pragma once

#include <string>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

struct Snapshot {
  std::vector<Object> objects;
  int major = 0;  // version of the server that it comes from
};

// `json` is the array that jsonb_agg() makes of the rows. 22023 if it is none, or was edited.
Snapshot ReadSnapshot(const std::string& json);

// As core has it, over UTF-8, so that databases of different encodings show one hash.
std::string ShownHash(const std::string& definition, int major);

}  // namespace migrate::schema
