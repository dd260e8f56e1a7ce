#include "core/health/numbers.h"

#include "core/health/rules.h"

namespace migrate::health {
namespace {

constexpr int kWarnAt = 70, kErrorAt = 90;

// In hundredths. Wide enough for the whole of bigint.
int PercentUsed(int64_t from, int64_t to, int64_t value) {
  const auto first = static_cast<long double>(from), last = static_cast<long double>(to);
  if (first == last) return 100;
  return static_cast<int>((static_cast<long double>(value) - first) * 100 / (last - first));
}

std::optional<Level> LevelAt(int percent) {
  if (percent < kWarnAt) return {};
  return percent < kErrorAt ? Level::kWarning : Level::kError;
}

}  // namespace

std::optional<Finding> JudgeKey(const std::string& column, const std::string& type, int64_t most, int64_t value) {
  const int percent = PercentUsed(0, most, value);
  const auto level = LevelAt(percent);
  if (!level) return {};
  return Say(kIntKeyNearEnd,
             {column, std::to_string(percent), std::to_string(value), std::to_string(most), type}, level);
}

std::optional<Finding> JudgeSequence(const Sequence& sequence, int64_t value) {
  if (!sequence.column.empty() && !sequence.descends && sequence.most_of_type <= sequence.most) {
    return JudgeKey(sequence.column, sequence.type, sequence.most_of_type, value);
  }
  if (sequence.cycles) return {};
  const int64_t end = sequence.descends ? sequence.least : sequence.most;
  const int percent = PercentUsed(sequence.descends ? sequence.most : sequence.least, end, value);
  const auto level = LevelAt(percent);
  if (!level) return {};
  return Say(kSequenceNearEnd,
             {sequence.name, std::to_string(percent), std::to_string(value), std::to_string(end)}, level);
}

}  // namespace migrate::health
