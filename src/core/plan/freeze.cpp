#include "core/plan/freeze.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>

#include "core/base/text.h"

namespace migrate {
namespace {

constexpr std::string_view kDays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
constexpr int kSecondsOfDay = 24 * 60 * 60;
constexpr size_t kShortestDay = 3;  // "Mon"

// From 1; 0 for no day.
int WeekdayOf(std::string_view word) {
  if (word.size() < kShortestDay) return 0;
  const std::string lower = ToLower(word);
  const auto* const day =
      std::find_if(std::begin(kDays), std::end(kDays), [&](std::string_view name) { return name.starts_with(lower); });
  return day == std::end(kDays) ? 0 : static_cast<int>(day - std::begin(kDays)) + 1;
}

// The numbers of "16:00" or "2026-12-24"; empty if it is none.
std::vector<int> Numbers(std::string_view word, char separator) {
  constexpr size_t kMostDigits = 4;
  std::vector<int> numbers;
  while (true) {
    const size_t end = std::min(word.find(separator), word.size());
    const std::string_view digits = word.substr(0, end);
    if (digits.empty() || digits.size() > kMostDigits || digits.find_first_not_of("0123456789") != digits.npos)
      return {};
    int number = 0;
    for (const char c : digits) number = number * 10 + (c - '0');
    numbers.push_back(number);
    if (end == word.size()) return numbers;
    word.remove_prefix(end + 1);
  }
}

bool IsDate(std::string_view word) {
  constexpr int kDaysOf[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto numbers = Numbers(word, '-');
  if (word.size() != 10 || numbers.size() != 3 || numbers[1] < 1 || numbers[1] > 12) return false;
  const int year = numbers[0];
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return numbers[2] >= 1 && numbers[2] <= kDaysOf[numbers[1] - 1] + (leap && numbers[1] == 2 ? 1 : 0);
}

// 16:00 or 16:00:30, as seconds of the day.
std::optional<int> SecondOf(std::string_view word) {
  const auto numbers = Numbers(word, ':');
  if (numbers.size() < 2 || numbers.size() > 3) return std::nullopt;
  const int seconds = numbers[0] * 3600 + numbers[1] * 60 + (numbers.size() == 3 ? numbers[2] : 0);
  const bool is_time = numbers[1] < 60 && (numbers.size() == 2 || numbers[2] < 60) && seconds <= kSecondsOfDay;
  return is_time ? std::optional(seconds) : std::nullopt;
}

// "UTC+2" and "+02" would mean the other side of the world.
bool IsZoneName(std::string_view zone) {
  const bool begins = (zone[0] | 0x20) >= 'a' && (zone[0] | 0x20) <= 'z';
  return begins && (zone.starts_with("Etc/") || zone.find_first_of("+0123456789") == zone.npos);
}

struct Moment {
  int weekday = 0;
  std::string date;
  int second = 0;
};

// A day and perhaps a time; says what is wrong with it.
std::string Read(const std::vector<std::string>& words, int otherwise, Moment& moment) {
  if (words.empty()) return "a day is missing";
  moment.weekday = WeekdayOf(words[0]);
  if (IsDate(words[0])) moment.date = words[0];
  if (moment.weekday == 0 && moment.date.empty()) return "\"" + words[0] + "\" is neither a day of the week nor a date";
  moment.second = otherwise;
  if (words.size() == 1) return {};
  const auto second = SecondOf(words[1]);
  if (!second) return "\"" + words[1] + "\" is no time";
  moment.second = *second;
  return words.size() == 2 ? std::string() : "\"" + words[2] + "\" is one word too many";
}

FreezeWindow WindowOf(std::string text) {
  FreezeWindow window;
  window.text = std::move(text);
  const size_t dash = window.text.find(" - ");
  if (dash == std::string::npos) {
    window.problem = "it has no \" - \" between its begin and its end";
    return window;
  }
  const auto words = [](std::string_view part) { return SplitList(part, ' '); };
  auto end_words = words(std::string_view(window.text).substr(dash + 3));
  const bool has_zone = !end_words.empty() && WeekdayOf(end_words.back()) == 0 && !IsDate(end_words.back()) &&
                        !SecondOf(end_words.back());
  if (has_zone) {
    window.zone = end_words.back();
    end_words.pop_back();
  }
  Moment begin, end;
  window.problem = Read(words(std::string_view(window.text).substr(0, dash)), 0, begin);
  if (window.problem.empty()) window.problem = Read(end_words, kSecondsOfDay, end);
  if (window.problem.empty() && begin.date.empty() != end.date.empty())
    window.problem = "a day of the week and a date don't go together";
  if (window.problem.empty() && !has_zone) window.problem = "it names no time zone";
  if (window.problem.empty() && !IsZoneName(window.zone))
    window.problem = "\"" + window.zone + "\" is no name of a time zone, such as Europe/Berlin";
  window.weekly = begin.date.empty();
  window.begin_day = begin.weekday;
  window.end_day = end.weekday;
  window.begin_date = begin.date;
  window.end_date = end.date;
  window.begin_second = begin.second;
  window.end_second = end.second;
  if (window.problem.empty() && !window.weekly &&
      std::tie(window.end_date, window.end_second) <= std::tie(window.begin_date, window.begin_second))
    window.problem = "it ends before it begins";
  return window;
}

}  // namespace

std::vector<FreezeWindow> FreezeWindowsOf(std::string_view text) {
  std::vector<FreezeWindow> windows;
  for (auto& part : SplitList(text, ',')) windows.push_back(WindowOf(std::move(part)));
  return windows;
}

bool Covers(const FreezeWindow& window, const LocalTime& time) {
  if (!window.weekly) {
    const auto now = std::tie(time.date, time.second);
    return now >= std::tie(window.begin_date, window.begin_second) &&
           now < std::tie(window.end_date, window.end_second);
  }
  const auto of_week = [](int day, int second) { return (day - 1) * kSecondsOfDay + second; };
  const int begin = of_week(window.begin_day, window.begin_second);
  const int end = of_week(window.end_day, window.end_second);
  const int now = of_week(time.weekday, time.second);
  // One that ends before it begins goes over Sunday; one that ends as it begins is the whole week.
  return begin < end ? now >= begin && now < end : now >= begin || now < end;
}

}  // namespace migrate
