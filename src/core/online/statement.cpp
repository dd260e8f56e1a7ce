#include "core/online/statement.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/schema/column.h"
#include "core/schema/difference.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"
#include "core/schema/way/way.h"

namespace migrate::online {
namespace {

using schema::Change;
using Action = schema::Change::Action;

bool Has(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

void AddAll(std::vector<Step>& steps, std::vector<Step> more) {
  std::move(more.begin(), more.end(), std::back_inserter(steps));
}

// The steps that stand for one statement.
class OneStatement {
 public:
  OneStatement(const Seen& seen, const Terms& terms, const Around& around)
      : seen_(seen), terms_(terms), around_(around) {}

  // Nothing gentler for it, whatever it does.
  void LeaveIt(std::string why) { refused_.push_back(std::move(why)); }

  std::vector<Step> Take() {
    if (!seen_.is_alone && refused_.empty()) {
      for (const auto& change : seen_.changes) Look(change);
    }
    std::vector<Step> steps;
    if (!seen_.is_alone && refused_.empty() && !IsCode()) steps = Attached();
    if (!steps.empty()) return steps;
    const bool is_gentler = !columns_.empty() || !last_.empty() || !not_null_.empty();
    if (is_gentler && IsCode()) LeaveIt("a block or a function does it, and what else that does is not known");
    if (is_gentler && refused_.empty()) {
      steps = Rest();
      for (auto* const more : {&columns_, &not_null_, &parents_, &last_, &attached_}) AddAll(steps, std::move(*more));
    } else {
      steps.push_back(AsItStands());
    }
    for (auto& step : steps) step.line = seen_.line;
    return steps;
  }

 private:
  // What stands for it in other statements would be a part of what it does.
  bool IsCode() const {
    return seen_.tag == "DO" || seen_.tag == "CALL" || seen_.tag == "SELECT" || seen_.tag == "EXECUTE";
  }

  const Table* Find(std::string_view table) const {
    const auto found = terms_.tables.find(table);
    return found == terms_.tables.end() ? nullptr : &found->second;
  }

  void Refuse(const Change& change, const std::string& why) {
    refused_.push_back(change.object().kind + " " + change.object().identity + ": " + why);
  }

  void Look(const Change& change) {
    // What is inherited comes with the parent's.
    if (change.object().definition.find("/* inherited */") != std::string::npos) return;
    const std::string& kind = change.object().kind;
    if (kind == "index") LookAtIndex(change);
    if (kind == "table constraint") LookAtConstraint(change);
    if (kind == "table column") LookAtColumn(change);
    if (change.action == Action::kAltered && change.before.identity != change.after.identity &&
        (kind == "table" || kind == "table column")) {
      renames_of_tables_ = kind == "table";
      renames_.push_back(change.before.identity + " is " + change.after.identity + " from then on");
    }
  }

  void LookAtIndex(const Change& change) {
    const Table* const table = Find(TableOfIndex(FirstOf(change.object())));
    if (table == nullptr) return;
    if (change.action == Action::kAltered) return LookAtAttached(change);
    if (change.action == Action::kDropped) return LookAtDroppedIndex(change, *table);
    if (table->is_partitioned) {
      AddPartitioned(change);
    } else {
      AddAll(last_, IndexSteps(change.after));
      if (Says("if not exists")) InsertBehind("CONCURRENTLY ", "IF NOT EXISTS ");
    }
    taken_.insert(&change);
  }

  // Of a partitioned table it is made without partitions, which takes a moment; then each partition gets its own, and
  // the two are brought together.
  void AddPartitioned(const Change& change) {
    const bool is_key = change.after.kind == "table constraint";
    std::string first = FirstOf(change.after);
    constexpr std::string_view kTable = "ALTER TABLE ";
    if (is_key) first.insert(kTable.size(), "ONLY ");
    const char* const kind = !is_key ? "index" : KindOfKey(ConstraintOf(change.after));
    parents_.push_back(Gentler(kind, first, "partitions get theirs one by one"));
    const auto further = FurtherOf(change.after);
    if (!further.empty()) attached_.push_back(Gentler(kind, Together(further)));
  }

  // Another database may have it already, or no more.
  bool Says(std::string_view words) const {
    return seen_.tag.ends_with("INDEX") && ToLower(seen_.text).find(words) != std::string::npos;
  }

  void InsertBehind(std::string_view word, std::string_view words) {
    for (auto& step : last_) {
      const size_t at = step.text.find(word);
      if (at != std::string::npos && step.text.find(words) == std::string::npos) {
        step.text.insert(at + word.size(), words);
      }
    }
  }

  // An index that a partition had before becomes a part of the new one.
  void LookAtAttached(const Change& change) {
    const auto before = FurtherOf(change.before);
    for (auto& statement : FurtherOf(change.after)) {
      if (statement.find(" ATTACH PARTITION ") == statement.npos || Has(before, statement)) continue;
      attached_.push_back(Gentler("index", std::move(statement)));
      taken_.insert(&change);
    }
  }

  // It may go with its table, or with a column; or a constraint takes it over.
  void LookAtDroppedIndex(const Change& change, const Table& table) {
    if (seen_.tag != "DROP INDEX") return;
    if (table.is_partitioned) return Refuse(change, "no index of a partitioned table is dropped concurrently");
    last_.push_back(Gentler("drop index", "DROP INDEX CONCURRENTLY " + change.before.identity + ";"));
    if (Says("if exists")) InsertBehind("CONCURRENTLY ", "IF EXISTS ");
    taken_.insert(&change);
  }

  bool TakesOver(const Constraint& key) const {
    return std::any_of(seen_.changes.begin(), seen_.changes.end(), [&](const Change& change) {
      return change.action == Action::kDropped && change.before.kind == "index" &&
             TableOfIndex(FirstOf(change.before)) == key.table;
    });
  }

  void LookAtConstraint(const Change& change) {
    if (change.action == Action::kDropped) return;
    const Constraint constraint = ConstraintOf(change.after);
    const Table* const table = Find(constraint.table);
    if (table == nullptr || constraint.says.ends_with("NOT VALID")) return;
    if (change.action == Action::kAltered) return;
    const bool is_key = constraint.says.starts_with("UNIQUE") || constraint.says.starts_with("PRIMARY KEY");
    if (is_key) {
      if (TakesOver(constraint)) return;
      if (constraint.says.find("WITHOUT OVERLAPS") != constraint.says.npos) {
        return Refuse(change, "its index can't be built before it");
      }
      table->is_partitioned ? AddPartitioned(change) : AddAll(last_, KeySteps(change.after, seen_.key_indexes));
    } else if (constraint.says.starts_with("FOREIGN KEY")) {
      if (table->is_partitioned) return Refuse(change, "that of a partitioned table is checked at once");
      AddAll(last_, ValidatedSteps(change.after));
    } else if (constraint.says.starts_with("CHECK")) {
      AddAll(last_, ValidatedSteps(change.after));
    } else {
      return Refuse(change, "its index can't be built before it");
    }
    taken_.insert(&change);
  }

  void LookAtColumn(const Change& change) {
    const std::string table_name(schema::SplitName(change.object().identity).first);
    const Table* const table = Find(table_name);
    if (table == nullptr || change.action == Action::kDropped) return;
    const bool is_rewritten = Has(seen_.rewritten, table_name);
    if (change.action == Action::kCreated) {
      if (is_rewritten) LookAtNewColumn(change, *table);
      return;
    }
    if (change.before.identity != change.after.identity) return;
    const schema::Column was = schema::ColumnOf(change.before), is = schema::ColumnOf(change.after);
    if (is.is_inherited) return;
    const bool is_retyped = was.type != is.type || was.collation != is.collation;
    if (is_retyped && is_rewritten) return LookAtRetyped(change);
    if (was.generated != is.generated && is_rewritten)
      return Refuse(change, "its values are computed in a rewrite only");
    if (was.not_null.empty() && !is.not_null.empty() && !is_retyped) {
      AddAll(not_null_, NotNullSteps(change.after.identity, is.not_null, terms_));
      if (was.default_value == is.default_value && was.identity == is.identity) taken_.insert(&change);
    }
  }

  void LookAtNewColumn(const Change& change, const Table& table) {
    const schema::Column column = schema::ColumnOf(change.after);
    const bool is_empty = column.default_value.empty() && column.identity.empty() && column.generated.empty();
    if (is_empty && seen_.rewritten.size() + seen_.retyped.size() > 1) return;  // another column is what rewrites
    const std::string why = WhyNoNewColumn(change.after, table, terms_);
    if (!why.empty()) return Refuse(change, why);
    const Change* sequence = nullptr;
    for (const auto& other : seen_.changes) {
      const bool is_own =
          other.action == Action::kCreated && other.after.kind == "sequence" &&
          (other.after.definition.find(" OWNED BY " + change.after.identity + ";") != std::string::npos ||
           other.after.definition == "-- of " + change.after.identity);
      if (!is_own) continue;
      taken_.insert(&other);
      if (column.identity.empty()) sequence = &other;
    }
    AddAll(columns_, NewColumnSteps(change, sequence, table, terms_));
    taken_.insert(&change);
  }

  void LookAtRetyped(const Change& change) {
    const auto retyped = std::find_if(seen_.retyped.begin(), seen_.retyped.end(),
                                      [&](const Retyped& other) { return other.column == change.after.identity; });
    if (retyped == seen_.retyped.end()) return Refuse(change, "what hangs on it is not known");
    if (seen_.retyped.size() > 1) return Refuse(change, "several columns change their types at once");
    const std::string why = WhyNoRetype(*retyped, change, terms_);
    if (!why.empty()) return Refuse(change, why);
    AddAll(columns_, RetypeSteps(*retyped, change, terms_, around_));
    taken_.insert(&change);
    for (const auto& shown : retyped->shown) rebuilt_.insert({shown.before.kind, shown.before.identity});
  }

  // A check that says what the partition may hold spares the scan under the strong lock, and what it gets of the
  // partitioned table's indexes is built before. Then the statement runs as it stands.
  std::vector<Step> Attached() const {
    constexpr const char* kKind = "partition";
    std::vector<Step> steps;
    std::vector<std::string> drops;
    for (const auto& partition : seen_.partitions) {
      const std::string& table = partition.first;
      if (Find(table) == nullptr) continue;
      const std::string check = terms_.new_name();
      const auto alter = [&](std::string_view what) { return Join({"ALTER TABLE", table, std::string(what)}, " "); };
      steps.push_back(
          Gentler(kKind, alter(Join({"ADD CONSTRAINT", check, "CHECK (" + partition.second + ") NOT VALID;"}, " ")),
                  "for new rows"));
      steps.push_back(Gentler(kKind, alter("VALIDATE CONSTRAINT " + check + ";"), "others read and write meanwhile"));
      drops.push_back(alter("DROP CONSTRAINT " + check + ";"));
    }
    if (steps.empty()) return steps;
    for (const auto& change : seen_.changes) {
      if (change.action != Action::kCreated || change.after.kind != "index") continue;
      if (seen_.partitions.contains(TableOfIndex(FirstOf(change.after)))) {
        steps.push_back(Gentler("index", Concurrently(FirstOf(change.after)), "others write meanwhile"));
      }
    }
    steps.push_back(Gentler(kKind, seen_.text, "the check spares the scan"));
    steps.push_back(Gentler(kKind, Together(drops)));
    for (auto& step : steps) step.line = seen_.line;
    return steps;
  }

  // What the statement changes besides, which is brief.
  std::vector<Step> Rest() const {
    std::vector<schema::Object> before, after;
    for (const auto& change : seen_.changes) {
      const schema::Object& object = change.object();
      if (taken_.contains(&change) || rebuilt_.contains({object.kind, object.identity})) continue;
      if (change.action != Action::kCreated) before.push_back(change.before);
      if (change.action != Action::kDropped) after.push_back(change.after);
      // Its not-null constraint comes with steps of its own.
      if (change.action == Action::kAltered && object.kind == "table column") WithoutNotNull(after.back(), change);
    }
    schema::Ignored ignored;
    ignored.column_order = true;
    std::vector<std::string> statements;
    const schema::Terms terms{ignored, terms_.maker};
    for (const auto& step :
         schema::StepsBetween(before, after, schema::Differences(before, after, ignored, true), terms)) {
      if (!step.sequences.empty()) {
        statements.insert(statements.end(), step.sequences.front().begin(), step.sequences.front().end());
      }
      statements.insert(statements.end(), step.then.begin(), step.then.end());
    }
    if (statements.empty()) return {};
    return {Gentler("rest", Together(statements), "what the statement does besides")};
  }

  static void WithoutNotNull(schema::Object& after, const Change& change) {
    const schema::Column was = schema::ColumnOf(change.before), is = schema::ColumnOf(change.after);
    if (!was.not_null.empty() || is.not_null.empty()) return;
    const std::string said = " " + std::string(is.not_null);
    const size_t at = after.definition.rfind(said, FirstOf(after).size());
    if (at != std::string::npos) after.definition.erase(at, said.size());
  }

  Step AsItStands() const {
    Step step;
    step.kind = !refused_.empty()                             ? "refused"
                : !renames_.empty()                           ? "rename"
                : !seen_.rewritten.empty() && !seen_.is_alone ? "refused"
                : seen_.changes_rows                          ? "rows"
                                                              : "as it stands";
    step.text = seen_.text;
    if (!refused_.empty()) {
      step.note = Join(refused_, "; ");
    } else if (step.kind == "rename") {
      step.note = renames_.front() + ", and the old name is gone";
      step.text = Recipe() + step.text;
    } else if (seen_.tag == "LOCK TABLE") {
      step.text = "-- LOCK TABLE is left out: each step takes its own locks.";
      step.note = "left out: each step takes its own locks";
    } else if (seen_.tag == "SET") {
      step.text = ForAll(seen_.text);
    } else if (step.kind == "refused") {
      step.note = "it rewrites " + Join(seen_.rewritten, ", ");
    } else if (step.kind == "rows") {
      step.note = "changes rows in one transaction";
    }
    return step;
  }

  // What stands for a transaction in the plain form is for the rest of the migration here, as for that it was.
  static std::string ForAll(const std::string& set) {
    constexpr std::string_view kSet = "SET ", kLocal = "LOCAL ";
    const bool is_local = EqualsIgnoringCase(std::string_view(set).substr(0, kSet.size()), kSet) &&
                          EqualsIgnoringCase(std::string_view(set).substr(kSet.size(), kLocal.size()), kLocal);
    return is_local ? set.substr(0, kSet.size()) + set.substr(kSet.size() + kLocal.size()) : set;
  }

  std::string Recipe() const {
    return renames_of_tables_
               ? "-- So that no name is missing for a moment: let a view have the old name in the same transaction, and\n"
                 "-- drop it in a later migration, when no application uses it any more.\n"
               : "-- So that no name is missing for a moment: add a column of the new name, let a trigger keep both in\n"
                 "-- step, and drop the old one in a later migration, when no application uses it any more.\n";
  }

  const Seen& seen_;
  const Terms& terms_;
  const Around around_;
  std::vector<Step> columns_, not_null_, last_;
  std::vector<Step> parents_, attached_;  // of partitioned tables: before those of the partitions, and behind
  std::vector<std::string> refused_, renames_;
  bool renames_of_tables_ = false;
  std::set<const Change*> taken_;
  std::set<std::pair<std::string, std::string>> rebuilt_;
};

}  // namespace

std::vector<Step> StepsFor(const Seen& seen, const Terms& terms, const Around& around) {
  return OneStatement(seen, terms, around).Take();
}

std::vector<Step> LeftAlone(const Seen& seen, const Terms& terms, const std::string& why) {
  OneStatement one(seen, terms, {});
  one.LeaveIt(why);
  return one.Take();
}

}  // namespace migrate::online
