#include "server/schema/settle.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/base/cancel.h"
#include "core/schema/tokens.h"
#include "core/schema/way/evaluates.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/schema/as_owner.h"
#include "server/schema/describe_some.h"
#include "server/schema/reading.h"

namespace migrate::schema {
namespace {

// More are never needed where there is a way: two are usual.
constexpr int kMostPasses = 16;
constexpr size_t kMostErrors = 5;

Statement kMaker = {"SELECT pg_catalog.quote_ident(CURRENT_USER)", Rights::kCaller};

// Something depends on what was to be changed or dropped: a foreign key, say, on the type of a column (42804).
bool IsOfDependents(const Error& error) {
  return error.sqlstate == "2BP01" || error.sqlstate == "0A000" || error.sqlstate == "42804";
}

// Rows stand in the way: another form of the statement might cut their values.
bool IsOfRows(const Error& error) { return error.sqlstate.starts_with("22") || error.sqlstate.starts_with("23"); }

class Settling {
 public:
  Settling(const std::function<std::vector<Object>()>& read, const std::vector<Object>& wanted,
           std::vector<Rename> renames, const Ignored& ignored, const std::set<Address>* may_drop, const Refill* refill)
      : read_(read),
        wanted_(wanted),
        renames_(std::move(renames)),
        refill_(refill),
        terms_{ignored, TextOf(QueryValue(kMaker)), may_drop, refill == nullptr ? nullptr : &refill->columns} {
    if (refill == nullptr) return;
    for (const auto& restore : refill->restores) to_restore_.push_back(&restore);
  }

  Settled Take() {
    Look();
    RestoreAll(nullptr);
    for (int pass = 0; pass < kMostPasses && !settled_.left.empty(); ++pass) {
      const size_t before = settled_.statements.size();
      if (!RunRenames()) break;
      RunAll(StepsBetween(now_, wanted_, settled_.left, terms_));
      if (settled_.statements.size() > before) {
        Look();
        // Where statements work and nothing comes of them: what they make shows itself in another way, or as what
        // stands in the way of others has it.
        if (seen_.insert(Seen()).second) continue;
      }
      if (!Clear()) break;
      Look();
    }
    if (settled_.left.empty()) settled_.errors.clear();
    FillAll(&settled_.unfilled);
    FillViews();
    return std::move(settled_);
  }

 private:
  void Look() {
    now_ = read_();
    settled_.left = Differences(now_, wanted_, terms_.ignored, true);
  }

  std::string Seen() const {
    std::string seen;
    for (const auto& difference : settled_.left) {
      seen += difference.object_class + ' ' + difference.identity + '\n' + difference.here.value_or("") + '\n';
    }
    return seen;
  }

  // False if one did not work: what has kept its old name would be dropped, and made anew without its rows.
  bool RunRenames() {
    for (;;) {
      const std::vector<Step> steps = RenameSteps(now_, wanted_, renames_, terms_);
      if (steps.empty()) return true;
      settled_.errors.clear();
      if (!std::all_of(steps.begin(), steps.end(), [&](const Step& step) { return Run(step); })) return false;
      Look();
    }
  }

  // Again and again as long as one more works: what one is made of may come behind it.
  void RunAll(const std::vector<Step>& steps) {
    std::vector<const Step*> open;
    std::vector<const std::string*> then;
    for (const auto& step : steps) open.push_back(&step);
    for (bool was_any = true; was_any && !open.empty();) {
      was_any = false;
      settled_.errors.clear();
      std::vector<const Step*> failed;
      blocked_.clear();
      for (const Step* const step : open) {
        if (!Run(*step)) {
          failed.push_back(step);
          if (is_blocked_) NoteBlocked(*step);
          continue;
        }
        was_any = true;
        for (const auto& statement : step->then) {
          if (!Try({statement})) then.push_back(&statement);
        }
        if (step->makes) NoteMade(*step->object);
      }
      FillAll(nullptr);
      open = std::move(failed);
      if (was_any) continue;
      std::erase_if(open, [&](const Step* step) {
        if (step->otherwise.empty() || !Try(step->otherwise)) return false;
        if (step->makes) NoteMade(*step->object);
        return was_any = true;
      });
    }
    for (const std::string* const statement : then) (void) Try({*statement});
  }

  // A column comes with its table; or with that of the parent, of a partition or a child.
  static bool ComesWith(const Object& column, const Object& object) {
    if (column.kind != "table column") return false;
    if (object.kind == "table") return SplitName(column.identity).first == object.identity;
    const bool is_derived =
        column.definition.starts_with("--") || column.definition.find("/* inherited */") != std::string::npos;
    return object.kind == "table column" && is_derived && column.name == object.name;
  }

  void NoteMade(const Object& object) {
    if (refill_ == nullptr || refill_->objects.empty()) return;
    for (const auto& wanted : wanted_) {
      if (&wanted != &object && !ComesWith(wanted, object)) continue;
      if (refill_->objects.contains({wanted.kind, wanted.identity})) to_fill_.push_back({&wanted, std::nullopt});
    }
    FillAll(nullptr);
  }

  void RestoreAll(std::vector<Error>* reasons) {
    std::erase_if(to_restore_, [&](const std::function<void()>* restore) {
      try {
        InSubtransaction(Ending::kKeep, *restore);
        return true;
      } catch (const Error& error) {
        if (EndsAll(error)) throw;
        if (reasons != nullptr) reasons->push_back(error);
        return false;
      }
    });
  }

  // What can't be filled yet is tried again, at last with the reasons.
  void FillAll(std::vector<Error>* reasons) {
    std::erase_if(to_fill_, [&](ToFill& item) {
      const Object* const object = item.object;
      const bool is_table = object->kind == "table";
      try {
        InSubtransaction(Ending::kKeep, [&] {
          const Evaluated table{false, is_table ? object->identity : std::string(SplitName(object->identity).first)};
          const uint32_t owner = OwnerOf(table);
          RequireOwner(table, owner);
          refill_->fill(*object, owner);
        });
        return true;
      } catch (const Error& error) {
        if (EndsAll(error)) throw;
        // Of a table the first reason counts: later it has indexes. A column may have had to wait for one.
        if (!item.why || !is_table) item.why = error;
        if (reasons != nullptr) reasons->push_back(*item.why);
        return false;
      }
    });
    // What was dropped was as the migration had left it by then.
    if (to_fill_.empty()) RestoreAll(reasons);
  }

  bool Run(const Step& step) {
    Pass(1);
    if (step.sequences.empty()) return true;
    is_blocked_ = refuses_data_ = false;
    return std::any_of(step.sequences.begin(), step.sequences.end(),
                       [&](const Sequence& sequence) { return !refuses_data_ && Try(sequence); });
  }

  bool Try(const Sequence& sequence) {
    try {
      InSubtransaction(Ending::kKeep, [&] {
        for (const auto& statement : sequence) RunOne(statement);
      });
    } catch (const Error& error) {
      if (EndsAll(error)) throw;
      is_blocked_ = is_blocked_ || IsOfDependents(error);
      refuses_data_ = IsOfRows(error);
      if (settled_.errors.size() < kMostErrors) settled_.errors.push_back(error);
      return false;
    }
    for (const auto& statement : sequence) {
      const auto view = is_shared() ? UnfilledViewOf(statement) : std::nullopt;
      settled_.statements.push_back(view ? view->statement : statement);
      if (view) unfilled_.insert(view->name);
    }
    return true;
  }

  void RunOne(const std::string& statement) const {
    if (!is_shared()) {
      QueryOnce(statement);
      return;
    }
    if (const auto view = UnfilledViewOf(statement)) {
      QueryOnce(view->statement);
      return;
    }
    RunStatement(statement, [this](const Evaluated& evaluated, uint32_t owner) { RequireOwner(evaluated, owner); });
  }

  // What was just made is the caller's until it is given to its owner.
  void RequireOwner(const Evaluated& evaluated, uint32_t owner) const {
    if (terms_.ignored.owners) return;
    for (const auto& object : wanted_) {
      if (object.identity != evaluated.name || !IsOwned(object, evaluated.is_domain)) continue;
      const std::string name = NameOfRole(owner);
      if (object.definition.find(" OWNER TO " + name + ";") != std::string::npos) return;
      throw Error(sqlstate::kInsufficientPrivilege, object.kind + " " + object.identity + " has not its owner yet",
                  "It belongs to " + name + ".");
    }
  }

  static bool IsOwned(const Object& object, bool is_domain) {
    return is_domain ? object.kind == "domain" : object.kind == "table" || object.kind == "foreign table";
  }

  // The server fetches their rows as their owners: not of one that is not as it is to be.
  void FillViews() {
    const auto differs = [&](const Object& object) {
      return std::any_of(settled_.left.begin(), settled_.left.end(), [&](const Difference& difference) {
        return difference.object_class == object.kind && difference.identity == object.identity;
      });
    };
    for (const auto& object : wanted_) {
      if (object.kind != "materialized view" || !unfilled_.contains(object.identity) || differs(object)) continue;
      if (Try({"REFRESH MATERIALIZED VIEW " + object.identity + ";"})) continue;
      settled_.left.push_back({Difference::Kind::kDiffers, object.kind, object.identity, {}, {}});
    }
  }

  // A column's dependents are among those of its table.
  void NoteBlocked(const Step& step) {
    const Address& address = step.object->address;
    if (address.oid != 0) blocked_.insert({address.catalog, address.oid, 0});
  }

  // By a column, which is never dropped for others.
  bool IsHeld(const Address& blocked, const std::map<Address, const Object*>& objects) const {
    const auto found = objects.find(blocked);
    if (found == objects.end() || found->second->kind != "type") return false;
    const std::set<Address> dependents = DependentsOf({blocked});
    return std::any_of(dependents.begin(), dependents.end(), [&](const Address& address) {
      const auto object = objects.find(address);
      return object != objects.end() && HoldsRows(*object->second);
    });
  }

  // Drops what depends on the objects of the steps that were kept from it and can be made again, and what depends on
  // that. False if nothing does, or if it was of no use before.
  bool Clear() {
    if (!cleared_.insert(Seen()).second) return false;
    std::map<Address, const Object*> objects;
    for (const auto& object : now_) objects.emplace(object.address, &object);
    std::set<Address> frontier = blocked_, seen;
    std::erase_if(frontier, [&](const Address& address) { return IsHeld(address, objects); });
    std::vector<const Object*> blockers;
    while (!frontier.empty()) {
      std::set<Address> dependents = DependentsOf(frontier);
      // What depends on a table is often the rule of a view.
      dependents.merge(WithShown(dependents));
      frontier.clear();
      for (const auto& address : dependents) {
        const auto found = objects.find(address);
        if (found == objects.end() || !seen.insert(address).second) continue;
        if (ClearingSteps({found->second}).empty()) continue;
        blockers.push_back(found->second);
        frontier.insert(address);
      }
    }
    std::vector<Step> steps = ClearingSteps(blockers);
    const size_t all = steps.size();
    // Of two views either may stand on the other.
    while (std::erase_if(steps, [&](const Step& step) { return Run(step); }) > 0) {
    }
    settled_.has_cleared = settled_.has_cleared || steps.size() < all;
    return steps.size() < all;
  }

  bool is_shared() const { return terms_.may_drop != nullptr; }

  const std::function<std::vector<Object>()>& read_;
  const std::vector<Object>& wanted_;
  std::vector<Rename> renames_;
  const Refill* const refill_;
  const Terms terms_;
  std::vector<Object> now_;
  std::set<std::string> seen_, cleared_;
  std::set<Address> blocked_;  // of the last pass
  bool is_blocked_ = false;    // the last step
  bool refuses_data_ = false;  // its last statement
  struct ToFill {
    const Object* object;  // of the wanted
    std::optional<Error> why;
  };
  std::vector<ToFill> to_fill_;
  std::vector<const std::function<void()>*> to_restore_;
  std::set<std::string> unfilled_;  // materialized views that have no rows yet
  Settled settled_;
};

}  // namespace

bool EndsAll(const Error& error) {
  return error.sqlstate == "57014" || error.sqlstate.starts_with("57P") || error.sqlstate == "P0004" ||
         error.sqlstate == sqlstate::kLockNotAvailable || error.sqlstate == sqlstate::kDeadlockDetected ||
         error.sqlstate == sqlstate::kOutOfMemory;
}

Settled Settle(const std::function<std::vector<Object>()>& read, const std::vector<Object>& wanted,
               std::vector<Rename> renames, const Ignored& ignored, const std::set<Address>* may_drop,
               const Refill* refill) {
  const PinnedSettings pinned(Reading::kMaking);
  Settled settled = Settling(read, wanted, std::move(renames), ignored, may_drop, refill).Take();
  pinned.Close();
  return settled;
}

}  // namespace migrate::schema
