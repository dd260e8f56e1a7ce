#include "adopting.h"

namespace migrate::adopt {

BOOST_AUTO_TEST_SUITE(adopt_matching)

BOOST_AUTO_TEST_CASE(what_a_version_is_shared_by_needs_its_name) {
  History history;
  history.recorded.push_back(RecordedOfFile("2014_10_12_000000_users.php"));
  BOOST_TEST(Decided(history, AllLoaded({"2014_10_12_100000_posts"})) == (Strings{"2014_10_12_000000_users unknown"}),
             boost::test_tools::per_element());
  BOOST_TEST(Decided(history, AllLoaded({"2014_10_12_000000_users"})) == (Strings{"2014_10_12_000000_users adopt"}),
             boost::test_tools::per_element());
  history.recorded[0] = RecordedOfFile("Version20240131120000");
  BOOST_TEST(Decided(history, AllLoaded({"20240131120000_posts"})) == (Strings{"20240131120000_posts adopt"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_app_of_django_counts_for_itself) {
  const History history = kDjango.read({{"auth", "0001_initial", "then", "1"},
                                        {"shop", "0001_initial", "then", "2"},
                                        {"shop", "0002_price", "then", "3"}});
  BOOST_TEST(Decided(history, AllLoaded({"0001_initial", "shop_0001_initial", "0002_price"})) ==
                 (Strings{"auth_0001_initial unknown", "shop_0001_initial adopt", "0002_price adopt"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_checksum_may_go_over_all_files_up_to_it) {
  History history = Applied({"1_a", "2_b", "3_c", "4_d"});
  for (size_t i = 0; i < 4; ++i) {
    history.recorded[i].proof = Proof::kRunningSha256;
    history.recorded[i].checksum = std::to_string(12 * (i + 1));  // "1_a.sql" and five characters each
  }
  const auto loaded = AllLoaded({"1_a", "2_b", "3_c", "4_d"});
  BOOST_TEST(Decided(history, loaded) == (Strings{"1_a adopt", "2_b adopt", "3_c adopt", "4_d adopt"}),
             boost::test_tools::per_element());
  const auto decisions = Decide(
      history, loaded, [](size_t i) { return i == 1 ? "other" + std::string(1, '.') : "12345"; }, kHashers);
  BOOST_TEST((decisions[0].verdict == Verdict::kAdopt));
  BOOST_TEST((decisions[1].verdict == Verdict::kDiffers));
  BOOST_TEST((decisions[3].verdict == Verdict::kAdopt));
  BOOST_TEST(decisions[3].detail == "not compared: its hash includes 2_b, which differs");
}

BOOST_AUTO_TEST_CASE(what_the_history_no_longer_has_moved_back) {
  auto loaded = AllLoaded({"1_a", "2_b", "3_c"});
  for (auto& each : loaded) {
    each.applied = true;
    each.adopted_from = "dbmate: t";
  }
  const auto decided = [&](const History& history) {
    Strings verdicts;
    for (const auto& decision : Decide(history, loaded, [](size_t) { return "x"; }, kHashers, {"dbmate: t", ""})) {
      verdicts.push_back(decision.recorded.id.Label() +
                         (decision.verdict == Verdict::kMovedBack ? " moved back" : " stays"));
    }
    return verdicts;
  };
  BOOST_TEST(decided(Applied({"1", "2"})) == (Strings{"1 stays", "2 stays", "3_c moved back"}),
             boost::test_tools::per_element());
  BOOST_TEST(decided({}) == (Strings{"1_a moved back", "2_b moved back", "3_c moved back"}),
             boost::test_tools::per_element());
  History undone = Applied({"1", "2", "3"});
  undone.recorded[2].standing = Standing::kRolledBack;
  BOOST_TEST(decided(undone) == (Strings{"1 stays", "2 stays", "3 moved back"}), boost::test_tools::per_element());
  loaded[2].adopted_from = "goose: t";
  BOOST_TEST(decided(Applied({"1"})) == (Strings{"1 stays", "2_b moved back"}), boost::test_tools::per_element());
  History dirty = Applied({"2"});
  dirty.recorded[0].up_to = true;
  dirty.recorded[0].standing = Standing::kFailed;
  BOOST_TEST(MovedBack(Match(dirty, loaded), loaded, "dbmate: t").empty());
  History unnamed;
  unnamed.recorded.resize(1);
  BOOST_TEST(MovedBack(Match(unnamed, loaded), loaded, "dbmate: t").empty());
  loaded.push_back(LoadedOf("2_d"));
  BOOST_TEST(decided(Applied({"1", "2"})) == (Strings{"1 stays", "2 stays"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(versions_match_as_numbers_and_by_name_where_several_do) {
  BOOST_TEST(Decided(Applied({"1", "002", "4.0", "5"}), AllLoaded({"001_a", "2_b", "3_c", "4_d", "5_e", "5_f"})) ==
                 (Strings{"001_a adopt", "2_b adopt", "4_d adopt", "5 unknown"}),
             boost::test_tools::per_element());
  const auto decisions = Decide(
      Applied({"5", "6"}), AllLoaded({"5_e", "5_f"}), [](size_t) { return std::string(); }, kHashers);
  BOOST_TEST(
      decisions[0].detail ==
      "2 loaded migrations have this version: record those that are applied with migrate_repair(name, 'applied')");
  BOOST_TEST(decisions[1].detail ==
             "not loaded, and the table keeps no text of it: load the files first, then adopt again");
  BOOST_TEST(Decided(Applied({"5_f", "5_e"}), AllLoaded({"5_e", "5_f"})) == (Strings{"5_f adopt", "5_e adopt"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_version_stands_for_all_before_it) {
  History history = Applied({"2"});
  history.recorded[0].up_to = true;
  BOOST_TEST(Decided(history, AllLoaded({"1_a", "2_b", "3_c", "x"})) == (Strings{"1_a adopt", "2_b adopt"}),
             boost::test_tools::per_element());
  history.recorded[0].id.version = "2.5";
  BOOST_TEST(Decided(history, AllLoaded({"1_a", "2_b", "3_c"})) == (Strings{"1_a adopt", "2_b adopt", "2.5 unknown"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_revision_stands_for_what_it_requires) {
  History history = Applied({"bb"});
  history.recorded[0] = {{"bb", {}}};
  history.recorded[0].up_to = true;
  std::vector<Loaded> loaded{LoadedOf("x"), LoadedOf("aa_first"), LoadedOf("bb_second", {"aa_first"}),
                             LoadedOf("cc_third", {"bb_second"})};
  BOOST_TEST(Decided(history, loaded) == (Strings{"aa_first adopt", "bb_second adopt"}),
             boost::test_tools::per_element());
  loaded[2].requirements.clear();
  BOOST_TEST(Decided(history, loaded) == (Strings{"x adopt", "aa_first adopt", "bb_second adopt"}),
             boost::test_tools::per_element());
  history.recorded[0].id.version = "zz";
  BOOST_TEST(Decided(history, loaded) == (Strings{"zz unknown"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_differs_is_not_adopted) {
  History history = Applied({"1_a"});
  history.recorded[0].proof = Proof::kSha256;
  history.recorded[0].checksum = "5";
  BOOST_TEST(Decided(history, AllLoaded({"1_a"})) == (Strings{"1_a adopt"}), boost::test_tools::per_element());
  BOOST_TEST(Decided(history, AllLoaded({"1_a"}), "1234") == (Strings{"1_a differs"}),
             boost::test_tools::per_element());
  const auto purged = Decide(
      history, AllLoaded({"1_a"}), [](size_t) { return std::nullopt; }, kHashers);
  BOOST_TEST(Contains(purged[0].detail, "purged"));
  auto loaded = AllLoaded({"1_a"});
  loaded[0].applied = true;
  BOOST_TEST(Decided(history, loaded, "1234") == (Strings{"1_a unchanged"}), boost::test_tools::per_element());
  loaded[0].reloaded = true;
  BOOST_TEST(Decided(history, loaded, "1234") == (Strings{"1_a differs"}), boost::test_tools::per_element());
  BOOST_TEST(Decided(history, loaded) == (Strings{"1_a adopt"}), boost::test_tools::per_element());
  loaded[0].applied = loaded[0].reloaded = false;
  loaded[0].partial = true;
  BOOST_TEST(Decided(history, loaded) == (Strings{"1_a differs"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_loaded_is_registered_only_with_a_text) {
  History history = Applied({"1_a", "2_b"});
  history.recorded[0].text = "SELECT 1;";
  BOOST_TEST(Decided(history, AllLoaded({})) == (Strings{"1_a register", "2_b unknown"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_checksum_alone_finds_its_text) {
  History history;
  history.recorded.resize(1);
  history.recorded[0].proof = Proof::kSha256;
  history.recorded[0].checksum = "5";
  BOOST_TEST(Decided(history, AllLoaded({"0_a"})) == (Strings{"0_a adopt"}), boost::test_tools::per_element());
  BOOST_TEST(Decided(history, AllLoaded({"0_a"}), "1234") == (Strings{" unknown"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(histories_contradict_each_other_only_about_the_same) {
  const auto says = [](const Strings& a, const Strings& b) {
    return Contradiction(Match(Applied(a), {}), Match(Applied(b), {}));
  };
  BOOST_TEST(says({"1", "2"}, {"001_a", "2_b"}) == "");
  BOOST_TEST(says({"1", "2"}, {"3"}) == "");
  BOOST_TEST(says({"1", "2"}, {"2", "3"}) == "it lacks 1, and also has 3");
  BOOST_TEST(says({"1"}, {"1", "2"}) == "it also has 2");
  BOOST_TEST(Contains(says({"1", "2", "3", "4", "5", "6", "7"}, {"1"}), "2, 3, 4, 5, 6 and 1 more"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::adopt
