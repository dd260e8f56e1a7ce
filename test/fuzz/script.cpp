#include "core/text/script.h"

#include "fuzz.h"

namespace migrate::fuzz {

// What is checked runs, with as many statements. The first byte tells what the script is for.
void Read(std::string_view input) {
  const auto use = static_cast<ScriptUse>(input.empty() ? 0 : input[0] % 3U);
  if (!input.empty()) input.remove_prefix(1);
  Try([&] {
    Parser parser;
    const ScriptFacts facts = CheckScript(input, 1, use, parser);
    int statements = 0;
    ScriptReader reader(input, 1, use, parser);
    while (const auto statement = reader.Next()) {
      Hold(statement->position.line >= 1 && statement->position.column >= 1);
      ++statements;
    }
    Hold(statements == facts.statements);
  });
}

}  // namespace migrate::fuzz
