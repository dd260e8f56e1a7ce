// A rehearsal that notes, statement by statement, what one migration changes in the schema and which tables it
// rewrites, for its online form; and what that form has to know of the tables that were there before.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/online/form.h"
#include "server/run/observed_database.h"

namespace migrate {

// Of the tables that are there now, as the caller.
online::Tables ReadTables();
bool MaySilenceTriggers();
// As it stands in SQL.
std::string QuotedRole();

// A name that nobody can guess.
std::string UnguessableName();

class OnlineRun : public ObservedDatabase {
 public:
  OnlineRun(int rehearse_size, int hold) : ObservedDatabase(rehearse_size, hold) {}

  // What runs from now on is looked at, until StopWatching().
  void StartWatching();
  std::vector<online::Seen> StopWatching();

  // Another plan runs: its first statement is none of the last one's.
  void StartRun() { ++runs_; }

  void Run(const ScriptStatement& statement) override;
  void ShowPlace(const Place& place) override;
  std::string RunPlain(const ScriptStatement& statement) override;

 private:
  using Files = std::map<std::string, std::string>;  // of tables, by identity; empty where there is none

  static Files ReadFiles();
  void Note(const ScriptStatement& statement);
  void AddRewritten(online::Seen& seen);
  void AddRetyped(online::Seen& seen, const std::vector<schema::Object>& now);

  bool watches_ = false;
  int depth_ = 0;
  size_t runs_ = 0;
  std::vector<online::Seen> seen_;
  std::vector<schema::Object> before_;
  Files files_;
};

}  // namespace migrate
