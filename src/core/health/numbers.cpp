#include "core/health/numbers.h"

#include "core/health/rules.h"

namespace migrate::health {
namespace {

constexpr int kWarnAt = 70, kErrorAt = 90;

// In hundredths. Wide enough for the whole of bigint.
int PercentUsed(int64_t from, int64_t to, int64_t value) {
  const auto first = static_cast<long double>(from), last = static_cast<long double>(to);
  if (first == last) return 100;
  const long double percent = (static_cast<long double>(value) - first) * 100 / (last - first);
  return percent < 0 ? 0 : percent > 100 ? 100 : static_cast<int>(percent);
}

int PercentUsed(const Sequence& sequence, int64_t value) {
  return sequence.descends ? PercentUsed(sequence.most, sequence.least, value)
                           : PercentUsed(sequence.least, sequence.most, value);
}

std::optional<Level> LevelAt(int percent) {
  if (percent < kWarnAt) return {};
  return percent < kErrorAt ? Level::kWarning : Level::kError;
}

constexpr int64_t kMostOfSmallint = 32767;

}  // namespace

bool MayBeNearEnd(const Sequence& sequence, int64_t value) {
  return PercentUsed(sequence, value) >= kWarnAt || PercentUsed(0, kMostOfSmallint, value) >= kWarnAt;
}

std::optional<Finding> JudgeKey(const Column& column, int64_t value) {
  const int percent = PercentUsed(0, column.most, value);
  const auto level = LevelAt(percent);
  if (!level) return {};
  return Say(kIntKeyNearEnd,
             {column.name, std::to_string(percent), std::to_string(value), std::to_string(column.most), column.type},
             level);
}

std::optional<Finding> JudgeSequence(const Sequence& sequence, const std::string& name,
                                     const std::optional<Column>& column, int64_t value) {
  if (column && !sequence.descends && column->most <= sequence.most) return JudgeKey(*column, value);
  if (sequence.cycles) return {};
  const int percent = PercentUsed(sequence, value);
  const auto level = LevelAt(percent);
  if (!level) return {};
  const int64_t end = sequence.descends ? sequence.least : sequence.most;
  return Say(kSequenceNearEnd, {name, std::to_string(percent), std::to_string(value), std::to_string(end)}, level);
}

}  // namespace migrate::health
