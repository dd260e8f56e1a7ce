#include "server/run/way_back.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/counted.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/belonging.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"
#include "core/schema/way/back.h"
#include "core/schema/way/text.h"
#include "server/base/compat.h"
#include "server/base/guard.h"
#include "server/base/sql.h"
#include "server/run/has_rows.h"
#include "server/run/keeper_hook.h"
#include "server/run/kept_back.h"
#include "server/run/kept_changes.h"
#include "server/schema/as_owner.h"
#include "server/schema/describe.h"
#include "server/schema/reading.h"
#include "server/schema/rewrite.h"
#include "server/schema/settle.h"
#include "server/store/store_changes.h"
#include "server/store/store_kept.h"

namespace migrate {
namespace {

constexpr size_t kMostNamed = 10;

Error Refused(const KnownMigration& migration, const std::string& detail, const char* hint) {
  return Error(sqlstate::kIrreversible, "migration " + Quoted(migration.id) + " can't be rolled back", detail, hint);
}

// Something has become of its objects since: a later migration's doing, or somebody else's.
Error Obstructed(const KnownMigration& migration, const schema::Back& back) {
  std::string detail = "Since it was applied: " + Join(back.obstacles, ", ") + ".";
  const std::vector<std::string> later = ReadLaterChangers(migration, back.obstructing);
  if (later.empty()) {
    return Refused(migration, detail,
                   "migrate_drift() shows what was changed outside of migrations; undo that, or write a down script.");
  }
  std::vector<std::string> names;
  for (const auto& label : later) names.push_back(Quoted(label));
  return Refused(migration, detail + " By " + Join(names, ", ") + ", applied later.",
                 "Roll that back first, or write a down script.");
}

// Row security must not hide any row: where it would, the server raises an error.
int ShowAllRowsLeaf() {
  const int level = NewGUCNestLevel();
  (void) set_config_option("row_security", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
  return level;
}

int64_t Count(const std::string& query) { return IntegerOf(QueryOnce(query).front().front()); }

// Values that are others when they have been of the old type: each, if that is not there to ask.
int64_t CountChanged(const schema::Retyped& column) {
  constexpr char kNoOperator[] = "42883", kNoCast[] = "42846", kNoType[] = "42704";
  const std::string count = "SELECT pg_catalog.count(*) FROM ONLY " + column.table + " WHERE ";
  const std::string direct = column.column + "::" + column.then + "::" + column.now;
  const std::string by_text = column.column + "::pg_catalog.text::" + column.then + "::pg_catalog.text::" + column.now;
  const std::string differs = " IS DISTINCT FROM " + column.column;
  // Not all types know equality, and between two enums, say, there is no cast: as texts then.
  const std::string as_text = "::pg_catalog.text" + differs + "::pg_catalog.text";
  const std::string conditions[] = {
      direct + differs,
      "(" + direct + ")" + as_text,
      "(" + by_text + ")" + as_text,
      column.column + " IS NOT NULL",
  };
  int64_t changed = 0;
  // A cast may be anybody's function.
  const uint32_t owner = schema::OwnerOf({false, column.table});
  for (const auto& condition : conditions) {
    try {
      InSubtransaction(Ending::kUndo, [&] { schema::AsOwner(owner, [&] { changed = Count(count + condition); }); });
      break;
    } catch (const Error& error) {
      // Then the next one is asked. The last needs none of them.
      if (error.sqlstate != kNoOperator && error.sqlstate != kNoCast && error.sqlstate != kNoType) throw;
    }
  }
  return changed;
}

// Nobody is to add a row behind the count: the tables are about to be changed anyway.
void LockTables(const schema::Back& back) {
  std::set<std::string, std::less<>> tables;
  for (const auto& object : back.going) {
    tables.emplace(object.kind == "table" ? std::string_view(object.identity)
                                          : schema::SplitName(object.identity).first);
  }
  for (const auto& column : back.retyped) tables.insert(column.table);
  for (const auto& table : tables) QueryOnce("LOCK TABLE ONLY " + table + " IN ACCESS EXCLUSIVE MODE");
}

// Tables, and columns of others, whose values go.
std::vector<const schema::Object*> Holding(const schema::Back& back) {
  std::vector<const schema::Object*> holding;
  for (const auto& object : back.going) {
    const bool goes_along =
        object.kind == "table column" && std::any_of(back.going.begin(), back.going.end(), [&](const auto& other) {
          return other.kind == "table" && other.identity == schema::SplitName(object.identity).first;
        });
    if (!goes_along && !schema::IsComputed(object)) holding.push_back(&object);
  }
  return holding;
}

std::vector<std::string> CountLost(const schema::Back& back, bool is_kept) {
  std::vector<std::string> lost;
  for (const schema::Object* const held : Holding(back)) {
    if (is_kept) break;
    const schema::Object& object = *held;
    const bool is_column = object.kind == "table column";
    const auto names = schema::SplitName(object.identity);
    const std::string from = " FROM ONLY " + (is_column ? std::string(names.first) : object.identity);
    const std::string what = is_column ? "pg_catalog.count(" + std::string(names.second) + ")" : "pg_catalog.count(*)";
    const int64_t count = Count("SELECT " + what + from);
    if (count > 0)
      lost.push_back(object.kind + " " + object.identity + ": " + Counted(count, is_column ? "value" : "row"));
  }
  for (const auto& column : back.retyped) {
    const int64_t count = CountChanged(column);
    if (count > 0) {
      lost.push_back("table column " + column.table + "." + column.column + ": " + Counted(count, "value") + " as " +
                     column.then);
    }
  }
  return lost;
}

std::vector<std::string> LostRows(const schema::Back& back, bool is_kept) {
  LockTables(back);
  const int level = Call([]() noexcept { return ShowAllRowsLeaf(); });
  std::vector<std::string> lost = CountLost(back, is_kept);
  Call([=]() noexcept { AtEOXact_GUC(true, level); });
  return lost;
}

void RequireNothingLost(const KnownMigration& migration, const schema::Back& back, bool is_kept) {
  const std::vector<std::string> lost = LostRows(back, is_kept);
  if (lost.empty()) return;
  throw Error(sqlstate::kLosesRows, "rolling back migration " + Quoted(migration.id) + " would lose rows",
              Join(lost, "\n"), "Move or delete them first, or write a down script.");
}

std::string WhatIsLeft(const schema::Settled& settled) {
  std::vector<std::string> names;
  std::vector<std::string> secret;
  for (const auto& difference : settled.left) {
    names.push_back(difference.object_class + " " + difference.identity);
    if (difference.there && schema::IsMasked(*difference.there)) secret.push_back(names.back() + " holds a secret");
  }
  if (!secret.empty()) return "It can't be made again: " + JoinFirst(secret, kMostNamed) + ", which is not recorded.";
  std::string left = "The generated way back does not lead there: " + JoinFirst(names, kMostNamed) + ".";
  for (const auto& error : settled.errors) left += "\n" + error.sqlstate + ": " + error.message;
  return left;
}

// A label that was added can't be used before the transaction has ended (55P04), unless its enum was made in it: that
// is made anew with the labels that it has.
std::vector<schema::Difference> WithNewLabels(const schema::Settled& settled, const schema::Back& back) {
  constexpr std::string_view kAlter = "ALTER TYPE ", kAdd = " ADD VALUE ";
  std::vector<schema::Difference> left = settled.left;
  const bool refuses = std::any_of(settled.errors.begin(), settled.errors.end(),
                                   [](const Error& error) { return error.sqlstate == sqlstate::kUnsafeNewEnumValue; });
  std::set<std::string> types;
  for (const auto& statement : settled.statements) {
    const size_t end = statement.find(kAdd);
    if (refuses && statement.starts_with(kAlter) && end != statement.npos) {
      types.insert(statement.substr(kAlter.size(), end - kAlter.size()));
    }
  }
  for (const auto& object : back.wanted) {
    if (object.kind != "type" || !types.contains(object.identity)) continue;
    const std::string create(schema::PartsOf(object.definition).front().text);
    left.push_back({schema::Difference::Kind::kDiffers, object.kind, object.identity, create, create});
  }
  return left;
}

// When all that was kept is back: values have to be there to be moved. What was done and what was not is returned.
std::string RewriteTables(schema::Settled& settled, const schema::Back& back, const schema::Ignored& ignored,
                          int64_t most_bytes) {
  const auto read = [] { return schema::Describe({}); };
  // What goes here has been moved.
  const NotListening unheard;
  schema::Rewritten rewritten = schema::Rewrite(read, back.wanted, WithNewLabels(settled, back), ignored, most_bytes);
  std::erase_if(rewritten.left, [](const auto& one) { return one.here && one.here == one.there; });
  settled.left = std::move(rewritten.left);
  settled.has_cleared = settled.has_cleared || !rewritten.statements.empty();
  for (auto& statement : rewritten.statements) settled.statements.push_back(std::move(statement));
  std::string remarks;
  if (!rewritten.objects.empty()) AddRemark(remarks, "rewritten: " + JoinFirst(rewritten.objects, kMostNamed));
  if (!rewritten.refused.empty()) AddRemark(remarks, "not rewritten: " + JoinFirst(rewritten.refused, kMostNamed));
  return remarks;
}

// What holds something is not made into what was there before: it makes room for that, and goes. A column does so for
// values that were kept; those of a table's columns go with it.
void MakeRoom(const schema::Back& back, const schema::Refill& refill, std::vector<schema::Rename>& renames) {
  for (const auto& object : back.replaced) {
    const bool is_filled = refill.objects.contains({object.kind, object.identity}) ||
                           (object.kind == "table" && HasRows(object.address.oid));
    if (!is_filled) continue;
    const std::string name = "migrate_replaced_" + std::to_string(renames.size() + 1);
    schema::Rename aside{object.kind, object.identity, schema::WithName(object.kind, object.identity, name)};
    aside.is_aside = true;
    renames.push_back(std::move(aside));
  }
}

void AddRemarksOfRows(std::string& verdict, const schema::Back& back, const KeptRows& kept,
                      const KeptChanges& rows_kept) {
  const std::vector<std::string> lost = kept.WithoutKept(back.lost);
  if (!lost.empty()) AddRemark(verdict, "data lost: " + Join(lost, ", "));
  std::vector<std::string> brought = kept.brought();
  brought.insert(brought.end(), rows_kept.brought().begin(), rows_kept.brought().end());
  if (!brought.empty()) AddRemark(verdict, "brought back: " + Join(brought, ", "));
  const std::vector<std::string> left = rows_kept.Left();
  if (!left.empty()) AddRemark(verdict, "left as they are: " + Join(left, ", "));
  const std::vector<std::string> still = kept.StillKept();
  if (!still.empty()) AddRemark(verdict, "still kept: " + Join(still, ", "));
}

}  // namespace

WayBack TakeBackChanges(const KnownMigration& migration, const std::string& row_changes, Rows rows,
                        std::optional<int64_t> rewrite_bytes) {
  constexpr char kRemoveThem[] = "Move the newer rows out of the way, or write a down script.";
  constexpr char kWriteOne[] = "Write a down script, or a migration that goes forward.";
  const auto changes = ReadChangesOf(migration);
  if (!changes) throw Refused(migration, "It has no down script, and not all of its changes are recorded.", kWriteOne);
  const auto all_kept = ReadKeptOf(migration);
  if (changes->empty() && all_kept.empty() && !row_changes.empty()) {
    throw Refused(migration, "It changed no object, and what it did to rows is not recorded: " + row_changes + ".",
                  kWriteOne);
  }
  const auto read = [] { return schema::Describe({}); };
  const schema::Back back = schema::TakenBack(*changes, read());
  if (!back.obstacles.empty()) throw Obstructed(migration, back);
  if (rows != Rows::kLetGo) RequireNothingLost(migration, back, rows == Rows::kKeep);
  std::set<schema::Address> going;
  for (const auto& object : back.going) going.insert(object.address);
  KeptRows kept(all_kept);
  KeptChanges rows_kept(all_kept);
  const std::string in_the_way = rows_kept.Compare();
  if (!in_the_way.empty())
    throw Refused(migration, "There is no room for what comes back: " + in_the_way + ".", kRemoveThem);
  schema::Refill refill = kept.Refill();
  refill.restores = rows_kept.Restores();
  schema::Ignored ignored;
  ignored.grant_order = false;
  std::vector<schema::Rename> renames = back.renames;
  MakeRoom(back, refill, renames);
  schema::Settled settled = schema::Settle(read, back.wanted, std::move(renames), ignored, &going, &refill);
  std::string remarks;
  if (rewrite_bytes && !settled.is_exact() && settled.unfilled.empty()) {
    remarks = RewriteTables(settled, back, ignored, *rewrite_bytes);
  }
  std::string verdict = schema::VerdictOf(settled.left);
  if (verdict.empty()) throw Refused(migration, WhatIsLeft(settled), kWriteOne);
  AddRemark(verdict, remarks);
  if (!row_changes.empty()) AddRemark(verdict, "rows not brought back: " + row_changes);
  kept.SetSequences();
  if (!settled.unfilled.empty()) {
    throw Refused(migration, "What was kept can't be brought back: " + settled.unfilled.front().message + ".",
                  "Write a down script; migrate.kept lists what was kept.");
  }
  const int level = Call([]() noexcept { return ShowAllRowsLeaf(); });
  rows_kept.RequireConstraints();
  Call([=]() noexcept { AtEOXact_GUC(true, level); });
  AddRemarksOfRows(verdict, back, kept, rows_kept);
  WayBack way{std::move(settled.statements), std::move(verdict)};
  for (const schema::Object* const object : Holding(back)) way.going.push_back(object->kind + " " + object->identity);
  if (std::any_of(way.statements.begin(), way.statements.end(), schema::ReadsSettings)) {
    way.settings = schema::SettingsForMaking();
  }
  way.touches_others = settled.has_cleared;
  way.brought = kept.Done();
  for (const int64_t id : rows_kept.Done()) way.brought.push_back(id);
  return way;
}

}  // namespace migrate
