// migrate_drift(): what differs between the schema and what its history has made of it; and the base of that.
#include "server/door/drift.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/quote.h"
#include "core/schema/definition.h"
#include "core/schema/drift.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/hash.h"
#include "server/base/settings.h"
#include "server/base/sql.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/schema/describe.h"
#include "server/store/store_base.h"

namespace migrate {
namespace {

constexpr char kAccept[] = "accept";

struct DriftResult {
  Cell drift, object_class, schema, name, identity, expected, found, changed_by, changed_at, command, event;
};
constexpr Column<DriftResult> kColumns[] = {
    {"drift", &DriftResult::drift},           {"class", &DriftResult::object_class},
    {"schema", &DriftResult::schema},         {"name", &DriftResult::name},
    {"identity", &DriftResult::identity},     {"expected", &DriftResult::expected},
    {"found", &DriftResult::found},           {"changed_by", &DriftResult::changed_by},
    {"changed_at", &DriftResult::changed_at}, {"command", &DriftResult::command},
    {"event", &DriftResult::event},
};

void SetLockTimeoutLeaf(const char* value) {
  (void) set_config_option("lock_timeout", value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

// For what comes, until the subtransaction is undone.
void PushNewSnapshotLeaf() {
  CommandCounterIncrement();
  PushActiveSnapshot(GetTransactionSnapshot());
}

// All of it as it is at one moment. Reading opens tables, with locks that are let go again: nobody is to wait for them
// until the migrations are done.
std::vector<schema::Object> DescribeBriefly() {
  std::vector<schema::Object> objects;
  const std::string timeout = std::to_string(LockTimeoutMs());
  const char* const value = timeout.c_str();
  InSubtransaction(Ending::kUndo, [&] {
    if (LockTimeoutMs() > 0) Call([=]() noexcept { SetLockTimeoutLeaf(value); });
    Call([]() noexcept { PushNewSnapshotLeaf(); });
    const ActiveSnapshotOnly reading;
    objects = schema::Describe({});
  });
  return objects;
}

// What was purged can only be compared by its hash.
std::vector<schema::Drift> DriftFrom(const schema::History& history, std::vector<schema::Object>& now) {
  if (!history.purged.empty()) schema::AddHashes(now, NewSha256);
  return schema::FindDrift(history, now, kServerMajor, schema::IgnoreList::Parse(DriftIgnore()));
}

std::vector<schema::Drift> Accept() {
  const auto history = ReadHistorySinceBase();
  std::vector<schema::Object> now = DescribeBriefly();
  std::vector<schema::Drift> drifts;
  if (history) drifts = DriftFrom(*history, now);
  WriteBase(std::move(now));
  return drifts;
}

std::vector<schema::Drift> Look() {
  auto drifts = LookForDrift();
  if (!drifts) throw NoBase();
  return std::move(*drifts);
}

Datum Return(FunctionCallInfo info, std::vector<schema::Drift> drifts) {
  const bool with_definitions = CallerReadsTexts();
  const auto definition = [&](std::optional<std::string>& text) {
    return with_definitions ? Value(std::move(text)) : Value();
  };
  std::vector<DriftResult> results;
  results.reserve(drifts.size());
  for (auto& drift : drifts) {
    const schema::Doing doing = drift.doing.value_or(schema::Doing());
    results.push_back({.drift = schema::DriftName(drift.kind),
                       .object_class = std::move(drift.object_class),
                       .schema = TextValue(drift.schema),
                       .name = TextValue(drift.name),
                       .identity = std::move(drift.identity),
                       .expected = definition(drift.expected),
                       .found = definition(drift.found),
                       .changed_by = TextValue(doing.by),
                       .changed_at = TextValue(doing.at),
                       .command = TextValue(doing.command),
                       .event = drift.event == 0 ? Value() : Value(std::to_string(drift.event))});
  }
  return ReturnRows(info, results, kColumns);
}

}  // namespace

std::optional<std::vector<schema::Drift>> LookForDrift() {
  const auto history = ReadHistorySinceBase();
  if (!history) return std::nullopt;
  std::vector<schema::Object> now = schema::Describe({});
  return DriftFrom(*history, now);
}

Error NoBase() {
  return Error(sqlstate::kWrongState, "there is no schema to compare with",
               "The whole schema is noted before the first migration runs, unless migrate.record_changes is off.",
               "SELECT * FROM migrate_drift('accept') notes the schema as it is now.");
}

void TakeBaseOnce() {
  if (!RecordChangesEnabled() || HasBase()) return;
  std::vector<schema::Object> objects;
  try {
    objects = DescribeBriefly();
  } catch (const Error& error) {
    if (error.sqlstate == sqlstate::kQueryCanceled || error.sqlstate == "P0004") throw;
    return RaiseWarning(Error(error.sqlstate, "the schema could not be noted for migrate_drift(): " + error.message,
                              error.detail, "The next migration tries again."));
  }
  WriteBase(std::move(objects));
}

Datum ShowDrift(FunctionCallInfo info, Argument action) {
  const auto wanted = action.NotEmpty("action");
  if (!wanted) {
    const CallScope scope("migrate_drift", CallKind::kReads);
    return Return(info, Look());
  }
  if (*wanted != kAccept) {
    throw Error(sqlstate::kInvalidParameter, "unknown action " + Quoted(*wanted), {}, "The only action is accept.");
  }
  const CallScope scope("migrate_drift", CallKind::kWrites);
  RequireOwner("migrate_drift() with an action decides what is expected of this database");
  return Return(info, Accept());
}

}  // namespace migrate
