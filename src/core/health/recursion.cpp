#include "core/health/recursion.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace migrate::health {
namespace {

bool HoldsFor(const Policy& policy, std::string_view role) {
  return std::any_of(policy.roles.begin(), policy.roles.end(),
                     [&](const std::string& one) { return one == kPublicRole || one == role; });
}

bool AppliesToSelect(const Policy& policy) { return policy.command == 'r' || policy.command == '*'; }

// Tables, and which others their policies for SELECT read, for one role.
class Graph {
 public:
  Graph(const std::vector<const Policy*>& policies, std::string_view role) {
    for (const Policy* const policy : policies) {
      if (AppliesToSelect(*policy) && HoldsFor(*policy, role)) edges_[policy->table].push_back(policy);
    }
    for (const auto& [table, readers] : edges_) {
      if (!places_.contains(table)) Walk(table);
    }
  }

  // Whether the server comes from what a policy of `table` reads back to it. One way that is not in a circle is seen if
  // it has one table between.
  bool LeadsBack(const std::string& table, const std::string& read) const {
    if (!edges_.contains(table)) return false;
    if (read == table) return true;
    const auto there = circles_.find(read), here = circles_.find(table);
    if (there == circles_.end()) return false;
    if (here != circles_.end() && here->second == there->second) return true;
    const auto& readers = edges_.at(read);
    return std::any_of(readers.begin(), readers.end(), [&](const Policy* one) {
      return std::find(one->reads.begin(), one->reads.end(), table) != one->reads.end();
    });
  }

 private:
  struct Place {
    size_t number;
    size_t lowest;
    bool is_open = true;
  };
  struct Step {
    std::string table;
    size_t reader = 0;
    size_t read = 0;
  };

  // Tarjan's strongly connected components, with a stack of its own: a chain of policies may be long.
  void Walk(const std::string& from) {
    std::vector<Step> steps;
    Enter(from, steps);
    while (!steps.empty()) {
      Step& step = steps.back();
      const std::string* const next = NextRead(step);
      if (next == nullptr) {
        const std::string table = step.table;
        steps.pop_back();
        if (!steps.empty()) Lower(steps.back().table, places_.at(table).lowest);
        CloseCircle(table);
      } else if (!edges_.contains(*next)) {
        continue;
      } else if (const auto seen = places_.find(*next); seen == places_.end()) {
        Enter(*next, steps);
      } else if (seen->second.is_open) {
        Lower(step.table, seen->second.number);
      }
    }
  }

  void Enter(const std::string& table, std::vector<Step>& steps) {
    places_[table] = {places_.size(), places_.size()};
    places_[table].lowest = places_[table].number;
    open_.push_back(table);
    steps.push_back({table});
  }

  const std::string* NextRead(Step& step) const {
    const auto& readers = edges_.at(step.table);
    while (step.reader < readers.size()) {
      const auto& reads = readers[step.reader]->reads;
      if (step.read < reads.size()) return &reads[step.read++];
      ++step.reader;
      step.read = 0;
    }
    return nullptr;
  }

  void Lower(const std::string& table, size_t number) {
    size_t& lowest = places_.at(table).lowest;
    lowest = std::min(lowest, number);
  }

  void CloseCircle(const std::string& table) {
    if (places_.at(table).lowest != places_.at(table).number) return;
    std::string last;
    do {
      last = open_.back();
      open_.pop_back();
      places_.at(last).is_open = false;
      circles_[last] = places_.at(table).number;
    } while (last != table);
  }

  std::map<std::string, std::vector<const Policy*>> edges_;
  std::map<std::string, Place> places_;
  std::map<std::string, size_t> circles_;
  std::vector<std::string> open_;
};

}  // namespace

std::vector<Recursion> FindRecursions(const std::vector<Policy>& policies) {
  std::vector<const Policy*> readers;
  std::set<std::string> roles;
  std::map<std::string, const Policy*> by_table;
  for (const auto& policy : policies) {
    if (!policy.enabled || policy.reads.empty()) continue;
    readers.push_back(&policy);
    by_table.emplace(policy.table, &policy);
    roles.insert(policy.roles.begin(), policy.roles.end());
  }
  std::map<const Policy*, std::set<std::string>> found;
  for (const auto& role : roles) {
    const Graph graph(readers, role);
    for (const Policy* const policy : readers) {
      if (!HoldsFor(*policy, role)) continue;
      for (const auto& read : policy->reads) {
        if (graph.LeadsBack(policy->table, read)) found[policy].insert(read);
      }
    }
  }
  std::vector<Recursion> recursions;
  for (const Policy* const policy : readers) {
    const auto at = found.find(policy);
    if (at == found.end()) continue;
    Recursion recursion = {policy, {}};
    for (const auto& read : at->second) recursion.through.push_back(by_table.at(read));
    recursions.push_back(std::move(recursion));
  }
  return recursions;
}

}  // namespace migrate::health
