#include "core/schema/made_values.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace migrate::schema {
namespace {

BOOST_AUTO_TEST_SUITE(made_values)

std::string Shown(const std::vector<MadePair>& pairs) {
  std::string shown;
  for (const auto& pair : pairs) shown += (shown.empty() ? "" : " | ") + pair.first + " " + pair.second;
  return shown;
}

BOOST_AUTO_TEST_CASE(KnowsTypes) {
  BOOST_TEST((MadeValuesOf("int8").front() == MadePair{"1000001", "1000002"}));
  BOOST_TEST((MadeValuesOf("int2").front() == MadePair{"30001", "30002"}));
  BOOST_TEST((MadeValuesOf("bool").front() == MadePair{"false", "true"}));
  BOOST_TEST((MadeValuesOf("time").front() == MadePair{"01:00:00", "02:00:00"}));
  BOOST_TEST((MadeValuesOf("char").front() == MadePair{"1", "2"}));
}

BOOST_AUTO_TEST_CASE(NumbersAreTheSameInEachTypeThatHoldsThem) {
  for (const auto* const type : {"int4", "numeric", "text", "varchar", "unheard_of"}) {
    BOOST_TEST((MadeValuesOf(type).front() == MadePair{"1000001", "1000002"}));
  }
}

BOOST_AUTO_TEST_CASE(PartsStandInQuotes) {
  const std::vector<MadePair> values = {{"a\"b", "c\\d"}};
  BOOST_TEST(Shown(InArray(values)) == R"({"a\"b"} {"c\\d"})");
  BOOST_TEST(Shown(InRange({{"1", "2"}}, false)) == R"(["1","1"] ["2","2"])");
  BOOST_TEST(Shown(InRange({{"1", "2"}}, true)) == R"({["1","1"]} {["2","2"]})");
  BOOST_TEST(Shown({InRow({{"1", "2"}, {"a", "b"}})}) == R"(("1","a") ("2","b"))");
}

BOOST_AUTO_TEST_CASE(FindsConstants) {
  BOOST_TEST(Shown(ConstantsIn("(status = ANY (ARRAY['new'::text, 'it''s'::text]))")) ==
             "new it's | new new | it's it's");
  BOOST_TEST(Shown(ConstantsIn("((n >= 1) AND (n <= 5))")) == "1 5 | 1 2 | 5 6");
  BOOST_TEST(Shown(ConstantsIn("x1 > -2.5")) == "-2.5 -2.5");
  BOOST_TEST(Shown(ConstantsIn("length(note) > 0")) == "0 1");
  BOOST_TEST(ConstantsIn("\"a1\" IS NOT NULL").empty());
  BOOST_TEST(Shown(ConstantsIn("a = 'open")) == "open open");
}

BOOST_AUTO_TEST_CASE(DividesConditions) {
  const std::string condition =
      "((at IS NOT NULL) AND (at >= '2024 AND at'::text) AND (region = ANY (ARRAY['eu)'::text])) AND (at < region))";
  const std::vector<std::string> keys = {"at", "region"};
  BOOST_TEST(ConditionOn("at", keys, condition) == "((at IS NOT NULL)) AND ((at >= '2024 AND at'::text))");
  BOOST_TEST(ConditionOn("region", keys, condition) == "((region = ANY (ARRAY['eu)'::text])))");
  BOOST_TEST(ConditionOn("\"At\"", {"\"At\""}, "(\"At\" > 1)") == "(\"At\" > 1)");
  BOOST_TEST(ConditionOn("t", {"t"}, "satisfies_hash_partition('1'::oid, 3, 0, t)") ==
             "(satisfies_hash_partition('1'::oid, 3, 0, t))");
  BOOST_TEST(ConditionOn("a", {"a"}, "").empty());
  BOOST_TEST(ConditionOn("a", {"a"}, "((a") == "(((a)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace migrate::schema
