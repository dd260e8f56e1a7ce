// What is said of some objects: comments, security labels, and what extensions have to do with them.
#pragma once

#include <set>
#include <vector>

#include "core/schema/object.h"
#include "server/schema/reading.h"

namespace migrate::schema {

struct RemarksToRead {
  std::set<Address> addresses;        // of whole objects
  bool comments, labels, extensions;  // where there can be none of a kind it is not looked for
};

// Members without what they were granted.
struct RemarksOfSome {
  std::vector<Remark> remarks;
  Members members;
};
RemarksOfSome ReadRemarks(const RemarksToRead& wanted);

}  // namespace migrate::schema
