#include "core/schema/way/way.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

#include "core/base/cancel.h"
#include "core/schema/column.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"
#include "core/schema/way/alter.h"
#include "core/schema/way/rank.h"
#include "core/schema/way/undo.h"

namespace migrate::schema {
namespace {

using Key = std::pair<std::string_view, std::string_view>;
using Texts = std::vector<std::string_view>;

bool Has(const Texts& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Rows or values would be lost, or all that is in it.
bool HoldsData(const Object& object) {
  constexpr std::string_view kKinds[] = {"table",         "table column",         "sequence", "schema",
                                         "foreign table", "foreign table column", "extension"};
  return std::find(std::begin(kKinds), std::end(kKinds), object.kind) != std::end(kKinds);
}

// Comes with what it is a part of.
bool IsDerived(const Object& object) {
  return object.definition.starts_with("--") || object.definition.find("/* inherited */") != std::string::npos;
}

// The statements of a definition by what they say.
struct Said {
  std::string_view first;  // that makes it; of what is derived none
  Texts further, owner, grants;
};

Said SaidBy(const Object& object, const Ignored& ignored) {
  Said said;
  bool is_first = true;
  for (const auto& part : PartsOf(object.definition)) {
    const bool makes = std::exchange(is_first, false) && part.is_statement() && part.topic == Topic::kObject;
    if (makes) said.first = part.text;
    if (makes || !part.is_statement()) continue;
    switch (part.topic) {
      case Topic::kOwner:
        if (!ignored.owners) said.owner.push_back(part.text);
        break;
      case Topic::kGrants:
        if (!ignored.grants) said.grants.push_back(part.text);
        break;
      case Topic::kComment:
        if (!ignored.comments) said.further.push_back(part.text);
        break;
      default: said.further.push_back(part.text);
    }
  }
  return said;
}

class OnePass {
 public:
  OnePass(const std::vector<Object>& now, const std::vector<Object>& wanted, const Terms& terms)
      : terms_(terms), ignored_(terms.ignored), given_to_maker_(" OWNER TO " + terms.maker + ";") {
    for (const auto& object : now) now_.emplace(Key(object.kind, object.identity), &object);
    for (const auto& object : wanted) wanted_.emplace(Key(object.kind, object.identity), &object);
  }

  void Add(const Difference& difference) {
    const Key key(difference.object_class, difference.identity);
    if (difference.kind == Difference::Kind::kOnlyHere) {
      extra_.push_back(now_.at(key));
    } else if (difference.kind == Difference::Kind::kOnlyThere) {
      missing_.push_back(wanted_.at(key));
    } else {
      Alter(*now_.at(key), *wanted_.at(key));
    }
  }

  std::vector<Step> Take() {
    std::vector<Step> steps;
    std::stable_sort(altered_.begin(), altered_.end(),
                     [](const Step& a, const Step& b) { return RankOf(*a.object) < RankOf(*b.object); });
    // A table that gets its parent back takes over what it has, and would miss what was dropped before.
    const auto others = std::stable_partition(altered_.begin(), altered_.end(),
                                              [](const Step& step) { return step.object->kind == "table"; });
    std::move(altered_.begin(), others, std::back_inserter(steps));
    Drop(steps);
    std::move(others, altered_.end(), std::back_inserter(steps));
    Make(steps);
    for (auto& step : steps) LeaveOutMasked(step);
    std::erase_if(steps, [](const Step& step) { return step.sequences.empty() && step.then.empty(); });
    return steps;
  }

 private:
  void Drop(std::vector<Step>& steps) {
    std::set<Address> relations;
    for (const Object* object : extra_) {
      if (object->address == object->relation) relations.insert(object->relation);
    }
    std::stable_sort(extra_.begin(), extra_.end(),
                     [](const Object* a, const Object* b) { return RankOf(*a) < RankOf(*b); });
    std::reverse(extra_.begin(), extra_.end());
    for (const Object* object : extra_) {
      const bool goes_along = object->address != object->relation && relations.contains(object->relation);
      if (goes_along) continue;
      if (IsDerived(*object) || object->kind == "default acl") {
        TakeBack(*object, steps);
        continue;
      }
      if (HoldsRows(*object) && !terms_.LetsGo(*object)) continue;
      const std::string statement = DropStatement(*object);
      if (!statement.empty()) steps.push_back({object, {{statement}}});
    }
  }

  // What is no object by itself goes with what is said of it.
  void TakeBack(const Object& object, std::vector<Step>& steps) {
    const Said said = SaidBy(object, ignored_);
    if (object.kind == "default acl" && !said.grants.empty()) {
      steps.push_back({&object, {DefaultGrantsFrom(said.grants, {})}});
      return;
    }
    for (const auto text : said.further) {
      std::vector<Sequence> sequences = Undoing(text);
      if (!sequences.empty()) steps.push_back({&object, std::move(sequences)});
    }
    if (!said.grants.empty()) steps.push_back({&object, {GrantsFrom(said.grants, {})}});
  }

  void Make(std::vector<Step>& steps) {
    std::stable_sort(missing_.begin(), missing_.end(),
                     [](const Object* a, const Object* b) { return RankOf(*a) < RankOf(*b); });
    std::map<std::string_view, Step*> tables;
    steps.reserve(steps.size() + missing_.size());
    for (const Object* object : missing_) {
      const Said said = SaidBy(*object, ignored_);
      if (object->kind == "default acl") {
        if (!said.grants.empty()) steps.push_back({object, {DefaultGrantsFrom({}, said.grants)}});
        continue;
      }
      if (IsColumnOfTable(*object)) {
        const auto table = tables.find(SplitName(object->identity).first);
        if (table != tables.end() && AddColumn(*object, said, *table->second)) continue;
      }
      Step step{object, {}};
      step.makes = true;
      if (!IsDerived(*object) && !said.first.empty()) {
        step.sequences.push_back({terms_.Fills(*object) ? WithoutNotNull(*object, said.first) : Making(said.first)});
      }
      AddThen(said, step);
      steps.push_back(std::move(step));
      if (object->kind == "table" && said.first.find(" ()") != said.first.npos)
        tables[object->identity] = &steps.back();
    }
  }

  static bool IsColumnOfTable(const Object& object) { return object.kind == "table column"; }

  void AddThen(const Said& said, Step& step) const {
    for (const Texts* texts : {&said.owner, &said.further, &said.grants}) {
      for (const auto text : *texts) {
        if (!text.ends_with(given_to_maker_)) step.then.emplace_back(text);
      }
    }
  }

  // Never in the place of one that is there: the functions of a range type come with it, and hang on it.
  static std::string Making(std::string_view statement) {
    constexpr std::string_view kReplace = "CREATE OR REPLACE ", kCreate = "CREATE ";
    if (!statement.starts_with(kReplace)) return std::string(statement);
    return std::string(kCreate) + std::string(statement.substr(kReplace.size()));
  }

  // Its values come later. One that gets other values first takes NOT NULL at once.
  static std::string WithoutNotNull(const Object& object, std::string_view statement) {
    const Column column = ColumnOf(statement, SplitName(object.identity).second);
    if (column.not_null.empty() || !column.default_value.empty() || !column.identity.empty()) {
      return std::string(statement);
    }
    std::string bare(statement);
    bare.erase(bare.rfind(column.not_null), column.not_null.size());
    return bare;
  }

  // A table is made with its columns. Where that can't be, since one needs what needs the table, they come later.
  bool AddColumn(const Object& column, const Said& said, Step& table) const {
    if (IsDerived(column)) return true;
    constexpr std::string_view kAdd = "ADD COLUMN ";
    std::string& create = table.sequences.front().front();
    if (table.otherwise.empty()) table.otherwise = {create};
    const size_t from =
        said.first.find(kAdd, std::string_view("ALTER TABLE ").size() + SplitName(column.identity).first.size());
    if (from == said.first.npos) return false;
    const std::string what(WithoutSemicolon(said.first.substr(from + kAdd.size())));
    // Behind the columns before it.
    const std::string_view list = Parenthesized(create);
    const size_t at = static_cast<size_t>(list.data() + list.size() - create.data());
    create.insert(at, list.empty() ? "\n  " + what + "\n" : "");
    if (!list.empty()) create.insert(at - 1, ",\n  " + what);
    AddThen(said, table);
    return true;
  }

  void Add(const Object& object, std::vector<Sequence> sequences) {
    if (!sequences.empty()) altered_.push_back({&object, std::move(sequences)});
  }

  void Alter(const Object& now, const Object& wanted) {
    const Said before = SaidBy(now, ignored_), after = SaidBy(wanted, ignored_);
    if (before.first != after.first && !before.first.empty() && !after.first.empty()) {
      if (!AlterFirst(now, before, after)) return;
    }
    if (!AlterFurther(now, before.further, after.further)) {
      Replace(now, after);
      return;
    }
    if (before.owner != after.owner) {
      for (const auto text : after.owner) Add(now, {{std::string(text)}});
    }
    if (before.grants == after.grants) return;
    Add(now, {now.kind == "default acl" ? DefaultGrantsFrom(before.grants, after.grants)
                                        : GrantsFrom(before.grants, after.grants)});
  }

  // False if the object is made anew.
  bool AlterFirst(const Object& now, const Said& before, const Said& after) {
    auto alterations = Alterations(now, before.first, after.first);
    if (HoldsData(now)) {
      for (auto& sequences : alterations) Add(now, std::move(sequences));
      return true;
    }
    if (alterations.empty()) {
      Replace(now, after);
      return false;
    }
    if (alterations.size() == 1) {
      alterations[0].push_back({DropStatement(now), std::string(after.first)});
    }
    for (auto& sequences : alterations) Add(now, std::move(sequences));
    return true;
  }

  // False if there is no other way than to make it anew.
  bool AlterFurther(const Object& now, const Texts& before, const Texts& after) {
    std::vector<std::vector<Sequence>> undoing;
    std::set<std::vector<Sequence>> set_anew;
    for (const auto text : after) {
      if (!Has(before, text) && text.find(" ADD MAPPING FOR ") == text.npos) set_anew.insert(Undoing(text));
    }
    for (const auto text : before) {
      if (Has(after, text)) continue;
      std::vector<Sequence> sequences = Undoing(text);
      if (sequences.empty()) return HoldsData(now);
      if (!set_anew.contains(sequences)) undoing.push_back(std::move(sequences));
    }
    for (auto& sequences : undoing) Add(now, std::move(sequences));
    for (const auto text : after) {
      if (!Has(before, text)) Add(now, Setting(now, text));
    }
    return true;
  }

  // A sequence can only belong to a column of a table of its owner, whose it is from then on.
  std::vector<Sequence> Setting(const Object& object, std::string_view text) const {
    std::vector<Sequence> sequences = {{std::string(text)}};
    const size_t at = object.kind == "sequence" ? FindWords(text, "OWNED BY") : text.npos;
    if (at == text.npos) return sequences;
    const std::string_view column = WithoutSemicolon(text.substr(at + std::string_view("OWNED BY ").size()));
    const auto table = wanted_.find(Key("table", SplitName(column).first));
    if (table == wanted_.end()) return sequences;
    for (const auto owner : SaidBy(*table->second, ignored_).owner) {
      const std::string_view to = owner.substr(FindWords(owner, "OWNER TO"));
      sequences.push_back({"ALTER " + object.target + " " + std::string(to), std::string(text)});
    }
    return sequences;
  }

  void Replace(const Object& now, const Said& after) {
    if (HoldsData(now) || after.first.empty()) return;
    Step step{&now, {{DropStatement(now), std::string(after.first)}}};
    AddThen(after, step);
    altered_.push_back(std::move(step));
  }

  static void LeaveOutMasked(Step& step) {
    std::erase_if(step.sequences,
                  [](const Sequence& sequence) { return std::any_of(sequence.begin(), sequence.end(), IsMasked); });
    std::erase_if(step.then, IsMasked);
    if (std::any_of(step.otherwise.begin(), step.otherwise.end(), IsMasked)) step.otherwise.clear();
  }

  const Terms& terms_;
  const Ignored& ignored_;
  const std::string given_to_maker_;
  std::map<Key, const Object*> now_, wanted_;
  std::vector<const Object*> extra_, missing_;
  std::vector<Step> altered_;
};

}  // namespace

std::vector<Step> StepsBetween(const std::vector<Object>& now, const std::vector<Object>& wanted,
                               const std::vector<Difference>& differences, const Terms& terms) {
  OnePass pass(now, wanted, terms);
  for (const auto& difference : differences) {
    Pass(difference.identity.size());
    pass.Add(difference);
  }
  return pass.Take();
}

bool IsMasked(std::string_view text) { return text.find("'***'") != text.npos; }

std::vector<Step> ClearingSteps(const std::vector<const Object*>& blockers) {
  std::vector<const Object*> ordered = blockers;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Object* a, const Object* b) { return RankOf(*a) > RankOf(*b); });
  std::vector<Step> steps;
  for (const Object* object : ordered) {
    if (HoldsData(*object) || IsDerived(*object) || IsMasked(object->definition)) continue;
    const std::string statement = DropStatement(*object);
    if (!statement.empty()) steps.push_back({object, {{statement}}});
  }
  return steps;
}

}  // namespace migrate::schema
