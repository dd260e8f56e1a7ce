// Blocks of code that work in batches and commit after each. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate::online {

// One thing after the other, each a transaction.
struct Phase {
  std::string says;  // a comment
  std::vector<std::string> statements;
};

// Rows to change, by ranges of pages, so that any table can have them changed.
struct Batches {
  std::string table;
  bool has_children = false;
  std::string set;    // key = DEFAULT
  std::string where;  // which rows are not done
  bool silences_triggers = false;
};

struct Block {
  std::vector<Phase> before;  // the batches
  Batches batches;
  std::vector<Phase> after;
  std::vector<std::string> clean_up;  // when it fails, so that nothing stays that others notice
  // The tables whose definitions it changes, so that the history can say what it did; nothing if it may be more.
  std::optional<std::vector<std::string>> changes = std::vector<std::string>();
};

// The whole statement.
std::string TextOf(const Block& block);

// Whether a statement is such a block. It may run again: it does what is left to be done.
bool IsBlock(std::string_view statement);

// The tables whose definitions a block changes. Nothing if it is none, or if it may change more.
std::optional<std::vector<std::string>> TablesChangedBy(std::string_view statement);

// A script whose blocks run in one transaction: they commit nothing, and don't try again. No line moves.
std::string InOneTransaction(std::string script);

}  // namespace migrate::online
