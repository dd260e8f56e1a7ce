#include "core/run/rehearsal.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/run/step_runner.h"

namespace migrate {
namespace {

std::string AtLine(const std::string& message, int line) {
  return line > 0 ? message + ", line " + std::to_string(line) : message;
}

const std::string kLasting = "has effects that can't be undone: ";

// In the quotes of any language.
bool Quotes(const std::string& message, const std::string& word) {
  for (size_t at = message.find(word, 1); at != std::string::npos; at = message.find(word, at + 1)) {
    const char before = message[at - 1];
    const bool in_word = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') || before == '_';
    if (!in_word && before != ' ' && (before < '0' || before > '9')) return true;
  }
  return false;
}

}  // namespace

bool ComesFromOutside(const Error& error) {
  const std::string kind = error.sqlstate.substr(0, 2);
  return error.sqlstate == sqlstate::kLockNotAvailable || kind == "40" || kind == "53" || kind == "57" ||
         kind == "58" || kind == "XX";
}

std::string StepNotes::Remark() const {
  if (plain_lines.empty()) return {};
  std::vector<std::string> lines;
  for (const int line : plain_lines) {
    if (lines.empty() || lines.back() != std::to_string(line)) lines.push_back(std::to_string(line));
  }
  return Join({lines.size() == 1 ? "line " : "lines ", Join(lines, ", "), " without CONCURRENTLY"}, "");
}

// Whatever runs behind a new label may use it, and fail with that: there, each statement needs a subtransaction. Blocks
// of code are taken to add one. Where a function has, it is the migration that is not tried.
bool Rehearsal::Run(const ScriptStatement& statement) {
  const ParsedStatement& parsed = statement.parsed;
  // The level of a transaction can't change once something was run in it.
  if (parsed.is_setting && !statement.isolation.empty()) return true;
  if (!is_dry()) {
    RunIt(statement);
    return true;
  }
  const size_t before = notes_.not_tried.size();
  const std::string effect = EffectOf(statement);
  if (parsed.kind == StatementKind::kNonTransactional && !parsed.has_plain_form) {
    NoteNotTried(parsed.tag + " refuses a transaction block", statement.position.line);
  } else if (!effect.empty()) {
    NoteNotTried(kLasting + effect, statement.position.line);
  } else {
    try {
      if (!statement.alone && !labels_) {
        RunIt(statement);
      } else {
        database_.Attempt([&] { RunIt(statement); });
      }
    } catch (const Error& error) {
      if (!CanNotBeTried(error, statement)) throw;
      const bool ends_it = error.sqlstate == sqlstate::kInvalidTermination;
      NoteNotTried(ends_it ? parsed.tag + " ends the transaction" : error.message, statement.position.line);
    }
  }
  const bool ran = notes_.not_tried.size() == before;
  notes_.any_ran = notes_.any_ran || ran;
  return ran;
}

std::string Rehearsal::EffectOf(const ScriptStatement& statement) {
  return is_dry() && !allow_effects_ ? database_.LastingEffect(statement) : std::string();
}

// They are none of the statements of the migration, of which the database is told.
bool Rehearsal::LeavesOut(const ScriptStatement& statement, const std::string& place) {
  const std::string effect = EffectOf(statement);
  if (effect.empty()) return false;
  left_out_ = true;
  notes_.not_tried.push_back(AtLine(kLasting + effect + ", " + place, statement.position.line));
  return true;
}

void Rehearsal::RunIt(const ScriptStatement& statement) {
  const ParsedStatement& parsed = statement.parsed;
  labels_ = labels_ || parsed.may_commit || !parsed.new_label.empty();
  if (!parsed.has_plain_form) {
    database_.Run(statement);
    if (!parsed.new_label.empty()) own_labels_.push_back(parsed.new_label);
    return;
  }
  const std::string blocked = database_.RunPlain(statement);
  if (blocked.empty()) {
    notes_.plain_lines.push_back(statement.position.line);
  } else if (is_dry()) {
    NoteNotTried("would block writes on " + blocked, statement.position.line);
  } else {
    throw Error(sqlstate::kWrongState, "without CONCURRENTLY it would block writes on " + blocked,
                "The setting migrate.plain_indexes is on, and the table is larger than migrate.rehearse_size.",
                "Turn migrate.plain_indexes off, or raise migrate.rehearse_size in a test database.");
  }
}

void Rehearsal::NoteNotTried(const std::string& why, int line) {
  left_out_ = true;
  database_.NotTried(why);
  notes_.not_tried.push_back(AtLine(why, line));
}

bool Rehearsal::NoteFailure(const Error& error) {
  if (!is_dry()) return false;
  if (NeedsCommittedLabel(error)) {
    NoteNotTried(error.message, error.line);
    return true;
  }
  if (!left_out_ || ComesFromOutside(error)) return false;
  database_.NotTried("uncertain: " + error.message);
  notes_.uncertain = AtLine(error.message, error.line);
  return true;
}

// The same errors of statements that a real run has in a transaction would be its errors, too.
bool Rehearsal::CanNotBeTried(const Error& error, const ScriptStatement& statement) const {
  if (dynamic_cast<const LeftOut*>(&error) != nullptr) return true;
  if (NeedsCommittedLabel(error)) return true;
  if (!statement.alone) return false;
  return error.sqlstate == sqlstate::kActiveTransaction ||
         (error.sqlstate == sqlstate::kInvalidTermination && statement.parsed.may_commit);
}

// The message names the label. One that was added in the same transaction can't be used in a real run
// either.
bool Rehearsal::NeedsCommittedLabel(const Error& error) const {
  return error.sqlstate == sqlstate::kUnsafeNewEnumValue &&
         std::none_of(own_labels_.begin(), own_labels_.end(),
                      [&](const std::string& label) { return Quotes(error.message, label); });
}

std::string WithoutPlainForm(const Step& step, Database& database) {
  const StepTexts texts = ReadTexts(step, database);
  ScriptReader reader(texts.script, step.script().first_line, UseOf(step.script()), database.Parser());
  while (const auto statement = reader.Next()) {
    if (statement->parsed.kind != StatementKind::kNonTransactional || statement->parsed.has_plain_form) continue;
    return Join({"line ", std::to_string(statement->position.line), ": ", statement->parsed.tag}, "");
  }
  return {};
}

}  // namespace migrate
