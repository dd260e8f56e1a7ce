#include "server/door/result.h"

#include <algorithm>

#include "core/base/text.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

struct Target {
  Tuplestorestate* store;
  AttInMetadata* metadata;
  MemoryContext context;
};

// The module and the install script must agree.
void CheckColumnsLeaf(TupleDesc columns, const char* const* names, int count) {
  if (columns->natts != count) elog(ERROR, "the result has %d columns, not %d", columns->natts, count);
  for (int i = 0; i < count; ++i) {
    const char* const name = NameStr(TupleDescAttr(columns, i)->attname);
    if (strcmp(name, names[i]) != 0)
      elog(ERROR, "column %d of the result is \"%s\", not \"%s\"", i + 1, name, names[i]);
  }
}

Target StartLeaf(FunctionCallInfo info, const char* const* names, int columns) {
  InitMaterializedSRF(info, 0);
  auto* result = reinterpret_cast<ReturnSetInfo*>(info->resultinfo);
  CheckColumnsLeaf(result->setDesc, names, columns);
  return {result->setResult, TupleDescGetAttInMetadata(result->setDesc),
          AllocSetContextCreate(CurrentMemoryContext, "migrate result", ALLOCSET_DEFAULT_SIZES)};
}

void PutRowLeaf(const Target& target, char** values) {
  MemoryContext const caller = MemoryContextSwitchTo(target.context);
  tuplestore_puttuple(target.store, BuildTupleFromCStrings(target.metadata, values));
  MemoryContextSwitchTo(caller);
  MemoryContextReset(target.context);
}

}  // namespace

ResultWriter::ResultWriter(FunctionCallInfo info, const char* const* names, size_t columns) {
  const int count = static_cast<int>(columns);
  const Target target = Call([=]() noexcept { return StartLeaf(info, names, count); });
  store_ = target.store;
  metadata_ = target.metadata;
  context_ = target.context;
}

void ResultWriter::Put(const char* const* values) {
  const Target target{store_, metadata_, context_};
  char** const plain = const_cast<char**>(values);
  Call([=]() noexcept { PutRowLeaf(target, plain); });
}

Datum ReturnRows(FunctionCallInfo info, const NamedRows& found) {
  std::vector<const char*> names, values(found.names.size());
  for (const auto& name : found.names) names.push_back(name.c_str());
  ResultWriter writer(info, names.data(), names.size());
  for (const auto& row : found.rows) {
    std::transform(row.begin(), row.end(), values.begin(),
                   [](const Value& value) { return value ? value->c_str() : nullptr; });
    writer.Put(values.data());
  }
  return static_cast<Datum>(0);
}

Datum ReturnRows(FunctionCallInfo info, const std::vector<ActionResult>& results) {
  static constexpr Column<ActionResult> kColumns[] = {
      {"version", &ActionResult::version},
      {"name", &ActionResult::name},
      {"action", &ActionResult::action},
      {"detail", &ActionResult::detail},
  };
  return ReturnRows(info, results, kColumns);
}

Datum ReturnRows(FunctionCallInfo info, const std::vector<StepResult>& results) {
  static constexpr Column<StepResult> kColumns[] = {
      {"version", &StepResult::version},         {"name", &StepResult::name},
      {"action", &StepResult::action},           {"statements", &StepResult::statements},
      {"duration_ms", &StepResult::duration_ms},
  };
  return ReturnRows(info, results, kColumns);
}

Datum ReturnText(const std::string& text) {
  const char* const data = text.data();
  const int size = static_cast<int>(text.size());
  return Call([=]() noexcept { return PointerGetDatum(cstring_to_text_with_len(data, size)); });
}

Value TextValue(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value BooleanValue(bool value) { return value ? "t" : "f"; }

Value NumberValue(double value) { return NumberText(value); }

}  // namespace migrate
