#include "core/set/keeps_rows.h"

#include <boost/test/unit_test.hpp>

namespace migrate {

BOOST_AUTO_TEST_SUITE(keeps_rows)

BOOST_AUTO_TEST_CASE(a_table_is_named_with_its_schema_or_without) {
  BOOST_TEST(IsNamed("app.orders", {"log", "app.orders"}));
  BOOST_TEST(IsNamed("app.orders", {"orders"}));
  BOOST_TEST(IsNamed("orders", {"App.Orders"}));
  BOOST_TEST(!IsNamed("app.orders", {"other.orders"}));
  BOOST_TEST(!IsNamed("app.preorders", {"orders"}));
  BOOST_TEST(!IsNamed("orders", {}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
