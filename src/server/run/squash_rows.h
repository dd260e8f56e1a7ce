// The rows of a scratch database, and the state of its sequences, as statements that make them again.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace migrate {

struct TableRows {
  std::string insert;             // INSERT INTO app.t (a, b) VALUES
  std::vector<std::string> rows;  // (1, 'x')

  bool operator==(const TableRows&) const = default;
};

struct Contents {
  std::map<std::string, TableRows> tables;       // that have rows
  std::map<std::string, std::string> sequences;  // that were used: "5, true"
  std::map<std::string, std::string> members;    // of extensions, which are not written: how many rows, and a hash

  bool empty() const { return tables.empty() && sequences.empty() && members.empty(); }
};

// As the caller, from whom row security hides nothing: 42501 where it would. For a transaction that is undone.
Contents ReadContents();

std::vector<std::string> StatementsOf(const Contents& contents);

// The names of tables and sequences that differ: "rows of app.t", "value of app.t_id_seq".
std::vector<std::string> DifferencesOf(const Contents& a, const Contents& b);

}  // namespace migrate
