#include "core/run/segments.h"

#include "core/online/block.h"
#include "core/run/hooks.h"

namespace migrate {
namespace {

std::string Repairs(const MigrationId& id) {
  return "Look at it in the database, then call migrate_repair('" + id.Label() +
         "', 'resume here') to run it again, or 'resume after' if it is done.";
}

}  // namespace

SegmentedStep::SegmentedStep(const Place& place, int lock_retries, Database& database, Transactions& transactions)
    : place_(place),
      lock_retries_(lock_retries),
      database_(database),
      transactions_(transactions),
      texts_(ReadTexts(*place.step, database)) {
  sha256_ = step().script().sha256;
  if (!step().resumes()) return;
  sha256_ = step().migration->unfinished->sha256;
  done_ = step().migration->unfinished->done;
  unsure_ = step().migration->unfinished->unsure;
}

void SegmentedStep::Run() {
  const bool applies = step().action == Action::kApply;
  transactions_.InSession(step().script(), [&] {
    try {
      if (applies) database_.NoteExpectations();
      RunStatements();
    } catch (Error& error) {
      SetPlace(error, step().migration->id, step().section());
      throw;
    }
    const auto commit = [&] { transactions_.Commit(); };
    if (!texts_.verify.empty()) {
      Try([&] { RunVerifyScript(*step().migration, texts_.verify, database_); }, commit, lock_retries_);
    }
    RunHooks(false);
    if (applies) database_.RequireExpectations(*step().migration, place_.number == place_.steps);
  });
}

void SegmentedStep::RunStatements() {
  RequireSameStart();
  sha256_ = step().script().sha256;
  reader_.emplace(texts_.script, step().script().first_line, UseOf(step().script()), database_.Parser(), true,
                  NoticesOf(step().migration->id, database_));
  Advance();
  SkipDone();
  if (unsure_ && next_) Settle();
  Mark("start", done_);
  RunHooks(true);
  while (next_) {
    if (next_->alone) {
      RunAlone();
    } else {
      RunSegment();
    }
  }
}

// What was done must be what the text still says; what may be done, too, unless it turns out not to be.
// Which transactions the two make of it does not count, so both are read as one.
void SegmentedStep::RequireSameStart() {
  const Unfinished& before = *step().migration->unfinished;
  if (!step().resumes()) return;
  const Placeholders then_values = step().placeholders_then();
  if (before.sha256 == step().script().sha256 && then_values == step().placeholders()) return;
  const std::string old_script = FillPlaceholders(database_.ReadText(before.sha256), then_values);
  ScriptReader old_reader(old_script, 1, ScriptUse::kMigration, database_.Parser());
  ScriptReader new_reader(texts_.script, step().script().first_line, ScriptUse::kMigration, database_.Parser());
  const int certain = done_;
  for (int i = 0; i < certain + (unsure_ ? 1 : 0); ++i) {
    const auto now = new_reader.Next();
    const ScriptReader at = old_reader;
    auto then = old_reader.Next();
    if (!then || (now && now->text == then->text && now->data == then->data)) continue;
    std::string cleared;
    const auto reread = [&] { then = ScriptReader(at).Next(); };
    if (i == certain && then->alone && LookUp(then, lock_retries_, reread, cleared) == Found::kNotDone) {
      if (!cleared.empty()) Notice(cleared);
      unsure_ = false;
      return;
    }
    Error error(sqlstate::kTextChanged,
                "migration " + Quoted(step().migration->id) + " has changed before the place where it stopped",
                "Statement " + std::to_string(i + 1) + " is no longer the one that ran.",
                "Load the text that ran, with changes only behind it, or call migrate_repair(" +
                    Literal(step().migration->id) + ", 'forget') once nothing of it is left.");
    if (now) Locate(error, *now);
    throw error;
  }
}

// Only what the rest depends on in this session, too, runs again.
void SegmentedStep::SkipDone() {
  for (int i = 0; i < done_ && next_; ++i) {
    if (next_->parsed.sets_session) {
      transactions_.InSegment([&] { AtStatement(*next_, [&] { database_.Run(*next_); }); });
    }
    Advance();
  }
  transactions_.Commit();
}

// Takes the statement that was begun and never recorded for done, if it is.
void SegmentedStep::Settle() {
  if (!FoundDone(lock_retries_)) return;
  unsure_ = true;  // until that is recorded
  Advance();
  Mark("statement", done_ + 1);
}

// A look-up that fails leaves the statement's tree in no state to be used: `reread` reads it again.
Found SegmentedStep::LookUp(const std::optional<ScriptStatement>& statement, int retries,
                            const std::function<void()>& reread, std::string& cleared) {
  Found found = Found::kUnknown;
  Try([&] { found = transactions_.LookUp(*statement, cleared); },
      [&] {
        transactions_.RollBack();
        reread();
      },
      retries);
  return found;
}

// Finds out whether the next statement, of which a part may have been committed, is done. If not, what
// it has left is cleared away.
bool SegmentedStep::FoundDone(int retries) {
  const std::string line = "line " + std::to_string(next_->position.line) + ": ";
  const ScriptReader at = *before_next_;
  std::string cleared;
  Found found = LookUp(
      next_, retries, [&] { RewindTo(at); }, cleared);
  transactions_.Commit();
  if (!cleared.empty()) Notice(line + cleared);
  // Blocks of an online form do what is left to be done.
  const bool runs_again = !step().migration->options->online_of.empty() && online::IsBlock(next_->text);
  if (found == Found::kUnknown && runs_again) found = Found::kNotDone;
  if (found == Found::kUnknown) {
    Error error(sqlstate::kWrongState, "nobody can tell whether this statement ran",
                next_->parsed.tag + " was begun, may have committed, and was never recorded as done.",
                Repairs(step().migration->id));
    Locate(error, *next_);
    throw error;
  }
  unsure_ = false;
  RewindTo(at);
  if (found == Found::kDone) Notice(line + next_->parsed.tag + " was found done, it does not run again");
  return found == Found::kDone;
}

// In a transaction of their own: a migration of this kind has none that they could share.
void SegmentedStep::RunHooks(bool before) {
  const Hooks* const hooks = place_.hooks;
  if (hooks == nullptr || !(before ? hooks->AnyBefore(place_) : hooks->AnyAfter(place_))) return;
  const auto run = [&] {
    transactions_.InSegment([&] {
      if (before) {
        hooks->RunBefore(place_, database_);
      } else {
        hooks->RunAfter(place_, database_);
      }
    });
  };
  Try(
      run, [&] { transactions_.Commit(); }, lock_retries_);
  // Reading their statements has dropped the tree of the next one.
  if (next_) RewindTo(ScriptReader(*before_next_));
  Mark("statement", done_);
}

void SegmentedStep::RunAlone() {
  ShowPlace(done_ + 1);
  const ScriptReader at = *before_next_;
  // A block of code may have committed a part of what it does: it is never tried again.
  const int retries = next_->parsed.may_commit ? 0 : lock_retries_;
  Try(
      [&] {
        if (unsure_ && FoundDone(0)) return;
        try {
          unsure_ = next_->may_half;
          AtStatement(*next_, [&] { transactions_.RunAlone(*next_); });
        } catch (const Error&) {
          unsure_ = transactions_.CommittedBeforeFailing();
          throw;
        }
      },
      [&] {
        transactions_.RollBack();
        RewindTo(at);
      },
      retries);
  const ScriptStatement ran = *next_;
  try {
    Advance();
    AtStatement(ran, [&] { Mark("statement", done_ + 1); });
  } catch (const Error&) {
    unsure_ = transactions_.CommittedBeforeFailing();
    throw;
  }
}

void SegmentedStep::RunSegment() {
  const ScriptReader start = *before_next_;
  int done = done_;
  Try(
      [&] {
        done = done_;
        BeginIsolated();
        transactions_.InSegment([&] {
          const int block = next_->block;
          const int part = next_->part;
          if (next_->read_only) transactions_.BecomeReadOnly();
          do {
            ShowPlace(++done);
            AtStatement(*next_, [&] { database_.Run(*next_); });
            Advance();
          } while (!EndsSegment(block, part));
          database_.FireDeferredTriggers();
        });
      },
      [&] {
        transactions_.Commit();
        RewindTo(start);
      },
      lock_retries_);
  Mark("statement", done);
}

void SegmentedStep::Try(const std::function<void()>& body, const std::function<void()>& undo, int retries) {
  TryForLock(step().migration->id, retries, database_, body, undo, [&] { transactions_.Commit(); });
}

// An isolation level can't be set any more once the segment's subtransaction has begun.
void SegmentedStep::BeginIsolated() {
  std::string isolation = next_->isolation;
  if (isolation.empty() && next_->parsed.is_setting) {
    const ScriptReader at = *before_next_;
    isolation = at.IsolationAhead();
    RewindTo(at);
  }
  if (!isolation.empty()) transactions_.SetIsolation(isolation);
}

bool SegmentedStep::EndsSegment(int block, int part) const {
  if (!next_ || next_->alone || next_->part != part) return true;
  return step().script().each_alone && (block == 0 || next_->block != block);
}

void SegmentedStep::Advance() {
  before_next_.emplace(*reader_);
  next_ = reader_->Next();
}

void SegmentedStep::RewindTo(const ScriptReader& reader) {
  reader_.emplace(reader);
  Advance();
}

// Commits with what was done, so that the two can't disagree. It counts as done only then: if this fails
// it is undone.
void SegmentedStep::Mark(const char* kind, int done) {
  const bool unsure = next_ && next_->may_half;
  transactions_.Record({kind, &step(), done, unsure, next_ ? next_->position.line : 0, 0, nullptr});
  transactions_.Commit();
  done_ = done;
  unsure_ = false;
}

void SegmentedStep::Notice(const std::string& message) {
  database_.Notice("migration " + Quoted(step().migration->id) + ", " + message);
}

void SegmentedStep::ShowPlace(int statement) {
  place_.statement = statement;
  database_.ShowPlace(place_);
}

}  // namespace migrate
