#include "core/base/text.h"

#include "fakes.h"

namespace migrate {
namespace {

std::string NormalForm(std::string_view text) {
  FakeHasher hasher;
  HashNormalForm(text, hasher);
  return hasher.Finish().substr(1);
}

Position At(std::string_view text) { return Advance({1, 1}, text); }

}  // namespace

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(normal_form_leaves_out_what_does_not_matter) {
  const std::string same[] = {
      "A;\n\n  B;",
      "\xEF\xBB\xBF"
      "A;\n\n  B;\n",
      "A;\r\n\r\n  B;\r\n",
      "A;  \t\n \t \n  B; \f\v\n\n \n",
      "-- migrate:up\nA;\n\n  B;\n",
      "A;\n--migrate:verify \n\n  B;\n\t-- migrate:down\n",
  };
  for (const auto& text : same) BOOST_TEST(NormalForm(text) == "A;\n\n  B;");
}

BOOST_AUTO_TEST_CASE(normal_form_keeps_what_matters) {
  BOOST_TEST(NormalForm("") == "");
  BOOST_TEST(NormalForm(" \r\n\n") == "");
  BOOST_TEST(NormalForm("A;") != NormalForm(" A;"));
  BOOST_TEST(NormalForm("A;\nB;") != NormalForm("A;\n\nB;"));
  BOOST_TEST(NormalForm("A;") != NormalForm("a;"));
  // The server ends a comment at it.
  BOOST_TEST(NormalForm("-- A \rB;") != NormalForm("-- A B;"));
  BOOST_TEST(NormalForm("-- migrate:requires 1\nA;") == "-- migrate:requires 1\nA;");
  BOOST_TEST(NormalForm("-- migrate:upper\nA;") == "-- migrate:upper\nA;");
  BOOST_TEST(NormalForm("A;\n\xEF\xBB\xBF") == "A;\n\xEF\xBB\xBF");
}

BOOST_AUTO_TEST_CASE(a_text_in_normal_form_is_told) {
  FakeHasher hasher;
  for (const char* const text : {"", "A;", "A;\n\n  B;", "-- migrate:requires 1\nA;"})
    BOOST_TEST(HashNormalForm(text, hasher));
  for (const char* const text : {"\n", "A;\n", "A; ", "A;\r\nB;",
                                 "\xEF\xBB\xBF"
                                 "A;",
                                 "-- migrate:up\nA;", "A;\n-- migrate:up", "\nA;\n-- migrate:up\nB;"}) {
    BOOST_TEST(!HashNormalForm(text, hasher), text);
  }
}

BOOST_AUTO_TEST_CASE(lines_end_with_or_without_carriage_return) {
  std::string_view rest = "a\r\n\nb\rc\nd", line;
  std::vector<std::string> lines;
  while (TakeLine(rest, line)) lines.emplace_back(line);
  BOOST_TEST(lines == (std::vector<std::string>{"a", "", "b\rc", "d"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(positions_count_lines_and_characters) {
  BOOST_TEST(At("").line == 1);
  BOOST_TEST(At("").column == 1);
  BOOST_TEST(At("ab").column == 3);
  BOOST_TEST(At("äö€𐍈x").column == 6);
  BOOST_TEST(At("ab\nä").line == 2);
  BOOST_TEST(At("ab\nä").column == 2);
  BOOST_TEST(At("\n\n").line == 3);
  BOOST_TEST(Advance({7, 5}, "a").line == 7);
  BOOST_TEST(Advance({7, 5}, "a").column == 6);
}

BOOST_AUTO_TEST_CASE(character_positions_become_byte_offsets) {
  const std::string text = "aä€𐍈b";
  const size_t offsets[] = {0, 1, 3, 6, 10};
  for (int i = 0; i < 5; ++i) BOOST_TEST(OffsetOfCharacter(text, i + 1) == offsets[i]);
  BOOST_TEST(OffsetOfCharacter(text, 6) == text.size());
  BOOST_TEST(OffsetOfCharacter(text, 99) == text.size());
  BOOST_TEST(OffsetOfCharacter("", 1) == 0u);
}

BOOST_AUTO_TEST_CASE(lists_are_split_and_joined) {
  BOOST_TEST(SplitList(" a, b ,,c,", ',') == (std::vector<std::string>{"a", "b", "c"}),
             boost::test_tools::per_element());
  BOOST_TEST(SplitList(" , ", ',').empty());
  BOOST_TEST(SplitList("", ',').empty());
  BOOST_TEST(Join({"a", "b"}, " or ") == "a or b");
  BOOST_TEST(Join({}, ", ") == "");
}

BOOST_AUTO_TEST_CASE(trimming_and_case_know_ascii_only) {
  BOOST_TEST(Trim(" \t\r\n\f\va b \n") == "a b");
  BOOST_TEST(Trim(" \n") == "");
  BOOST_TEST(ToLower("AbÄZ") == "abÄz");
  BOOST_TEST(EqualsIgnoringCase("StdIn", "stdin"));
  BOOST_TEST(!EqualsIgnoringCase("stdin", "stdi"));
  BOOST_TEST(WithoutByteOrderMark("\xEF\xBB\xBFx") == "x");
  BOOST_TEST(WithoutByteOrderMark("\xEF\xBBx") == "\xEF\xBBx");
}

BOOST_AUTO_TEST_CASE(nearest_names_come_best_first) {
  const std::vector<std::string> names = {"0001_users", "0002_orders", "0003_add_email", "0004_zzz"};
  BOOST_TEST(NearestNames("0003_add_emial", names, 3).front() == "0003_add_email");
  BOOST_TEST(NearestNames("EMAIL", {"email", "mail"}, 2) == (std::vector<std::string>{"email", "mail"}),
             boost::test_tools::per_element());
  BOOST_TEST(NearestNames("add_email", names, 3).front() == "0003_add_email");
  BOOST_TEST(NearestNames("something else entirely", names, 3).empty());
  BOOST_TEST(NearestNames("000", names, 2).size() == 2u);
  BOOST_TEST(NearestNames("x", {}, 3).empty());
}

BOOST_AUTO_TEST_CASE(numbers_are_written_with_three_decimals) {
  BOOST_TEST(NumberText(0) == "0.000");
  BOOST_TEST(NumberText(12.3456) == "12.346");
  BOOST_TEST(NumberText(0.0004) == "0.000");
}

BOOST_AUTO_TEST_CASE(words_are_found_by_their_rarest_byte) {
  BOOST_TEST(RareWord("+goose").rarest == 0u);
  BOOST_TEST(RareWord("--> statement-breakpoint").rarest == 2u);
  BOOST_TEST(RareWord("igration").rarest == 1u);
  for (const auto& [text, where] : {std::pair<std::string_view, size_t>{"igration", 0},
                                    {"gg igratio igration", 11},
                                    {"gration", std::string_view::npos},
                                    {"", std::string_view::npos}}) {
    BOOST_TEST(Find(text, "igration") == where, text);
  }
  BOOST_TEST(Find("igration igration", "igration", 1) == 9u);
  BOOST_TEST(Find("igration", "igration", 1) == std::string_view::npos);
  BOOST_TEST(Find("igration", "igration", 20) == std::string_view::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
