// Finds the migrations that a user means by a version, a name or both.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/error.h"
#include "core/set/known.h"

namespace migrate {

// The target of a rollback that leaves nothing.
inline constexpr std::string_view kZero = "zero";

// A tag as it is compared: "v1.0" of "@v1.0".
std::string WithoutAt(std::string_view tag);

class TargetIndex {
 public:
  explicit TargetIndex(const std::vector<KnownMigration>& migrations) : migrations_(migrations) {}

  // Positions in the vector of what `target` means, in order: version exactly, version_name, name, tag
  // (with or without "@"), then numerically equal version. Several are returned only where they share one version.
  // Empty if there is none. Throws 42725 with the candidates if the target is ambiguous.
  std::vector<size_t> Find(const std::string& target);

 private:
  using Index = std::unordered_map<std::string, std::vector<size_t>>;

  void Build();

  const std::vector<KnownMigration>& migrations_;
  bool is_built_ = false;  // by the first question: most plans ask none
  Index by_version_;
  Index by_label_;
  Index by_name_;
  Index by_tag_;
  Index by_key_;
};

// The error for a target that is unknown: 42704 with the nearest of `labels` in its hint.
Error UnknownTarget(const std::string& target, const std::vector<std::string>& labels);

}  // namespace migrate
