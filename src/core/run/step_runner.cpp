#include "core/run/step_runner.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <optional>
#include <vector>

#include "core/run/hooks.h"
#include "core/run/rehearsal.h"
#include "core/set/keeps_rows.h"
#include "core/set/status.h"

namespace migrate {
namespace {

constexpr int kFirstPauseMs = 100;
constexpr int kLongestPauseMs = 10000;

class ScriptRun {
 public:
  ScriptRun(const Place& place, const std::string& text, Database& database, Rehearsal* rehearsal)
      : place_(place),
        script_(place.step->script()),
        database_(database),
        rehearsal_(rehearsal),
        in_parts_(rehearsal != nullptr && !script_.transactional),
        reader_(std::in_place, text, script_.first_line, in_parts_ ? UseOf(script_) : ScriptUse::kMigration,
                database.Parser(), true, NoticesOf(place.step->migration->id, database)) {}

  // Returns how many statements ran.
  int All() {
    Advance();
    if (rehearsal_) rehearsal_->StartTransaction();
    if (place_.step->resumes()) SkipDone();
    while (in_parts_ && next_) RunPart();
    for (; next_; Advance()) RunNext();
    database_.FireDeferredTriggers();
    return ran_;
  }

 private:
  void RunNext() {
    ++place_.statement;
    database_.ShowPlace(place_);
    AtStatement(*next_, [&] {
      if (rehearsal_) {
        ran_ += rehearsal_->Run(*next_) ? 1 : 0;
      } else {
        database_.Run(*next_);
        ++ran_;
      }
    });
  }

  // What a real run would commit by itself. What later parts depend on is set again behind it.
  void RunPart() {
    std::vector<ScriptReader> settings;
    rehearsal_->StartTransaction();
    const auto run = [&] {
      const bool alone = next_->alone;
      const int part = next_->part;
      const int block = next_->block;
      do {
        RunNext();
        if (next_->parsed.sets_session) settings.push_back(*before_next_);
        Advance();
      } while (!alone && !EndsPart(part, block));
      database_.FireDeferredTriggers();
    };
    database_.InPart(run, next_->read_only);
    for (auto& reader : settings) {
      const auto statement = reader.Next();
      AtStatement(*statement, [&] { database_.Run(*statement); });
    }
    // Reading these has dropped the next one's tree.
    reader_.emplace(*before_next_);
    Advance();
  }

  bool EndsPart(int part, int block) const {
    if (!next_ || next_->alone || next_->part != part) return true;
    return script_.each_alone && (block == 0 || next_->block != block);
  }

  // What a run that stopped half way has done is there; only settings are made again.
  void SkipDone() {
    database_.ShowPlace(place_);
    const Step& step = *place_.step;
    const Unfinished& run = *step.migration->unfinished;
    if (run.sha256 != script_.sha256 || step.placeholders_then() != step.placeholders()) {
      rehearsal_->NoteNotTried("it stopped half way, and its text has changed since", 0);
      next_.reset();
      return;
    }
    for (; next_ && place_.statement < run.done; Advance()) {
      ++place_.statement;
      if (next_->parsed.sets_session) AtStatement(*next_, [&] { database_.Run(*next_); });
    }
    if (!run.unsure || !next_) return;
    ++place_.statement;
    database_.ShowPlace(place_);
    rehearsal_->NoteNotTried(next_->parsed.tag + " may be done already", next_->position.line);
    Advance();
  }

  void Advance() {
    if (in_parts_) before_next_.emplace(*reader_);
    next_ = reader_->Next();
  }

  Place place_;
  const Script& script_;
  Database& database_;
  Rehearsal* const rehearsal_;  // null in a run that needs none
  const bool in_parts_;         // each of which a real run would commit
  std::optional<ScriptReader> reader_;
  std::optional<ScriptReader> before_next_;  // the reader as it was before it read next_
  std::optional<ScriptStatement> next_;
  int ran_ = 0;
};

// It changes rows of tables alone whose rows were kept, and adds none.
bool AreKept(const ParsedStatement& statement, const std::vector<std::string>& names) {
  const std::vector<std::string> tables = SplitList(statement.changes_rows_of, ',');
  return !tables.empty() &&
         std::all_of(tables.begin(), tables.end(), [&](const auto& table) { return IsNamed(table, names); });
}

// The statements of what was applied that may have changed rows, the first few.
std::string RowChanges(const KnownMigration& migration, Database& database) {
  constexpr std::string_view kTags[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE TABLE",
                                        "COPY",   "DO",     "CALL",   "SELECT"};
  constexpr size_t kMost = 5;
  const std::string text =
      FillPlaceholders(database.ReadText(migration.application->sha256), migration.placeholders_now());
  ScriptReader reader(text, migration.up.first_line, UseOf(migration.up), database.Parser(), true);
  std::vector<std::string> found;
  while (const auto statement = reader.Next()) {
    const std::string_view tag = statement->parsed.tag;
    if (std::find(std::begin(kTags), std::end(kTags), tag) == std::end(kTags)) continue;
    if (AreKept(statement->parsed, *migration.up.keeps_rows)) continue;
    if (found.size() == kMost) {
      found.emplace_back("…");
      break;
    }
    found.push_back(std::string(tag) + " in line " + std::to_string(statement->position.line));
  }
  return Join(found, ", ");
}

int RunScript(const Place& place, const std::string& text, Database& database, Rehearsal* rehearsal) {
  try {
    return ScriptRun(place, text, database, rehearsal).All();
  } catch (Error& error) {
    SetPlace(error, place.step->migration->id, place.step->section());
    throw;
  }
}

// Another try does not give back what was held before.
void AdviseOnDeadlock(Error& error, bool hopeless, Form form) {
  if (!hopeless) return AddHint(error, "Another session takes the same locks in another order: try again later.");
  error.detail += (error.detail.empty() ? "" : "\n");
  error.detail += "The other session waits for a lock that this one held before the migration began.";
  AddHint(error, form == Form::kDryRun
                     ? "Try one migration after the other, by its target, in a session that holds no locks."
                     : "Use CALL migrate_up() in a session that holds no locks: it frees those of each migration.");
}

}  // namespace

bool FitsOneTransaction(const Step& step) {
  return step.only_records || (step.script().transactional && !step.resumes());
}

void Advise(Error& error, Form form) {
  const bool one = form == Form::kOneTransaction;
  if (error.sqlstate == sqlstate::kUnsafeNewEnumValue) {
    AddHint(error,
            one ? "Migrations of one call share a transaction: use CALL migrate_up(), or apply the one that adds "
                  "the label in a call of its own."
                : "The label can be used once its own transaction is over: move its use to the next migration.");
  } else if (error.sqlstate == sqlstate::kOutOfMemory) {
    AddHint(error, one ? "Migrations of one call hold their locks together: use CALL migrate_up(), or raise "
                         "max_locks_per_transaction."
                   : form == Form::kDryRun
                       ? "A dry run holds the locks of its migrations together: name an earlier target, or raise "
                         "max_locks_per_transaction."
                       : "Divide the migration, or raise max_locks_per_transaction.");
  } else if (error.sqlstate == sqlstate::kSerializationFailure) {
    AddHint(error,
            "Another session migrated after this transaction took its snapshot: try again in a new transaction.");
  } else if (error.sqlstate == sqlstate::kLockNotAvailable) {
    AddHint(error,
            "Another session holds the lock: try again when it has finished, or raise migrate.lock_timeout "
            "or migrate.lock_retries.");
  }
}

void RunVerifyScript(const KnownMigration& migration, const std::string& text, Database& database,
                     Rehearsal* rehearsal) {
  try {
    database.Undone(
        [&] {
          ScriptReader reader(text, migration.verify.first_line, ScriptUse::kVerify, database.Parser(), true);
          while (const auto statement = reader.Next()) {
            if (rehearsal != nullptr && rehearsal->LeavesOut(*statement, "verify script")) continue;
            AtStatement(*statement, [&] {
              const Answer answer = database.Check(*statement);
              if (answer == Answer::kPassed || migration.verify.errors_only) return;
              throw Error(sqlstate::kVerifyFailed, "verify script of migration " + Quoted(migration.id) + " failed",
                          answer == Answer::kNull ? "A check returned null." : "A check returned false.",
                          "Find out what is missing; the check stands at the line given.");
            });
          }
        },
        !migration.verify.errors_only);
  } catch (Error& error) {
    SetPlace(error, migration.id, Section::kVerify);
    throw;
  }
}

void TryForLock(const MigrationId& id, int retries, Database& database, const std::function<void()>& body,
                const std::function<void()>& undo, const std::function<void()>& release, Form form) {
  for (int attempt = 1;; ++attempt) {
    try {
      return body();
    } catch (Error& error) {
      const bool deadlock = error.sqlstate == sqlstate::kDeadlockDetected;
      if (error.sqlstate != sqlstate::kLockNotAvailable && !deadlock) throw;
      undo();
      const bool hopeless = deadlock && database.HoldsUpItself();
      database.NameBlockers(error);
      if (hopeless || attempt > retries) {
        if (deadlock) AdviseOnDeadlock(error, hopeless, form);
        throw;
      }
      const int pause = BackOff(attempt, database.Random());
      database.Notice("migration " + Quoted(id) + ": " + error.message + "; trying again in " + std::to_string(pause) +
                      " ms (" + std::to_string(attempt) + " of " + std::to_string(retries) + ")" +
                      (error.detail.empty() ? "" : "\n" + error.detail));
      release();
      database.Pause(pause);
    }
  }
}

void CompareProbes(const Step& step, Database& database) {
  auto error = database.CompareProbes(*step.migration, false);
  if (!error) return;
  SetPlace(*error, step.migration->id, step.section());
  throw Error(*error);
}

ScriptReader::NoticeFunction NoticesOf(const MigrationId& id, Database& database) {
  return [&id, &database](const std::string& message) { database.Notice("migration " + Quoted(id) + ", " + message); };
}

std::string VerdictOf(const Step& step, const WayBack& way) {
  const KnownMigration& migration = *step.migration;
  if (step.only_records) return {};
  if (step.action == Action::kRollBack) return way.verdict.empty() ? "script" : way.verdict;
  if (migration.reversible != Reversible::kNo) return ReversibleName(migration.reversible);
  return migration.repeatable ? "repeatable" : migration.irreversible_why == kNoDownScript ? "generated" : "no";
}

const char* Done(const Step& step) {
  if (step.only_records) return "baselined";
  return step.action == Action::kApply ? "applied" : "rolled back";
}

StepTexts ReadTexts(const Step& step, Database& database) {
  const bool verifies = step.action == Action::kApply && step.migration->verify.exists();
  try {
    if (step.only_records || step.generated()) return {};
    const Placeholders values = step.placeholders();
    return {FillPlaceholders(database.ReadText(step.script().sha256), values),
            verifies ? FillPlaceholders(database.ReadText(step.migration->verify.sha256), values) : std::string()};
  } catch (Error& error) {
    SetPlace(error, step.migration->id, step.section());
    throw;
  }
}

// What a verify script has left is undone in any case: where its failure is excused, the step stays.
Ran RunScripts(const Place& place, const StepTexts& texts, Database& database, Rehearsal* rehearsal) {
  Ran ran;
  if (place.step->only_records) return ran;
  database.InIsolation(place.step->script(), [&] {
    if (place.step->generated()) {
      ran.way = database.TakeBack(*place.step->migration, RowChanges(*place.step->migration, database));
      ran.statements = static_cast<int>(ran.way.statements.size());
      ran.remark = "generated: " + ran.way.verdict;
      database.FireDeferredTriggers();
      return;
    }
    const bool applies = place.step->action == Action::kApply;
    if (applies) database.NoteExpectations();
    if (place.hooks != nullptr) place.hooks->RunBefore(place, database, rehearsal);
    ran.statements = RunScript(place, texts.script, database, rehearsal);
    try {
      if (!texts.verify.empty()) RunVerifyScript(*place.step->migration, texts.verify, database, rehearsal);
      if (place.hooks != nullptr) place.hooks->RunAfter(place, database, rehearsal);
      if (applies) database.RequireExpectations(*place.step->migration, place.number == place.steps);
    } catch (const Error& error) {
      if (!rehearsal || !rehearsal->NoteFailure(error)) throw;
    }
  });
  return ran;
}

int BackOff(int attempt, double random) {
  const double exponential = std::min<double>(kLongestPauseMs, kFirstPauseMs * std::pow(2.0, attempt - 1));
  return static_cast<int>(exponential * (0.5 + random / 2));
}

std::string Took(int statements, double milliseconds) {
  char duration[32];
  (void) std::snprintf(duration, sizeof(duration), milliseconds < 10 ? "%.1f ms" : "%.0f ms", milliseconds);
  return std::to_string(statements) + (statements == 1 ? " statement, " : " statements, ") + duration;
}

}  // namespace migrate
