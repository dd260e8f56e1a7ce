#include "core/schema/way/rewrite.h"

#include <algorithm>
#include <utility>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/column.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

using Names = std::vector<std::string_view>;

std::string Text(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const auto piece : pieces) text += piece;
  return text;
}

std::string_view FirstStatement(const Object& object) {
  const auto parts = PartsOf(object.definition);
  return parts.empty() ? std::string_view() : WithoutSemicolon(parts.front().text);
}

const Object* Find(const std::vector<Object>& objects, std::string_view kind, std::string_view identity) {
  const auto found = std::find_if(objects.begin(), objects.end(), [&](const Object& object) {
    return object.kind == kind && object.identity == identity;
  });
  return found == objects.end() ? nullptr : &*found;
}

bool Has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether an expression has the name in it: rather once too often, behind a quote or in a string.
bool Mentions(std::string_view expression, std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           (c & 0x80) != 0;
  };
  for (size_t at = 0; (at = expression.find(name, at)) != expression.npos; ++at) {
    const size_t end = at + name.size();
    const bool begins = at == 0 || !is_word(expression[at - 1]);
    if (begins && (end == expression.size() || !is_word(expression[end]))) return true;
  }
  return false;
}

// The names on both lines as the one has them; those that only the other has, behind them.
Names InOrder(std::string_view line, const Names& all) {
  Names names = ColumnsIn({line, Topic::kColumnOrder});
  std::erase_if(names, [&](std::string_view name) { return !Has(all, name); });
  for (const auto name : all) {
    if (!Has(names, name)) names.push_back(name);
  }
  return names;
}

struct Moved {
  const Object* object;
  Column column;
  std::string name, old_name, sequence, old_sequence;

  bool is_computed() const { return !column.generated.empty(); }
};

class Moving {
 public:
  Moving(const Difference& order, const std::vector<Object>& now)
      : now_(now), table_(Find(now, order.object_class, order.identity)) {
    const Names names = ColumnsIn({*order.here, Topic::kColumnOrder}), wanted = InOrder(*order.there, names);
    for (size_t i = Staying(names, wanted); i < wanted.size(); ++i) Add(wanted[i]);
  }

  Rewriting Take() {
    Rewriting rewriting{table_, {table_}, {}, {}, Obstacle(), {}, {}};
    // The last first: the name of the tenth has that of the first in it.
    for (auto moved = moved_.rbegin(); moved != moved_.rend(); ++moved) {
      rewriting.columns.push_back(moved->object);
      rewriting.aside.emplace_back(moved->old_name, moved->object->name);
    }
    if (is_foreign()) {
      // It has no rows here: the way makes them again, in their order.
      for (const auto& moved : moved_) Alter("DROP COLUMN " + moved.name);
      rewriting.tables.clear();
    } else {
      MakeRoom();
      for (auto from = moved_.begin(); from != moved_.end();) from = Make(from);
      DropOld();
    }
    rewriting.statements = std::move(statements_);
    return rewriting;
  }

 private:
  bool is_foreign() const { return table_->kind == "foreign table"; }

  const Object* ColumnNamed(std::string_view column) const {
    return Find(now_, table_->kind + " column", table_->identity + "." + std::string(column));
  }

  // How many of the wanted ones are in front of all others already, but for some that move. What is computed from one
  // that moves moves, too.
  size_t Staying(const Names& names, const Names& wanted) const {
    size_t staying = 0;
    for (size_t i = 0; i < names.size() && staying < wanted.size(); ++i) {
      if (names[i] == wanted[staying]) ++staying;
    }
    for (size_t i = 0; i < staying; ++i) {
      const Object* const object = ColumnNamed(wanted[i]);
      const std::string_view expression = object == nullptr ? std::string_view() : ColumnOf(*object).generated;
      if (expression.empty()) continue;
      const bool moves = std::any_of(wanted.begin() + static_cast<std::ptrdiff_t>(staying), wanted.end(),
                                     [&](std::string_view name) { return Mentions(expression, name); });
      if (!moves) continue;
      staying = i;
      i = static_cast<size_t>(-1);  // from the beginning: more of them move now
    }
    return staying;
  }

  void Add(std::string_view name) {
    const Object* const object = ColumnNamed(name);
    if (object == nullptr) return;
    Moved moved{object, ColumnOf(*object), std::string(name), {}, {}, {}};
    moved.old_name = kMovedPrefix + std::to_string(moved_.size() + 1);
    if (!moved.column.identity.empty()) {
      constexpr std::string_view kKeywords[] = {"SEQUENCE NAME", "START WITH"};
      moved.sequence = Trim(ClausesIn(Parenthesized(moved.column.identity), kKeywords)["SEQUENCE NAME"]);
      moved.old_sequence = Text({SplitName(moved.sequence).first, ".", moved.old_name});
    }
    moved_.push_back(std::move(moved));
  }

  std::string Obstacle() const {
    for (auto moved = moved_.begin(); moved != moved_.end(); ++moved) {
      if (moved->column.is_inherited) return "column " + moved->name + " comes from another table";
      if (!moved->is_computed()) continue;
      const auto source = std::find_if(
          moved + 1, moved_.end(), [&](const Moved& later) { return Mentions(moved->column.generated, later.name); });
      if (source != moved_.end()) return "column " + moved->name + " is computed from one behind it, " + source->name;
    }
    return {};
  }

  void Alter(const std::string& what) {
    statements_.push_back(
        Text({is_foreign() ? "ALTER FOREIGN TABLE " : "ALTER TABLE ", table_->identity, " ", what, ";"}));
  }

  // The names become free. A serial's sequence outlives its column; that of an identity column goes with it, once the
  // new one has its value.
  void MakeRoom() {
    for (const auto& moved : moved_) {
      if (moved.is_computed()) {
        Alter("DROP COLUMN " + moved.name);
        continue;
      }
      for (const auto& sequence : now_) {
        if (sequence.kind == "sequence" && IsOwnedBy(sequence, moved.object->identity)) {
          statements_.push_back("ALTER SEQUENCE " + sequence.identity + " OWNED BY NONE;");
        }
      }
      if (!moved.sequence.empty()) {
        statements_.push_back(Text({"ALTER SEQUENCE ", moved.sequence, " RENAME TO ", moved.old_name, ";"}));
      }
      Alter(Text({"RENAME COLUMN ", moved.name, " TO ", moved.old_name}));
    }
  }

  static bool IsOwnedBy(const Object& sequence, std::string_view column) {
    for (const auto& part : PartsOf(sequence.definition)) {
      const size_t at = part.is_statement() ? FindWords(part.text, "OWNED BY") : part.text.npos;
      if (at != part.text.npos && Trim(WithoutSemicolon(part.text).substr(at + 9)) == column) return true;
    }
    return false;
  }

  // Up to the next computed one, which needs the values of those before it, and with it.
  std::vector<Moved>::iterator Make(std::vector<Moved>::iterator from) {
    if (from->is_computed()) {
      statements_.push_back(Text({FirstStatement(*from->object), ";"}));
      return from + 1;
    }
    const auto end = std::find_if(from, moved_.end(), [](const Moved& moved) { return moved.is_computed(); });
    std::string adding, filling;
    for (auto moved = from; moved != end; ++moved) {
      const Column& column = moved->column;
      // A domain may refuse the nulls that stand there until the next statement.
      const bool may_refuse = column.type.find('.') != column.type.npos;
      adding += Text({adding.empty() ? "" : ", ", "ADD COLUMN ", moved->name, " ", may_refuse ? "text" : column.type});
      filling += Text({filling.empty() ? "" : ", ", "ALTER COLUMN ", moved->name, " TYPE ", column.type});
      if (!column.collation.empty()) filling += Text({" COLLATE ", column.collation});
      filling += " USING " + moved->old_name;
    }
    Alter(adding);
    // Under one statement each row is written once: no trigger fires, no policy counts.
    Alter(filling);
    for (auto moved = from; moved != end; ++moved) MakeIdentity(*moved);
    return end;
  }

  void MakeIdentity(const Moved& moved) {
    if (moved.sequence.empty()) return;
    Alter("ALTER COLUMN " + moved.name + " SET NOT NULL");
    Alter(Text({"ALTER COLUMN ", moved.name, " ADD GENERATED ", moved.column.identity}));
    statements_.push_back("SELECT pg_catalog.setval(" + SqlLiteral(moved.sequence) +
                          "::pg_catalog.regclass, s.last_value, s.is_called) FROM " + moved.old_sequence + " AS s;");
  }

  void DropOld() {
    std::string dropping;
    for (const auto& moved : moved_) {
      if (!moved.is_computed()) dropping += (dropping.empty() ? "DROP COLUMN " : ", DROP COLUMN ") + moved.old_name;
    }
    if (!dropping.empty()) Alter(dropping);
  }

  const std::vector<Object>& now_;
  const Object* const table_;
  std::vector<Moved> moved_;
  Sequence statements_;
};

struct Turned {
  const Object* table;
  std::string actions;
};

// Of each table with columns of the type what turns those that don't come from a parent; all such columns.
std::vector<Turned> TurnedTo(const std::string& type, const std::vector<Object>& now,
                             std::vector<const Object*>& columns) {
  std::vector<Turned> all;
  const Object* table = nullptr;  // its columns stand behind it
  for (const auto& object : now) {
    const bool is_foreign = object.kind.starts_with("foreign ");
    if (object.kind == "table" || object.kind == "foreign table") table = &object;
    if (table == nullptr || object.kind != table->kind + " column") continue;
    const Column column = ColumnOf(object);
    const bool is_array = column.type == type + "[]";
    if ((column.type != type && !is_array) || !column.generated.empty()) continue;
    columns.push_back(&object);
    if (column.is_inherited) continue;
    const std::string_view name = SplitName(object.identity).second, many = is_array ? "[]" : "";
    std::string action = Text({"ALTER COLUMN ", name, " TYPE ", column.type});
    if (!is_foreign) action += Text({" USING ", name, "::pg_catalog.text", many, "::", column.type});
    if (all.empty() || all.back().table != table) {
      all.push_back({table, std::move(action)});
    } else {
      all.back().actions += ", " + action;
    }
  }
  return all;
}

}  // namespace

Names ParentsOf(const Object& table) {
  constexpr std::string_view kPartition = "PARTITION OF ";
  const std::string_view statement = FirstStatement(table);
  const size_t partition = FindWords(statement, "PARTITION OF");
  if (partition != statement.npos) {
    const std::string_view rest = statement.substr(partition + kPartition.size());
    size_t end = 0;
    while (end < rest.size() && rest[end] != ' ') end = rest[end] == '"' ? QuotedEnd(rest, end) : end + 1;
    return {rest.substr(0, end)};
  }
  const size_t inherits = FindWords(statement, "INHERITS");
  return inherits == statement.npos ? Names() : Listed(Parenthesized(statement.substr(inherits)));
}

Rewriting Reordering(const Difference& order, const std::vector<Object>& now) { return Moving(order, now).Take(); }

Rewriting Relabeling(const Difference& labels, const std::vector<Object>& now) {
  constexpr std::string_view kOld = "migrate_gone";
  const Object* const type = Find(now, labels.object_class, labels.identity);
  Rewriting rewriting{type, {}, {}, {}, {}, Listed(Parenthesized(*labels.here)), {}};
  const Names staying = Listed(Parenthesized(*labels.there));
  std::erase_if(rewriting.labels, [&](std::string_view label) { return Has(staying, label); });
  const std::string& name = labels.identity;
  Sequence& statements = rewriting.statements;
  statements.push_back(Text({"ALTER TYPE ", name, " RENAME TO ", kOld, ";"}));
  statements.emplace_back(Text({WithoutSemicolon(PartsOf(*labels.there).front().text), ";"}));
  for (const auto& turned : TurnedTo(name, now, rewriting.columns)) {
    const bool is_foreign = turned.table->kind == "foreign table";
    if (!is_foreign) rewriting.tables.push_back(turned.table);
    statements.push_back(
        Text({is_foreign ? "ALTER FOREIGN TABLE " : "ALTER TABLE ", turned.table->identity, " ", turned.actions, ";"}));
  }
  statements.push_back(Text({"DROP TYPE ", SplitName(name).first, ".", kOld, ";"}));
  return rewriting;
}

}  // namespace migrate::schema
