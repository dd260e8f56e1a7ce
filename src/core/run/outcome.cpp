#include "core/run/outcome.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace migrate {
namespace {

bool IsOneOf(std::string_view sqlstate, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), sqlstate) != codes.end();
}

// Of databases, schemas, tables and indexes, columns, functions, and all else.
bool IsThereAlready(std::string_view sqlstate) {
  return IsOneOf(sqlstate, {"42P04", "42P06", "42P07", "42701", "42723", "42710"});
}

bool IsGoneAlready(std::string_view sqlstate) {
  return IsOneOf(sqlstate, {"3D000", "3F000", "42P01", "42703", "42883", "42704"});
}

// Whether another text might not fail so: not where locks, memory or a cancel ended it.
bool ComesFromText(std::string_view sqlstate) {
  return sqlstate == sqlstate::kVerifyFailed ||
         IsOneOf(sqlstate.substr(0, 2), {"0A", "22", "23", "2B", "3D", "3F", "42", "P0"});
}

std::string Earlier(size_t done) {
  return std::to_string(done) + (done == 1 ? " earlier migration" : " earlier migrations") + " of this call ";
}

std::string OutcomeOf(const Step& step, Form form, size_t done, bool partial) {
  const bool applies = step.action == Action::kApply;
  const std::string what = applies ? "applied" : "rolled back";
  if (form == Form::kDryRun) return "Nothing was " + what + ": this was a dry run.";
  const bool commits = form == Form::kCommitting;
  std::string others;
  if (done > 0) {
    const bool one = done == 1;
    others = Earlier(done);
    if (commits) {
      others += (one ? "stays " : "stay ") + what;
    } else if (applies) {
      others += one ? "was undone" : "were undone";
    } else {
      others += one ? "stays applied" : "stay applied";
    }
  }
  if (partial) return others.empty() ? others : others + ".";
  const std::string own = std::string(commits ? "Nothing of it was " : "Nothing was ") + what;
  return others.empty() ? own + "." : own + "; " + others + ".";
}

}  // namespace

void SayOutcome(Error& error, const Step& step, Form form, size_t done, bool partial) {
  const bool from_server = error.source_file != nullptr;
  if (from_server && !error.hint.empty()) return;
  const auto add = [&](const std::string& sentence) {
    if (!sentence.empty()) AddHint(error, sentence);
  };
  const KnownMigration& migration = *step.migration;
  const bool applies = step.action == Action::kApply;
  add(OutcomeOf(step, form, done, partial));
  if (!from_server && error.sqlstate != sqlstate::kVerifyFailed) return;
  if (!partial && applies && IsThereAlready(error.sqlstate)) {
    add("If all that it makes is there already, call migrate_repair(" + Literal(migration.id) + ", 'applied').");
  }
  if (!partial && !applies && IsGoneAlready(error.sqlstate)) {
    add("If all that it drops is gone already, call migrate_repair(" + Literal(migration.id) + ", 'forget').");
  }
  const bool is_loaded_text = applies || !migration.changed();  // and not one that was kept
  if (ComesFromText(error.sqlstate) && is_loaded_text && !migration.loaded_at.empty()) {
    add("The text was loaded at " + migration.loaded_at + ": if yours is newer, load it again.");
  }
}

}  // namespace migrate
