#include "core/set/version.h"

#include "fakes.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(version)

BOOST_AUTO_TEST_CASE(versions_order_by_number_part_and_text) {
  const std::string ascending[] = {"0",
                                   "1",
                                   "001-1",
                                   "1.1",
                                   "1.1.1",
                                   "1.9",
                                   "1.10",
                                   "1.10.2",
                                   "001a",
                                   "1b",
                                   "2",
                                   "010",
                                   "99",
                                   "100",
                                   "2024-01-31",
                                   "2024-02-01",
                                   "2024.1",
                                   "20250120000000",
                                   "20250120000001",
                                   "99999999999999999999",
                                   "100000000000000000000"};
  for (size_t i = 0; i + 1 < std::size(ascending); ++i) {
    BOOST_TEST((VersionSortKey(ascending[i]) < VersionSortKey(ascending[i + 1])),
               ascending[i] << " comes before " << ascending[i + 1]);
  }
}

BOOST_AUTO_TEST_CASE(text_orders_as_in_the_c_locale) {
  BOOST_TEST((VersionSortKey("1B") < VersionSortKey("1a")));
  BOOST_TEST((VersionSortKey("1a") < VersionSortKey("1b")));
}

BOOST_AUTO_TEST_CASE(numerically_equal_versions_have_equal_keys) {
  BOOST_TEST(VersionSortKey("1") == VersionSortKey("0001"));
  BOOST_TEST(VersionSortKey("0") == VersionSortKey("000"));
  BOOST_TEST(VersionSortKey("1.02") == VersionSortKey("01.2"));
  BOOST_TEST(VersionSortKey("1a") == VersionSortKey("001a"));
  BOOST_TEST(VersionSortKey("1") != VersionSortKey("1.0"));
}

BOOST_AUTO_TEST_CASE(no_version_has_no_key) { BOOST_TEST(VersionSortKey("") == ""); }

BOOST_AUTO_TEST_CASE(very_long_numbers_keep_their_order) {
  BOOST_TEST((VersionSortKey(std::string(254, '9')) < VersionSortKey("1" + std::string(254, '0'))));
  BOOST_TEST(VersionSortKey(std::string(2000, '9')) != "");
}

BOOST_AUTO_TEST_CASE(the_next_version_has_the_form_of_the_last) {
  BOOST_TEST(NextVersion("0007") == "0008");
  BOOST_TEST(NextVersion("9") == "10");
  BOOST_TEST(NextVersion("0099") == "0100");
  BOOST_TEST(NextVersion("1.9") == "1.10");
  BOOST_TEST(NextVersion("v7a") == "v8");
  BOOST_TEST(NextVersion("x") == "");
  BOOST_TEST(NextVersion("") == "");
  for (const char* const version : {"0007", "9", "0099", "1.9", "20251231235959"}) {
    BOOST_TEST((VersionSortKey(version) < VersionSortKey(NextVersion(version))), version);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
