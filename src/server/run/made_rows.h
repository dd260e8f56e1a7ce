// Rows that are made up for empty tables, two for each: values of their types that their conditions let pass, their
// defaults, and rows of the tables that they refer to, which are filled before them. For a scratch database.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/schema/made_values.h"
#include "server/base/compat.h"

namespace migrate {

// What values a type may have. Each type is looked at once.
class MadeValues {
 public:
  const std::vector<schema::MadePair>& Of(Oid type);

 private:
  std::vector<schema::MadePair> Find(Oid type);

  std::map<Oid, std::vector<schema::MadePair>> known_;
};

class MadeRows {
 public:
  // Returns those that have none afterwards, and why: "app.t: …". A table where only one fits has one.
  std::vector<std::string> Fill(const std::vector<Oid>& tables);

 private:
  struct Column;
  struct Reference;
  struct Table;
  enum class Way { kDefaults, kAll, kLeast };

  std::optional<std::string> FillOne(Oid oid);
  std::optional<std::string> FillSome(Oid oid);
  std::optional<std::string> FillPartitions(Oid oid);
  Table Look(Oid oid);
  void LookAtReferences(Table& table);
  void Choose(Oid owner, Column& column, const std::string& condition, const std::string& constants);
  static std::optional<std::string> Passes(Oid owner, const Column& column, const std::string& value,
                                           const std::string& condition);
  void Refer(Table& table);
  static std::string Insert(const Table& table, Way way, int row);
  static std::optional<std::string> AddRow(const Table& table, int row);

  MadeValues values_;
  std::set<Oid> filling_;
};

}  // namespace migrate
