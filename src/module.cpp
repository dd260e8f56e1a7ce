// The module: magic block, settings and the SQL-callable functions. Each reads its arguments into
// plain values and is then one line.
#include "server/base/cancel_check.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/base/worker.h"
#include "server/door/commands.h"

namespace {

using migrate::Argument;
using migrate::Count;
using migrate::Entry;
using migrate::Flag;
using migrate::Real;

Argument TextArgument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return {nullptr, 0, true};
  text* value = PG_GETARG_TEXT_PP(number);
  return {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), false};
}

Argument JsonbArgument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return {nullptr, 0, true};
  const char* json = DatumGetCString(DirectFunctionCall1(jsonb_out, PG_GETARG_DATUM(number)));
  return {json, strlen(json), false};
}

// As text, which the server's SQL reads again.
Argument TextArrayArgument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return {nullptr, 0, true};
  const char* array = OidOutputFunctionCall(F_ARRAY_OUT, PG_GETARG_DATUM(number));
  return {array, strlen(array), false};
}

// As text in the session's own form.
Argument TimeArgument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return {nullptr, 0, true};
  const char* time = OidOutputFunctionCall(F_TIMESTAMPTZ_OUT, PG_GETARG_DATUM(number));
  return {time, strlen(time), false};
}

Flag FlagArgument(FunctionCallInfo fcinfo, int number) {
  return {!PG_ARGISNULL(number) && PG_GETARG_BOOL(number), PG_ARGISNULL(number)};
}

Real RealArgument(FunctionCallInfo fcinfo, int number) {
  return {PG_ARGISNULL(number) ? 0 : PG_GETARG_FLOAT8(number), PG_ARGISNULL(number)};
}

Count CountArgument(FunctionCallInfo fcinfo, int number) {
  return {PG_ARGISNULL(number) ? 0 : PG_GETARG_INT32(number), PG_ARGISNULL(number)};
}

Count NumberArgument(FunctionCallInfo fcinfo, int number) {
  return {PG_ARGISNULL(number) ? 0 : PG_GETARG_INT64(number), PG_ARGISNULL(number)};
}

}  // namespace

// Before 16 PGDLLEXPORT is empty, and the module is built with hidden visibility.
#pragma GCC visibility push(default)
extern "C" {

PG_MODULE_MAGIC;

void _PG_init(void);
void _PG_init(void) {
  migrate::DefineSettings();
  migrate::LetCoreBeCancelled();
}

PG_FUNCTION_INFO_V1(migrate_add);
Datum migrate_add(PG_FUNCTION_ARGS) {
  const Argument name = TextArgument(fcinfo, 0), up = TextArgument(fcinfo, 1), down = TextArgument(fcinfo, 2),
                 verify = TextArgument(fcinfo, 3);
  return Entry([=]() { return migrate::Add(fcinfo, name, up, down, verify); });
}

PG_FUNCTION_INFO_V1(migrate_run);
Datum migrate_run(PG_FUNCTION_ARGS) {
  const Argument name = TextArgument(fcinfo, 0), up = TextArgument(fcinfo, 1), down = TextArgument(fcinfo, 2),
                 verify = TextArgument(fcinfo, 3);
  return Entry([=]() { return migrate::RunOne(fcinfo, name, up, down, verify); });
}

PG_FUNCTION_INFO_V1(migrate_load);
Datum migrate_load(PG_FUNCTION_ARGS) {
  const Argument files = JsonbArgument(fcinfo, 0), source = TextArgument(fcinfo, 1);
  const Argument convention = TextArgument(fcinfo, 2), placeholders = JsonbArgument(fcinfo, 3);
  const Argument leave_out = TextArrayArgument(fcinfo, 4);
  const Flag dry_run = FlagArgument(fcinfo, 5);
  return Entry([=]() { return migrate::Load(fcinfo, files, source, convention, placeholders, leave_out, dry_run); });
}

PG_FUNCTION_INFO_V1(migrate_load_dir);
Datum migrate_load_dir(PG_FUNCTION_ARGS) {
  const Argument path = TextArgument(fcinfo, 0), convention = TextArgument(fcinfo, 1);
  const Argument placeholders = JsonbArgument(fcinfo, 2), leave_out = TextArrayArgument(fcinfo, 3);
  const Flag dry_run = FlagArgument(fcinfo, 4);
  return Entry([=]() { return migrate::LoadDirectory(fcinfo, path, convention, placeholders, leave_out, dry_run); });
}

PG_FUNCTION_INFO_V1(migrate_remove);
Datum migrate_remove(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::Remove(fcinfo, migration); });
}

PG_FUNCTION_INFO_V1(migrate_status);
Datum migrate_status(PG_FUNCTION_ARGS) {
  return Entry([=]() { return migrate::ShowStatus(fcinfo); });
}

PG_FUNCTION_INFO_V1(migrate_export);
Datum migrate_export(PG_FUNCTION_ARGS) {
  return Entry([=]() { return migrate::Export(fcinfo); });
}

PG_FUNCTION_INFO_V1(migrate_plan);
Datum migrate_plan(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowPlan(fcinfo, target); });
}

PG_FUNCTION_INFO_V1(migrate_plan_hash);
Datum migrate_plan_hash(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowPlanHash(target); });
}

PG_FUNCTION_INFO_V1(migrate_probe);
Datum migrate_probe(PG_FUNCTION_ARGS) {
  const Argument name = TextArgument(fcinfo, 0), query = TextArgument(fcinfo, 1);
  const Real max_slowdown = RealArgument(fcinfo, 2);
  return Entry([=]() { return migrate::RegisterProbe(fcinfo, name, query, max_slowdown); });
}

PG_FUNCTION_INFO_V1(migrate_approve);
Datum migrate_approve(PG_FUNCTION_ARGS) {
  const Argument plan_hash = TextArgument(fcinfo, 0);
  const Argument note = TextArgument(fcinfo, 1);
  return Entry([=]() { return migrate::ApprovePlan(fcinfo, plan_hash, note); });
}

PG_FUNCTION_INFO_V1(migrate_explain);
Datum migrate_explain(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0);
  const Flag details = FlagArgument(fcinfo, 1), allow_effects = FlagArgument(fcinfo, 2);
  return Entry([=]() { return migrate::Explain(fcinfo, target, details, allow_effects); });
}

PG_FUNCTION_INFO_V1(migrate_report);
Datum migrate_report(PG_FUNCTION_ARGS) {
  const Argument format = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowReport(format); });
}

PG_FUNCTION_INFO_V1(migrate_types);
Datum migrate_types(PG_FUNCTION_ARGS) {
  const Argument schemas = TextArrayArgument(fcinfo, 0), language = TextArgument(fcinfo, 1);
  return Entry([=]() { return migrate::ShowTypes(schemas, language); });
}

PG_FUNCTION_INFO_V1(migrate_lint);
Datum migrate_lint(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowLint(fcinfo, migration); });
}

PG_FUNCTION_INFO_V1(migrate_health);
Datum migrate_health(PG_FUNCTION_ARGS) {
  const Argument schemas = TextArrayArgument(fcinfo, 0);
  const Flag deep = FlagArgument(fcinfo, 1);
  return Entry([=]() { return migrate::ShowHealth(fcinfo, schemas, deep); });
}

PG_FUNCTION_INFO_V1(migrate_show);
Datum migrate_show(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowOne(fcinfo, migration); });
}

PG_FUNCTION_INFO_V1(migrate_schema);
Datum migrate_schema(PG_FUNCTION_ARGS) {
  const Argument schemas = TextArrayArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowSchema(fcinfo, schemas); });
}

PG_FUNCTION_INFO_V1(migrate_schema_hash);
Datum migrate_schema_hash(PG_FUNCTION_ARGS) {
  const Argument schemas = TextArrayArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowSchemaHash(schemas); });
}

PG_FUNCTION_INFO_V1(migrate_changes);
Datum migrate_changes(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowChanges(fcinfo, migration); });
}

PG_FUNCTION_INFO_V1(migrate_diff);
Datum migrate_diff(PG_FUNCTION_ARGS) {
  const Argument other = JsonbArgument(fcinfo, 0), schemas = TextArrayArgument(fcinfo, 1);
  const Argument ignore = TextArrayArgument(fcinfo, 2);
  return Entry([=]() { return migrate::ShowDifferences(fcinfo, other, schemas, ignore); });
}

PG_FUNCTION_INFO_V1(migrate_generate);
Datum migrate_generate(PG_FUNCTION_ARGS) {
  const Argument name = TextArgument(fcinfo, 0), wanted = TextArgument(fcinfo, 1), drift = TextArgument(fcinfo, 3);
  const Argument snapshot = JsonbArgument(fcinfo, 2);
  const Argument schemas = TextArrayArgument(fcinfo, 4), ignore = TextArrayArgument(fcinfo, 5);
  const Flag dry_run = FlagArgument(fcinfo, 6), allow_drop = FlagArgument(fcinfo, 7);
  return Entry(
      [=]() { return migrate::Generate(fcinfo, name, wanted, snapshot, drift, schemas, ignore, dry_run, allow_drop); });
}

PG_FUNCTION_INFO_V1(migrate_squash);
Datum migrate_squash(PG_FUNCTION_ARGS) {
  const Argument upto = TextArgument(fcinfo, 0);
  const Flag dry_run = FlagArgument(fcinfo, 1);
  return Entry([=]() { return migrate::SquashUpTo(fcinfo, upto, dry_run); });
}

PG_FUNCTION_INFO_V1(migrate_history);
Datum migrate_history(PG_FUNCTION_ARGS) {
  const Argument since = TimeArgument(fcinfo, 0);
  const Count limit_rows = CountArgument(fcinfo, 1);
  return Entry([=]() { return migrate::ShowHistory(fcinfo, since, limit_rows); });
}

PG_FUNCTION_INFO_V1(migrate_text);
Datum migrate_text(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0), section = TextArgument(fcinfo, 1);
  const Flag rewrite = FlagArgument(fcinfo, 2);
  return Entry([=]() { return migrate::ShowText(fcinfo, migration, section, rewrite); });
}

PG_FUNCTION_INFO_V1(migrate_prove);
Datum migrate_prove(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0);
  const Flag in_place = FlagArgument(fcinfo, 1), allow_effects = FlagArgument(fcinfo, 2);
  return Entry([=]() { return migrate::Prove(fcinfo, target, in_place, allow_effects); });
}

PG_FUNCTION_INFO_V1(migrate_online);
Datum migrate_online(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0);
  const Flag registers = FlagArgument(fcinfo, 1);
  return Entry([=]() { return migrate::Online(fcinfo, migration, registers); });
}

PG_FUNCTION_INFO_V1(migrate_version);
Datum migrate_version(PG_FUNCTION_ARGS) {
  return Entry([=]() { return migrate::ShowVersion(fcinfo); });
}

PG_FUNCTION_INFO_V1(migrate_require);
Datum migrate_require(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0);
  const Flag newest = FlagArgument(fcinfo, 1);
  return Entry([=]() { return migrate::Require(migration, newest); });
}

PG_FUNCTION_INFO_V1(migrate_apply);
Datum migrate_apply(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0), expected_plan = TextArgument(fcinfo, 3);
  const Flag dry_run = FlagArgument(fcinfo, 1), allow_out_of_order = FlagArgument(fcinfo, 2);
  const Flag allow_effects = FlagArgument(fcinfo, 4);
  return Entry(
      [=]() { return migrate::Apply(fcinfo, target, dry_run, allow_out_of_order, expected_plan, allow_effects); });
}

PG_FUNCTION_INFO_V1(migrate_rollback);
Datum migrate_rollback(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0);
  const Count steps = CountArgument(fcinfo, 1);
  const Flag dry_run = FlagArgument(fcinfo, 2), rewrite = FlagArgument(fcinfo, 3);
  return Entry([=]() { return migrate::RollBack(fcinfo, target, steps, dry_run, rewrite); });
}

PG_FUNCTION_INFO_V1(migrate_up);
Datum migrate_up(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0);
  const Flag allow_out_of_order = FlagArgument(fcinfo, 1);
  return Entry([=]() { return migrate::Up(fcinfo, target, allow_out_of_order); });
}

PG_FUNCTION_INFO_V1(migrate_down);
Datum migrate_down(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0);
  const Count steps = CountArgument(fcinfo, 1);
  const Flag rewrite = FlagArgument(fcinfo, 2);
  return Entry([=]() { return migrate::Down(fcinfo, target, steps, rewrite); });
}

PG_FUNCTION_INFO_V1(migrate_progress);
Datum migrate_progress(PG_FUNCTION_ARGS) {
  return Entry([=]() { return migrate::ShowProgress(fcinfo); });
}

PG_FUNCTION_INFO_V1(migrate_start);
Datum migrate_start(PG_FUNCTION_ARGS) {
  const Argument target = TextArgument(fcinfo, 0), direction = TextArgument(fcinfo, 1);
  const Count wait_ms = CountArgument(fcinfo, 2);
  return Entry([=]() { return migrate::Start(target, direction, wait_ms); });
}

PG_FUNCTION_INFO_V1(migrate_job);
Datum migrate_job(PG_FUNCTION_ARGS) {
  const Count job = NumberArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowJob(fcinfo, job); });
}

PG_FUNCTION_INFO_V1(migrate_cancel);
Datum migrate_cancel(PG_FUNCTION_ARGS) {
  const Count job = NumberArgument(fcinfo, 0);
  return Entry([=]() { return migrate::Cancel(job); });
}

// What a background worker is started with: not for SQL.
void migrate_worker(Datum);
void migrate_worker(Datum) {
  pqsignal(SIGTERM, die);
  BackgroundWorkerUnblockSignals();
  (void) Entry([]() {
    migrate::RunWorker();
    return static_cast<Datum>(0);
  });
}

PG_FUNCTION_INFO_V1(migrate_verify);
Datum migrate_verify(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::VerifyApplied(fcinfo, migration); });
}

PG_FUNCTION_INFO_V1(migrate_adopt);
Datum migrate_adopt(PG_FUNCTION_ARGS) {
  const Argument source = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::Adopt(fcinfo, source); });
}

PG_FUNCTION_INFO_V1(migrate_guard);
Datum migrate_guard(PG_FUNCTION_ARGS) {
  const Argument mode = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::Guard(mode); });
}

PG_FUNCTION_INFO_V1(migrate_drift);
Datum migrate_drift(PG_FUNCTION_ARGS) {
  const Argument action = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::ShowDrift(fcinfo, action); });
}

PG_FUNCTION_INFO_V1(migrate_guard_event);
Datum migrate_guard_event(PG_FUNCTION_ARGS) {
  return Entry([=]() { return migrate::WatchDdl(fcinfo); });
}

PG_FUNCTION_INFO_V1(migrate_baseline);
Datum migrate_baseline(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0);
  return Entry([=]() { return migrate::Baseline(fcinfo, migration); });
}

PG_FUNCTION_INFO_V1(migrate_reset);
Datum migrate_reset(PG_FUNCTION_ARGS) {
  return Entry([=]() { return migrate::Reset(fcinfo); });
}

PG_FUNCTION_INFO_V1(migrate_repair);
Datum migrate_repair(PG_FUNCTION_ARGS) {
  const Argument migration = TextArgument(fcinfo, 0), action = TextArgument(fcinfo, 1);
  return Entry([=]() { return migrate::Repair(fcinfo, migration, action); });
}
}
#pragma GCC visibility pop
