// When nothing is applied: the windows of `migrate.freeze`. Pure; what time it is somewhere, the server knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrate {

// A moment as clocks show it in a time zone.
struct LocalTime {
  int weekday = 1;   // from 1, Monday, to 7
  int second = 0;    // of the day
  std::string date;  // 2026-12-24
};

// From a moment of the week to another, or from a date to another.
struct FreezeWindow {
  std::string text;     // as it is written
  std::string problem;  // why it can't be read: then it freezes; empty if it can be
  std::string zone;
  bool weekly = true;
  int begin_day = 0, end_day = 0;  // of the week, from 1
  std::string begin_date, end_date;
  int begin_second = 0, end_second = 0;  // of those days; the end is not part of it
};

// "Fri 16:00 - Mon 08:00 Europe/Berlin, 2026-12-20 - 2027-01-03 UTC". A day without a time counts whole.
std::vector<FreezeWindow> FreezeWindowsOf(std::string_view text);

// Of one that can be read.
bool Covers(const FreezeWindow& window, const LocalTime& time);

}  // namespace migrate
