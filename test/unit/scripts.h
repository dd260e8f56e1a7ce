// Short ways to read a script whole, and to say what is expected of it.
#pragma once

#include "core/text/script.h"
#include "fakes.h"

namespace migrate {

struct Read {
  std::vector<std::string> statements;
  std::vector<std::string> notices;
};

inline Read ReadAll(std::string_view script, ScriptUse use = ScriptUse::kMigration, bool running = false,
                    FakeParser parser = {}) {
  Read read;
  ScriptReader reader(script, 1, use, parser, running,
                      [&](const std::string& notice) { read.notices.push_back(notice); });
  while (const auto statement = reader.Next()) read.statements.emplace_back(statement->text);
  return read;
}

// The statements with their places: "a" for one that stands alone, "b2" for one in the second block, "p1" for one below
// the first end of a transaction, and the isolation level that it asks for.
inline Strings Placed(std::string_view script, ScriptUse use) {
  FakeParser parser;
  ScriptReader reader(script, 1, use, parser);
  Strings placed;
  while (const auto statement = reader.Next()) {
    std::string place = statement->alone ? " a" : "";
    if (statement->block > 0) place += " b" + std::to_string(statement->block);
    if (statement->part > 0) place += " p" + std::to_string(statement->part);
    if (!statement->isolation.empty()) place += " " + statement->isolation;
    if (statement->read_only) place += " read only";
    placed.push_back(std::string(statement->text) + place);
  }
  return placed;
}

inline Error Refused(std::string_view script, ScriptUse use = ScriptUse::kMigration) {
  return Thrown([&] { ReadAll(script, use); });
}

inline void IsAt(const Error& error, int line, int column) {
  BOOST_TEST(error.line == line, error.message);
  BOOST_TEST(error.column == column, error.message);
}

}  // namespace migrate
