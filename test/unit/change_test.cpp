#include "core/schema/change.h"

#include <boost/test/unit_test.hpp>

namespace migrate::schema {
namespace {

Object Of(const char* kind, const char* identity, const char* definition, uint32_t oid, int column = 0) {
  Object object{kind, "app", identity, identity, definition, definition};
  object.address = {1, oid, column};
  return object;
}

std::string Told(std::vector<Object> before, std::vector<Object> after) {
  std::string told;
  for (const auto& change : ChangesBetween(std::move(before), std::move(after))) {
    told += std::string(ActionName(change.action)) + " " + change.before.identity + "=" + change.before.definition +
            " > " + change.after.identity + "=" + change.after.definition + "; ";
  }
  return told;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(change)

BOOST_AUTO_TEST_CASE(what_is_the_same_is_no_change) {
  BOOST_TEST(Told({}, {}) == "");
  BOOST_TEST(Told({Of("table", "t", "a", 1)}, {Of("table", "t", "a", 1)}) == "");
}

BOOST_AUTO_TEST_CASE(objects_are_created_altered_and_dropped) {
  BOOST_TEST(Told({Of("table", "old", "a", 1), Of("view", "v", "b", 2)},
                  {Of("view", "v", "c", 2), Of("table", "new", "d", 3)}) ==
             "dropped old=a > =; altered v=b > v=c; created = > new=d; ");
}

BOOST_AUTO_TEST_CASE(another_identity_at_the_same_address_is_a_new_name) {
  BOOST_TEST(Told({Of("table", "a", "x", 1), Of("table", "b", "y", 2)},
                  {Of("table", "b", "x", 1), Of("table", "a", "y", 2)}) == "altered a=x > b=x; altered b=y > a=y; ");
}

BOOST_AUTO_TEST_CASE(what_was_made_again_is_altered_or_the_same) {
  BOOST_TEST(Told({Of("policy", "p", "x", 1)}, {Of("policy", "p", "x", 2)}) == "");
  BOOST_TEST(Told({Of("policy", "p", "x", 1)}, {Of("policy", "p", "y", 2)}) == "altered p=x > p=y; ");
}

BOOST_AUTO_TEST_CASE(what_holds_data_was_dropped_and_created) {
  BOOST_TEST(Told({Of("table", "t", "x", 1)}, {Of("table", "t", "x", 2)}) == "dropped t=x > =; created = > t=x; ");
  BOOST_TEST(Told({Of("table column", "c", "x", 1, 2)}, {Of("table column", "c", "x", 1, 3)}) ==
             "dropped c=x > =; created = > c=x; ");
}

// The old object has another name now: what bears its name is new.
BOOST_AUTO_TEST_CASE(a_name_that_was_given_away_is_free) {
  BOOST_TEST(Told({Of("index", "i", "x", 1)}, {Of("index", "old", "x", 1), Of("index", "i", "x", 2)}) ==
             "altered i=x > old=x; created = > i=x; ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
