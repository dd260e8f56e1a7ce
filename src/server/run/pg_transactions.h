// The transactions of a committing run: those of this session, which the call may end because nobody
// is around it (RequireTopLevel).
#pragma once

#include <string>

#include "core/run/transactions.h"
#include "server/run/pg_database.h"

namespace migrate {

class PgTransactions : public Transactions {
 public:
  explicit PgTransactions(PgDatabase& database) : database_(database) {}

  void Commit() override;
  void RollBack() override;
  void InSession(const Script& script, const std::function<void()>& body) override;
  void SetIsolation(const std::string& level) override;
  void InSegment(const std::function<void()>& body) override;
  void BecomeReadOnly() override { database_.BecomeReadOnly(); }
  void RunAlone(const ScriptStatement& statement) override;
  bool CommittedBeforeFailing() override { return committed_before_failing_; }
  Found LookUp(const ScriptStatement& statement, std::string& cleared) override;
  void Record(const Milestone& milestone) override;

 private:
  PgDatabase& database_;
  bool committed_before_failing_ = false;
};

}  // namespace migrate
