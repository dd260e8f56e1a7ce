#include "server/result.h"

#include "core/text.h"
#include "server/guard.h"

namespace migrate {
namespace {

struct Target {
  Tuplestorestate* store;
  AttInMetadata* metadata;
  int columns;
};

Target StartLeaf(FunctionCallInfo info) {
  InitMaterializedSRF(info, 0);
  auto* result = reinterpret_cast<ReturnSetInfo*>(info->resultinfo);
  return {result->setResult, TupleDescGetAttInMetadata(result->setDesc), result->setDesc->natts};
}

void PutRowLeaf(const Target& target, MemoryContext context, char** values) {
  MemoryContext const caller = MemoryContextSwitchTo(context);
  tuplestore_puttuple(target.store, BuildTupleFromCStrings(target.metadata, values));
  MemoryContextSwitchTo(caller);
  MemoryContextReset(context);
}

MemoryContext NewContextLeaf() {
  return AllocSetContextCreate(CurrentMemoryContext, "migrate result", ALLOCSET_DEFAULT_SIZES);
}

}  // namespace

Datum ReturnRows(FunctionCallInfo info, const std::vector<Row>& rows) {
  const Target target = Call([=]() noexcept { return StartLeaf(info); });
  MemoryContext const context = Call([]() noexcept { return NewContextLeaf(); });
  std::vector<char*> values(static_cast<size_t>(target.columns));
  for (const auto& row : rows) {
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = i < row.size() && row[i] ? const_cast<char*>(row[i]->c_str()) : nullptr;
    }
    char** const plain = values.data();
    Call([=]() noexcept { PutRowLeaf(target, context, plain); });
  }
  return static_cast<Datum>(0);
}

Value TextValue(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value BooleanValue(bool value) { return value ? "t" : "f"; }

Value NumberValue(double value) { return NumberText(value); }

}  // namespace migrate
