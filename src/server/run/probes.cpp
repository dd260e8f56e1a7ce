#include "server/run/probes.h"

#include <algorithm>
#include <utility>

#include "core/base/quote.h"
#include "core/run/rehearsal.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/base/timers.h"
#include "server/base/transaction.h"

namespace migrate {
namespace {

constexpr int kRuns = 5;
constexpr int kRepetitions = 2;  // of a measurement that says that a probe is slower

// Neither fetches a row: rows may be many.
constexpr char kShowPlan[] = "EXPLAIN (COSTS OFF) ";
constexpr char kRun[] = "EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) ";

void SetLockTimeoutLeaf(const char* milliseconds) {
  (void) set_config_option("lock_timeout", milliseconds, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

// The lines that EXPLAIN returns, in the caller's memory. Not by Query(): the names of a probe are found by its
// search_path.
const char* ExplainLeaf(const char* sql) {
  MemoryContext const caller = CurrentMemoryContext;
  StringInfoData lines;
  initStringInfo(&lines);
  // Or SPI gives its own to the portal of a CALL, which can't be committed from here then; and a worker has none.
  PushActiveSnapshot(GetTransactionSnapshot());
  (void) SPI_connect();
  const int code = SPI_execute(sql, false, 0);
  if (code != SPI_OK_UTILITY || SPI_tuptable == nullptr) {
    elog(ERROR, "migrate: EXPLAIN returned %s", SPI_result_code_string(code));
  }
  for (uint64 i = 0; i < SPI_processed; ++i) {
    const char* const line = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
    MemoryContext const own = MemoryContextSwitchTo(caller);
    if (lines.len > 0) appendStringInfoChar(&lines, '\n');
    if (line != nullptr) appendStringInfoString(&lines, line);
    MemoryContextSwitchTo(own);
  }
  (void) SPI_finish();
  PopActiveSnapshot();
  return lines.data;
}

// Whatever runs longer fails with 57014.
std::string Explain(const std::string& sql, int timeout, const OwnRole& own_role) {
  const char* const text = sql.c_str();
  const char* plan = nullptr;
  WithStatementTimeout(timeout,
                       [&] { own_role.Keep([&] { plan = Call([=]() noexcept { return ExplainLeaf(text); }); }); });
  return plan;
}

// All runs together take little longer than one may: locks of the migration are held meanwhile.
double MedianTime(const std::string& query, int timeout, const OwnRole& own_role) {
  std::vector<double> times;
  double sum = 0;
  (void) Explain(kRun + query, timeout, own_role);
  while (times.size() < kRuns && sum < timeout) {
    const TimestampTz began = GetCurrentTimestamp();
    (void) Explain(kRun + query, timeout, own_role);
    times.push_back(static_cast<double>(GetCurrentTimestamp() - began) / 1000.0);
    sum += times.back();
  }
  return Median(times);
}

void MeasureReadOnly(const std::string& query, StartingSettings& starting, const OwnRole& own_role,
                     Measurement& measurement) {
  const int timeout = ProbeTimeoutMs();
  // Half of it: who waits for a lock is not slow.
  const std::string lock_timeout = std::to_string(std::max(timeout / 2, 1));
  const char* const lock_timeout_text = lock_timeout.c_str();
  starting.Set(GUC_ACTION_SAVE);
  Call([=]() noexcept {
    SetLockTimeoutLeaf(lock_timeout_text);
    BecomeReadOnlyLeaf();
  });
  measurement.plan = Explain(kShowPlan + query, timeout, own_role);
  measurement.milliseconds = MedianTime(query, timeout, own_role);
}

}  // namespace

Measurement MeasureQuery(const std::string& query, StartingSettings& starting, const OwnRole& own_role) {
  Measurement measurement;
  const int level = Call([]() noexcept { return NewGUCNestLevel(); });
  const auto close = [=]() noexcept { AtEOXact_GUC(false, level); };
  try {
    InSubtransaction(Ending::kUndo, [&] { MeasureReadOnly(query, starting, own_role, measurement); });
  } catch (const Error& error) {
    Call(close);
    measurement.timed_out = error.sqlstate == sqlstate::kQueryCanceled && StatementTimedOut();
    if (error.sqlstate == sqlstate::kQueryCanceled && !measurement.timed_out) throw;
    measurement.comes_from_outside = ComesFromOutside(error);
    measurement.why = measurement.timed_out ? "more than " + std::to_string(ProbeTimeoutMs()) + " ms" : error.message;
    measurement.writes = error.sqlstate == sqlstate::kReadOnlyTransaction;
    return measurement;
  }
  Call(close);
  return measurement;
}

void Probes::Measure() {
  if (probes_) return;
  probes_ = ReadProbes();
  for (const Probe& probe : *probes_) {
    const Measurement& now = now_[probe.name] = MeasureQuery(probe.query, starting_, own_role_);
    if (!now.milliseconds) RaiseNotice("probe " + Quoted(probe.name) + " is not measured: " + now.WhyNot());
  }
}

// A single measurement that is slower may be chance.
Probed Probes::CompareOne(const Probe& probe) {
  Probed probed{probe.name, probe.max_slowdown, now_[probe.name], {}};
  for (int i = 0; i <= kRepetitions; ++i) {
    Measurement after = MeasureQuery(probe.query, starting_, own_role_);
    const bool is_better = after.milliseconds.value_or(1e9) < probed.after.milliseconds.value_or(1e9);
    if (i == 0 || is_better) probed.after = std::move(after);
    if (OutcomeOf(probed) != ProbeOutcome::kSlower) break;
  }
  return probed;
}

std::optional<Error> Probes::Compare(const MigrationId& id, bool is_committed) {
  if (!probes_ || probes_->empty()) return std::nullopt;
  for (const Probe& probe : *probes_) {
    compared_.push_back(CompareOne(probe));
    const Probed& probed = compared_.back();
    if (probed.before.milliseconds && OutcomeOf(probed) == ProbeOutcome::kNotCompared) {
      RaiseNotice("probe " + Quoted(probe.name) + " is not measured behind migration " + Quoted(id) + ": " +
                  probed.after.WhyNot());
    }
    now_[probe.name] = probed.after;
  }
  return ProbeError(compared_, id, is_committed);
}

std::vector<Probed> Probes::Take() { return std::exchange(compared_, {}); }

}  // namespace migrate
