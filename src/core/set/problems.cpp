#include "core/set/problems.h"

#include <algorithm>

#include "core/base/cancel.h"

namespace migrate {

void Problems::Add(size_t position, std::string origin, Error error) {
  LetCancelPass(error);
  const auto after = std::upper_bound(problems_.begin(), problems_.end(), position,
                                      [](size_t at, const Problem& problem) { return at < problem.position; });
  problems_.insert(after, {position, std::move(origin), std::move(error)});
}

void Problems::ThrowAny() const {
  constexpr size_t kListed = 100;
  if (problems_.empty()) return;
  Error error = problems_.front().error;
  const size_t others = problems_.size() - 1;
  if (others > 0) {
    if (!error.detail.empty() && !error.place.empty()) error.detail += '\n';
    error.detail += error.place;
    error.place.clear();
    if (!error.detail.empty()) error.detail += '\n';
    error.detail += std::to_string(others) + " more:";
    for (size_t i = 1; i <= std::min(others, kListed); ++i) error.detail += '\n' + OneLine(problems_[i].error);
    if (others > kListed) error.detail += "\n…";
  }
  throw error;
}

std::string OneLine(const Error& error) {
  std::string line = error.context.empty() ? error.message : error.context + ": " + error.message;
  if (!error.detail.empty()) line += " (" + error.detail + ")";
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace migrate
