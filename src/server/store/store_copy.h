// What a scratch database needs to know of the migrations here: the rows of the tables, as JSON, and the texts that are
// to run there.
#pragma once

#include <string>
#include <vector>

namespace migrate {

struct StoreCopy {
  std::vector<std::string> migrations, events, guard, scripts;
  bool shows_texts = false;  // whether who calls may read the texts here
};

// With the texts of these migrations, by their labels, and of hooks.
StoreCopy ReadCopy(const std::vector<std::string>& labels);

// Into the tables of another database, which are empty. Who may not read the texts here may not read them there.
void WriteCopy(const StoreCopy& copy);

}  // namespace migrate
