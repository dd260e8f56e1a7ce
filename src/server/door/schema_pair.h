// Of migrate_generate(): what is asked for, and both schemas that this means.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/difference.h"
#include "core/schema/object.h"
#include "core/schema/rename_lines.h"
#include "core/schema/scope.h"
#include "server/door/commands.h"
#include "server/run/scratch.h"

namespace migrate {

// What becomes of drift: the database is brought back, or the history takes it in.
enum class DriftUse { kNone, kRevert, kKeep };

// What is asked for, read once.
struct Wish {
  std::string text;  // of the wanted schema
  std::vector<schema::RenameLine> renames;
  std::optional<std::set<std::string, std::less<>>> schemas;
  schema::Ignored ignored;
  bool allow_drop = false;
  DriftUse drift = DriftUse::kNone;
};
struct WishArguments {
  Argument wanted, snapshot, drift, schemas, ignore;
  Flag allow_drop;
};
// Without a look at the database; 22004, 22023 for arguments that make no sense.
DriftUse DriftUseOf(const WishArguments& arguments);
Wish WishOf(const WishArguments& arguments, DriftUse drift);

// Both schemas, and how much of them counts.
struct SchemaPair {
  std::vector<schema::Object> now;     // all of it
  std::vector<schema::Object> wanted;  // with or without what is not in scope
  schema::Scope scope;
  std::vector<schema::RenameLine> renames;
};
// Makes the scratch database where a text is to be run in it.
SchemaPair PairOf(const Wish& wish, const Argument& snapshot, std::optional<Scratch>& scratch);

inline constexpr char kGenerate[] = "migrate_generate";

// An error of the wanted schema's text says where.
template <typename Body>
auto InWanted(const std::string& text, Body body) {
  try {
    return body();
  } catch (Error& error) {
    if (error.line == 0) throw;
    const schema::FilePlace file = schema::PlaceInFiles(text, error.line);
    std::string place = "wanted schema";
    if (!file.file.empty()) place += ", file " + Quoted(file.file);
    place += ", line " + std::to_string(file.line) + ", column " + std::to_string(error.column);
    AddContext(error, place);
    if (error.place.empty()) error.place = "W" + place.substr(1) + ".";
    throw;
  }
}

}  // namespace migrate
