#include "core/base/differing_lines.h"

#include "fakes.h"

namespace migrate {
namespace {

std::string Shown(const std::vector<MarkedLine>& lines) {
  std::string shown;
  for (const auto& line : lines) {
    shown += (line.line ? std::to_string(*line.line) : "?") + line.mark + " " + line.text + "\n";
  }
  return shown;
}

std::string Differing(std::string_view before, std::string_view after, size_t most = 3) {
  return Shown(DifferingLines(before, after, 1, most));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(differing_lines)

BOOST_AUTO_TEST_CASE(lines_have_the_numbers_of_their_file) {
  BOOST_TEST(Shown(NumberedLines("a\nb\n", 7)) == "7 a\n8 b\n");
  BOOST_TEST(Shown(NumberedLines("", 1)) == "");
  BOOST_TEST(Shown(DifferingLines("a\nb", "a\nc", 7, 3)) == "7 a\n8- b\n8+ c\n");
}

BOOST_AUTO_TEST_CASE(what_is_the_same_is_left_out) {
  BOOST_TEST(Differing("a\nb\nc\nd", "a\nb\nx\nd") == "2 b\n3- c\n3+ x\n");
  BOOST_TEST(Differing("a\nb", "x\nb") == "1- a\n1+ x\n");
  BOOST_TEST(Differing("a", "a\nb\n") == "1 a\n2+ b\n");
  BOOST_TEST(Differing("a\nb", "a") == "1 a\n2- b\n");
  BOOST_TEST(Differing("a\na", "a\na\na") == "2 a\n3+ a\n");
  BOOST_TEST(Differing("", "a") == "1+ a\n");
}

BOOST_AUTO_TEST_CASE(blanks_and_line_ends_are_no_difference) {
  BOOST_TEST(Differing("a\r\nb  \n\n", "a\nb") == "");
  BOOST_TEST(Differing("a \nb", "a\nc") == "1 a\n2- b\n2+ c\n");
}

BOOST_AUTO_TEST_CASE(only_the_first_lines_are_shown) {
  BOOST_TEST(Differing("a", "b\nc\nd\ne\nf") == "1- a\n1+ b\n2+ c\n3+ d\n?+ (2 more)\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
