#include "core/set/order.h"

#include "fakes.h"

namespace migrate {
namespace {

std::vector<std::string> Labels(const std::vector<LoadedMigration>& migrations) {
  std::vector<std::string> labels;
  for (const auto& migration : migrations) labels.push_back(migration.id.Label());
  return labels;
}

std::vector<LoadedMigration> Make(const std::vector<std::pair<std::string, std::vector<std::string>>>& given) {
  std::vector<LoadedMigration> migrations;
  for (const auto& [label, requirements] : given) {
    LoadedMigration migration;
    migration.id = ParseMigrationName(label);
    migration.requirements = requirements;
    migrations.push_back(migration);
  }
  return migrations;
}

using Edges = std::vector<std::vector<size_t>>;

}  // namespace

BOOST_AUTO_TEST_SUITE(order)

BOOST_AUTO_TEST_CASE(plain_names_come_after_all_versions_in_order_of_addition) {
  const KnownMigration ascending[] = {Pending("2_z", 9),
                                      Pending("010_a", 8),
                                      Pending("20250120000000_a", 7),
                                      Pending("99999999999999999999z_a", 6),
                                      Pending("z", 1),
                                      Pending("a", 2),
                                      Pending("b", 10)};
  for (size_t i = 0; i + 1 < std::size(ascending); ++i) {
    BOOST_TEST(ComesBefore(ascending[i], ascending[i + 1]), ascending[i].id.Label());
    BOOST_TEST(!ComesBefore(ascending[i + 1], ascending[i]));
  }
}

BOOST_AUTO_TEST_CASE(equal_versions_go_by_name) {
  BOOST_TEST(ComesBefore(Pending("0000_a", 2), Pending("0000_b", 1)));
  BOOST_TEST(ComesBefore(Pending("001_a", 2), Pending("1_b", 1)));
  BOOST_TEST(ComesBefore(Pending("001_a", 2), Pending("1_a", 1)));
  BOOST_TEST(ComesBefore(Pending("1", 2), Pending("1_a", 1)));
  BOOST_TEST(!ComesBefore(Pending("1_a", 1), Pending("1_a", 2)));
}

BOOST_AUTO_TEST_CASE(older_than_the_newest_applied_is_out_of_order) {
  const MigrationSet set = SetOf({Applied("002_b", 1)});
  BOOST_TEST(IsOutOfOrder(Pending("1_x", 2), set));
  BOOST_TEST(IsOutOfOrder(Pending("2_a", 2), set));
  BOOST_TEST(!IsOutOfOrder(Pending("2_b", 2), set));
  BOOST_TEST(!IsOutOfOrder(Pending("2_c", 2), set));
  BOOST_TEST(!IsOutOfOrder(Pending("010_a", 2), set));
  BOOST_TEST(!IsOutOfOrder(Pending("plain", 2), set));
  BOOST_TEST(!IsOutOfOrder(Pending("1_x", 2), SetOf({})));
}

BOOST_AUTO_TEST_CASE(additions_are_sorted_by_version_then_as_given) {
  BOOST_TEST(Labels(InOrderOfAddition(Make({{"z", {}}, {"010_a", {}}, {"a", {}}, {"2_b", {}}, {"2_a", {}}}))) ==
                 (std::vector<std::string>{"2_a", "2_b", "010_a", "z", "a"}),
             boost::test_tools::per_element());
  BOOST_TEST(InOrderOfAddition({}).empty());
}

BOOST_AUTO_TEST_CASE(plain_names_are_added_after_what_they_require) {
  BOOST_TEST(Labels(InOrderOfAddition(Make({{"c", {"b", "1", "unknown"}}, {"b", {"a"}}, {"a", {}}, {"1", {"c"}}}))) ==
                 (std::vector<std::string>{"1", "a", "b", "c"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(circles_of_plain_names_lose_nothing) {
  BOOST_TEST(InOrderOfAddition(Make({{"a", {"b"}}, {"b", {"a"}}, {"c", {"c"}}})).size() == 3u);
}

BOOST_AUTO_TEST_CASE(long_chains_of_requirements_need_no_stack) {
  constexpr int kLength = 60000;
  std::vector<std::pair<std::string, std::vector<std::string>>> chain;
  for (int i = 0; i < kLength; ++i) chain.push_back({"m" + std::to_string(i), {"m" + std::to_string(i + 1)}});
  const auto sorted = InOrderOfAddition(Make(chain));
  BOOST_TEST(sorted.size() == static_cast<size_t>(kLength));
  BOOST_TEST(sorted.back().id.name == "m0");
  Edges edges(kLength);
  for (size_t i = 0; i + 1 < kLength; ++i) edges[i] = {i + 1};
  BOOST_TEST(FindCircle(edges).empty());
}

BOOST_AUTO_TEST_CASE(circles_are_found_from_start_to_start) {
  BOOST_TEST(FindCircle({}).empty());
  BOOST_TEST(FindCircle({{1, 2}, {2}, {}}).empty());
  BOOST_TEST(FindCircle({{}, {1}}) == (std::vector<size_t>{1, 1}), boost::test_tools::per_element());
  BOOST_TEST(FindCircle({{1}, {2}, {3, 1}, {}}) == (std::vector<size_t>{1, 2, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
