#include "server/run/sequences.h"

#include <optional>

#include "core/base/text.h"
#include "server/base/guard.h"
#include "server/base/sequence_value.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

Statement kSequences = {
    "SELECT c.oid, NOT s.seqincrement OPERATOR(pg_catalog.>) 0 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_sequence s "
    "ON s.seqrelid OPERATOR(pg_catalog.=) c.oid WHERE c.relpersistence OPERATOR(pg_catalog.<>) 't'",
    Rights::kCaller};

// Leaf.
void SetLeaf(Oid sequence, int64 value, bool is_called) {
  (void) DirectFunctionCall3(setval3_oid, ObjectIdGetDatum(sequence), Int64GetDatum(value), BoolGetDatum(is_called));
}

std::string NameOf(Oid sequence) {
  const char* const name = Call([=]() noexcept -> const char* {
    char* const plain = get_rel_name(sequence);
    return plain == nullptr ? nullptr
                            : quote_qualified_identifier(get_namespace_name(get_rel_namespace(sequence)), plain);
  });
  return name == nullptr ? std::string() : name;
}

}  // namespace

void Sequences::Note() {
  if (noted_) return;
  noted_ = true;
  for (const auto& row : Query(kSequences)) {
    const auto sequence = static_cast<Oid>(IntegerOf(row[0]));
    const SequenceValue now = ReadSequence(sequence);
    if (now.found) states_.push_back({sequence, now.value, now.is_called, BooleanOf(row[1])});
  }
}

std::vector<std::string> Sequences::SetForward() {
  std::vector<std::string> said;
  for (const State& state : states_) {
    const SequenceValue now = ReadSequence(state.sequence);
    const bool behind = state.descends ? now.value > state.value : now.value < state.value;
    const bool same_but_unused = now.value == state.value && state.is_called && !now.is_called;
    if (!now.found || !(behind || same_but_unused)) continue;
    const std::string name = NameOf(state.sequence);
    const auto error = TryCall([=]() noexcept { SetLeaf(state.sequence, state.value, state.is_called); });
    if (!error) {
      said.push_back("sequence " + name + ", which the dry run had moved back, is set forward again");
    } else {
      const char* const plain = name.c_str();
      const std::string literal = Call([=]() noexcept -> const char* { return quote_literal_cstr(plain); });
      said.push_back(Join({"sequence ", name, " is still moved back by the dry run (", error->message,
                           "); its owner can call: SELECT setval(", literal, ", ", std::to_string(state.value), ", ",
                           state.is_called ? "true" : "false", ")"},
                          ""));
    }
  }
  return said;
}

}  // namespace migrate
