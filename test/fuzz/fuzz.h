// What fuzz targets share. A target is one file, named after its reader: it hands the bytes on, and says with Hold what
// must be true of the result. An Error is an answer; anything else that is thrown ends the run, and so do the
// sanitizers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/text/statement.h"

namespace migrate::fuzz {

// Reads one input; every target defines it.
void Read(std::string_view input);

// What must be true.
inline void Hold(bool so) {
  if (!so) std::abort();
}

// Runs `body`; what a reader refuses is fine.
template <typename Body>
void Try(Body body) {
  try {
    body();
  } catch (const Error& error) {
    Hold(!error.message.empty());
  }
}

// Takes the input up to the first newline off it.
inline std::string_view FirstLine(std::string_view& input) {
  std::string_view line;
  TakeLine(input, line);
  return line;
}

// Takes the first word of a statement for what it is, and refuses what has WRONG in it.
class Parser : public SqlParser {
 public:
  bool Parse(std::string_view sql, ParsedStatement& statement) override {
    std::string_view left = TrimLeft(sql);
    while (left.starts_with("--")) left = TrimLeft(left.substr(LineEnd(left, 0)));
    if (left.empty()) return false;
    if (left.find("WRONG") != left.npos) throw Error("42601", "syntax error");
    const auto is = [&](std::string_view word) { return EqualsIgnoringCase(left.substr(0, word.size()), word); };
    statement.tag = left.substr(0, left.find_first_of(" ;\n"));
    if (is("BEGIN")) statement.kind = StatementKind::kBegin;
    if (is("COMMIT")) statement.kind = StatementKind::kCommit;
    if (is("ROLLBACK")) statement.kind = StatementKind::kRollback;
    if (is("SAVEPOINT")) statement.kind = StatementKind::kTransaction;
    if (is("COPY")) statement.kind = StatementKind::kCopyFromStdin;
    if (is("VACUUM")) statement.kind = StatementKind::kNonTransactional;
    statement.may_commit = is("DO") || is("CALL");
    statement.is_setting = statement.sets_session = is("SET");
    if (is("SET standard_conforming_strings")) statement.strings_setting = left.find("off") == left.npos ? 1 : 0;
    if (is("BEGIN ISOLATION")) statement.isolation = "serializable";
    return true;
  }
  bool StandardConformingStrings() override { return true; }
  void AssumeStandardConformingStrings(std::optional<bool>) override {}
};

// Keeps what it is fed.
class PlainHasher : public Hasher {
 public:
  void Add(std::string_view bytes) override { text_ += bytes; }
  std::string Finish() override { return text_; }

 private:
  std::string text_;
};

}  // namespace migrate::fuzz

extern "C" inline __attribute__((used)) int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  migrate::fuzz::Read({reinterpret_cast<const char*>(data), size});
  return 0;
}
