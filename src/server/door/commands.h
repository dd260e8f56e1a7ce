// One function per SQL function: takes its plain arguments, does its work, returns its result. The
// comments in the install script say what each does for the user.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "server/base/compat.h"

namespace migrate {

// A text argument as the module reads it.
struct Argument {
  const char* data;
  size_t size;
  bool is_null;

  std::optional<std::string> optional() const {
    return is_null ? std::optional<std::string>() : std::string(data, size);
  }
  std::string_view view() const { return {data, size}; }
  // 22004 if it is null, 22023 if it is empty.
  std::string Required(const char* name) const;
  // Nothing for null; 22023 if it is empty.
  std::optional<std::string> NotEmpty(const char* name) const;
};

// A boolean argument; null is 22004.
struct Flag {
  bool value;
  bool is_null;

  bool Required(const char* name) const;
};

struct Count {
  int64_t value;
  bool is_null;
};

// A double precision argument; null is 22004.
struct Real {
  double value;
  bool is_null;
};

// load.cpp
Datum Add(FunctionCallInfo info, Argument name, Argument up, Argument down, Argument verify);
// JSON values and arrays come as text.
Datum Load(FunctionCallInfo info, Argument files, Argument source, Argument convention, Argument placeholders,
           Argument leave_out, Flag dry_run);
Datum LoadDirectory(FunctionCallInfo info, Argument path, Argument convention, Argument placeholders,
                    Argument leave_out, Flag dry_run);

// status.cpp
Datum ShowStatus(FunctionCallInfo info);

// report.cpp
Datum ShowReport(Argument format);

// types.cpp
Datum ShowTypes(Argument schemas, Argument language);

// show.cpp
Datum ShowOne(FunctionCallInfo info, Argument migration);

// plan.cpp
Datum ShowPlan(FunctionCallInfo info, Argument target);
Datum ShowPlanHash(Argument target);

// explain.cpp
Datum Explain(FunctionCallInfo info, Argument target, Flag details, Flag allow_effects);

// lint.cpp
Datum ShowLint(FunctionCallInfo info, Argument migration);

// health.cpp
// The array comes as text.
Datum ShowHealth(FunctionCallInfo info, Argument schemas, Flag deep);

// history.cpp
// The time comes as text.
Datum ShowHistory(FunctionCallInfo info, Argument since, Count limit_rows);
Datum ShowVersion(FunctionCallInfo info);

// schema.cpp
// The array comes as text.
Datum ShowSchema(FunctionCallInfo info, Argument schemas);
Datum ShowSchemaHash(Argument schemas);

// changes.cpp
Datum ShowChanges(FunctionCallInfo info, Argument migration);

// diff.cpp
// The JSON value and the arrays come as text.
Datum ShowDifferences(FunctionCallInfo info, Argument other, Argument schemas, Argument ignore);

// online.cpp
Datum Online(FunctionCallInfo info, Argument migration, Flag registers);

// generate.cpp
// Likewise.
Datum Generate(FunctionCallInfo info, Argument name, Argument wanted, Argument snapshot, Argument drift,
               Argument schemas, Argument ignore, Flag dry_run, Flag allow_drop);

// squash.cpp
Datum SquashUpTo(FunctionCallInfo info, Argument upto, Flag dry_run);

// prove.cpp
Datum Prove(FunctionCallInfo info, Argument target, Flag in_place, Flag allow_effects);

// probe.cpp
Datum RegisterProbe(FunctionCallInfo info, Argument name, Argument query, Real max_slowdown);

// approve.cpp
Datum ApprovePlan(FunctionCallInfo info, Argument plan_hash, Argument note);

// run.cpp
Datum RunOne(FunctionCallInfo info, Argument name, Argument up, Argument down, Argument verify);

// text.cpp
Datum ShowText(FunctionCallInfo info, Argument migration, Argument section, Flag rewrite);

// export.cpp
Datum Export(FunctionCallInfo info);

// apply.cpp
Datum Apply(FunctionCallInfo info, Argument target, Flag dry_run, Flag allow_out_of_order, Argument expected_plan,
            Flag allow_effects);
Datum RollBack(FunctionCallInfo info, Argument target, Count steps, Flag dry_run, Flag rewrite);
Datum VerifyApplied(FunctionCallInfo info, Argument migration);

// up.cpp
Datum Up(FunctionCallInfo info, Argument target, Flag allow_out_of_order);
Datum Down(FunctionCallInfo info, Argument target, Count steps, Flag rewrite);

// jobs.cpp
Datum Start(Argument target, Argument direction, Count wait_ms);
Datum ShowJob(FunctionCallInfo info, Count job);
Datum Cancel(Count job);

// progress.cpp
Datum ShowProgress(FunctionCallInfo info);

// adopt.cpp
Datum Adopt(FunctionCallInfo info, Argument source);

// require.cpp
Datum Require(Argument migration, Flag newest);

// guard.cpp
Datum Guard(Argument mode);
Datum WatchDdl(FunctionCallInfo info);

// drift.cpp
Datum ShowDrift(FunctionCallInfo info, Argument action);

// baseline.cpp
Datum Baseline(FunctionCallInfo info, Argument migration);

// reset.cpp
Datum Reset(FunctionCallInfo info);

// repair.cpp
Datum Remove(FunctionCallInfo info, Argument migration);
Datum Repair(FunctionCallInfo info, Argument migration, Argument action);

}  // namespace migrate
