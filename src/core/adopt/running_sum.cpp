#include "core/adopt/running_sum.h"

#include <algorithm>

namespace migrate::adopt {

void CompareRunningSums(std::vector<Decision>& decisions, const std::vector<Loaded>& loaded,
                        const TextOfLoaded& text_of, const HasherFactory& new_sha256) {
  std::vector<Decision*> compared;
  for (auto& decision : decisions) {
    if (decision.recorded.proof == Proof::kRunningSha256 && decision.loaded) compared.push_back(&decision);
  }
  std::sort(compared.begin(), compared.end(),
            [](const Decision* a, const Decision* b) { return a->loaded < b->loaded; });
  const auto is_same = [&](const Decision* decision) {
    const auto hasher = new_sha256();
    for (size_t i = 0; i <= *decision->loaded; ++i) {
      hasher->Add(loaded[i].id.Label() + ".sql");
      hasher->Add(text_of(i).value_or(""));
    }
    return hasher->Finish() == decision->recorded.checksum;
  };
  // What is true of one is true of all before it.
  const auto first = std::partition_point(compared.begin(), compared.end(), is_same);
  if (first == compared.end()) return;
  const std::string name = (*first)->recorded.id.Label();
  (*first)->difference = "Atlas' hash of it and of all files before it is not that of the loaded ones";
  for (auto each = first + 1; each != compared.end(); ++each) {
    AddRemark((*each)->recorded.note, "not compared: its hash includes " + name + ", which differs");
  }
}

}  // namespace migrate::adopt
