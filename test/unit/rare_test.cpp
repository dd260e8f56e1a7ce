#include "core/base/rare.h"

#include "fakes.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(rare)

BOOST_AUTO_TEST_CASE(what_is_not_there_reads_as_its_default) {
  const Rare<Unfinished> none;
  BOOST_TEST(!none);
  BOOST_TEST(none->event == "");
  BOOST_TEST(!none->partial());
}

BOOST_AUTO_TEST_CASE(writing_makes_it) {
  Rare<std::string> text;
  text.Make() += "a";
  text.Make() += "b";
  BOOST_TEST(static_cast<bool>(text));
  BOOST_TEST(*text == "ab");
}

BOOST_AUTO_TEST_CASE(a_copy_has_its_own) {
  const Rare<std::string> text(std::string("a"));
  Rare<std::string> copy = text;
  copy.Make() = "b";
  BOOST_TEST(*text == "a");
  copy = text;
  BOOST_TEST(*copy == "a");
  copy = {};
  BOOST_TEST(!copy);
}

BOOST_AUTO_TEST_CASE(a_list_of_thousands_pays_a_pointer_for_it) {
  BOOST_TEST(sizeof(Rare<Application>) == sizeof(void*));
  BOOST_TEST(sizeof(Step) <= 64u + 2 * sizeof(void*));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
