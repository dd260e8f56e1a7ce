// Short ways to say what a history means, and what becomes of it.
#pragma once

#include "core/adopt/history.h"
#include "core/adopt/matching.h"
#include "core/adopt/proof.h"
#include "fakes.h"

namespace migrate::adopt {

using Rows = std::vector<Cells>;

// "version standing why?" of each recorded migration.
inline Strings Said(const History& history) {
  Strings said;
  for (const auto& recorded : history.recorded) {
    const char* const standing = recorded.applied()                           ? " applied"
                                 : recorded.standing == Standing::kFailed     ? " failed"
                                 : recorded.standing == Standing::kRolledBack ? " rolled back"
                                                                              : " not SQL";
    said.push_back(recorded.id.Label() + standing + (recorded.up_to ? " up to" : ""));
  }
  return said;
}

inline void Check(const Tool& tool, const Rows& rows, const Strings& wanted) {
  BOOST_TEST(Said(tool.read(rows)) == wanted, boost::test_tools::per_element());
}

inline Candidate Table(const std::string& schema, const std::string& table, const Strings& columns,
                       Strings beside = {}) {
  Candidate candidate;
  candidate.schema = schema;
  candidate.table = table;
  for (auto& name : beside) candidate.beside.push_back({schema, std::move(name)});
  for (const auto& column : columns) {
    const size_t colon = column.find(':');
    candidate.fields.push_back({column.substr(0, colon), colon == column.npos ? "text" : column.substr(colon + 1)});
  }
  return candidate;
}

inline std::string ShapeName(const Candidate& candidate) {
  const Tool* const tool = ShapeOf(candidate);
  return tool == nullptr ? "none" : std::string(tool->name);
}

inline Loaded LoadedOf(const std::string& name, Strings requirements = {}) {
  Loaded loaded;
  loaded.id = IdOfFile(name);
  loaded.requirements = std::move(requirements);
  return loaded;
}

inline std::vector<Loaded> AllLoaded(const Strings& names) {
  std::vector<Loaded> loaded;
  for (const auto& name : names) loaded.push_back(LoadedOf(name));
  return loaded;
}

// Its length: enough to tell texts apart.
class LengthHasher : public Hasher {
 public:
  void Add(std::string_view bytes) override { length_ += bytes.size(); }
  std::string Finish() override { return std::to_string(length_); }

 private:
  size_t length_ = 0;
};

inline std::unique_ptr<Hasher> NewLength() { return std::make_unique<LengthHasher>(); }

inline const Hashers kHashers{NewLength, NewLength, NewLength, NewLength};

// Each row as "label verdict", the loaded one's label where there is one.
inline Strings Decided(const History& history, const std::vector<Loaded>& loaded, const std::string& text = "12345") {
  static const std::map<Verdict, std::string> names = {
      {Verdict::kAdopt, "adopt"},         {Verdict::kRegister, "register"}, {Verdict::kUnchanged, "unchanged"},
      {Verdict::kDiffers, "differs"},     {Verdict::kUnknown, "unknown"},   {Verdict::kNotApplied, "not applied"},
      {Verdict::kMovedBack, "moved back"}};
  Strings decided;
  for (const auto& decision : Decide(
           history, loaded, [&](size_t) { return text; }, kHashers)) {
    const MigrationId& id = decision.loaded ? loaded[*decision.loaded].id : decision.recorded.id;
    decided.push_back(id.Label() + " " + names.at(decision.verdict));
  }
  return decided;
}

inline History Applied(const Strings& names) {
  History history;
  for (const auto& name : names) history.recorded.push_back({IdOfFile(name)});
  return history;
}

}  // namespace migrate::adopt
