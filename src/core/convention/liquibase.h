// What Liquibase's files say: changesets in formatted SQL, and changelogs that include files. What can't be honoured is
// refused here, with its line.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/convention/convention.h"

namespace migrate::convention {

// One changeset of a file in formatted SQL.
struct Changeset {
  std::string name;  // path::id::author, as Liquibase writes it
  int line = 0;
  std::string skipped;         // why Liquibase would not run it here; empty if it would
  std::string no_transaction;  // why each statement stands alone
  bool repeatable = false;
  std::string up;  // from the line behind its own
  std::string down;
  int down_line = 0;  // 0 if it has no rollback
};

// Whether the file begins as formatted SQL does.
bool IsFormattedSql(std::string_view text);

// The changesets of a file, in their order. Throws for what can't be honoured.
std::vector<Changeset> ReadChangesets(const SourceFile& file, const ReadOptions& options);

// What stands at a changeset, by keys in lower case.
using Attributes = std::map<std::string, std::string>;

// Why Liquibase would not run a changeset here; empty if it would. Throws where contexts or labels decide and nobody
// has said which are meant. `place` names file and line.
std::string WhySkipped(const Attributes& attributes, const std::string& name, const std::string& place,
                       const ReadOptions& options);

// Whether an expression is true where these names are given: "(a or b) and !c", in which a comma is an "or".
bool MatchesExpression(std::string_view expression, const std::vector<std::string>& given);

// What "--precondition-" says, as an SQL expression. Throws for what is not known.
std::string ConditionOf(std::string_view words);

// Takes a word up to one of `ends`, or what stands between double quotes.
std::string TakeWord(std::string_view& rest, std::string_view ends);

// The path that a changelog or a history has, as it is compared: without "classpath:" and "./".
std::string_view LiquibasePath(std::string_view path);

// What a changelog in XML, YAML or JSON includes.
struct Include {
  std::string path;
  bool all = false;       // a folder with all that it holds
  bool relative = false;  // to the changelog's own folder
  int line = 0;
};

// In the order of the changelog. Throws for anything else in it.
std::vector<Include> ReadChangelog(const SourceFile& file, const ReadOptions& options);

// Why a property may stand in a file: a value for its name was given. Throws without one. `place` names file and line.
void RequireValue(const std::string& name, const std::string& value, const std::string& place,
                  const ReadOptions& options);

}  // namespace migrate::convention
