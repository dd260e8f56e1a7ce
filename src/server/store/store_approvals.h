// Approvals of plans: the rows of migrate.approval.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace migrate {

// Why an approval does not count for whoever calls.
enum class Objection { kNone, kSame, kCanBecome, kGone };

struct Approval {
  int64_t number = 0;
  std::string role;  // that approved
  std::string note;
  Objection objection = Objection::kNone;
};

// Those that cover what is left to do, by its hash; the oldest first.
std::vector<Approval> ReadApprovals(const std::string& rest);

// By whoever calls.
void WriteApproval(const std::string& plan, const std::string& rest, const std::string& note);

// Of the plan, this is left now; empty for nothing.
void MoveApproval(int64_t number, const std::string& rest);

}  // namespace migrate
