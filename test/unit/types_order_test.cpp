#include "core/types/order.h"

#include <algorithm>

namespace migrate::types {
namespace {

std::string Sorted(std::vector<std::string> texts, const Order& order) {
  std::stable_sort(texts.begin(), texts.end(), [&](auto& a, auto& b) { return order.IsBefore(a, b); });
  std::string all;
  for (const auto& text : texts) all += text + "|";
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(types_order)

BOOST_AUTO_TEST_CASE(signs_come_before_digits_and_these_before_letters) {
  BOOST_TEST(Sorted({"ab", "a_b", "a2", "a b", "a-b", "a$b", "a"}, Order()) == "a|a b|a_b|a-b|a$b|a2|ab|");
}

BOOST_AUTO_TEST_CASE(case_counts_where_nothing_else_differs) {
  BOOST_TEST(Sorted({"B", "b", "A", "a", "AB", "aB", "Ab", "ab"}, Order()) == "a|A|ab|aB|Ab|AB|b|B|");
  BOOST_TEST(Sorted({"aC", "Ab"}, Order()) == "Ab|aC|");
}

BOOST_AUTO_TEST_CASE(numbers_are_digits) { BOOST_TEST(Sorted({"t10", "t2", "t1"}, Order()) == "t1|t10|t2|"); }

BOOST_AUTO_TEST_CASE(control_characters_weigh_nothing) {
  BOOST_TEST(Order().Compare("a\x01z", "az") == 0);
  BOOST_TEST(Order().Compare("\x7f", "") == 0);
  BOOST_TEST(Order().IsBefore("\t", "\n"));
}

BOOST_AUTO_TEST_CASE(ranks_decide_where_there_are_any) {
  BOOST_TEST(Sorted({"b", "ä", "a"}, Order({{"a", 1}, {"ä", 2}, {"b", 3}})) == "a|ä|b|");
}

BOOST_AUTO_TEST_CASE(foreign_letters_are_seen) {
  BOOST_TEST(!HasForeignLetters({"a", "~"}));
  BOOST_TEST(HasForeignLetters({"a", "ä"}));
  BOOST_TEST(Order().IsBefore("z", "ä"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::types
