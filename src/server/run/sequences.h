// Where the sequences of the database stood before a dry run: setval() is undone by no transaction, and the next value
// would be one that is there already.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace migrate {

class Sequences {
 public:
  // Remembers where they stand; only once.
  void Note();

  // Sets those forward again that have moved back since, as the caller. Returns a sentence for each.
  std::vector<std::string> SetForward();

 private:
  struct State {
    unsigned sequence;
    int64_t value;
    bool is_called;
    bool descends;
  };

  std::vector<State> states_;
  bool noted_ = false;
};

}  // namespace migrate
