#include "core/schema/renamed_objects.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/base/cancel.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/schema/column.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

constexpr std::string_view kTable = "table", kColumn = "table column";
constexpr size_t kMostNamed = 5;

using Columns = std::map<std::string, std::string, std::less<>>;  // identity, type
using Tables = std::map<std::string, Columns, std::less<>>;

Tables TablesIn(const std::vector<Object>& objects) {
  Tables tables;
  for (const auto& object : objects) {
    Pass(object.definition.size() + 1);
    if (object.kind == kTable) tables[object.identity];
    if (object.kind == kColumn) tables[TableOf(object.identity)].emplace(object.identity, ColumnOf(object).type);
  }
  return tables;
}

// An index or a constraint but for its name: the table, and what it says.
struct Shape {
  std::string_view kind;
  std::string table;
  std::string says;

  auto operator<=>(const Shape&) const = default;
};

std::optional<Shape> ShapeOf(const Object& object) {
  const bool is_index = object.kind == "index";
  if (!is_index && object.kind != "table constraint") return std::nullopt;
  const std::vector<Part> parts = PartsOf(object.definition);
  if (parts.empty() || !parts.front().is_statement()) return std::nullopt;
  const std::string_view text = parts.front().text;
  if (is_index) {
    const size_t on = FindWords(text, "ON"), rest = FindWords(text, "USING");
    if (on == text.npos || rest == text.npos || on > rest) return std::nullopt;
    const bool is_unique = text.starts_with("CREATE UNIQUE ");
    return Shape{object.kind, std::string(Trim(text.substr(on + 2, rest - on - 2))),
                 (is_unique ? "UNIQUE " : "") + std::string(text.substr(rest))};
  }
  const auto [name, table] = SplitAt(object.identity, "on");
  const std::string add = " ADD CONSTRAINT " + std::string(name) + " ";
  const size_t at = text.find(add);
  if (at == text.npos) return std::nullopt;
  return Shape{object.kind, std::string(table), std::string(text.substr(at + add.size()))};
}

class Question {
 public:
  void Add(const std::string& old_name, const std::string& new_name, bool is_table) {
    if (pairs_.empty()) is_table_ = is_table;
    pairs_.emplace_back(old_name, new_name);
  }

  void Ask() const {
    if (pairs_.empty()) return;
    const auto& [old_name, new_name] = pairs_.front();
    std::string detail = is_table_
                             ? "The first is not in the wanted schema, the second is new and has the same columns. "
                               "Renamed it keeps its rows; dropped and created it loses them."
                             : "The first is not in the wanted schema, the second is new and of the same type. "
                               "Renamed it keeps its values; dropped and added it loses them.";
    for (size_t i = 1; i < pairs_.size() && i < kMostNamed; ++i) {
      detail += (i == 1 ? "\nLikewise: " : ", ") + pairs_[i].first + " " + pairs_[i].second;
    }
    if (pairs_.size() > kMostNamed) detail += ", and " + std::to_string(pairs_.size() - kMostNamed) + " more";
    throw Error(sqlstate::kAmbiguous, "is " + old_name + " renamed to " + new_name + "?", detail,
                "Say so in the wanted schema: \"" + LineOf({true, old_name, new_name}) + "\", or \"" +
                    LineOf({false, old_name, new_name}) + "\".");
  }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
  bool is_table_ = false;
};

class Renaming {
 public:
  Renaming(const std::vector<Object>& now, const std::vector<Object>& wanted, const std::vector<RenameLine>& lines)
      : objects_now_(now), objects_wanted_(wanted), now_(TablesIn(now)), wanted_(TablesIn(wanted)), lines_(lines) {}

  std::vector<Rename> All() {
    for (const auto& line : lines_) {
      if (line.renamed && !IsColumn(line)) TakeTable(line);
    }
    for (const auto& line : lines_) {
      if (line.renamed && IsColumn(line)) TakeColumn(line);
    }
    for (const auto& line : lines_) {
      if (!line.renamed) denied_.emplace(Moved(line.old_name), Moved(line.new_name));
    }
    Question question;
    AskForTables(question);
    for (const auto& [table, columns] : now_) AskForColumns(table, columns, question);
    question.Ask();
    RenameAlike();
    return std::move(renames_);
  }

 private:
  static bool IsColumn(const RenameLine& line) { return Segments(line.old_name).size() == 3; }

  // A column's name with the new name of its table.
  std::string Moved(const std::string& name) const {
    if (Segments(name).size() != 3) return name;
    const auto moved = moved_.find(TableOf(name));
    return moved == moved_.end() ? name : InTable(name, moved->second);
  }

  // … with the old one.
  std::string Original(const std::string& column) const {
    const std::string table = TableOf(column);
    const auto moved =
        std::find_if(moved_.begin(), moved_.end(), [&](const auto& names) { return names.second == table; });
    return moved == moved_.end() ? column : InTable(column, moved->first);
  }

  // Whether there is something to do. What has been done already may stay in the text.
  static bool IsToDo(const RenameLine& line, bool old_here, bool new_here, bool old_wanted, bool new_wanted) {
    if (old_here && !new_here && !old_wanted && new_wanted) return true;
    if (!old_here && !old_wanted && new_here) return false;
    const std::string why = !new_wanted  ? "The wanted schema does not have " + line.new_name + "."
                            : old_wanted ? "The wanted schema still has " + line.old_name + "."
                            : !old_here  ? "This database does not have " + line.old_name + "."
                                         : "This database has " + line.new_name + " already.";
    RefuseLine(line, sqlstate::kUndefinedObject, line.old_name + " can't be renamed to " + line.new_name, why,
               "Names are written as migrate_schema() shows them. Remove the line if it is of no use any more.");
  }

  void TakeTable(const RenameLine& line) {
    const std::string &from = line.old_name, &to = line.new_name;
    const bool is_to_do =
        IsToDo(line, now_.contains(from), now_.contains(to), wanted_.contains(from), wanted_.contains(to));
    moved_.emplace(from, to);
    if (!is_to_do) return;
    Columns columns;
    for (const auto& [column, type] : now_[from]) columns.emplace(InTable(column, to), type);
    now_.erase(from);
    now_.emplace(to, std::move(columns));
    renames_.push_back({std::string(kTable), from, to});
  }

  void TakeColumn(const RenameLine& line) {
    const std::string from = Moved(line.old_name), to = Moved(line.new_name), table = TableOf(from);
    if (TableOf(to) != table) {
      RefuseLine(line, sqlstate::kUndefinedObject, "a column can't be renamed into another table",
                 "The line names " + from + " and " + to + ".", "Rename the table by a line of its own.");
    }
    Columns &here = now_[table], &there = wanted_[table];
    if (!IsToDo(line, here.contains(from), here.contains(to), there.contains(from), there.contains(to))) return;
    here.erase(from);
    here.emplace(to, there[to]);
    renames_.push_back({std::string(kColumn), Original(line.old_name), to});
  }

  bool IsDenied(const std::string& from, const std::string& to) const {
    return denied_.contains({from, to}) || denied_.contains({from, std::string()});
  }

  // Of two tables: the same columns, whatever their order.
  static std::vector<std::pair<std::string_view, std::string_view>> ColumnsOf(const Columns& columns) {
    std::vector<std::pair<std::string_view, std::string_view>> shape;
    for (const auto& [column, type] : columns) shape.emplace_back(Segments(column).back(), type);
    std::sort(shape.begin(), shape.end());
    return shape;
  }

  void AskForTables(Question& question) const {
    std::multimap<std::vector<std::pair<std::string_view, std::string_view>>, std::string> added;
    for (const auto& [table, columns] : wanted_) {
      if (!columns.empty() && !now_.contains(table)) added.emplace(ColumnsOf(columns), table);
    }
    for (const auto& [table, columns] : now_) {
      if (wanted_.contains(table)) continue;
      const auto [begin, end] = added.equal_range(ColumnsOf(columns));
      for (auto other = begin; other != end; ++other) {
        if (!IsDenied(table, other->second)) question.Add(table, other->second, true);
      }
    }
  }

  void AskForColumns(const std::string& table, const Columns& columns, Question& question) const {
    const auto wanted = wanted_.find(table);
    if (wanted == wanted_.end()) return;
    for (const auto& [column, type] : columns) {
      if (wanted->second.contains(column)) continue;
      for (const auto& [other, other_type] : wanted->second) {
        if (columns.contains(other) || other_type != type || IsDenied(column, other)) continue;
        question.Add(column, other, false);
      }
    }
  }

  // An index or a constraint: its identity, and with the new name of its table.
  struct Named {
    std::string identity, moved;
  };
  using Shapes = std::multimap<Shape, Named>;

  Shapes ShapesOf(const std::vector<Object>& objects, bool are_old) const {
    Shapes shapes;
    for (const auto& object : objects) {
      auto shape = ShapeOf(object);
      if (!shape) continue;
      Named named{object.identity, object.identity};
      const auto moved = moved_.find(shape->table);
      if (are_old && moved != moved_.end()) {
        shape->table = moved->second;
        if (shape->kind != "index")
          named.moved = std::string(SplitAt(named.identity, "on").first) + " on " + moved->second;
      }
      shapes.emplace(std::move(*shape), std::move(named));
    }
    return shapes;
  }

  static std::set<std::string> NamesIn(const Shapes& shapes) {
    std::set<std::string> names;
    for (const auto& [shape, named] : shapes) names.insert(named.moved);
    return names;
  }

  void RenameAlike() {
    Shapes here = ShapesOf(objects_now_, true), there = ShapesOf(objects_wanted_, false);
    const auto in_here = NamesIn(here), in_there = NamesIn(there);
    std::erase_if(here, [&](const auto& one) { return in_there.contains(one.second.moved); });
    std::erase_if(there, [&](const auto& one) { return in_here.contains(one.second.moved); });
    for (const auto& [shape, named] : here) {
      const auto found = there.find(shape);
      if (found == there.end()) continue;
      renames_.push_back({std::string(shape.kind), named.identity, found->second.identity});
      there.erase(found);
    }
  }

  const std::vector<Object>&objects_now_, &objects_wanted_;
  Tables now_, wanted_;
  const std::vector<RenameLine>& lines_;
  std::map<std::string, std::string, std::less<>> moved_;
  std::set<std::pair<std::string, std::string>> denied_;
  std::vector<Rename> renames_;
};

}  // namespace

std::vector<Rename> RenamesOf(const std::vector<Object>& now, const std::vector<Object>& wanted,
                              const std::vector<RenameLine>& lines) {
  return Renaming(now, wanted, lines).All();
}

std::vector<Object> WithNewNames(std::vector<Object> objects, const std::vector<Rename>& renames) {
  std::map<std::pair<std::string_view, std::string_view>, std::string_view> others;
  std::map<std::string_view, std::string_view> tables;
  for (const auto& rename : renames) {
    if (rename.kind == kTable) tables.emplace(rename.from, rename.to);
    others.emplace(std::pair(std::string_view(rename.kind), std::string_view(rename.from)), rename.to);
  }
  for (auto& object : objects) {
    const auto [name, of] = SplitAt(object.identity, "on");
    if (const auto other = others.find({object.kind, object.identity}); other != others.end()) {
      object.identity = other->second;
    } else if (const auto table = tables.find(of); table != tables.end()) {
      object.identity = std::string(name) + " on " + std::string(table->second);
    } else if (object.kind == kColumn) {
      const auto renamed = tables.find(TableOf(object.identity));
      if (renamed != tables.end()) object.identity = InTable(object.identity, std::string(renamed->second));
    }
  }
  return objects;
}

// Each gets the address of its counterpart, by which they are paired.
std::vector<Change> ChangesFrom(std::vector<Object> before, const std::vector<Rename>& renames,
                                std::vector<Object> now) {
  std::map<std::pair<std::string, std::string>, Address> addresses;
  for (const auto& object : now) addresses.emplace(std::pair(object.kind, object.identity), object.address);
  const std::vector<Object> named = WithNewNames(before, renames);
  for (size_t i = 0; i < before.size(); ++i) {
    const auto counterpart = addresses.find({named[i].kind, named[i].identity});
    const bool is_there = counterpart != addresses.end();
    before[i].address = is_there ? counterpart->second : Address{0, static_cast<uint32_t>(i), 0};
  }
  return ChangesBetween(std::move(before), std::move(now));
}

}  // namespace migrate::schema
