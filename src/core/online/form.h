// The online form of a migration: from what its statements were seen to change to steps that reach the same schema and
// block nobody for long. Plain data, and pure: running it, and proving it, is the server's business.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/schema/change.h"

namespace migrate::online {

// What has to be known of a table that was there before.
struct Table {
  bool is_partitioned = false;
  bool inherits = false;        // is a partition or a child, or has some
  bool has_rules = false;       // that turn an UPDATE into something else
  bool is_published = false;    // subscribers get its rows
  bool hides_rows = false;      // row security holds for the role that runs the migration
  bool fires_triggers = false;  // an UPDATE fires triggers of the user's
};
using Tables = std::map<std::string, Table, std::less<>>;  // by identity

// How the indexes of keys are made, by the identities of their constraints: the constraints don't say all of it.
using KeyIndexes = std::map<std::string, std::string, std::less<>>;

// A column whose type was changed by rewriting its table.
struct Retyped {
  std::string column;    // its identity
  std::string helper;    // the name of the column that takes its place
  bool is_told = false;  // whether the statement says what the values are
  std::string value;     // behind USING; empty if they are assigned
  // What changes in definitions when the column gets the helper's name; and the indexes of keys among these, as they
  // are.
  std::vector<schema::Change> shown;
  KeyIndexes key_indexes;  // as they are then
};

// A statement of the migration, and what it was seen to do.
struct Seen {
  std::string text;  // as it stands, with the data of a COPY
  int line = 0;
  std::string tag;
  bool is_alone = false;      // refuses a transaction block
  bool changes_rows = false;  // of tables that were there before
  std::vector<schema::Change> changes;
  std::vector<std::string> rewritten;  // tables that were there before
  std::vector<Retyped> retyped;
  KeyIndexes key_indexes;  // behind it, if it changes constraints
  // What rows a partition may have that the statement has attached, by its identity.
  std::map<std::string, std::string, std::less<>> partitions;
};

struct Step {
  std::string kind;
  int line = 0;  // of the statement that it stands for
  std::string text;
  std::string note = {};
  std::string verdict = {};  // what it does to others
  bool is_gentler = false;   // than the statement that it stands for
  bool is_block = false;     // commits on its way
};

// What the steps are made for.
struct Terms {
  Tables tables;
  bool may_silence = false;               // the role may keep triggers of users from firing
  std::string maker;                      // the role that runs it, in quotes if it needs them
  std::function<std::string()> new_name;  // one that nobody can guess
};

std::vector<Step> StepsOf(const std::vector<Seen>& statements, const Terms& terms);

// The text to register: `checksum` is that of the plain form; `head` are directives of it that hold on, a line each.
std::string TextOf(const std::vector<Step>& steps, const std::string& checksum, const std::string& head);
std::string HeadOf(const std::string& checksum, const std::string& head);

// What stands behind USING for the column in the text of an ALTER TABLE. Nothing if the text does not change its type;
// empty if it does without USING.
std::optional<std::string> UsingOf(std::string_view statement, std::string_view column);

}  // namespace migrate::online
