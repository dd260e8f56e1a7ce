#include "core/plan/freeze.h"

#include <boost/test/unit_test.hpp>

using migrate::Covers;
using migrate::FreezeWindow;
using migrate::FreezeWindowsOf;
using migrate::LocalTime;

namespace {

constexpr int kHour = 3600;

FreezeWindow Only(std::string_view text) {
  auto windows = FreezeWindowsOf(text);
  BOOST_REQUIRE_EQUAL(windows.size(), 1);
  return windows.front();
}

bool CoversWeekly(std::string_view text, int weekday, int second) {
  const FreezeWindow window = Only(text);
  BOOST_REQUIRE_EQUAL(window.problem, "");
  return Covers(window, {weekday, second, "2026-12-01"});
}

bool CoversDate(std::string_view text, const char* date, int second) {
  const FreezeWindow window = Only(text);
  BOOST_REQUIRE_EQUAL(window.problem, "");
  return Covers(window, {1, second, date});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(freeze)

BOOST_AUTO_TEST_CASE(a_window_goes_over_the_end_of_the_week) {
  constexpr char kWeekend[] = "Fri 16:00 - Mon 08:00 Europe/Berlin";
  BOOST_TEST(Only(kWeekend).zone == "Europe/Berlin");
  BOOST_TEST(!CoversWeekly(kWeekend, 5, 16 * kHour - 1));
  BOOST_TEST(CoversWeekly(kWeekend, 5, 16 * kHour));
  BOOST_TEST(CoversWeekly(kWeekend, 7, 0));
  BOOST_TEST(CoversWeekly(kWeekend, 1, 8 * kHour - 1));
  BOOST_TEST(!CoversWeekly(kWeekend, 1, 8 * kHour));
  BOOST_TEST(!CoversWeekly(kWeekend, 3, 12 * kHour));
}

BOOST_AUTO_TEST_CASE(a_day_without_a_time_counts_whole) {
  BOOST_TEST(CoversWeekly("Sat - Sun UTC", 6, 0));
  BOOST_TEST(CoversWeekly("saturday - SUNDAY UTC", 7, 24 * kHour - 1));
  BOOST_TEST(!CoversWeekly("Sat - Sun UTC", 1, 0));
  BOOST_TEST(CoversDate("2026-12-20 - 2027-01-03 UTC", "2027-01-03", 24 * kHour - 1));
  BOOST_TEST(!CoversDate("2026-12-20 - 2027-01-03 UTC", "2027-01-04", 0));
  BOOST_TEST(!CoversDate("2026-12-20 - 2027-01-03 UTC", "2026-12-19", 24 * kHour - 1));
}

BOOST_AUTO_TEST_CASE(dates_may_have_times) {
  constexpr char kNight[] = "2026-12-24 12:00 - 2026-12-24 18:30:15 UTC";
  BOOST_TEST(!CoversDate(kNight, "2026-12-24", 12 * kHour - 1));
  BOOST_TEST(CoversDate(kNight, "2026-12-24", 12 * kHour));
  BOOST_TEST(CoversDate(kNight, "2026-12-24", 18 * kHour + 30 * 60 + 14));
  BOOST_TEST(!CoversDate(kNight, "2026-12-24", 18 * kHour + 30 * 60 + 15));
}

BOOST_AUTO_TEST_CASE(from_a_moment_to_itself_is_the_whole_week) {
  BOOST_TEST(CoversWeekly("Mon 00:00 - Mon 00:00 UTC", 1, 0));
  BOOST_TEST(CoversWeekly("Wed 12:00 - Wed 12:00 UTC", 3, 12 * kHour - 1));
}

BOOST_AUTO_TEST_CASE(there_may_be_several) {
  const auto windows = FreezeWindowsOf("Fri 16:00 - Mon 08:00 UTC, 2026-12-20 - 2027-01-03 UTC,");
  BOOST_TEST(windows.size() == 2);
  BOOST_TEST(FreezeWindowsOf("").empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_says_why) {
  BOOST_TEST(Only("weekends").problem == "it has no \" - \" between its begin and its end");
  BOOST_TEST(Only("Fri 16:00 - Mon 08:00").problem == "it names no time zone");
  BOOST_TEST(Only("Fri 16:00 - UTC").problem == "a day is missing");
  BOOST_TEST(Only("Fri 16:61 - Mon 08:00 UTC").problem == "\"16:61\" is no time");
  BOOST_TEST(Only("Fri 25:00 - Mon 08:00 UTC").problem == "\"25:00\" is no time");
  BOOST_TEST(Only("Frydy 16:00 - Mon 08:00 UTC").problem == "\"Frydy\" is neither a day of the week nor a date");
  BOOST_TEST(Only("2026-13-01 - 2027-01-03 UTC").problem == "\"2026-13-01\" is neither a day of the week nor a date");
  BOOST_TEST(Only("2026-11-31 - 2026-12-02 UTC").problem == "\"2026-11-31\" is neither a day of the week nor a date");
  BOOST_TEST(Only("2026-02-29 - 2026-03-02 UTC").problem == "\"2026-02-29\" is neither a day of the week nor a date");
  BOOST_TEST(Only("2028-02-29 - 2028-03-02 UTC").problem == "");
  BOOST_TEST(Only("Mon 14:00 - Mon 15:00 UTC+2").problem ==
             "\"UTC+2\" is no name of a time zone, such as Europe/Berlin");
  BOOST_TEST(Only("Mon 14:00 - Mon 15:00 Etc/GMT+2").problem == "");
  BOOST_TEST(Only("Fri - 2027-01-03 UTC").problem == "a day of the week and a date don't go together");
  BOOST_TEST(Only("2027-01-03 - 2026-12-20 UTC").problem == "it ends before it begins");
  BOOST_TEST(Only("Fri 16:00 or so - Mon 08:00 UTC").problem == "\"or\" is one word too many");
}

BOOST_AUTO_TEST_SUITE_END()
