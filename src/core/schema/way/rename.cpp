#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/schema/belonging.h"
#include "core/schema/tokens.h"
#include "core/schema/way/undo.h"
#include "core/schema/way/way.h"

namespace migrate::schema {
namespace {

using Key = std::pair<std::string_view, std::string_view>;
using Objects = std::map<Key, const Object*>;

Objects ByIdentity(const std::vector<Object>& objects) {
  Objects found;
  for (const auto& object : objects) found.emplace(Key(object.kind, object.identity), &object);
  return found;
}

const Object* Find(const Objects& objects, std::string_view kind, std::string_view identity) {
  const auto found = objects.find({kind, identity});
  return found == objects.end() ? nullptr : found->second;
}

bool IsColumn(std::string_view kind) { return kind.ends_with(" column"); }

// What it is in, and its own name, both as SQL has them: a schema or a table.
std::pair<std::string_view, std::string_view> NamesOf(std::string_view kind, std::string_view identity) {
  if (kind == "function" || kind == "procedure" || kind == "aggregate") {
    size_t at = 0;
    while (at < identity.size() && identity[at] != '(') at = identity[at] == '"' ? QuotedEnd(identity, at) : at + 1;
    return SplitName(identity.substr(0, at));
  }
  if (kind.starts_with("operator ")) return SplitName(SplitAt(identity, "USING").first);
  const auto [name, of] = SplitAt(identity, "on");
  if (!of.empty()) return {of, name};
  return SplitName(identity);
}

// The object of a rename as it is called now. What stands in a table comes when that has its new name.
const Object* Current(const Objects& now, const Rename& rename) {
  const Object* const object = Find(now, rename.kind, rename.from);
  const auto [table, name] = NamesOf(rename.kind, rename.to);
  const std::string_view old_name = NamesOf(rename.kind, rename.from).second;
  const bool has_on = !SplitAt(rename.to, "on").second.empty();
  if (!has_on && !IsColumn(rename.kind)) return object;
  const Object* const moved = Find(now, rename.kind,
                                   has_on ? std::string(old_name) + " on " + std::string(table)
                                          : std::string(table) + "." + std::string(old_name));
  return moved != nullptr ? moved : object;
}

std::string Renamed(const Object& object, std::string_view name) {
  const auto [in, old_name] = NamesOf(object.kind, object.identity);
  std::string what;
  if (object.kind == "composite type column") {
    what = "ALTER TYPE " + std::string(in) + " RENAME ATTRIBUTE " + std::string(old_name);
  } else if (IsColumn(object.kind)) {
    what = "ALTER TABLE " + std::string(in) + " RENAME COLUMN " + std::string(old_name);
  } else if (object.kind.ends_with(" constraint")) {
    what = (object.kind == "table constraint" ? "ALTER TABLE " : "ALTER DOMAIN ") + std::string(in) +
           " RENAME CONSTRAINT " + std::string(old_name);
  } else {
    what = "ALTER " + object.target + " RENAME";
  }
  return what + " TO " + std::string(name) + ";";
}

bool MovesBetweenSchemas(const Object& object) {
  return !object.schema.empty() && object.kind != "schema" && !IsColumn(object.kind) &&
         SplitAt(object.identity, "on").second.empty();
}

class Renaming {
 public:
  Renaming(const std::vector<Object>& now, const std::vector<Object>& wanted, std::vector<Rename>& renames,
           const Terms& terms)
      : terms_(terms), here_(ByIdentity(now)), there_(ByIdentity(wanted)), renames_(renames) {}

  std::vector<Step> Take() {
    // What others stand in goes first: they are called otherwise behind it.
    for (int depth = 0; depth <= kDeepest && steps_.empty(); ++depth) {
      for (auto& rename : renames_) {
        if (!rename.is_done && DepthOf(rename) == depth) Add(rename);
      }
    }
    if (!steps_.empty() || aside_ == nullptr) return std::move(steps_);
    // Its name is needed by another: one that nothing has.
    const Object& object = *Current(here_, *aside_);
    const std::string name = "migrate_renamed_" + std::to_string(aside_ - renames_.data() + 1);
    aside_->from = WithName(object.kind, object.identity, name);
    return {{&object, {{Renamed(object, name)}}}};
  }

 private:
  static constexpr int kDeepest = 2;
  static int DepthOf(const Rename& rename) {
    if (rename.kind == "schema") return 0;
    return IsColumn(rename.kind) || !SplitAt(rename.to, "on").second.empty() ? kDeepest : 1;
  }

  void Add(Rename& rename) {
    const Object* const object = Current(here_, rename);
    if (object == nullptr || (!rename.is_aside && Find(there_, rename.kind, rename.to) == nullptr)) return;
    if (object->target.empty() && !IsColumn(object->kind)) return;
    if (ComesFromParent(*object)) return;
    if (object->identity == rename.to) {
      rename.is_done = true;
      return;
    }
    const Object* taker = nullptr;
    if (const Object* const other = Find(here_, rename.kind, rename.to)) {
      if (IsRenamed(*other)) {
        if (aside_ == nullptr) aside_ = &rename;
        return;
      }
      if (!terms_.LetsGo(*other)) return;
      taker = other;
    } else {
      taker = OfOtherKind(rename);
      if (taker != nullptr && HoldsRows(*taker) && !terms_.LetsGo(*taker)) return;
    }
    Sequence sequence;
    const auto [in, name] = NamesOf(rename.kind, rename.to);
    const auto [in_now, name_now] = NamesOf(object->kind, object->identity);
    const bool moves = in != in_now && MovesBetweenSchemas(*object);
    if (name != name_now) {
      sequence.push_back(Renamed(*object, name));
      if (moves) rename.from = WithName(object->kind, object->identity, name);
    } else if (moves) {
      sequence.push_back("ALTER " + object->target + " SET SCHEMA " + std::string(in) + ";");
    } else {
      return;
    }
    rename.is_done = name == name_now || !moves;
    steps_.push_back({object, {}});
    if (taker == nullptr) {
      steps_.back().sequences.push_back(std::move(sequence));
      return;
    }
    // Something else may need it still: then it goes later, under a name that nothing has.
    const std::string gone = "migrate_gone_" + std::to_string(&rename - renames_.data() + 1);
    for (const auto& way : {DropStatement(*taker), Renamed(*taker, gone)}) {
      steps_.back().sequences.push_back({way});
      auto& whole = steps_.back().sequences.back();
      whole.insert(whole.end(), sequence.begin(), sequence.end());
    }
  }

  // What has the name and is of another kind: a table has a type of its name.
  const Object* OfOtherKind(const Rename& rename) const {
    constexpr std::string_view kTypes[] = {"type", "table", "view", "materialized view", "foreign table"};
    constexpr std::string_view kRelations[] = {"table",         "view",     "materialized view",
                                               "foreign table", "sequence", "index"};
    const auto among = [&](const auto& kinds) -> const Object* {
      if (std::find(std::begin(kinds), std::end(kinds), rename.kind) == std::end(kinds)) return nullptr;
      for (const auto kind : kinds) {
        const Object* const found = Find(here_, kind, rename.to);
        if (found != nullptr && Find(there_, kind, rename.to) == nullptr) return found;
      }
      return nullptr;
    };
    const Object* const found = among(kTypes);
    return found != nullptr ? found : among(kRelations);
  }

  // A column or constraint of a partition or a child is renamed with that of the parent.
  bool ComesFromParent(const Object& object) const {
    const bool has_on = !SplitAt(object.identity, "on").second.empty();
    if (!IsColumn(object.kind) && !has_on) return false;
    if (object.definition.find("/* inherited */") != object.definition.npos) return true;
    const auto [in, name] = NamesOf(object.kind, object.identity);
    const Object* const table = Find(here_, "table", in);
    const size_t at = table == nullptr ? std::string::npos : FindWords(table->definition, "INHERITS");
    if (at == std::string::npos) return false;
    const auto parents = Listed(Parenthesized(std::string_view(table->definition).substr(at)));
    return std::any_of(parents.begin(), parents.end(), [&, name = std::string(name)](std::string_view parent) {
      const std::string of(parent);
      return Find(here_, object.kind, has_on ? name + " on " + of : of + "." + name) != nullptr;
    });
  }

  bool IsRenamed(const Object& object) const {
    return std::any_of(renames_.begin(), renames_.end(),
                       [&](const Rename& rename) { return !rename.is_done && Current(here_, rename) == &object; });
  }

  const Terms& terms_;
  const Objects here_, there_;
  std::vector<Rename>& renames_;
  std::vector<Step> steps_;
  Rename* aside_ = nullptr;
};

}  // namespace

std::vector<Step> RenameSteps(const std::vector<Object>& now, const std::vector<Object>& wanted,
                              std::vector<Rename>& renames, const Terms& terms) {
  return Renaming(now, wanted, renames, terms).Take();
}

}  // namespace migrate::schema
