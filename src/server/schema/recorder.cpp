#include "server/schema/recorder.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "core/base/error.h"
#include "server/base/guard.h"
#include "server/schema/describe_some.h"
#include "server/schema/old_state.h"
#include "server/schema/remembered.h"

namespace migrate::schema {
namespace {

// A command of its own for what comes.
CommandId NextCommandLeaf() {
  CommandCounterIncrement();
  return GetCurrentCommandId(false);
}

std::set<Address> WholeObjects(const Touches& touches) {
  std::set<Address> addresses;
  for (const auto& [address, touch] : touches.objects) {
    if (address.column == 0 && !touch.is_part) addresses.insert(address);
  }
  return addresses;
}

bool IsRelation(const Address& address) { return address.catalog == RelationRelationId; }

// Reads descriptions of what was touched, before and after.
class Comparison {
 public:
  Comparison(const Moment& since, const Touches& touches)
      : since_(since), touches_(touches), addresses_(WholeObjects(touches)) {}

  // New names show in what depends on the objects, of which nothing else was touched. Nothing if there is no telling
  // how it was before.
  std::optional<std::vector<Change>> Run() {
    if (touches_.AllMade()) {
      after_ = DescribeSome({addresses_, touches_.catalogs});
      return ChangesBetween({}, after_);
    }
    addresses_ = WithShown(addresses_);
    for (;;) {
      if (!ReadBefore()) return std::nullopt;
      after_ = DescribeSome({addresses_});
      std::vector<Change> changes = ChangesBetween(before_, after_);
      if (!AddDependents(changes)) return changes;
    }
  }

  const std::vector<Object>& after() const { return after_; }
  const std::set<Address>& addresses() const { return addresses_; }

 private:
  // A table that the migration has rewritten and dropped can't be opened any more: it is named alone. What shows it, a
  // view that was replaced since, can't be shown then.
  bool ReadBefore() {
    std::set<uint32_t> gone = MissingRelations(addresses_);
    std::erase_if(gone, [](uint32_t relation) { return Remembered(relation) != nullptr; });
    if (!gone.empty()) return TryReadOld({}) || TryReadOld(gone);
    InOldState(since_, touches_, [&] { ReadOld({}); });
    return true;
  }

  bool TryReadOld(const std::set<uint32_t>& named_alone) {
    try {
      InSubtransaction(Ending::kKeep, [&] { InOldState(since_, touches_, [&] { ReadOld(named_alone); }); });
      return true;
    } catch (const Error& error) {
      if (error.sqlstate != "XX000") throw;
      return false;
    }
  }

  void ReadOld(const std::set<uint32_t>& named_alone) {
    const std::set<Address> shown = WithShown(addresses_);
    addresses_.insert(shown.begin(), shown.end());
    std::set<Address> described, named;
    std::vector<Object> known;
    for (const auto& address : addresses_) {
      const std::vector<Object>* const remembered = IsRelation(address) ? Remembered(address.oid) : nullptr;
      if (remembered != nullptr) {
        known.insert(known.end(), remembered->begin(), remembered->end());
      } else {
        (IsRelation(address) && named_alone.contains(address.oid) ? named : described).insert(address);
      }
    }
    before_ = DescribeSome({described});
    std::erase_if(before_, [](const Object& object) { return Remembered(object.relation.oid) != nullptr; });
    before_.insert(before_.end(), std::make_move_iterator(known.begin()), std::make_move_iterator(known.end()));
    for (auto& object : IdentifySome(named)) before_.push_back(std::move(object));
  }

  // False if nothing was added.
  bool AddDependents(const std::vector<Change>& changes) {
    std::set<Address> renamed;
    for (const auto& change : changes) {
      if (change.action != Change::Action::kAltered) continue;
      // Default values and the like show the labels of an enum.
      const bool is_type = change.after.address.catalog == TypeRelationId;
      if (!is_type && change.before.identity == change.after.identity) continue;
      renamed.insert({change.after.address.catalog, change.after.address.oid, 0});
    }
    if (renamed.empty()) return false;
    const size_t count = addresses_.size();
    const std::set<Address> dependents = WithShown(DependentsOf(renamed));
    addresses_.insert(dependents.begin(), dependents.end());
    return addresses_.size() > count;
  }

  const Moment& since_;
  const Touches& touches_;
  std::set<Address> addresses_;
  std::vector<Object> before_, after_;
};

void RememberRelations(const std::set<Address>& addresses, const std::vector<Object>& objects) {
  std::map<uint32_t, std::vector<Object>> relations;
  for (const auto& address : addresses) {
    if (IsRelation(address)) relations[address.oid];
  }
  for (const auto& object : objects) {
    const auto relation = relations.find(object.relation.oid);
    if (relation != relations.end()) relation->second.push_back(object);
  }
  for (auto& [relation, its_objects] : relations) {
    if (!its_objects.empty()) Remember(relation, std::move(its_objects));
  }
  RememberUntil(Now());
}

// What the transaction has done before this call, or since the last one: only relations can't be looked at later.
void RememberCallersWork() {
  const Moment* const until = RememberedUntil();
  const Touches touches = TouchedSince(until == nullptr ? Moment() : *until);
  std::set<Address> addresses = WholeObjects(touches);
  std::erase_if(addresses, [](const Address& address) { return !IsRelation(address); });
  if (addresses.empty()) return;
  addresses = WithShown(addresses);
  RememberRelations(addresses, DescribeSome({addresses}));
}

}  // namespace

void ChangeRecorder::StartMigration() { has_gap_ = was_started_ = false; }

void ChangeRecorder::Start() {
  Drop();
  if (!is_on_) return;
  if (is_first_) RememberCallersWork();
  is_first_ = false;
  was_started_ = true;
  start_ = Now();
}

void ChangeRecorder::StartAlone(const std::optional<std::vector<uint32_t>>& relations) {
  Start();
  if (!is_on_) return;
  alone_.emplace();
  alone_->transaction = CurrentTransactionNumber();
  alone_->is_unknown = !relations;
  if (!relations) return;
  for (const auto relation : *relations) alone_->relations.insert({RelationRelationId, relation, 0});
  if (!relations->empty()) alone_->before = DescribeSome({alone_->relations});
}

void ChangeRecorder::Note(const StatementPlace& place) {
  if (start_) statements_.emplace_back(Call([]() noexcept { return NextCommandLeaf(); }), place);
}

void ChangeRecorder::Drop() {
  start_.reset();
  alone_.reset();
  ended_alone_.reset();
  statements_.clear();
}

std::optional<std::vector<Change>> ChangeRecorder::Take() {
  if (!is_on_ || has_gap_) return std::nullopt;
  if (ended_alone_) return std::exchange(ended_alone_, std::nullopt);
  // What an earlier run has left behind, and this one has found to be done, it has not seen.
  if (!start_ && !was_started_) return std::nullopt;
  if (!start_) return std::vector<Change>();
  const Moment since = *start_;
  start_.reset();
  const Touches touches = TouchedSince(since);
  if (touches.objects.empty()) return std::vector<Change>();
  Comparison comparison(since, touches);
  auto changes = comparison.Run();
  has_gap_ = !changes;
  if (has_gap_) return std::nullopt;
  RememberRelations(comparison.addresses(), comparison.after());
  AddPlaces(*changes, touches);
  return changes;
}

void ChangeRecorder::EndAlone(const std::vector<uint32_t>& made) {
  if (!alone_) return;
  if (alone_->transaction == CurrentTransactionNumber()) {
    ended_alone_ = Take();
    return;
  }
  start_.reset();
  has_gap_ = alone_->is_unknown;
  if (has_gap_) return;
  for (const auto relation : made) alone_->relations.insert({RelationRelationId, relation, 0});
  ended_alone_ = ChangesBetween(std::move(alone_->before), DescribeSome({alone_->relations}));
  for (auto& change : *ended_alone_) change.statement = statements_.back().second;
}

// Of what was created the first statement that touched it, of the rest the last.
void ChangeRecorder::AddPlaces(std::vector<Change>& changes, const Touches& touches) const {
  const auto commands = [&](const Object& object) {
    const auto itself = touches.objects.find(object.address);
    return itself != touches.objects.end() ? itself : touches.objects.find(object.relation);
  };
  for (auto& change : changes) {
    const auto touched = commands(change.object());
    if (touched == touches.objects.end()) continue;
    const bool is_new = change.action == Change::Action::kCreated;
    const CommandId command = is_new ? touched->second.commands.first : touched->second.commands.last;
    const auto next =
        std::upper_bound(statements_.begin(), statements_.end(), command,
                         [](CommandId wanted, const auto& statement) { return wanted < statement.first; });
    if (next != statements_.begin()) change.statement = std::prev(next)->second;
  }
  // What shows a new name only was touched by none, and stands last.
  const auto rank = [](const Change& change) {
    const StatementPlace& place = change.statement;
    return std::tuple(place.length == 0, place.position.line, place.position.column);
  };
  std::stable_sort(changes.begin(), changes.end(), [&](const Change& a, const Change& b) { return rank(a) < rank(b); });
}

}  // namespace migrate::schema
