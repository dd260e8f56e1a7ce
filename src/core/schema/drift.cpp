#include "core/schema/drift.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/base/cancel.h"
#include "core/schema/belonging.h"
#include "core/schema/difference.h"
#include "core/schema/shown_order.h"

namespace migrate::schema {
namespace {

using Key = std::pair<std::string, std::string>;
Key KeyOf(const Object& object) { return {object.kind, object.identity}; }

// An object as the history has it: which server wrote its definition, and since which event it holds.
struct Entry {
  const Object* object = nullptr;
  int major = 0;
  int64_t since = 0;
};

// Something that differs, before it is told.
struct Finding {
  Drift::Kind kind = Drift::Kind::kAdded;
  const Object* expected = nullptr;
  const Object* found = nullptr;
  int64_t since = 0;
  int64_t event = 0;

  const Object& object() const { return found == nullptr ? *expected : *found; }
};

// Moves the base forward, and finds out what migrations have met on the way. Options of a user mapping are shown to
// some and not to others: that there is one is all that counts.
class Expected {
 public:
  explicit Expected(const History& history) : history_(history) {
    const Base& base = history.base;
    for (const auto& object : base.objects) entries_[KeyOf(object)] = {&object, base.major, base.event};
    const auto& changes = history.changes;
    for (auto from = changes.begin(); from != changes.end();) {
      const auto to = std::find_if(from, changes.end(), [&](const auto& c) { return c.event != from->event; });
      for (auto one = from; one != to; ++one) TakeAway(*one);
      for (auto one = from; one != to; ++one) Add(*one);
      from = to;
    }
  }

  const std::map<Key, Entry>& entries() const { return entries_; }
  std::vector<Finding>& findings() { return findings_; }

  // Since when an object is not expected that is not.
  int64_t GoneSince(const Key& key) const {
    const auto gone = gone_.find(key);
    return gone == gone_.end() ? history_.base.event : gone->second;
  }

  // How an object is met that is expected as in the entry; nothing if it is as expected.
  std::optional<Drift::Kind> Compare(const Entry& entry, const Object& object, int major) const {
    if (object.kind == "user mapping") return std::nullopt;
    const bool is_known = !IsPurged(*entry.object) && !IsPurged(object);
    if (!is_known && entry.object->hash == object.hash) return std::nullopt;
    const std::string &then = entry.object->definition, &now = object.definition;
    if (is_known && (then == now || SayTheSame(then, now))) return std::nullopt;
    return entry.major == major ? Drift::Kind::kAltered : Drift::Kind::kNotComparable;
  }

  bool IsPurged(const Object& object) const { return history_.purged.contains(object.hash); }

 private:
  // Names are given away within an event, in any order: what was there before it goes first.
  void TakeAway(const RecordedChange& recorded) {
    const auto& [event, major, change] = recorded;
    if (change.action == Change::Action::kCreated) return;
    Pass(change.before.definition.size() + 1);
    const Key key = KeyOf(change.before);
    const auto entry = entries_.find(key);
    if (!change.before.hash.empty()) {
      if (entry == entries_.end()) {
        findings_.push_back({Drift::Kind::kAdded, nullptr, &change.before, GoneSince(key), event});
      } else if (const auto kind = Compare(entry->second, change.before, major)) {
        findings_.push_back({*kind, entry->second.object, &change.before, entry->second.since, event});
      }
    }
    if (entry != entries_.end()) entries_.erase(entry);
    gone_[key] = event;
    // Nobody could look at it any more: what went with it is not told by itself.
    if (change.before.hash.empty() && IsRelation(change.before.kind)) TakeAwayPartsOf(change.before.identity, event);
  }

  void TakeAwayPartsOf(std::string_view relation, int64_t event) {
    Pass(entries_.size());
    std::erase_if(entries_, [&](const auto& entry) {
      const bool goes = RelationOf(*entry.second.object) == relation;
      if (goes) gone_[entry.first] = event;
      return goes;
    });
  }

  void Add(const RecordedChange& recorded) {
    const auto& [event, major, change] = recorded;
    if (change.action == Change::Action::kDropped) return;
    const Entry entry{&change.after, major, event};
    const auto [place, is_new] = entries_.try_emplace(KeyOf(change.after), entry);
    if (is_new) return;
    findings_.push_back({Drift::Kind::kDropped, place->second.object, nullptr, place->second.since, event});
    place->second = entry;
  }

  const History& history_;
  std::map<Key, Entry> entries_;
  std::map<Key, int64_t> gone_;
  std::vector<Finding> findings_;
};

// Finds the newest that the guard has seen of an object within some events. What is done to a part of a table is seen
// as done to the table.
class Sightings {
 public:
  explicit Sightings(const std::vector<Sighting>& sightings) {
    for (const auto& one : sightings) {
      const bool has_parts = IsRelation(one.object_class) || one.object_class == "type";
      for (const auto& identity : {one.identity, one.old_identity}) {
        if (identity.empty()) continue;
        by_object_[{one.object_class, identity}].push_back(&one);
        if (has_parts) by_relation_[identity].push_back(&one);
      }
    }
  }

  std::optional<Doing> Of(const Finding& finding) const {
    const Object& object = finding.object();
    const int64_t until = finding.event == 0 ? std::numeric_limits<int64_t>::max() : finding.event;
    const auto any = [](const Sighting&) { return true; };
    const Sighting* seen = Newest(by_object_, KeyOf(object), finding.since, until, any);
    if (seen == nullptr) {
      const bool stays = finding.expected != nullptr && finding.found != nullptr;
      const auto may_touch_parts = [&](const Sighting& one) { return MayTouchParts(one.doing.command, stays); };
      seen = Newest(by_relation_, std::string(RelationOf(object)), finding.since, until, may_touch_parts);
    }
    if (seen == nullptr) return std::nullopt;
    return seen->doing;
  }

 private:
  // Whether a command on a table may do something to its parts. A comment names the part; of privileges on a column the
  // server names the table.
  static bool MayTouchParts(std::string_view command, bool part_stays) {
    if (command == "GRANT" || command == "REVOKE") return part_stays;
    return command != "COMMENT" && command != "SECURITY LABEL";
  }

  template <typename Map, typename Of, typename Fits>
  static const Sighting* Newest(const Map& map, const Of& of, int64_t since, int64_t until, Fits fits) {
    const auto found = map.find(of);
    if (found == map.end()) return nullptr;
    const auto& all = found->second;
    auto end = std::upper_bound(all.begin(), all.end(), until,
                                [](int64_t wanted, const Sighting* one) { return wanted < one->id; });
    for (; end != all.begin() && (*std::prev(end))->id > since; --end) {
      if (fits(**std::prev(end))) return *std::prev(end);
    }
    return nullptr;
  }

  std::map<Key, std::vector<const Sighting*>> by_object_;
  std::map<std::string, std::vector<const Sighting*>> by_relation_;
};

// Knows which objects don't count.
class Ignoring {
 public:
  Ignoring(const IgnoreList& ignored, const Expected& expected, const std::vector<Object>& now) : ignored_(ignored) {
    if (ignored.empty()) return;
    for (const auto& [key, entry] : expected.entries()) Know(*entry.object);
    for (const auto& object : now) Know(object);
  }

  bool Covers(const Object& object) const {
    if (ignored_.empty()) return false;
    Place place;
    if (object.kind == "schema") {
      place.names.push_back({object.name, {}});
      return ignored_.Covers(place) || CoversOwner(object);
    }
    place.names.push_back({object.schema, object.name});
    const Object* const relation = RelationBehind(object);
    if (const auto identity = RelationOf(object); !identity.empty()) place.names.push_back(NameOf(identity));
    for (const Object* table = relation; table != nullptr && place.partition_of.size() < kMostLevels;) {
      const std::string_view parent = ParentOf(*table);
      if (parent.empty()) break;
      place.partition_of.push_back(NameOf(parent));
      table = Find(parent);
    }
    return ignored_.Covers(place) || CoversOwner(object) || (relation != nullptr && CoversOwner(*relation));
  }

 private:
  static constexpr size_t kMostLevels = 100;

  void Know(const Object& object) {
    if (IsRelation(object.kind)) relations_[object.identity] = &object;
  }

  const Object* Find(std::string_view identity) const {
    const auto found = relations_.find(identity);
    return found == relations_.end() ? nullptr : found->second;
  }

  const Object* RelationBehind(const Object& object) const {
    return IsRelation(object.kind) ? &object : Find(RelationOf(object));
  }

  bool CoversOwner(const Object& object) const {
    const std::string owner = OwnerOf(object);
    return !owner.empty() && ignored_.CoversRole(owner);
  }

  const IgnoreList& ignored_;
  std::map<std::string, const Object*, std::less<>> relations_;  // as they are now, or are expected
};

void CompareWithNow(Expected& expected, const std::vector<Object>& now, int major) {
  auto& findings = expected.findings();
  std::set<Key> there;
  for (const auto& object : now) {
    Pass(object.definition.size() + 1);
    const Key& key = *there.insert(KeyOf(object)).first;
    const auto entry = expected.entries().find(key);
    if (entry == expected.entries().end()) {
      findings.push_back({Drift::Kind::kAdded, nullptr, &object, expected.GoneSince(key), 0});
    } else if (const auto kind = expected.Compare(entry->second, object, major)) {
      findings.push_back({*kind, entry->second.object, &object, entry->second.since, 0});
    }
  }
  for (const auto& [key, entry] : expected.entries()) {
    if (!there.contains(key)) findings.push_back({Drift::Kind::kDropped, entry.object, nullptr, entry.since, 0});
  }
}

// As migrate_schema() has them: a table before what goes with it.
void Sort(std::vector<Finding>& findings) {
  const auto place = [](const Finding& finding) {
    const Object& object = finding.object();
    const bool is_relation = IsRelation(object.kind);
    return std::tuple<std::string_view, std::string_view, int, std::string_view, std::string_view, int64_t>(
        object.schema, is_relation ? std::string_view(object.identity) : RelationOf(object),
        is_relation                       ? 0
        : object.kind.ends_with("column") ? 1
                                          : 2,
        object.kind, object.identity, finding.event);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return place(a) < place(b); });
}

Drift Told(const Gap& gap) {
  return {Drift::Kind::kUnknown, "migration", {}, gap.migration, gap.migration, {}, {}, gap.doing, gap.event};
}

}  // namespace

const char* DriftName(Drift::Kind kind) {
  switch (kind) {
    case Drift::Kind::kUnknown: return "unknown";
    case Drift::Kind::kAdded: return "added";
    case Drift::Kind::kAltered: return "altered";
    case Drift::Kind::kDropped: return "dropped";
    case Drift::Kind::kNotComparable: return "not comparable";
  }
  return "";
}

std::vector<Drift> FindDrift(const History& history, const std::vector<Object>& now, int major,
                             const IgnoreList& ignored) {
  Expected expected(history);
  CompareWithNow(expected, now, major);
  const Ignoring ignoring(ignored, expected, now);
  auto& findings = expected.findings();
  std::erase_if(findings, [&](const Finding& finding) { return ignoring.Covers(finding.object()); });
  Sort(findings);
  const Sightings sightings(history.sightings);
  const auto shown = [&](const Object* object) -> std::optional<std::string> {
    if (object == nullptr || expected.IsPurged(*object)) return std::nullopt;
    return object->definition;
  };
  std::vector<Drift> drifts;
  drifts.reserve(history.gaps.size() + findings.size());
  for (const auto& gap : history.gaps) drifts.push_back(Told(gap));
  for (const auto& finding : findings) {
    const Object& object = finding.object();
    drifts.push_back({finding.kind, object.kind, object.schema, object.name, object.identity, shown(finding.expected),
                      shown(finding.found), sightings.Of(finding), finding.event});
  }
  return drifts;
}

Expectation ExpectedSchema(const History& history, const std::vector<Object>& now, int major,
                           const IgnoreList& ignored) {
  const Expected expected(history);
  const Ignoring ignoring(ignored, expected, now);
  std::map<Key, const Object*> there;
  Expectation expectation;
  for (const auto& object : now) {
    if (ignoring.Covers(object)) {
      expectation.objects.push_back(object);
    } else {
      there.emplace(KeyOf(object), &object);
    }
  }
  for (const auto& [key, entry] : expected.entries()) {
    const Object& object = *entry.object;
    Pass(object.definition.size() + 1);
    if (ignoring.Covers(object)) continue;
    const auto found = there.find(key);
    if (found != there.end() && !expected.Compare(entry, *found->second, major)) {
      expectation.objects.push_back(*found->second);
    } else if (expected.IsPurged(object) || entry.major != major) {
      expectation.unknown.push_back(object.kind + " " + object.identity);
    } else {
      expectation.objects.push_back(object);
    }
  }
  expectation.objects = InShownOrder(expectation.objects);
  return expectation;
}

}  // namespace migrate::schema
