// One function per SQL function: takes its plain arguments, does its work, returns its result. The
// comments in the install script say what each does for the user.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/error.h"
#include "server/compat.h"

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

// loading.cpp
Datum Add(FunctionCallInfo info, Argument name, Argument up, Argument down, Argument verify);
// JSON values and arrays come as text.
Datum Load(FunctionCallInfo info, Argument files, Argument source, Argument convention, Argument placeholders,
           Argument leave_out, Flag dry_run);
Datum LoadDirectory(FunctionCallInfo info, Argument path, Argument convention, Argument placeholders,
                    Argument leave_out, Flag dry_run);
Datum Remove(FunctionCallInfo info, Argument migration);

// looking.cpp
Datum ShowStatus(FunctionCallInfo info);
Datum ShowPlan(FunctionCallInfo info, Argument target);
Datum ShowHistory(FunctionCallInfo info);
Datum ShowVersion(FunctionCallInfo info);
Datum Require(Argument migration);

// exporting.cpp
Datum Export(FunctionCallInfo info);

// running.cpp
Datum Apply(FunctionCallInfo info, Argument target, Flag dry_run, Flag allow_out_of_order, Argument expected_plan);
Datum RollBack(FunctionCallInfo info, Argument target, Count steps, Flag dry_run);
Datum VerifyApplied(FunctionCallInfo info, Argument migration);

// advancing.cpp
Datum Up(FunctionCallInfo info, Argument target, Flag allow_out_of_order);
Datum Down(FunctionCallInfo info, Argument target, Count steps);

// jobs.cpp
Datum Start(Argument target, Argument direction);
Datum Cancel(Count job);

// progressing.cpp
Datum ShowProgress(FunctionCallInfo info);

// adopting.cpp
Datum Adopt(FunctionCallInfo info, Argument source);

// mending.cpp
Datum Baseline(FunctionCallInfo info, Argument migration);
Datum Repair(FunctionCallInfo info, Argument migration, Argument action);

}  // namespace migrate
