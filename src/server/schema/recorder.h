// Records what a part of a transaction does to the schema: which objects it creates, alters and drops, as they were
// and as they are, and which statement did it.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/schema/change.h"
#include "server/schema/touched.h"

namespace migrate::schema {

// A statement that may commit on its way, and how the relations were that it may change.
struct AlonePart {
  std::set<Address> relations;
  std::vector<Object> before;
  LocalTransactionId transaction = 0;
  bool is_unknown = false;
};

class ChangeRecorder {
 public:
  explicit ChangeRecorder(bool is_on) : is_on_(is_on) {}

  // A migration begins, of one part or of several.
  void StartMigration();

  // A part begins. What was done before is none of its business.
  void Start();

  // … which is a statement that may commit on its way: then these relations are compared with what they are now.
  // Nothing if it may change any.
  void StartAlone(const std::optional<std::vector<uint32_t>>& relations);

  // A statement begins.
  void Note(const StatementPlace& place);

  // Such a statement has ended, and its transaction not yet. `made`: relations that it may have made anew.
  void EndAlone(const std::vector<uint32_t>& made);

  // The changes of the part, which ends, in the order of the statements. Nothing if recording is off, or if there is no
  // telling what a part of the migration has done.
  std::optional<std::vector<Change>> Take();

  // The part was undone.
  void Drop();

 private:
  void AddPlaces(std::vector<Change>& changes, const Touches& touches) const;

  const bool is_on_;
  bool is_first_ = true;
  bool has_gap_ = false;
  bool was_started_ = false;  // in this migration
  std::optional<Moment> start_;
  std::optional<AlonePart> alone_;
  std::optional<std::vector<Change>> ended_alone_;
  std::vector<std::pair<CommandId, StatementPlace>> statements_;
};

}  // namespace migrate::schema
