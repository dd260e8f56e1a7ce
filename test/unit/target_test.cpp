#include "core/set/target.h"

#include "fakes.h"

namespace migrate {
namespace {

std::vector<std::string> Hits(const std::vector<KnownMigration>& migrations, const std::string& target) {
  std::vector<std::string> labels;
  for (const size_t i : TargetIndex(migrations).Find(target)) labels.push_back(migrations[i].id.Label());
  return labels;
}

std::vector<KnownMigration> Many(const std::vector<std::string>& labels) {
  std::vector<KnownMigration> migrations;
  for (const auto& label : labels) migrations.push_back(Pending(label, static_cast<int64_t>(migrations.size()) + 1));
  return migrations;
}

struct Case {
  std::vector<std::string> labels;
  std::string target;
  std::vector<std::string> found;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(targets_match_version_label_name_and_number) {
  const Case cases[] = {
      {{"0003_add_email", "0004_b"}, "0003", {"0003_add_email"}},
      {{"0003_add_email", "0004_b"}, "0003_add_email", {"0003_add_email"}},
      {{"0003_add_email", "0004_b"}, "add_email", {"0003_add_email"}},
      {{"0003_add_email", "0004_b"}, "3", {"0003_add_email"}},
      {{"0003", "plain"}, "00003", {"0003"}},
      {{"0003", "plain"}, "plain", {"plain"}},
      {{"1.2_a"}, "01.02", {"1.2_a"}},
      {{"0003_add_email"}, "add", {}},
      {{"0003_add_email"}, "3_add_email", {}},
      {{"0003_add_email"}, "4", {}},
      {{"0003_add_email"}, "", {}},
      {{"0003"}, "", {}},
      {{}, "1", {}},
  };
  for (const auto& c : cases) {
    BOOST_TEST_CONTEXT(c.target) {
      BOOST_TEST(Hits(Many(c.labels), c.target) == c.found, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(exact_matches_win_over_looser_ones) {
  // Names that look like versions can't be parsed from a file name, but a table may hold them.
  std::vector<KnownMigration> migrations = Many({"003_a", "3_b", "7_x"});
  migrations[2].id.name = "3";
  BOOST_TEST(Hits(migrations, "3") == std::vector<std::string>{"3_b"}, boost::test_tools::per_element());
  BOOST_TEST(Hits(migrations, "003") == std::vector<std::string>{"003_a"}, boost::test_tools::per_element());
  migrations[2].id.name = "3_b";
  BOOST_TEST(Hits(migrations, "3_b") == std::vector<std::string>{"3_b"}, boost::test_tools::per_element());
  BOOST_TEST(Hits(Many({"x", "1_x"}), "x") == std::vector<std::string>{"x"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_shared_version_means_all_of_it) {
  const std::vector<std::string> both = {"0000_a", "0000_b"};
  BOOST_TEST(Hits(Many({"0000_a", "1_c", "0000_b"}), "0000") == both, boost::test_tools::per_element());
  BOOST_TEST(Hits(Many({"0000_a", "1_c", "0000_b"}), "0") == both, boost::test_tools::per_element());
  BOOST_TEST(Hits(Many({"0000_a", "1_c", "0000_b"}), "0000_b") == std::vector<std::string>{"0000_b"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(other_doubles_are_ambiguous) {
  Error error = Thrown([] { Hits(Many({"1_accounts", "2_b", "3_accounts"}), "accounts"); });
  BOOST_TEST(error.sqlstate == "42725");
  BOOST_TEST(error.message == "migration \"accounts\" is ambiguous");
  BOOST_TEST(error.detail == "It could be \"1_accounts\", \"3_accounts\".");
  error = Thrown([] { Hits(Many({"1_a", "01_b"}), "001"); });
  BOOST_TEST(error.detail == "It could be \"1_a\", \"01_b\".");
}

BOOST_AUTO_TEST_CASE(unknown_targets_are_answered_with_the_nearest) {
  Error error = UnknownTarget("0003_add_emial", {"0001_users", "0003_add_email"});
  BOOST_TEST(error.sqlstate == "42704");
  BOOST_TEST(error.message == "migration \"0003_add_emial\" does not exist");
  BOOST_TEST(Contains(error.hint, "Did you mean \"0003_add_email\""));
  BOOST_TEST(error.detail == "");
  error = UnknownTarget("x", {});
  BOOST_TEST(error.detail == "No migration is known here.");
  BOOST_TEST(!Contains(error.hint, "Did you mean"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
