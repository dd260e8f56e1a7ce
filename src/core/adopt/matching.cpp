#include "core/adopt/matching.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/adopt/running_sum.h"
#include "core/base/text.h"
#include "core/set/version.h"

namespace migrate::adopt {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

// 1.0 is 1, and 007 is 7.
std::string KeyOf(std::string_view version) {
  while (version.ends_with(".0")) version.remove_suffix(2);
  return VersionSortKey(version);
}

// Finds what a history's row means among the loaded migrations.
class Index {
 public:
  explicit Index(const std::vector<Loaded>& loaded) : loaded_(loaded) {
    for (size_t i = 0; i < loaded.size(); ++i) {
      labels_[loaded[i].id.Label()] = i;
      if (!loaded[i].id.version.empty()) by_key_[KeyOf(loaded[i].id.version)].push_back(i);
    }
  }

  size_t Find(const Recorded& recorded, std::string& why) const {
    size_t place = Find(recorded.id, recorded.whole, why);
    for (const auto& id : recorded.also) {
      if (place == kNone) place = Find(id, recorded.whole, why);
    }
    if (place != kNone) why.clear();
    return place;
  }

  // kNone if there is none; `why` then says so if it is for another reason than that. `whole`: of another name it is
  // another migration.
  size_t Find(const MigrationId& id, bool whole, std::string& why) const {
    if (const auto found = labels_.find(id.Label()); found != labels_.end()) return found->second;
    if (id.version.empty()) return kNone;
    const auto found = by_key_.find(KeyOf(id.version));
    if (found == by_key_.end()) return whole ? kNone : StartingWith(id.version + "_");
    std::vector<size_t> hits = found->second;
    if (whole && !id.name.empty()) {
      std::erase_if(hits, [&](size_t i) { return loaded_[i].id.name != id.name; });
      if (hits.empty()) return kNone;
    }
    Narrow(hits, [&](const Loaded& l) { return l.id.version == id.version; });
    Narrow(hits, [&](const Loaded& l) { return l.id.name == id.name; });
    if (hits.size() == 1) return hits.front();
    why = std::to_string(hits.size()) +
          " loaded migrations have this version: record those that are applied with "
          "migrate_repair(name, 'applied')";
    return kNone;
  }

 private:
  // Keeps those that the test is true for, unless that leaves none.
  template <typename Test>
  void Narrow(std::vector<size_t>& hits, Test test) const {
    std::vector<size_t> kept;
    std::copy_if(hits.begin(), hits.end(), std::back_inserter(kept), [&](size_t i) { return test(loaded_[i]); });
    if (!kept.empty()) hits = kept;
  }

  // A revision that is no number is the start of its file's name.
  size_t StartingWith(const std::string& start) const {
    const auto found = labels_.lower_bound(start);
    return found != labels_.end() && found->first.starts_with(start) ? found->second : kNone;
  }

  const std::vector<Loaded>& loaded_;
  std::map<std::string, size_t> labels_;
  std::map<std::string, std::vector<size_t>> by_key_;
};

// What one migration stands for that says "all up to here": what it requires if it says so, or else all before it.
std::vector<size_t> Before(size_t last, const std::vector<Loaded>& loaded, const Index& index) {
  std::set<size_t> found{last};
  std::vector<size_t> open{last};
  while (!open.empty()) {
    const Loaded& migration = loaded[open.back()];
    open.pop_back();
    for (const auto& name : migration.requirements) {
      std::string why;
      const size_t required = index.Find({{}, name}, false, why);
      if (required != kNone && found.insert(required).second) open.push_back(required);
    }
  }
  if (found.size() == 1) {
    for (size_t i = 0; i < last; ++i) found.insert(i);
  }
  return {found.begin(), found.end()};
}

class Matcher {
 public:
  explicit Matcher(const std::vector<Loaded>& loaded) : loaded_(loaded), index_(loaded) {}

  void Take(const Recorded& recorded) {
    std::string why;
    const size_t place = index_.Find(recorded, why);
    if (recorded.up_to && recorded.applied()) {
      TakeUpTo(recorded, place);
    } else {
      Add(recorded, place, why);
    }
  }

  std::vector<Decision> Finish() { return std::move(decisions_); }

 private:
  void Add(const Recorded& recorded, size_t place, const std::string& why) {
    if (place != kNone && recorded.applied() && !taken_.insert(place).second) return;
    Decision decision;
    decision.recorded = recorded;
    decision.detail = why;
    if (place != kNone) decision.loaded = place;
    decisions_.push_back(std::move(decision));
  }

  // One that is not loaded still says where in the order of versions the line is.
  void TakeUpTo(const Recorded& recorded, size_t place) {
    const bool plain = place != kNone && loaded_[place].id.version.empty();
    for (const size_t i : plain ? Before(place, loaded_, index_) : VersionsUpTo(recorded.id.version)) {
      if (i == place) continue;
      Recorded before = recorded;
      before.id = loaded_[i].id;
      before.up_to = false;
      before.at.clear();
      before.proof = Proof::kNone;
      before.note = "comes before " + recorded.id.Label() + ", which is recorded";
      Add(before, i, {});
    }
    Add(recorded, place, {});
  }

  // A revision that is no number says nothing of an order.
  std::vector<size_t> VersionsUpTo(const std::string& version) const {
    std::vector<size_t> places;
    if (version.find_first_not_of("0123456789.") != version.npos) return places;
    const std::string key = KeyOf(version);
    for (size_t i = 0; i < loaded_.size(); ++i) {
      if (!loaded_[i].id.version.empty() && KeyOf(loaded_[i].id.version) <= key) places.push_back(i);
    }
    return places;
  }

  const std::vector<Loaded>& loaded_;
  Index index_;
  std::set<size_t> taken_;
  std::vector<Decision> decisions_;
};

// A row that only a checksum names means the text that has it.
class ByChecksum {
 public:
  ByChecksum(const std::vector<Loaded>& loaded, const TextOfLoaded& text_of, const Hashers& hashers)
      : loaded_(loaded), text_of_(text_of), hashers_(hashers) {}

  void Find(Decision& decision, size_t row) {
    for (size_t n = 0; n < loaded_.size(); ++n) {
      const size_t i = (row + n) % loaded_.size();  // most likely the one at the row's own place
      const auto text = text_of_(i);
      if (!text || !Difference(decision.recorded, loaded_[i].id, *text, hashers_).empty()) continue;
      decision.loaded = i;
      return;
    }
    decision.detail = "no loaded text has its checksum " + decision.recorded.checksum;
    if (row < loaded_.size()) {
      decision.detail += "; by its place in the order it would be \"" + loaded_[row].id.Label() +
                         "\": if that has only been edited since, migrate_repair(name, 'applied') records it";
    }
  }

 private:
  const std::vector<Loaded>& loaded_;
  const TextOfLoaded& text_of_;
  const Hashers& hashers_;
};

void Append(std::string& detail, const std::string& more) {
  if (more.empty()) return;
  if (!detail.empty()) detail += "; ";
  detail += more;
}

void DecideUnknown(Decision& decision, const std::string& advice) {
  const Recorded& recorded = decision.recorded;
  if (!recorded.text.empty() && decision.detail.empty()) {
    decision.verdict = Verdict::kRegister;
    return;
  }
  decision.verdict = Verdict::kUnknown;
  // Of several that it could be, those are loaded, and the detail says what to do.
  if (!recorded.id.Label().empty() && !decision.detail.empty()) return;
  Append(decision.detail, "not loaded, and the table keeps no text of it: " +
                              (advice.empty() ? "load the files first, then adopt again" : advice));
}

void DecideLoaded(Decision& decision, const Loaded& loaded, const TextOfLoaded& text_of, const Hashers& hashers) {
  const Recorded& recorded = decision.recorded;
  // What a history's text was registered from becomes its file's once that is known to be the same.
  const bool takes_text = loaded.reloaded && recorded.proof != Proof::kNone;
  if (loaded.applied && !loaded.partial && !takes_text) {
    decision.verdict = Verdict::kUnchanged;
    decision.detail = "applied already";
    return;
  }
  if (loaded.partial) {
    decision.verdict = Verdict::kDiffers;
    decision.detail = "a run of it stopped half way here: see migrate_status()";
    return;
  }
  std::string difference = decision.difference;
  if (recorded.proof != Proof::kNone) {
    const auto text = text_of(*decision.loaded);
    if (!text) difference = "its text was purged and can't be compared";
    if (difference.empty()) difference = Difference(recorded, loaded.id, *text, hashers);
  }
  if (difference.empty()) {
    decision.verdict = Verdict::kAdopt;
    Append(decision.detail, recorded.note);
    if (takes_text) Append(decision.detail, "the text that was loaded since is the one that ran");
    if (!recorded.id.name.empty() && recorded.id.name != loaded.id.name && !recorded.id.version.empty()) {
      Append(decision.detail, "recorded there as " + Quoted(recorded.id));
    }
    if (!recorded.rollback.empty()) {
      Append(decision.detail, "the rollback script that the table keeps is not taken: the file is loaded");
    }
    return;
  }
  decision.verdict = Verdict::kDiffers;
  decision.detail = difference;
  if (loaded.needs_values) Append(decision.detail, "its placeholders may be why");
  if (loaded.repeatable) Append(decision.detail, "it is repeatable: the next apply runs it again");
  Append(decision.detail, "load the text that ran, or take the loaded one as applied with migrate_repair('" +
                              loaded.id.Label() + (takes_text ? "', 'accept')" : "', 'applied')"));
}

// In its own row, if the history has one that says what became of it.
void TellMovedBack(std::vector<Decision>& decisions, size_t place, const MigrationId& id) {
  auto row = std::find_if(decisions.begin(), decisions.end(), [&](const Decision& d) { return d.loaded == place; });
  if (row == decisions.end()) {
    row = decisions.insert(row, {Verdict::kMovedBack, {id}, place, "the table no longer has it"});
  }
  row->verdict = Verdict::kMovedBack;
  Append(row->detail, "it counts as applied here, since it was adopted: if it was undone there, migrate_repair(" +
                          Literal(id) + ", 'forget') makes it pending");
}

// What each migration is called in both histories.
std::map<std::string, std::string> AppliedOf(const std::vector<Decision>& decisions) {
  std::map<std::string, std::string> applied;
  for (const auto& decision : decisions) {
    const Recorded& recorded = decision.recorded;
    if (!recorded.applied() || recorded.id.Label().empty()) continue;
    const std::string key = recorded.id.version.empty() ? recorded.id.name : KeyOf(recorded.id.version);
    applied.emplace(key, recorded.id.version.empty() ? recorded.id.name : recorded.id.version);
  }
  return applied;
}

std::string FirstOf(const std::vector<std::string>& names) {
  constexpr size_t kListed = 5;
  std::vector<std::string> shown(names.begin(),
                                 names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kListed)));
  std::string text = Join(shown, ", ");
  if (names.size() > kListed) text += " and " + std::to_string(names.size() - kListed) + " more";
  return text;
}

}  // namespace

std::vector<Decision> Match(const History& history, const std::vector<Loaded>& loaded) {
  Matcher matcher(loaded);
  for (const auto& recorded : history.recorded) matcher.Take(recorded);
  return matcher.Finish();
}

std::vector<size_t> MovedBack(const std::vector<Decision>& decisions, const std::vector<Loaded>& loaded,
                              const std::string& source) {
  std::set<size_t> there;
  std::set<std::string> unclear;  // versions that could mean several
  for (const auto& decision : decisions) {
    const Recorded& recorded = decision.recorded;
    if (recorded.up_to && !recorded.applied()) return {};  // what of those before it holds, it does not say
    if (!recorded.applied()) continue;
    if (decision.loaded) {
      there.insert(*decision.loaded);
    } else if (recorded.id.Label().empty()) {
      return {};
    } else if (!recorded.id.version.empty()) {
      unclear.insert(KeyOf(recorded.id.version));
    }
  }
  std::vector<size_t> moved;
  for (size_t i = 0; i < loaded.size(); ++i) {
    const bool adopted = loaded[i].applied && !source.empty() && loaded[i].adopted_from == source;
    if (adopted && !there.contains(i) && !unclear.contains(KeyOf(loaded[i].id.version))) moved.push_back(i);
  }
  return moved;
}

std::vector<Decision> Decide(const History& history, const std::vector<Loaded>& loaded, const TextOfLoaded& text_of,
                             const Hashers& hashers, const Origin& origin) {
  std::vector<Decision> decisions = Match(history, loaded);
  CompareRunningSums(decisions, loaded, text_of, hashers.sha256);
  ByChecksum by_checksum(loaded, text_of, hashers);
  for (size_t row = 0; row < decisions.size(); ++row) {
    Decision& decision = decisions[row];
    if (!decision.recorded.applied()) {
      decision.verdict = Verdict::kNotApplied;
      decision.detail = decision.recorded.why;
      continue;
    }
    if (decision.recorded.id.Label().empty()) by_checksum.Find(decision, row);
    if (decision.loaded) {
      DecideLoaded(decision, loaded[*decision.loaded], text_of, hashers);
    } else {
      DecideUnknown(decision, origin.advice);
    }
  }
  for (const size_t i : MovedBack(decisions, loaded, origin.source)) TellMovedBack(decisions, i, loaded[i].id);
  return decisions;
}

std::string Contradiction(const std::vector<Decision>& ours, const std::vector<Decision>& theirs) {
  const auto mine = AppliedOf(ours);
  const auto other = AppliedOf(theirs);
  std::vector<std::string> lacks;
  std::vector<std::string> more;
  for (const auto& [key, name] : mine) {
    if (!other.contains(key)) lacks.push_back(name);
  }
  for (const auto& [key, name] : other) {
    if (!mine.contains(key)) more.push_back(name);
  }
  const bool any_common = lacks.size() < mine.size();
  if (!any_common || (lacks.empty() && more.empty())) return {};
  std::string text;
  if (!lacks.empty()) text = "it lacks " + FirstOf(lacks);
  if (!more.empty()) text += (text.empty() ? "it also has " : ", and also has ") + FirstOf(more);
  return text;
}

}  // namespace migrate::adopt
