#include "server/schema/rewrite.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/column.h"
#include "core/schema/tokens.h"
#include "core/schema/way/back.h"
#include "core/schema/way/rewrite.h"
#include "core/schema/way/way.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/schema/as_owner.h"
#include "server/schema/dependents.h"
#include "server/schema/reading.h"
#include "server/schema/settle.h"

namespace migrate::schema {
namespace {

constexpr char kBadLabel[] = "22P02";
// Of tables below others, each may need one more.
constexpr int kMostRounds = 8;

// A table and what is below it.
Statement kTree = {R"sql(WITH RECURSIVE tree AS (SELECT $1::oid AS oid
    UNION SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid)
  SELECT oid, pg_table_size(oid) FROM tree)sql",
                   Rights::kCaller};
Statement kColumnsBelow = {R"sql(SELECT a.attrelid, a.attnum FROM pg_attribute a
  WHERE a.attrelid = ANY ($1::oid[]) AND a.attname = ANY ($2::text[]) AND NOT a.attisdropped)sql",
                           Rights::kCaller};
Statement kPretty = {"SELECT pg_size_pretty($1::bigint)", Rights::kCaller};

using Key = std::pair<std::string, std::string>;

Key KeyOf(const Difference& difference) { return {difference.object_class, difference.identity}; }

struct Tree {
  std::vector<std::string> tables;
  int64_t bytes = 0;
};

Tree TreeOf(const Object& table) {
  Tree tree;
  for (const auto& row : Query(kTree, {std::to_string(table.address.oid)})) {
    tree.tables.push_back(TextOf(row[0]));
    tree.bytes += IntegerOf(row[1]);
  }
  return tree;
}

class Rewriter {
 public:
  Rewriter(const std::function<std::vector<Object>()>& read, const std::vector<Object>& wanted,
           const std::vector<Difference>& left, const Ignored& ignored, int64_t most_bytes)
      : read_(read), wanted_(wanted), ignored_(ignored), most_bytes_(most_bytes) {
    done_.left = left;
  }

  Rewritten Take() {
    const std::vector<Difference> before = done_.left;
    try {
      InSubtransaction(Ending::kKeep, [&] {
        for (int round = 0; round < kMostRounds && Round(); ++round) {
        }
        RequireNothingNew(before);
      });
    } catch (const Error& error) {
      if (EndsAll(error)) throw;
      done_ = {{}, before, {}, {}};
      done_objects_.clear();
      for (const auto& difference : before) refused_.emplace(KeyOf(difference), error.message);
    }
    for (auto& [key, why] : refused_) done_.refused.push_back(key.first + " " + key.second + ": " + why);
    done_.objects.assign(done_objects_.begin(), done_objects_.end());
    return std::move(done_);
  }

 private:
  // All that is left at once; if that leads nowhere, each by itself. False if there is nothing more to be done.
  bool Round() {
    std::vector<Difference> open;
    for (const auto& difference : done_.left) {
      if (!refused_.contains(KeyOf(difference)) && (IsColumnOrder(difference) || IsOfMoreLabels(difference))) {
        open.push_back(difference);
      }
    }
    if (open.empty()) return false;
    const size_t before = done_.left.size(), refused = refused_.size();
    if (!Try(open) && open.size() > 1) {
      for (const auto& difference : open) {
        if (!refused_.contains(KeyOf(difference))) (void) Try({difference});
      }
    }
    return done_.left.size() < before || refused_.size() > refused;
  }

  // False if all of it was undone.
  bool Try(const std::vector<Difference>& open) {
    const auto done_objects = done_objects_;
    const auto refused = refused_;
    const size_t statements = done_.statements.size();
    try {
      InSubtransaction(Ending::kKeep, [&] { Attempt(open); });
      return true;
    } catch (const Error& error) {
      if (EndsAll(error)) throw;
      done_objects_ = done_objects;
      done_.statements.resize(statements);
      if (open.size() > 1) {
        refused_ = refused;
      } else {
        refused_.emplace(KeyOf(open.front()), error.message);
      }
      return false;
    }
  }

  void Attempt(const std::vector<Difference>& open) {
    now_ = read_();
    objects_.clear();
    for (const auto& object : now_) objects_.emplace(object.address, &object);
    std::set<Key> rewritten;
    // Enums first: their columns may be computed anew, and stand elsewhere then.
    for (const bool is_order : {false, true}) {
      for (const auto& difference : open) {
        if (IsColumnOrder(difference) != is_order || (is_order && IsBelow(difference))) continue;
        if (Apply(difference)) rewritten.insert(KeyOf(difference));
      }
    }
    if (rewritten.empty()) return;
    const std::set<Address> none;
    Settled settled = Settle(read_, wanted_, {}, ignored_, &none);
    RequireProgress(settled, rewritten);
    done_.left = std::move(settled.left);
    for (auto& statement : settled.statements) done_.statements.push_back(std::move(statement));
  }

  static bool IsAmong(const Difference& difference, const std::vector<Difference>& others) {
    return std::any_of(others.begin(), others.end(),
                       [&](const Difference& other) { return KeyOf(other) == KeyOf(difference); });
  }

  static Error NotAgain(const Difference& difference, const std::vector<Error>& errors) {
    const std::string what = difference.object_class + " " + difference.identity + " would not be as it was";
    return {sqlstate::kIrreversible, errors.empty() ? what : what + " (" + errors.front().message + ")"};
  }

  // What is left was left before, and is none of these. Another order of columns may be ended later.
  void RequireProgress(const Settled& settled, const std::set<Key>& rewritten) const {
    for (const auto& difference : settled.left) {
      if (rewritten.contains(KeyOf(difference))) throw NotAgain(difference, settled.errors);
      if (!IsAmong(difference, done_.left) && !IsColumnOrder(difference)) throw NotAgain(difference, settled.errors);
    }
  }

  void RequireNothingNew(const std::vector<Difference>& before) const {
    for (const auto& difference : done_.left) {
      if (!IsAmong(difference, before)) throw NotAgain(difference, {});
    }
  }

  // The table above it has another order, too: with that it gets its own.
  bool IsBelow(const Difference& difference) const {
    const auto table = std::find_if(now_.begin(), now_.end(), [&](const Object& object) {
      return object.kind == difference.object_class && object.identity == difference.identity;
    });
    if (table == now_.end()) return false;
    const auto parents = ParentsOf(*table);
    return std::any_of(done_.left.begin(), done_.left.end(), [&](const Difference& other) {
      return IsColumnOrder(other) && std::find(parents.begin(), parents.end(), other.identity) != parents.end();
    });
  }

  // False if it was undone.
  bool Apply(const Difference& difference) {
    const bool is_order = IsColumnOrder(difference);
    const Rewriting rewriting = is_order ? Reordering(difference, now_) : Relabeling(difference, now_);
    Sequence ran;
    try {
      InSubtransaction(Ending::kKeep, [&] {
        if (!rewriting.obstacle.empty()) throw Error(sqlstate::kIrreversible, rewriting.obstacle);
        const PinnedSettings pinned(Reading::kMaking);
        const std::set<Address> replaced = ReplacedBy(rewriting);
        Clear(is_order ? DependentsUpon(replaced, [](const Address&) { return false; })
                       : UponType(*rewriting.object, replaced),
              replaced, ran);
        for (const auto& statement : rewriting.statements) {
          // What its owner has run meanwhile may have put something else under the name of a sequence.
          if (statement.starts_with("SELECT ")) {
            AsOwner(OwnerOf({false, rewriting.object->identity}), [&] { QueryOnce(statement); });
            ran.push_back(statement);
          } else {
            Run(statement, ran);
          }
        }
        pinned.Close();
      });
    } catch (const Error& error) {
      if (EndsAll(error)) throw;
      refused_.emplace(KeyOf(difference), Reason(error, rewriting));
      return false;
    }
    done_.statements.insert(done_.statements.end(), ran.begin(), ran.end());
    done_objects_.insert(rewriting.object->kind + " " + rewriting.object->identity);
    for (const Object* const table : rewriting.tables) done_objects_.insert("table " + table->identity);
    return true;
  }

  // The columns, and those below them. Refuses what is too large.
  std::set<Address> ReplacedBy(const Rewriting& rewriting) const {
    std::set<Address> replaced;
    std::map<std::string, std::vector<std::string>> names;  // by the table's OID
    for (const Object* const column : rewriting.columns) {
      names[std::to_string(column->address.oid)].push_back(column->name);
      replaced.insert(column->address);
    }
    for (const Object* const table : rewriting.tables) {
      const Tree tree = TreeOf(*table);
      RequireSmall(tree, table == rewriting.object ? "its" : "the", table == rewriting.object ? nullptr : table);
      const auto& columns = names[std::to_string(table->address.oid)];
      for (const auto& row : Query(kColumnsBelow, {tree.tables, columns})) {
        replaced.insert({table->address.catalog, Number(row[0]->c_str()), static_cast<int>(IntegerOf(row[1]))});
      }
    }
    return replaced;
  }

  void RequireSmall(const Tree& tree, const std::string& whose, const Object* relation) const {
    if (tree.bytes <= most_bytes_) return;
    const std::string size = TextOf(QueryValue(kPretty, {std::to_string(tree.bytes)}));
    const std::string of = relation == nullptr ? "" : " of " + relation->kind + " " + relation->identity;
    throw Error(sqlstate::kIrreversible, whose + " " + size + of + " are more than migrate.rewrite_limit");
  }

  // To make it again, a table is read or written as a whole: a foreign key, say, of a table that is larger.
  void RequireSmallBelow(const Object& dropped) const {
    constexpr std::string_view kKinds[] = {"index", "table constraint", "materialized view", "table column"};
    if (std::find(std::begin(kKinds), std::end(kKinds), dropped.kind) == std::end(kKinds)) return;
    const auto relation = objects_.find(dropped.relation);
    if (relation != objects_.end()) RequireSmall(TreeOf(*relation->second), "the", relation->second);
  }

  // An index or a key of a column stays, unless it names the type: the server makes it again by itself.
  Dependents UponType(const Object& type, const std::set<Address>& columns) const {
    Dependents upon = DependentsUpon({type.address}, [](const Address&) { return false; });
    Dependents others = DependentsUpon(columns, [&](const Address& address) {
      const auto found = objects_.find(address);
      if (found == objects_.end()) return false;
      const Object& object = *found->second;
      return object.kind == "index" ||
             (object.kind == "table constraint" && FindWords(object.definition, "FOREIGN KEY") == std::string::npos);
    });
    upon.objects.merge(others.objects);
    upon.defaults.merge(others.defaults);
    upon.computed.merge(others.computed);
    return upon;
  }

  // Drops what stands on them and can be made again. What stays behind refuses what comes next.
  void Clear(const Dependents& dependents, const std::set<Address>& replaced, Sequence& ran) {
    std::vector<const Object*> objects;
    for (const auto& address : dependents.objects) {
      const auto found = objects_.find(address);
      if (found == objects_.end()) continue;
      RequireSmallBelow(*found->second);
      objects.push_back(found->second);
    }
    Sequence statements;
    for (const auto& step : ClearingSteps(objects)) statements.push_back(step.sequences.front().front());
    const auto add = [&](const std::set<Address>& columns, const char* what, const char* end) {
      for (const auto& address : columns) {
        const auto found = objects_.find(address);
        // A computed one that moves is dropped by and by.
        if (found == objects_.end() || !found->second->kind.ends_with("table column")) continue;
        if (dependents.computed.contains(address)) {
          if (replaced.contains(address)) continue;
          RequireSmallBelow(*found->second);
        }
        const auto [table, column] = SplitName(found->second->identity);
        statements.push_back(
            std::string("ALTER TABLE ").append(table).append(what).append(column).append(end).append(";"));
      }
    };
    add(dependents.computed, " DROP COLUMN ", "");
    add(dependents.defaults, " ALTER COLUMN ", " DROP DEFAULT");
    // Of two views either may stand on the other.
    while (std::erase_if(statements, [&](const std::string& statement) { return TryOne(statement, ran); }) > 0) {
    }
  }

  static bool TryOne(const std::string& statement, Sequence& ran) {
    try {
      InSubtransaction(Ending::kKeep, [&] { Run(statement, ran); });
      return true;
    } catch (const Error& error) {
      if (EndsAll(error)) throw;
      return false;
    }
  }

  static void Run(const std::string& statement, Sequence& ran) {
    RunStatement(statement, [](const Evaluated&, uint32_t) {});
    ran.push_back(statement);
  }

  static std::string Reason(const Error& error, const Rewriting& rewriting) {
    if (error.sqlstate == kBadLabel) {
      const std::string used = WhereUsed(rewriting);
      if (!used.empty()) return used;
    }
    std::string reason = error.message;
    if (error.sqlstate == "2BP01") reason += " (" + error.detail.substr(0, error.detail.find('\n')) + ")";
    for (const auto& [name, real] : rewriting.aside) {
      for (size_t at = 0; (at = reason.find(name, at)) != reason.npos; at += real.size()) {
        reason.replace(at, name.size(), real);
      }
    }
    return reason;
  }

  // The first column that holds a label that is to go.
  static std::string WhereUsed(const Rewriting& rewriting) {
    std::vector<std::string> labels(rewriting.labels.begin(), rewriting.labels.end());
    for (const Object* const column : rewriting.columns) {
      const auto [table, name] = SplitName(column->identity);
      const bool is_array = ColumnOf(*column).type.ends_with("[]");
      std::string query("SELECT u.v FROM ONLY ");
      query.append(table).append(is_array ? " AS r, pg_catalog.unnest(r." : " AS r, LATERAL (SELECT r.");
      query.append(name).append("::pg_catalog.text").append(is_array ? "[]) AS u (v)" : ") AS u (v)");
      query += " WHERE u.v = ANY (ARRAY[" + Join(labels, ", ") + "]) LIMIT 1";
      std::vector<Row> rows;
      try {
        InSubtransaction(Ending::kUndo, [&, owner = OwnerOf({false, std::string(table)})] {
          const PinnedSettings pinned(Reading::kMaking);
          AsOwner(owner, [&] { rows = QueryOnce(query); });
        });
      } catch (const Error& error) {
        if (EndsAll(error)) throw;
      }
      if (!rows.empty())
        return column->kind + " " + column->identity + " holds label " + SqlLiteral(TextOf(rows.front().front()));
    }
    return {};
  }

  const std::function<std::vector<Object>()>& read_;
  const std::vector<Object>& wanted_;
  const Ignored& ignored_;
  const int64_t most_bytes_;
  std::vector<Object> now_;
  std::map<Address, const Object*> objects_;
  std::map<Key, std::string> refused_;
  std::set<std::string> done_objects_;
  Rewritten done_;
};

}  // namespace

Rewritten Rewrite(const std::function<std::vector<Object>()>& read, const std::vector<Object>& wanted,
                  const std::vector<Difference>& left, const Ignored& ignored, int64_t most_bytes) {
  return Rewriter(read, wanted, left, ignored, most_bytes).Take();
}

}  // namespace migrate::schema
